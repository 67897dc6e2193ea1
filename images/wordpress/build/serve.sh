#!/bin/bash
# shellcheck disable=SC2016  # other programs expand what is quoted
# serve.sh start|stop WORK: nginx and PHP-FPM of the image, as its user, on the socket WORK/home/shop.sock, while the
# image is made: its port may be somebody's on the machine that builds.
set -euo pipefail

work=$2
as_shop=(setpriv --reuid 1000 --regid 1000 --clear-groups)
if [[ $1 == stop ]]; then
    for name in nginx php; do
        [[ ! -s $work/$name.pid ]] || kill -TERM "$(<"$work/$name.pid")" 2>/dev/null || :
        rm -f "$work/$name.pid"
    done
    exit 0
fi
install -d -o 1000 -g 1000 /run/php "$work/home"
sed -E "s|listen 8080.*|listen unix:$work/home/shop.sock;|; s|listen 8081.*|listen unix:$work/home/probe.sock;|
    s|^    include mime.types|    include /etc/nginx/mime.types|; s|fastcgi_params;|/etc/nginx/fastcgi_params;|" \
    /etc/nginx/nginx.conf >"$work/nginx.conf"
chmod 644 "$work/nginx.conf"
"${as_shop[@]}" bash -c 'exec storewright-php 2>"$1"' php "$work/home/php.log" &
echo $! >"$work/php.pid"
"${as_shop[@]}" nginx -e stderr -c "$work/nginx.conf" &
echo $! >"$work/nginx.pid"
for ((i = 0; i < 100; i++)); do
    [[ ! -S $work/home/shop.sock || ! -S /run/php/fpm.sock ]] || exit 0
    sleep 0.1
done
cat "$work/home/php.log" >&2
echo 'serve: the shop does not listen' >&2
exit 1
