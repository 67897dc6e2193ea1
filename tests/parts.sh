# shellcheck shell=bash
# shellcheck disable=SC2034,SC2164  # check uses what is set here; set -e ends a failed cd
# The parts of ./check: what each needs, runs, and how its tests are counted. To be sourced.

OUT=$TOP/build/check
export BUILD=$TOP/build/check/build
TEST_BUILD=(--enable-werror --enable-crash-points CFLAGS='-O2 -g')
PASSED=0 FAILED=0 SKIPPED=0 FAILED_PARTS=()

declare -A USUALLY=(
    [build]='1 min' [lint]='3 min' [unit]='2 min' [dist]='3 min' [fuzz]='50 s' [web]='1 min' [chart]='2 min'
    [images]='2 min' [cluster]='1 min' [api]='4 min' [pods]='4 min' [browser]='2 min'
)

wants() {
    local part
    for part in "${PARTS[@]}"; do
        [[ " $* " != *" $part "* ]] || return 0
    done
    return 1
}

set_up() {
    mkdir -p "$OUT"
    packages build run check cluster images
    python_environment
    if wants chart cluster api pods browser; then
        "$TOP/cluster/tools" build kube helm
        ! wants chart cluster || "$TOP/cluster/tools" build --checks
    fi
    if wants images pods browser; then
        "$TOP/cluster/tools" build
        # 69: an image whose material cannot be had; the tests that need it are skipped.
        "$TOP/images/build" || [[ $? == 69 ]]
    fi
    if wants lint unit dist web api pods browser && ! wants build; then
        build "$BUILD" "${TEST_BUILD[@]}"
    fi
}

# Python packages by checksum, kept by content.
python_environment() {
    local wanted=$TOP/tests/requirements.txt key
    key=$({ python3 --version; cat "$wanted"; } | sha256sum | cut -c1-12)
    VENV=$CACHE/python-$key
    if [[ ! -e $VENV/complete ]]; then
        rm -rf "$VENV"
        python3 -m venv "$VENV"
        "$VENV/bin/pip" install --quiet --require-hashes --requirement "$wanted" ||
            die 'pip could not install the packages of tests/requirements.txt; is PyPI or a mirror of it reachable?'
        touch "$VENV/complete"
    fi
    export PATH=$VENV/bin:$PATH
}

# Much of a part is waiting, for a cluster or for a program under test: two lanes run side by side, each its parts in
# order. A third makes two processors so busy that what a test waits for comes too late.
declare -A LANE=([cluster]=2 [api]=2 [pods]=2)

run_lanes() {
    local part lane lanes=()
    rm -f "$OUT"/*.result
    # Each a process group of its own, so that an interrupted check can end all that a lane has started; the
    # tests then take their clusters down.
    set -m
    for lane in 1 2; do
        for part; do
            [[ ${LANE[$part]:-1} != "$lane" ]] || run_part "$part"
        done </dev/null &
        lanes+=($!)
    done
    set +m
    trap 'end_lanes "${lanes[@]}"' INT TERM HUP
    wait "${lanes[@]}" || true
    trap - INT TERM HUP
    for part; do
        # A lane that was cut off has no result for what it did not come to.
        [[ -s $OUT/$part.result ]] || echo '0 1 0 0' >"$OUT/$part.result"
        add_result "$part"
    done
}

end_lanes() {
    local lane
    say 'check: interrupted; ending what runs'
    for lane; do
        kill -TERM -- "-$lane" 2>/dev/null || true
    done
    wait
    exit 130
}

add_result() {
    local p f s took
    read -r p f s took <"$OUT/$1.result"
    PASSED=$((PASSED + p)) FAILED=$((FAILED + f)) SKIPPED=$((SKIPPED + s))
    ((f == 0)) || FAILED_PARTS+=("$1")
    TIMES+=("$(printf '%5d s  %s' "$took" "$1")")
}

# Runs part_NAME with its output in a log, shows the end of it where a test failed, and keeps its counts.
run_part() {
    local name=$1 log=$OUT/$1.log status=0 began=$SECONDS p f s
    printf '%s: began (usually %s)\n' "$name" "${USUALLY[$name]}"
    ("part_$name") >"$log" 2>&1 || status=$?
    read -r p f s <<<"$(count <"$log")"
    # A part that ended badly without a failed test, or ran none, has failed all the same.
    if ((status != 0 && f == 0)) || ((p + f + s == 0)); then f=$((f + 1)); fi
    printf '%d %d %d %d\n' "$p" "$f" "$s" $((SECONDS - began)) >"$OUT/$name.result"
    {
        ((f == 0)) || tail -n "${CHECK_TAIL:-60}" "$log"
        grep -E '^SKIPPED|^skip' "$log" | sort -u | head -n 20 || true
        printf '%s: %d passed, %d failed, %d skipped, %d s\n' "$name" "$p" "$f" "$s" $((SECONDS - began))
    } >"$OUT/$name.told"
    cat "$OUT/$name.told"
}

# Adds up what the runners say on their closing lines: automake's and pytest's. Where our own plain line
# is the very last, it has done the adding.
count() {
    awk '
        /^# PASS: / { p += $3 } /^# FAIL: / { f += $3 } /^# ERROR: / { f += $3 } /^# SKIP: / { s += $3 }
        /^(=+ )?[0-9]+ (passed|failed|skipped|error)/ {
            n = split($0, word, /[ ,=]+/)
            for (i = 2; i <= n; i++) {
                if (word[i] ~ /^passed/) p += word[i - 1]
                if (word[i] ~ /^(failed|error)/) f += word[i - 1]
                if (word[i] ~ /^skipped/) s += word[i - 1]
            }
        }
        NF { last = $0 }
        END {
            if (last ~ /^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/) {
                split(last, word, " ")
                p = word[1]; f = word[3]; s = word[5]
            }
            print p + 0, f + 0, s + 0
        }'
}

# verdict NAME COMMAND...: one test of our own.
P=0 F=0
verdict() {
    local name=$1
    shift
    if "$@"; then
        P=$((P + 1)) && echo "ok      $name"
    else
        F=$((F + 1)) && echo "NOT OK  $name"
    fi
}
verdicts() {
    echo "$P passed, $F failed, 0 skipped"
    local f=$F
    P=0 F=0
    ((f == 0))
}

part_build() {
    rm -rf "$BUILD"
    verdict 'builds with every warning an error' build "$BUILD" "${TEST_BUILD[@]}"
    verdict 'installs below DESTDIR' make -s -C "$BUILD" install DESTDIR="$OUT/destdir"
    verdict 'programs are position-independent and hardened' is_hardened "$OUT/destdir"
    rm -rf "$OUT/destdir"
    verdicts
}

# By what the programs became, not by what configure was asked for.
is_hardened() {
    local file files
    mapfile -t files < <(find "$1" -type f \( -path '*/libexec/*' -o -path '*/bin/*' \))
    ((${#files[@]} >= 4)) || return 1
    for file in "${files[@]}"; do
        elf_has "$file" 'Type: *DYN' && elf_has "$file" 'FLAGS_1.*NOW' && elf_has "$file" GNU_RELRO &&
            elf_has "$file" __stack_chk_fail || return 1
        # The starter is too small to call anything that can be fortified.
        [[ $file == *-starter ]] || elf_has "$file" '__[a-z]*_chk@' || return 1
    done
}

is_sanitized() { elf_has "$1" __asan_report_load && elf_has "$1" __ubsan_handle; }

# grep reads to the end: with -q it would end readelf by a signal, and pipefail would see that.
elf_has() { readelf --file-header --segments --dynamic --dyn-syms --wide "$1" | grep -e "$2" >/dev/null; }

part_lint() {
    local file
    cd "$TOP"
    while read -r file; do
        verdict "shellcheck $file" shellcheck -x "$file"
    done < <(git ls-files | xargs grep -lE '^#!/bin/(ba)?sh|^# shellcheck shell=' 2>/dev/null)
    while read -r file; do
        verdict "clang-format $file" clang-format --dry-run --Werror "$file"
    done < <(git ls-files '*.c' '*.h' '*.cc' | grep -v '^cluster/')
    verdict "gcc's analyzer" analyzed
    verdict 'clang-tidy' tidied
    verdicts
}

# The analyzer knows C only.
analyzed() {
    local file failed=''
    for file in $(git ls-files 'lib/*.c' 'cron/*.c' 'cli/*.c' 'storefront/*.c'); do
        gcc -std=gnu11 -D_GNU_SOURCE -O1 -fanalyzer -Werror -Ilib -Icron -Icli -Istorefront -I"$BUILD/sql" -DPACKAGE_VERSION='""' \
            -c "$file" -o /dev/null || failed=yes
    done
    [[ -z $failed ]]
}

tidied() {
    # shellcheck disable=SC2016  # the inner shell expands it
    git ls-files 'lib/*.c' 'cron/*.c' 'cli/*.c' 'cgi/*.c' 'storefront/*.c' | SQL=$BUILD/sql xargs -P "$(nproc)" -n 8 sh -c '
        clang-tidy --quiet --warnings-as-errors="*" "$@" -- -std=gnu11 -D_GNU_SOURCE \
            -Ilib -Icron -Icli -Icgi -Istorefront -I"$SQL" -DPACKAGE_VERSION=\"\"' sh
}

part_unit() {
    # Several tests only wait: more of them at once than there are processors.
    make -j"$((4 * $(nproc)))" -C "$BUILD" check || return 1
    build "$OUT/sanitized" --enable-sanitizers --enable-werror CFLAGS='-O1 -g'
    is_sanitized "$OUT/sanitized/storefront/storefront" || { echo 'the sanitizers are not in the programs'; return 1; }
    make -j"$((4 * $(nproc)))" -C "$OUT/sanitized" check
}

part_dist() {
    verdict 'make distcheck' make -j"$(nproc)" -C "$BUILD" distcheck DISTCHECK_CONFIGURE_FLAGS="CFLAGS='-O1'"
    verdicts
}

part_fuzz() { FUZZ_BUILD=$OUT/fuzz "$TOP/tests/fuzz/run"; }

part_web() {
    cd "$TOP"
    export STOREWRIGHT_BUILD=$BUILD
    local status=0
    # By file: the attacks share a tally.
    pytest -q -rs -p no:cacheprovider --numprocesses 3 --dist loadfile tests/web || status=1
    # Most of these wait for an API that does not answer.
    pytest -q -rs -p no:cacheprovider --numprocesses 4 tests/storefront || status=1
    return "$status"
}

part_chart() { "$TOP/tests/chart/run.sh"; }

part_images() { "$TOP/images/check"; }

part_cluster() { "$TOP/tests/cluster/run"; }
part_api() { "$TOP/tests/system/run" api; }
part_pods() { "$TOP/tests/system/run" pods; }
part_browser() { "$TOP/tests/system/run" browser; }
