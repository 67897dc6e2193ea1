#!/bin/bash
# make-template.sh APP OUT: with PostgreSQL in a place that goes away with the build stage,
#
#   1. migrates and fills a database and writes it to OUT/template as SQL;
#   2. sets a store up from that SQL, serves it and buys something, so that the template is known to
#      work, and keeps what Node found and compiled on the way: OUT/resolved.json and OUT/cache.
set -euo pipefail

app=$1 out=$2
work=$(mktemp -d)
# The port is one that a server on the machine that builds hardly has.
port=54329
server='' web=''
# The users of the two images.
as_database=(setpriv --reuid 999 --regid 999 --clear-groups)
as_shop=(setpriv --reuid 1000 --regid 1000 --clear-groups)

finish() {
    [[ -z $web ]] || kill "$web" 2>/dev/null || :
    stop_database
    rm -rf "$work"
}

make_secrets() {
    local name
    mkdir "$work/secrets"
    for name in database-password jwt-secret cookie-secret publishable-key admin-password; do
        od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$work/secrets/$name"
    done
    sed -i 's/^/pk_/' "$work/secrets/publishable-key"
    echo 'owner@template.invalid' >"$work/secrets/admin-email"
}

start_database() {
    local data=$work/$1 i
    install -d -o 999 -g 999 "$data"
    "${as_database[@]}" env PGDATA="$data/pgdata" POSTGRES_USER=store POSTGRES_DB=store \
        POSTGRES_PASSWORD_FILE="$work/secrets/database-password" \
        storewright-postgres -c "port=$port" -c listen_addresses=127.0.0.1 \
        -c "unix_socket_directories=$data" -c fsync=off &
    server=$!
    for ((i = 0; i < 300; i++)); do
        ! pg_isready -q -h 127.0.0.1 -p "$port" || return 0
        kill -0 "$server"
        sleep 0.1
    done
    echo 'make-template: the database does not start' >&2
    return 1
}

stop_database() {
    [[ -n $server ]] || return 0
    kill -INT "$server" 2>/dev/null || :
    wait "$server" || :
    server=''
}

make_template() {
    local file
    start_database first
    node node_modules/@medusajs/cli/cli.js db:migrate --execute-safe-links --execute-safe-search
    mkdir -p "$out/template"
    node node_modules/@medusajs/cli/cli.js exec ./golden.js "$out/template"
    stop_database
    # Nothing of what made it may be left in it.
    for file in base sample; do
        gzip -dc "$out/template/$file.sql.gz" >"$work/$file.sql"
        grep -q 'INSERT INTO public.region ' "$work/$file.sql"
        if grep -nE 'template\.invalid|localhost|/app/|/build/' "$work/$file.sql"; then
            echo "make-template: $file.sql holds traces of the build" >&2
            return 1
        fi
    done
    grep -q 'INSERT INTO public.product ' "$work/sample.sql"
    if grep -q 'INSERT INTO public.product ' "$work/base.sql"; then
        echo 'make-template: base.sql holds products' >&2
        return 1
    fi
}

# As the user that the server runs as: Node keeps what it compiled apart for each user.
record_start() {
    start_database second
    install -d -o 1000 -g 1000 "$out/cache" "$work/home" "$app/static"
    cp -r "$out/template" "$app/template"
    export NODE_COMPILE_CACHE=$out/cache HOME=$work/home
    "${as_shop[@]}" node setup.js
    "${as_shop[@]}" env STOREWRIGHT_RECORD="$work/home/resolved.json" PORT=54330 node serve.js &
    web=$!
    "${as_shop[@]}" node try-shop.js http://127.0.0.1:54330
    kill "$web"
    wait "$web"
    web=''
    cp "$work/home/resolved.json" "$out/resolved.json"
    stop_database
    # Readable by all, writable by nobody who runs in the image.
    chown -R 0:0 "$out"
    chmod -R u=rwX,go=rX "$out"
}

trap finish EXIT
make_secrets
chmod -R a+rX "$work"
mkdir -p "$out"
export DATABASE_HOST=127.0.0.1 DATABASE_PORT=$port DATABASE_NAME=store DATABASE_USER=store \
    SECRETS_DIR=$work/secrets STORE_ID=template STORE_URL=http://template.invalid \
    NODE_ENV=production MEDUSA_DISABLE_TELEMETRY=true XDG_CONFIG_HOME=$app/config HOME=$work
cd "$app"
make_template
record_start
