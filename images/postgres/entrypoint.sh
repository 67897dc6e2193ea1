#!/bin/bash
# Starts PostgreSQL and makes the data directory first where there is none.
#
# Settings are those of the official image: POSTGRES_USER, POSTGRES_DB, POSTGRES_PASSWORD_FILE
# (or POSTGRES_PASSWORD) and PGDATA. A data directory appears at its place complete or not at all,
# so this can be killed at any moment and run again.
set -euo pipefail

major=17
skeleton=/usr/share/storewright/skeleton

fail() {
    local status=$1
    shift
    printf 'postgres: %s\n' "$*" >&2
    exit "$status"
}

read_settings() {
    user=${POSTGRES_USER:-postgres}
    database=${POSTGRES_DB:-$user}
    password=${POSTGRES_PASSWORD:-}
    if [[ -n ${POSTGRES_PASSWORD_FILE:-} ]]; then
        [[ -r $POSTGRES_PASSWORD_FILE ]] || fail 64 "the password file $POSTGRES_PASSWORD_FILE cannot be read"
        password=$(<"$POSTGRES_PASSWORD_FILE")
    fi
    unset POSTGRES_PASSWORD
    [[ -n $password ]] || fail 64 "no password: set POSTGRES_PASSWORD_FILE to a file that holds one"
    local name
    for name in user database password; do
        [[ ! ${!name} =~ [[:cntrl:]] ]] || fail 64 "the $name contains a line break or another control character"
    done
}

# A value as an SQL string; a name as an SQL identifier.
literal() {
    printf "'%s'" "${1//\'/\'\'}"
}

identifier() {
    printf '"%s"' "${1//\"/\"\"}"
}

# The statements, one a line, that make role and database what the settings say.
first_statements() {
    local role
    role=$(identifier "$user")
    [[ $user == postgres ]] || printf 'CREATE ROLE %s LOGIN;\n' "$role"
    [[ $database == postgres ]] ||
        printf 'CREATE DATABASE %s OWNER %s STRATEGY file_copy;\n' "$(identifier "$database")" "$role"
    # Only the owner may connect, and nobody else may make tables in it.
    printf 'REVOKE ALL ON DATABASE %s FROM PUBLIC;\n' "$(identifier "$database")"
}

# Runs statements from standard input without a server: no other client, no socket, no password in argv.
run_statements() {
    local data=$1 output
    # A server that was killed leaves a lock file with its process number, which was ours: 1.
    # Its own parents are the processes that PostgreSQL does not take for a living server.
    if ! output=$(PG_GRANDPARENT_PID=$$ postgres --single -D "$data" -c exit_on_error=true -c log_min_messages=error \
        -c archive_mode=off postgres 2>&1 >/dev/null); then
        fail 70 "the database could not be prepared: ${output//$'\n'/ }"
    fi
}

set_password() {
    printf 'ALTER ROLE %s LOGIN PASSWORD %s;\n' "$(identifier "$user")" "$(literal "$password")" |
        run_statements "$1"
}

make_data() {
    local new=$PGDATA.new
    rm -rf "$new"
    mkdir -p "$(dirname "$PGDATA")" || fail 64 "$(dirname "$PGDATA") cannot be written by user $(id -u)"
    cp -r "$skeleton" "$new" || fail 64 "$new cannot be written: is the volume full, or owned by another user?"
    chmod -R u=rwX,go= "$new"
    { first_statements; printf 'ALTER ROLE %s LOGIN PASSWORD %s;\n' "$(identifier "$user")" "$(literal "$password")"; } |
        run_statements "$new"
    sync --file-system "$new"
    # An empty directory that somebody made in advance is not data.
    [[ ! -d $PGDATA ]] || rmdir "$PGDATA" 2>/dev/null ||
        fail 66 "PGDATA $PGDATA is not empty and holds no database (or the volume is mounted right there: PGDATA must be a directory inside the volume)"
    mv -T "$new" "$PGDATA"
    sync --file-system "$(dirname "$PGDATA")"
}

check_version() {
    local found
    found=$(<"$PGDATA/PG_VERSION")
    [[ $found == "$major" ]] || fail 65 "the volume holds data of PostgreSQL $found and this image runs $major: dump it with PostgreSQL $found and restore the dump into a new volume"
}

[[ $# -gt 0 && $1 == postgres ]] && shift
if [[ $# -gt 0 && $1 != -* ]]; then
    exec "$@"
fi
[[ $(id -u) != 0 ]] || fail 64 "this image does not run as root"
umask 0077
read_settings
if [[ -s $PGDATA/PG_VERSION ]]; then
    check_version
    set_password "$PGDATA"
else
    make_data
fi
exec postgres -D "$PGDATA" "$@"
