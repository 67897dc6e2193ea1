#!/bin/bash
# What ./up installs and starts where there is systemd, then a store asked for: run by test_units.py as a service of a
# real one. TOP: the tree, BUILT: its programs, CLUSTER: the cluster's.
set -euo pipefail
# shellcheck source=deploy/lib.sh
. "$TOP/deploy/lib.sh"
# shellcheck source=deploy/platform.sh
. "$TOP/deploy/platform.sh"
UNITS=(storewright-{dashboard,passwords,nginx,starter}.service)

run_well() {
    systemctl is-active --quiet "${UNITS[@]}" && curl -sf "http://$DASHBOARD_ADDRESS/healthz" >/dev/null
}

parse_options --state "$CLUSTER"
platform_install
sed -i '/^helm_values/d' "$ETC/storewright.conf" # the chart's own images: none has to be built for this
(platform_start) || { systemctl --no-pager --full status "${UNITS[@]}"; exit 1; }
run_well
echo 'they run'

# post PATH FIELD=VALUE...: a form of the page of that path, sent off; it must be taken.
post() {
    local path=$1 page=http://$DASHBOARD_ADDRESS$1 token field fields=()
    shift
    for field; do fields+=(--data-urlencode "$field"); done
    token=$(curl -sf -b "$JAR" -c "$JAR" "$page" | sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' | head -n 1)
    [[ $(curl -s -b "$JAR" -c "$JAR" -o "$JAR.answer" -w '%{http_code}' --data-urlencode "csrf=$token" "${fields[@]}" "$page") == 303 ]] ||
        { echo "$path does not take the form"; cat "$JAR.answer"; exit 1; }
}
JAR=$(mktemp)
password=$(as_owner "$PREFIX/bin/storectl" user add admin --role admin --generate)
post /sign-in name=admin "password=$password"
post /new-store id=held-shop engine=medusa plan=small title=Held admin_email=me@example.com currency=eur country=de
kubectl() { "$TOP/cluster/exec" --state "$STATE" -- kubectl "$@"; }
is_released() { [[ $(kubectl -n held-shop get secret -l owner=helm,status=deployed -o name) ]]; }
wait_for 60 is_released || { journalctl --no-pager -u storewright-starter.service | tail -n 30; as_owner "$PREFIX/bin/storectl" show held-shop; exit 1; }
grep -q 'storewright-starter.service' "/proc/$(cat "$RUN/reconcile.lock")/cgroup"
echo 'helm made the release from within the starter'

# More often than systemd would start a unit by itself.
for _ in {1..8}; do
    systemctl kill --signal=KILL "${UNITS[@]}"
    sleep 1.2
done
wait_for 30 run_well || { systemctl --no-pager --full status "${UNITS[@]}"; exit 1; }
echo 'they come back, however often they are killed'

systemd-analyze security --no-pager "${UNITS[@]}" |
    sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\) .*/exposure \1/p'
as_owner "$PREFIX/bin/storectl" delete held-shop --confirm held-shop --wait >/dev/null
platform_stop
! pgrep -u "$OWNER,$WEB_OWNER" -l || exit 1
echo 'nothing is left running'
