#!/bin/bash
# Starts MariaDB and makes the data directory first where there is none.
#
# Settings are those of the official image: MARIADB_DATABASE, MARIADB_USER, MARIADB_PASSWORD_FILE
# (or MARIADB_PASSWORD). A data directory appears at its place complete or not at all, so this can be killed at any
# moment and run again. root has no password: only this container's own user is root, over the socket.
set -euo pipefail

skeleton=/usr/share/storewright/skeleton
first_statements=/run/mysqld/first.sql

fail() {
    local status=$1
    shift
    printf 'mariadb: %s\n' "$*" >&2
    exit "$status"
}

read_settings() {
    local name
    database=${MARIADB_DATABASE:-}
    user=${MARIADB_USER:-}
    password=${MARIADB_PASSWORD:-}
    if [[ -n ${MARIADB_PASSWORD_FILE:-} ]]; then
        [[ -r $MARIADB_PASSWORD_FILE ]] || fail 64 "the password file $MARIADB_PASSWORD_FILE cannot be read"
        password=$(<"$MARIADB_PASSWORD_FILE")
    fi
    unset MARIADB_PASSWORD
    [[ -n $database ]] || fail 64 "no database: set MARIADB_DATABASE to its name"
    [[ -n $user ]] || fail 64 "no user: set MARIADB_USER to the name of the database's user"
    [[ -n $password ]] || fail 64 "no password: set MARIADB_PASSWORD_FILE to a file that holds one"
    for name in database user password; do
        [[ ! ${!name} =~ [[:cntrl:]] ]] || fail 64 "the $name contains a line break or another control character"
    done
}

# A value as an SQL string, a name as an SQL identifier, and a name as GRANT's pattern that means only itself.
literal() {
    local text=${1//\\/\\\\}
    printf "'%s'" "${text//\'/\\\'}"
}

identifier() {
    # shellcheck disable=SC2016  # the quotes are SQL's
    printf '`%s`' "${1//\`/\`\`}"
}

pattern() {
    local text=${1//\\/\\\\}
    text=${text//_/\\_}
    identifier "${text//%/\\%}"
}

# Run by the server before it talks to anybody, at every start: so a changed password is taken up. One statement a line.
write_statements() {
    local who
    who="$(literal "$user")@'%'"
    {
        printf 'CREATE DATABASE IF NOT EXISTS %s;\n' "$(identifier "$database")"
        printf 'CREATE USER IF NOT EXISTS %s;\n' "$who"
        printf 'ALTER USER %s IDENTIFIED BY %s;\n' "$who" "$(literal "$password")"
        printf 'GRANT ALL PRIVILEGES ON %s.* TO %s;\n' "$(pattern "$database")" "$who"
    } >"$first_statements" || fail 64 "$first_statements cannot be written: /run/mysqld must be writable by user $(id -u)"
}

make_data() {
    local new=$datadir.new
    rm -rf "$new"
    mkdir -p "$(dirname "$datadir")" || fail 64 "$(dirname "$datadir") cannot be written by user $(id -u)"
    cp -r "$skeleton" "$new" || fail 64 "$new cannot be written: is the volume full, or owned by another user?"
    chmod -R u=rwX,go= "$new"
    sync --file-system "$new"
    # An empty directory that somebody made in advance is not data.
    [[ ! -d $datadir ]] || rmdir "$datadir" 2>/dev/null ||
        fail 66 "$datadir is not empty and holds no database (or the volume is mounted right there: the data must be in a directory inside the volume)"
    mv -T "$new" "$datadir"
    sync --file-system "$(dirname "$datadir")"
}

# The release that made the data: this image's own note, or that of MariaDB's upgrade program.
check_version() {
    local file found='' ours
    ours=$(<"$skeleton/storewright-version")
    for file in storewright-version mariadb_upgrade_info mysql_upgrade_info; do
        [[ ! -s $datadir/$file ]] || { found=$(head -c 100 "$datadir/$file"); break; }
    done
    found=$(sed -nE '1s/^([0-9]+\.[0-9]+).*/\1/p' <<<"$found")
    [[ -z $found || $found == "$ours" ]] ||
        fail 65 "the volume holds data of MariaDB $found and this image runs $ours: dump it with MariaDB $found and restore the dump into a new volume"
}

[[ $# -gt 0 && $1 == mariadbd ]] && shift
if [[ $# -gt 0 && $1 != -* ]]; then
    exec "$@"
fi
[[ $(id -u) != 0 ]] || fail 64 "this image does not run as root"
umask 0077
datadir=/var/lib/mysql/data
for argument; do
    [[ $argument != --datadir=* ]] || datadir=${argument#*=}
done
read_settings
if [[ -d $datadir/mysql ]]; then
    check_version
else
    make_data
fi
write_statements
exec mariadbd --datadir="$datadir" --init-file="$first_statements" "$@"
