#!/bin/bash
# cut.sh ARCHIVES OUT: unpacks the downloaded packages and copies to OUT the server, the few
# programs that are used, and the libraries that those need and the base does not have.
set -euo pipefail

archives=$1 out=$2
all=$(mktemp -d)
# mariadb-install-db and what it calls make the skeleton; the client's programs are for backups and probes.
programs=(usr/sbin/mariadbd usr/bin/mariadb usr/bin/mariadb-admin usr/bin/mariadb-dump
    usr/bin/mariadb-install-db usr/bin/resolveip usr/bin/my_print_defaults)

for package in "$archives"/*.deb; do
    dpkg-deb --extract "$package" "$all"
done
cd "$all"
mkdir -p "$out/usr/share/mariadb"
for program in "${programs[@]}"; do
    install -D -m 0755 "$(realpath "$program")" "$out/$program"
    [[ $(head -c 2 "$program") == '#!' ]] || strip --strip-unneeded "$out/$program"
done
# Messages in English, character sets, and the system tables.
cp -r usr/share/mariadb/english usr/share/mariadb/charsets usr/share/mariadb/*.sql "$out/usr/share/mariadb/"

# Libraries of the packages, as the loader finds them.
libraries=usr/lib/$(uname -m)-linux-gnu
for program in "${programs[@]}"; do
    LD_LIBRARY_PATH=$all/$libraries ldd "$out/$program" 2>/dev/null || :
done | awk -v prefix="$all/" 'index($3, prefix) == 1 { print substr($3, length(prefix) + 1) }' |
    sort -u | while IFS= read -r library; do
        mkdir -p "$out/$(dirname "$library")"
        # The name that the loader looks for, and the file behind it.
        cp -P "$library" "$out/$library"
        target=$(dirname "$library")/$(readlink "$library" || basename "$library")
        [[ $target == "$library" ]] || cp -P "$target" "$out/$target"
    done
# Debian asks that the licence goes with the files.
for package in mariadb-server-core mariadb-client-core mariadb-client; do
    mkdir -p "$out/usr/share/doc/$package"
    cp "usr/share/doc/$package/copyright" "$out/usr/share/doc/$package/"
done
