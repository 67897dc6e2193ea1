#!/bin/bash
# cut.sh ARCHIVES OUT: unpacks the downloaded packages and copies to OUT the server, the few
# programs that are used, and the libraries that those need and the base does not have.
set -euo pipefail

archives=$1 out=$2
all=$(mktemp -d)
programs=(postgres initdb pg_isready psql pg_dump pg_restore pg_controldata)
home=usr/lib/postgresql/17

for package in "$archives"/*.deb; do
    dpkg-deb --extract "$package" "$all"
done
cd "$all"
mkdir -p "$out/$home/bin" "$out/usr/share/postgresql"
for program in "${programs[@]}"; do
    cp "$home/bin/$program" "$out/$home/bin/"
done
cp -r "$home/lib" "$out/$home/lib"
cp -r usr/share/postgresql/17 "$out/usr/share/postgresql/17"
rm -rf "$out/$home/lib/bitcode" "$out/$home/lib/pgxs" "$out/$home/lib"/llvmjit* \
    "$out/usr/share/postgresql/17/man"

# Libraries of the packages, as the loader finds them.
libraries=$(dirname "$(find usr/lib -name 'libpq.so.5' -print -quit)")
find "$out/$home" -type f \( -path '*/bin/*' -o -name '*.so' \) -print0 |
    LD_LIBRARY_PATH=$all/$libraries xargs -0 ldd 2>/dev/null |
    awk -v prefix="$all/" 'index($3, prefix) == 1 { print substr($3, length(prefix) + 1) }' |
    sort -u | while IFS= read -r library; do
        mkdir -p "$out/$(dirname "$library")"
        # The name that the loader looks for, and the file behind it.
        cp -P "$library" "$out/$library"
        target=$(dirname "$library")/$(readlink "$library" || basename "$library")
        [[ $target == "$library" ]] || cp -P "$target" "$out/$target"
    done
if [[ -d usr/share/zoneinfo ]]; then
    mkdir -p "$out/usr/share"
    cp -r usr/share/zoneinfo "$out/usr/share/"
fi
# Debian asks that the licence goes with the files.
for package in postgresql-17 libpq5 libicu76; do
    mkdir -p "$out/usr/share/doc/$package"
    cp "usr/share/doc/$package/copyright" "$out/usr/share/doc/$package/"
done
