#!/bin/bash
# Makes the data directory that every new database starts as a copy of: initdb costs more than
# a second and always gives the same result. It holds no user but postgres, and no password.
set -euo pipefail

skeleton=/usr/share/storewright/skeleton
install -d -o 999 -g 999 -m 0700 "$skeleton"
setpriv --reuid 999 --regid 999 --clear-groups env LC_ALL=C.UTF-8 initdb --pgdata "$skeleton" \
    --username postgres --encoding UTF8 --locale-provider builtin --builtin-locale C.UTF-8 \
    --locale C.UTF-8 --data-checksums --wal-segsize 4 --auth-local peer --auth-host scram-sha-256 \
    --no-sync
cat /usr/share/storewright/pg_hba.conf >"$skeleton/pg_hba.conf"
# Settings of the image come last, so that they win over initdb's guesses about the build machine.
printf "include '/usr/share/storewright/defaults.conf'\n" >>"$skeleton/postgresql.conf"
chown -R root:999 "$skeleton"
chmod -R u=rwX,g=rX,o= "$skeleton"
