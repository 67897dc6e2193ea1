#!/bin/bash
# shellcheck disable=SC2016  # other programs expand what is quoted
# make-template.sh OUT: with MariaDB in a place that goes away with the build stage,
#
#   1. installs WordPress, and the shop's plugin where there is one, and writes the database to OUT/template as SQL;
#   2. sets a store up from that SQL, serves it and visits it, so that the template is known to work, and keeps what PHP
#      compiled on the way (OUT/opcache);
#   3. looks for what is left of the template in that store.
set -euo pipefail

out=$1
here=/usr/share/storewright
work=$(mktemp -d)
# Ports that a server on the machine that builds hardly has.
port=33069
server=''
# The users of the two images.
as_database=(setpriv --reuid 999 --regid 999 --clear-groups)
as_shop=(setpriv --reuid 1000 --regid 1000 --clear-groups)

finish() {
    "$here/build/serve.sh" stop "$work" || :
    stop_database
    rm -rf "$work"
}

make_secrets() {
    local name
    mkdir "$work/secrets"
    for name in database-password salt-seed admin-password; do
        od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$work/secrets/$name"
    done
    echo 'owner@template.invalid' >"$work/secrets/admin-email"
}

start_database() {
    local data=$work/$1 i
    install -d -o 999 -g 999 "$data" /run/mysqld
    "${as_database[@]}" env MARIADB_DATABASE=store MARIADB_USER=store \
        MARIADB_PASSWORD_FILE="$work/secrets/database-password" \
        storewright-mariadb --datadir="$data/data" --port="$port" --bind-address=127.0.0.1 --innodb-flush-method=nosync &
    server=$!
    for ((i = 0; i < 600; i++)); do
        ! "${as_database[@]}" mariadb-admin --connect-timeout=2 --silent ping >/dev/null 2>&1 || return 0
        kill -0 "$server"
        sleep 0.1
    done
    echo 'make-template: the database does not start' >&2
    return 1
}

stop_database() {
    [[ -n $server ]] || return 0
    kill -TERM "$server" 2>/dev/null || :
    wait "$server" || :
    server=''
}

as_root() { "${as_database[@]}" mariadb --batch --skip-column-names --execute="$1" store; }

dump() {
    "${as_database[@]}" mariadb-dump --single-transaction --skip-comments --skip-add-locks --skip-add-drop-table \
        --skip-disable-keys --skip-tz-utc --no-tablespaces "${@:2}" store >"$1"
    grep -q 'INSERT INTO `wp_options`' "$1"
}

# The settings of a store that is nobody's: Template::URL and the others stand for them.
template_settings() {
    export STORE_ID=template STORE_URL=http://template.invalid STORE_TITLE=storewright-template-title \
        STORE_CURRENCY=eur STORE_COUNTRY=de
}

php_step() { "${as_shop[@]}" php -d opcache.enable_cli=0 -d memory_limit=512M "$here/build/$1" "${@:2}"; }

make_template() {
    local uploads=/usr/share/wordpress/wp-content/uploads
    start_database first
    template_settings
    mkdir -p "$out/template"
    php_step install-wordpress.php
    if [[ -e $here/build/install-shop.php ]]; then
        # Each in a process of its own: what one has set up, the next finds loaded.
        php_step install-shop.php activate
        php_step install-shop.php install
        php_step install-shop.php configure
    fi
    php_step finish.php
    dump "$work/base.sql"
    cp -r "$uploads" "$out/template/uploads"
    if [[ -e $here/build/seed.php ]]; then
        php_step seed.php
        php_step finish.php
        install -d "$out/template/sample-uploads"
        cp -r "$uploads/products" "$out/template/sample-uploads/"
    fi
    dump "$work/sample.sql"
    php_step known.php >"$out/template/known.json"
    stop_database
    for file in base sample; do
        php_step check-dump.php "$work/$file.sql"
        gzip -9n <"$work/$file.sql" >"$out/template/$file.sql.gz"
    done
    find "$uploads" -mindepth 1 -delete
}

# A store of the template, as the cluster would make it.
try_template() {
    start_database second
    mkdir -p "$here/template" && cp -r "$out/template/." "$here/template/"
    export STORE_ID=tried STORE_URL=http://tried.example STORE_TITLE='Tried & tested' STORE_CURRENCY=usd STORE_COUNTRY=us
    echo 'person@tried.example' >"$work/secrets/admin-email"
    # What PHP compiles of all this is kept, under the name that it will be looked for.
    install -d -o 1000 -g 1000 /tmp/opcache "$work/home"
    "${as_shop[@]}" env HOME="$work/home" storewright-setup || [[ $? == 72 && ! -e $here/setup/shop.php ]]
    dump "$work/tried.sql" --skip-extended-insert
    if grep -nE 'template\.invalid|storewright-template' "$work/tried.sql" | cut -c1-300 | grep .; then
        echo 'make-template: a store has traces of the template in it' >&2
        return 1
    fi
    if [[ -e $here/build/visit.php ]]; then
        "$here/build/serve.sh" start "$work"
        php_step visit.php "$work/home/shop.sock" "$work/secrets" || { cat "$work/home/php.log" >&2; return 1; }
        "$here/build/serve.sh" stop "$work"
    fi
    [[ ! -e $here/setup/shop.php ]] || cp -r /tmp/opcache "$out/opcache"
    stop_database
    find /usr/share/wordpress/wp-content/uploads -mindepth 1 -delete
}

trap finish EXIT
make_secrets
chmod -R a+rX "$work"
mkdir -p "$out" /run/php
export DATABASE_HOST=127.0.0.1 DATABASE_PORT=$port DATABASE_NAME=store DATABASE_USER=store SECRETS_DIR=$work/secrets
# shellcheck source=images/wordpress/site/php-environment
. "$here/php-environment"
chown -R 1000:1000 /tmp/opcache /usr/share/wordpress/wp-content/uploads
make_template
rm -rf /tmp/opcache
try_template
# Readable by all, writable by nobody who runs in the image.
chown -R 0:0 "$out"
chmod -R u=rwX,go=rX "$out"
