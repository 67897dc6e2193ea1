# shellcheck shell=bash
# shellcheck disable=SC2154  # root is set by who sources this
# A test cluster of a script's own, in a network namespace of its own; it is gone when the script ends. To be sourced,
# with the tree's folder in root.

BUILD=$(realpath -m "${BUILD:-$root/build}")
export BUILD
[[ $EUID == 0 ]] || { echo "${0##*/}: a test cluster needs root" >&2; exit 1; }
for program in cron/reconcile cli/storectl cgi/dashboard; do
    [[ -x $BUILD/$program ]] || { echo "${0##*/}: $BUILD/$program is not built (BUILD names the build directory)" >&2; exit 1; }
done

# test_cluster NAME [--control-plane]: leaves its state in $state, and $tmp for anything else.
test_cluster() {
    local name=$1
    shift
    tmp=$(mktemp -d "${TMPDIR:-/tmp}/storewright-$name.XXXXXX")
    state=$tmp/cluster
    trap end_test_cluster EXIT
    trap 'exit 130' INT TERM HUP
    "$root/cluster/tools" build kube helm
    "$root/cluster/up" "$@" --netns "sw-$name-$$" --state "$state"
    # The platform works with the rights that ./up gives it, not the admin's.
    "$root/deploy/access" --state "$state" "$tmp/access"
    export STOREWRIGHT_ACCESS=$tmp/access
}

# shellcheck disable=SC2317,SC2329  # it is run by the trap
end_test_cluster() {
    "$root/cluster/down" --state "$state" --purge >"$tmp/down.log" 2>&1 || cat "$tmp/down.log" >&2
    rm -rf "$tmp"
}

load_images() {
    "$root/images/load" --state "$state"
    "$root/images/values" >"$tmp/images.json"
    export STOREWRIGHT_IMAGES=$tmp/images.json
}

# in_test_cluster ARGUMENT...: Python, where the cluster's addresses are.
in_test_cluster() {
    "$root/cluster/exec" --state "$state" -- env PYTHONDONTWRITEBYTECODE=1 "${PYTHON:-python3}" "$@"
}
