#!/bin/bash
# Makes the data directory that every new database starts as a copy of: mariadb-install-db takes seconds and always
# gives the same result. It holds no user but root, whom only the server's own user is over the socket.
set -euo pipefail

skeleton=/usr/share/storewright/skeleton
install -d -o 999 -g 999 -m 0700 "$skeleton"
setpriv --reuid 999 --regid 999 --clear-groups mariadb-install-db --datadir="$skeleton" \
    --auth-root-authentication-method=socket --auth-root-socket-user=mysql --skip-test-db
# A row with the name of the machine that builds.
printf '%s;\n' "DELETE FROM mysql.proxies_priv WHERE Host NOT IN ('localhost', '%')" "DELETE FROM mysql.global_priv WHERE Host <> 'localhost'" |
    setpriv --reuid 999 --regid 999 --clear-groups mariadbd --bootstrap --datadir="$skeleton" >/dev/null
# Which release made it; see entrypoint.sh.
mariadbd --version | sed -nE 's/.*Ver ([0-9]+\.[0-9]+)\..*/\1/p' >"$skeleton/storewright-version"
[[ -s $skeleton/storewright-version ]]
rm -f "$skeleton"/*.err
chown -R root:999 "$skeleton"
chmod -R u=rwX,g=rX,o= "$skeleton"
