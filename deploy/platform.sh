# shellcheck shell=bash
# The platform on this machine: its users, files, services. To be sourced after deploy/lib.sh.

SERVICES_DIR=$VAR/services
: "${BUILT:=$TOP/build}" # the programs

check_address() {
    local used
    platform_supervisor >/dev/null && return 0
    used=$(ss -Hltnp "src $DASHBOARD_ADDRESS or src 0.0.0.0:${DASHBOARD_ADDRESS##*:}")
    [[ -z $used ]] || die "port ${DASHBOARD_ADDRESS##*:}, which the dashboard needs, is taken: $used"
}

platform_install() {
    local log=$BUILT/install.log helm
    platform_users
    make -C "$BUILT" install >"$log" 2>&1 ||
        { tail -n 20 "$log" >&2; die "make install failed; its output is in $log"; }
    # A copy: the cache may be emptied at any time.
    helm=$("$TOP/cluster/tools" path helm)
    cmp -s "$helm" "$LIBEXEC/helm" || install -m 755 "$helm" "$LIBEXEC/helm"

    install -d -m 755 "$ETC" "$VAR"
    install -d -m 750 -o "$OWNER" -g "$OWNER" "$VAR/helm" "$LOG"
    platform_database
    install -d -m 700 "$SERVICES_DIR"
    platform_access
    configuration | write "$ETC/storewright.conf.new" 644 || true
    # What a person changed stays; the new defaults lie beside it.
    if [[ ! -e $ETC/storewright.conf ]] || cmp -s "$ETC/storewright.conf" "$ETC/storewright.conf.last"; then
        cp "$ETC/storewright.conf.new" "$ETC/storewright.conf"
        cp "$ETC/storewright.conf.new" "$ETC/storewright.conf.last"
    fi
    fill "$TOP/deploy/nginx.conf.in" | write "$ETC/nginx.conf" 644 || true
    fill "$TOP/deploy/logrotate.in" | write /etc/logrotate.d/storewright 644 || true
}

# The narrow rights that the platform works with; the cluster admin's are used here only.
platform_access() {
    local dir
    dir=$(mktemp -d)
    "$TOP/deploy/access" --state "$STATE" "$dir"
    install -m 600 -o "$OWNER" -g "$OWNER" "$dir/reconciler.kubeconfig" "$ETC/kubeconfig"
    install -m 600 -o "$WEB_OWNER" -g "$WEB_OWNER" "$dir/dashboard.kubeconfig" "$ETC/dashboard.kubeconfig"
    rm -r "$dir"
}

platform_users() {
    local user
    for user in "$OWNER" "$WEB_OWNER"; do
        getent passwd "$user" >/dev/null ||
            useradd --system --user-group --home-dir "$VAR" --no-create-home --shell /usr/sbin/nologin "$user"
    done
}

# Both users write it, by the group: SQLite gives its journals the mode of the database, the directory gives the group.
platform_database() {
    install -d -m 2770 -o "$OWNER" -g "$OWNER" "$VAR/data"
    [[ -e $VAR/data/storewright.db ]] || install -m 660 -o "$OWNER" -g "$OWNER" /dev/null "$VAR/data/storewright.db"
    chown "$OWNER:$OWNER" "$VAR"/data/storewright.db*
    chmod 660 "$VAR"/data/storewright.db*
}

# fill FILE: the paths of this installation in place of @NAME@.
fill() {
    "$TOP/deploy/fill" "$1" PREFIX="$PREFIX" LIBEXEC="$LIBEXEC" SHARE="$SHARE" ETC="$ETC" VAR="$VAR" LOG="$LOG" RUN="$RUN" TOP="$TOP" \
        OWNER="$OWNER" WEB_RUN="$WEB_RUN" WEB_OWNER="$WEB_OWNER" ADDRESS="$DASHBOARD_ADDRESS" \
        INGRESS="$(cat "$STATE/ingress" 2>/dev/null || echo 127.0.0.1:80)" DASHBOARD="$LIBEXEC/dashboard" \
        RUN_NAME="${RUN#/run/}" WEB_RUN_NAME="${WEB_RUN#/run/}" NGINX="$(command -v nginx)" \
        SPAWN_FCGI="$(command -v spawn-fcgi)" MULTIWATCH="$(command -v multiwatch)"
}

configuration() { fill "$TOP/deploy/storewright.conf.in"; }

# The supervisor's process, if it runs.
platform_supervisor() {
    local pid
    [[ -f $VAR/supervisor.pid ]] && pid=$(<"$VAR/supervisor.pid") || return 1
    [[ -r /proc/$pid/cmdline ]] && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q "^runsvdir .*$SERVICES_DIR" ||
        return 1
    echo "$pid"
}

# platform_service NAME: standard input is the end of its run script. True if that changed it.
platform_service() {
    local name=$1 dir=$SERVICES_DIR/$1 changed=''
    install -d -m 750 "$LOG/$name"
    printf 's2000000\nn4\n' | write "$LOG/$name/config" 644 || true
    # The supervisor looks for new services at any time: this one must be whole when it appears.
    install -d -m 700 "$SERVICES_DIR/.new-$name/log"
    ! { printf '#!/bin/sh\nexec 2>&1\n'; cat; } | write "$SERVICES_DIR/.new-$name/run" 700 || true
    printf '#!/bin/sh\nexec svlogd -tt %s\n' "$LOG/$name" |
        write "$SERVICES_DIR/.new-$name/log/run" 700 || true
    if [[ -d $dir ]]; then
        ! write "$dir/run" 700 <"$SERVICES_DIR/.new-$name/run" || changed=yes
        write "$dir/log/run" 700 <"$SERVICES_DIR/.new-$name/log/run" || true
        rm -r "$SERVICES_DIR/.new-$name"
    else
        mv "$SERVICES_DIR/.new-$name" "$dir"
        changed=yes
    fi
    [[ -n $changed ]]
}

# confined USER [GROUP]: what stands before a command that runs as that user, without a way to more rights.
confined() {
    printf 'umask 007\nexec setpriv --reuid %s --regid %s %s --no-new-privs --bounding-set=-all --inh-caps=-all' \
        "$1" "$1" "$([[ -z ${2:-} ]] && echo --clear-groups || echo "--groups $2")"
}

platform_services() {
    local web starter
    web=$(confined "$WEB_OWNER" "$OWNER")
    starter=$(confined "$OWNER")
    platform_service dashboard <<END || true
$web \\
    spawn-fcgi -n -s $WEB_RUN/dashboard.sock -M 0600 -b 512 -- $(command -v multiwatch) -f 2 -- $LIBEXEC/dashboard
END
    platform_service passwords <<END || true
$web \\
    nice -n 5 spawn-fcgi -n -s $WEB_RUN/passwords.sock -M 0600 -b 512 -- $(command -v multiwatch) -f 1 -- $LIBEXEC/dashboard
END
    platform_service nginx <<END || true
$(confined "$WEB_OWNER") \\
    $(command -v nginx) -e stderr -c $ETC/nginx.conf
END
    platform_service starter <<END || true
$starter \\
    $LIBEXEC/reconcile-starter
END
    # A machine without an init system has no cron running.
    if [[ -e $SERVICES_DIR/cron ]] || ! pgrep -x cron >/dev/null; then
        platform_service cron <<END || true
exec $(command -v cron) -f
END
    fi
}

# What a running program was started from: when that changes it is started again.
fingerprint() {
    cat "$LIBEXEC/dashboard" "$LIBEXEC/reconcile" "$LIBEXEC/reconcile-starter" "$ETC/kubeconfig" "$ETC/dashboard.kubeconfig" \
        "$ETC/storewright.conf" "$ETC/nginx.conf" "$SHARE"/templates/* \
        "$SHARE"/static/* | sha256sum | cut -c1-16
}

# For sockets; systemd makes them by its units.
platform_run_folders() {
    install -d -m 2750 -o "$OWNER" -g "$OWNER" "$RUN"
    install -d -m 750 -o "$WEB_OWNER" -g "$WEB_OWNER" "$WEB_RUN"
}

platform_start_runit() {
    # Also where the supervisor that runs is from before they were needed.
    platform_run_folders
    platform_services
    if ! platform_supervisor >/dev/null; then
        setsid -f "$TOP/deploy/supervise" </dev/null >>"$LOG/supervisor" 2>&1
    elif [[ $(cat "$VAR/fingerprint" 2>/dev/null) != "$(fingerprint)" ]]; then
        sv -w 30 restart "$SERVICES_DIR"/{dashboard,passwords,nginx,starter} >/dev/null ||
            die "the dashboard did not start again; see $LOG/dashboard/current"
        platform_stop_reconciler
    fi
}

# Each program is a unit of its own, held by deploy/systemd/hardening.conf.
platform_start_systemd() {
    local file unit changed=''
    for file in "$TOP"/deploy/systemd/*.in; do
        unit=$(basename "$file" .in)
        ! fill "$file" | sed -e "/@HARDENING@/r $TOP/deploy/systemd/hardening.conf" -e '/@HARDENING@/d' |
            write "/etc/systemd/system/$unit" 644 || changed=yes
    done
    systemctl daemon-reload
    systemctl enable --quiet storewright.target storewright-{dashboard,passwords,nginx,starter}.service
    if [[ -n $changed || $(cat "$VAR/fingerprint" 2>/dev/null) != "$(fingerprint)" ]]; then
        systemctl restart storewright-{dashboard,passwords,nginx,starter}.service
        platform_stop_reconciler
    fi
    systemctl start storewright.target
}

platform_start() {
    if [[ -d /run/systemd/system ]]; then
        platform_start_systemd
    else
        platform_start_runit
    fi
    fingerprint | write "$VAR/fingerprint" 644 || true
    fill "$TOP/deploy/crontab.in" | write /etc/cron.d/storewright 644 || true
    wait_for 30 curl -sf "http://$DASHBOARD_ADDRESS/healthz" || {
        if [[ -d /run/systemd/system ]]; then
            journalctl --no-pager -n 30 -u 'storewright-*' >&2 || true
            die "the dashboard does not answer at http://$DASHBOARD_ADDRESS; see journalctl -u 'storewright-*'"
        fi
        tail -n 15 "$LOG/dashboard/current" "$LOG/nginx/current" >&2 || true
        die "the dashboard does not answer at http://$DASHBOARD_ADDRESS; its log is in $LOG/dashboard"
    }
}

platform_stop() {
    local pid
    rm -f /etc/cron.d/storewright
    if [[ -d /run/systemd/system && -e /etc/systemd/system/storewright.target ]]; then
        systemctl disable --now --quiet storewright.target storewright-{dashboard,passwords,nginx,starter}.service
    elif pid=$(platform_supervisor); then
        # HUP: runsvdir ends its services as well.
        kill -HUP "$pid"
        wait_for 30 test ! -e "/proc/$pid" || say "the supervisor $pid does not end"
    fi
    rm -f "$VAR/supervisor.pid"
    platform_stop_reconciler
}

# What a reconciler under way does not finish is taken up by the next one.
platform_stop_reconciler() {
    local pid
    pid=$(cat "$RUN/reconcile.lock" 2>/dev/null) || return 0
    [[ $(cat "/proc/$pid/comm" 2>/dev/null) != reconcile ]] || kill -TERM "$pid"
}

platform_purge() {
    rm -rf "$VAR/data" "$VAR/audit-anchors" "$VAR/audit-anchors.log" "$VAR/helm" "$SERVICES_DIR" "$VAR/fingerprint" "$ETC" "$LOG" \
        /etc/logrotate.d/storewright /etc/systemd/system/storewright.target /etc/systemd/system/storewright-{dashboard,passwords,nginx,starter}.service
}

as_owner() { chpst -u "$OWNER" "$@"; }

platform_welcome() {
    local password
    printf '\nStorewright is up:  http://localhost:%s\n' "${DASHBOARD_ADDRESS##*:}"
    if [[ -z $(as_owner "$PREFIX/bin/storectl" user list) ]]; then
        password=$(as_owner "$PREFIX/bin/storectl" user add admin --role admin --generate)
        printf 'Sign in as:         admin\nPassword:           %s\n' "$password"
        printf '                    (told only this once; a new one: sudo storectl user password admin --generate)\n'
    else
        printf 'Sign in with an account that was made before; a new password for admin:\n'
        printf '                    sudo storectl user password admin --generate\n'
    fi
    printf 'Stop it:            sudo ./down\n'
}
