#!/usr/bin/env bash
# The directions of dependence between the libraries, by their includes, and what each library exports, by nm:
#   1. a library includes only itself and the libraries below it;
#   2. a foreign library's header is known in its one place only;
#   3. pages hold no SQL, no transfers and no child processes;
#   4. C++ is in lib/tpl only;
#   5. every symbol that a library exports is declared in one of its own headers, and in one library only.
# Run by make check (srcdir is set, the working directory is the build's top), or by hand in a built tree.
set -euo pipefail

src=${srcdir:-.}
failures=0

complain() {
    echo "check-layers: $*" >&2
    failures=$((failures + 1))
}

# What each may include, besides itself.
declare -A below=(
    [lib/base]=""
    [lib/sys]="base"
    [lib/db]="base"
    [lib/net]="base"
    [lib/oidc]="base net"
    [lib/tpl]="base"
    [lib/kube]="base net"
    [lib/helm]="base sys kube"
    [lib/store]="base sys db net kube helm"
    [lib/web]="base tpl"
    [cgi]="base oidc store tpl web"
    [storefront]="base net tpl web"
    [cron]="base sys db net kube helm store"
    [cli]="base store"
)

check_directions() {
    local layer own allowed file included
    for layer in "${!below[@]}"; do
        own=${layer#lib/}
        allowed=" $own ${below[$layer]} "
        while read -r file included; do
            [[ $allowed == *" $included "* ]] ||
                complain "$file includes $included/, which $layer may not use"
        done < <(grep -HoE '#include "[a-z]+/' "$src/$layer"/*.[ch]* |
            sed -E 's|^([^:]*):#include "([a-z]+)/|\1 \2|')
    done
}

# allow_only HEADER PATH-PATTERN...: nobody else includes <HEADER>.
allow_only() {
    local header=$1 file pattern ok
    shift
    while read -r file; do
        file=${file#"$src"/}
        ok=no
        for pattern in "$@"; do
            # shellcheck disable=SC2053 # it is a pattern
            [[ $file == $pattern ]] && ok=yes
        done
        [[ $ok == yes ]] || complain "$file includes <$header>"
    done < <(grep -rlE "#include <$header" "$src"/{lib,cgi,storefront,cron,cli} || true)
}

check_foreign_headers() {
    allow_only 'sqlite3\.h' 'lib/db/*'
    allow_only 'curl/' 'lib/net/*'
    allow_only 'ctemplate/' 'lib/tpl/*'
    allow_only 'fcgi' 'lib/web/*'
    allow_only 'yaml\.h' 'lib/kube/*'
    allow_only 'jose/' 'lib/oidc/*'
    allow_only 'spawn\.h' 'lib/sys/*'
    allow_only 'crack\.h' 'lib/store/*'
}

check_pages() {
    local hits
    if hits=$(grep -nE 'db/db\.h|SQL_[A-Z]|sqlite|curl|posix_spawn|\<(fork|system|popen|exec[lv]p?e?) *\(' \
        "$src"/{cgi,storefront}/*.[ch]); then
        complain "a page does the work of a library: $hits"
    fi
}

check_languages() {
    local file
    while read -r file; do
        [[ $file == "$src"/lib/tpl/* ]] || complain "$file is C++ outside lib/tpl"
    done < <(find "$src"/{lib,cgi,storefront,cron,cli} -name '*.cc' -o -name '*.cpp' -o -name '*.cxx' -o -name '*.hh')
}

# Names that a compiler or a generator makes are not ours to judge.
exported() {
    "${NM:-nm}" -g --defined-only "$1" 2>/dev/null | awk '$2 ~ /^[TDBRV]$/ { print $3 }' |
        grep -vE '^(_|DW\.|sql_table$|sql_migrations$)' || true
}

check_exports() {
    local library layer symbol found=0
    declare -A exporter=()
    for library in lib/lib*.a; do
        [[ -e $library ]] || break
        layer=${library#lib/lib}
        layer=${layer%.a}
        while read -r symbol; do
            found=$((found + 1))
            [[ -z ${exporter[$symbol]:-} ]] ||
                complain "$symbol is exported by ${exporter[$symbol]} and by $layer"
            exporter[$symbol]=$layer
            grep -qwE "$symbol" "$src/lib/$layer"/*.h "$src/sql"/*.h 2>/dev/null ||
                declared_by_macro "$layer" "$symbol" ||
                complain "$symbol is exported by lib/$layer, and no header there declares it"
        done < <(exported "$library")
    done
    [[ $found -gt 100 ]] || complain "only $found exported symbols were found: is the tree built?"
}

# CLEANUP_POINTER(type, fn) and the like name what they declare only in part.
declared_by_macro() {
    local layer=$1 symbol=$2
    [[ $symbol == *_p ]] && grep -qE "CLEANUP_POINTER\(.*, ${symbol%_p}\)" "$src/lib/$layer"/*.h
}

check_directions
check_foreign_headers
check_pages
check_languages
check_exports
if [[ $failures -gt 0 ]]; then
    echo "check-layers: $failures rules broken" >&2
    exit 1
fi
echo "check-layers: includes, foreign headers, pages, languages and exports are in order"
