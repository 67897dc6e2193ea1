#!/bin/bash
# make-template.sh OUT: starts PostgreSQL in a place that goes away with the build stage, migrates
# and fills a database there, and writes it to OUT as SQL.
set -euo pipefail

out=$1
work=$(mktemp -d)
chmod 755 "$work"
mkdir "$work/secrets" "$work/data"
for name in database-password jwt-secret cookie-secret; do
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$work/secrets/$name"
done
chown -R 999:999 "$work"

# The port is one that a server on the machine that builds hardly has.
port=54329
setpriv --reuid 999 --regid 999 --clear-groups env PGDATA="$work/data/pgdata" \
    POSTGRES_USER=store POSTGRES_DB=store POSTGRES_PASSWORD_FILE="$work/secrets/database-password" \
    storewright-postgres -c "port=$port" -c listen_addresses=127.0.0.1 \
    -c "unix_socket_directories=$work" -c fsync=off &
server=$!
trap 'kill -INT "$server"; wait "$server" || :' EXIT
for ((i = 0; i < 300; i++)); do
    pg_isready -q -h 127.0.0.1 -p "$port" && break
    kill -0 "$server"
    sleep 0.1
done

export DATABASE_HOST=127.0.0.1 DATABASE_PORT=$port DATABASE_NAME=store DATABASE_USER=store \
    SECRETS_DIR=$work/secrets STORE_ID=template STORE_URL=http://template.invalid \
    NODE_ENV=production MEDUSA_DISABLE_TELEMETRY=true HOME=$work
cd /app
node node_modules/@medusajs/cli/cli.js db:migrate --execute-safe-links --execute-safe-search
mkdir -p "$out"
node node_modules/@medusajs/cli/cli.js exec ./golden.js "$out"
# The template must be usable as it is: none of what made it may be left in it.
for file in base sample; do
    gzip -dc "$out/$file.sql.gz" >"$work/$file.sql"
    grep -q 'INSERT INTO public.region ' "$work/$file.sql"
    if grep -nE 'template\.invalid|localhost|/app/|/build/' "$work/$file.sql"; then
        echo "make-template: $file.sql holds traces of the build" >&2
        exit 1
    fi
done
grep -q 'INSERT INTO public.product ' "$work/sample.sql"
if grep -q 'INSERT INTO public.product ' "$work/base.sql"; then
    echo "make-template: base.sql holds products" >&2
    exit 1
fi
