#!/bin/bash
# gather.sh ROOT PROGRAM: puts nginx, spawn-fcgi and every shared library that they and PROGRAM need into ROOT, but
# what Debian's base holds already, each with its package's copyright file.
#
# Installed whole, the packages would bring four times as much: nginx alone depends on iproute2.
set -euo pipefail

root=$1 program=$2
mkdir -p "$root/etc/storefront"

package_of() {
    { dpkg-query -S "$1" || dpkg-query -S "/usr$1"; } 2>/dev/null | sed -n '1s/:.*//p'
}

# Containerfile lists them before it installs anything.
is_in_base() {
    grep -qxF "$1" /base-packages
}

copy() {
    local file=$1 package
    package=$(package_of "$file")
    [[ -n $package ]] || { echo "gather: no package owns $file" >&2; exit 1; }
    ! is_in_base "$package" || return 0
    # /lib is a link to /usr/lib, and would be none any more.
    [[ $file == /usr/* ]] || file=/usr$file
    install -D -m 0755 "$(realpath "$file")" "$root$file"
    install -D -m 0644 "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/copyright"
}

needed() {
    ldd "$@" | sed -nE 's|^.* => (/[^ ]+) .*|\1|p' | sort -u
}

copy /usr/sbin/nginx
copy /usr/bin/spawn-fcgi
cp /etc/nginx/mime.types "$root/etc/storefront/"
needed /usr/sbin/nginx /usr/bin/spawn-fcgi "$program" | while read -r file; do
    copy "$file"
done
