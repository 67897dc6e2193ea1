#!/bin/bash
# Checks the chart: lint, helm-unittest, properties of what it renders, the Kubernetes schemas, and installs on a
# real control plane (root only: it lives in a network namespace of its own). Needs pytest, hypothesis and PyYAML;
# PYTHON names the interpreter that has them. "pods", which is not done unless asked for, installs stores by hand on the
# cluster whose state directory STOREWRIGHT_TEST_CLUSTER names.
#
# usage: tests/chart/run.sh [lint|unit|render|live|pods]...
set -euo pipefail
cd "$(dirname "$0")/../.."

python=${PYTHON:-python3}
passed=0 failed=0 skipped=0
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# helm must not read, nor write, what a person has set up.
export HELM_CACHE_HOME=$results/helm HELM_CONFIG_HOME=$results/helm HELM_DATA_HOME=$results/helm
export PYTHONDONTWRITEBYTECODE=1 HYPOTHESIS_STORAGE_DIRECTORY=$results/hypothesis

say() { printf '== %s\n' "$*"; }

lint_one() {
    say "helm lint $*"
    if "$(cluster/tools path helm)" lint --strict helm/store --set store.id=my-store --quiet "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
}

lint() {
    lint_one
    lint_one --values helm/store/values-prod.yaml --set domain.host=my-store.yourdomain.com
}

# Adds up a JUnit report; one that is missing or holds no test is a failure.
add_up() {
    local counts
    if ! counts=$("$python" - "$1" <<'PYTHON'
import sys
import xml.etree.ElementTree as tree

suites = list(tree.parse(sys.argv[1]).iter("testsuite"))
total, bad, skipped = (sum(int(s.get(k) or 0) for s in suites) for k in ("tests", "failures", "skipped"))
bad += sum(int(s.get("errors") or 0) for s in suites)
if total == 0:
    sys.exit("no test was run")
print(max(total - bad - skipped, 0), bad, skipped)
PYTHON
    ); then
        failed=$((failed + 1))
        return
    fi
    local p f s
    read -r p f s <<<"$counts"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

unit() {
    say "helm-unittest"
    "$(cluster/tools path helm-unittest)" --strict --file '../../tests/chart/unit/*_test.yaml' \
        --output-type JUnit --output-file "$results/unit.xml" helm/store || true # the report says it
    add_up "$results/unit.xml"
}

pytest() {
    local name=$1
    shift
    say "pytest $*"
    "$python" -m pytest -q -p no:cacheprovider --junitxml "$results/$name.xml" "$@" || true # the report says it
    add_up "$results/$name.xml"
}

render() { pytest render tests/chart/test_render.py tests/chart/test_network.py; }
live() { pytest live tests/chart/test_live.py; }
pods() { pytest pods tests/chart/test_pods.py; }

what=("$@")
((${#what[@]})) || what=(lint unit render live)
for w in "${what[@]}"; do
    case $w in
        lint | unit | render | live | pods) ;;
        *) sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2 ;;
    esac
done

"$python" -c 'import hypothesis, pytest, yaml' ||
    { echo "run.sh: $python lacks pytest, hypothesis or PyYAML (see tests/requirements.txt)" >&2; exit 1; }
cluster/tools build helm kube kubeconform helm-unittest
for w in "${what[@]}"; do
    "$w"
done

echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
