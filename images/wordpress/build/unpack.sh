#!/bin/bash
# unpack.sh OUT: WordPress as Debian's packages have laid it out under /usr/share, as one folder of files.
set -euo pipefail

out=$1
site=$out/usr/share/wordpress
mkdir -p "$out/usr/share" "$out/usr/share/doc/wordpress"
cp -rL --no-preserve=mode /usr/share/wordpress "$out/usr/share/" 2>/tmp/links || :
# The one link into what is not there yet: the certificates, which the system has.
if grep -v 'ca-bundle\|\.htaccess' /tmp/links; then exit 1; fi
ln -sf /etc/ssl/certs/ca-certificates.crt "$site/wp-includes/certificates/ca-bundle.crt"
# What a shop has no use for, or what tells visitors the version.
rm -f "$site/.htaccess" "$site/readme.html" "$site/wp-config-sample.php" "$site/xmlrpc.php" "$site/wp-mail.php" \
    "$site/wp-links-opml.php" "$site/wp-signup.php" "$site/wp-activate.php"
cp /usr/share/doc/wordpress/copyright "$out/usr/share/doc/wordpress/"
cp /build/site/wp-config.php "$site/"
mkdir -p "$site/wp-content/mu-plugins" "$out/usr/share/storewright"
cp /build/site/mu-plugins/*.php "$site/wp-content/mu-plugins/"
cp -r /build/site/probe /build/site/php-environment "$out/usr/share/storewright/"
[[ -s $site/wp-settings.php && -s $site/wp-content/themes/twentytwentyfive/theme.json ]]
if find "$site" -type l ! -name ca-bundle.crt | grep .; then exit 1; fi
chmod -R u=rwX,go=rX "$out"
