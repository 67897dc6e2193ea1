# shellcheck shell=bash
# shellcheck disable=SC2154,SC2016  # lib.sh sets the variables; apt and mmdebstrap expand the quoted ones
# The machine's own package settings (mirror, proxy, certificates), handed to a build as the
# build context `host`. A Containerfile mounts it where it needs it, so none of it stays in an image:
#
#   RUN --mount=type=bind,from=host,target=/run/host \
#       APT_CONFIG=/run/host/apt.conf apt-get update && …

# A setting of apt that names the machine's files or other distributions is not for a container.
apt_settings() {
    apt-config dump | grep -E '^Acquire::' |
        grep -vE '^Acquire::(IndexTargets|Changelogs|cdrom|CompressionTypes|https?::CAInfo|https?::.*::CAInfo)' || :
}

# Debian's archives as this machine reaches them: lines "URI kind", kind main, updates or security.
debian_archives() {
    local format='$(REPO_URI)|$(CODENAME)|$(ORIGIN)|$(LABEL)|$(COMPONENT)'
    apt-get indextargets --format "$format" 'Created-By: Packages' |
        awk -F'|' '$3 == "Debian" && $5 == "main" {
            kind = "main"
            if ($2 ~ /-updates$/) kind = "updates"
            else if ($4 == "Debian-Security" || $2 ~ /-security$/) kind = "security"
            else if ($2 ~ /-/) next
            if (!seen[kind]++) print $1, kind
        }'
}

# Sources for the release `trixie` from the archives that this machine uses.
debian_sources() {
    local keyring=$1 uri kind suite
    debian_archives | while read -r uri kind; do
        suite=trixie
        [[ $kind == main ]] || suite=trixie-$kind
        printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n\n' \
            "$uri" "$suite" "$keyring"
    done
}

# Fills DIR. Called with the lock held; DIR is private and removed after the build.
collect_host_settings() {
    local dir=$1 file
    mkdir -p "$dir/apt/parts" "$dir/apt/auth"
    chmod 700 "$dir"
    {
        apt_settings
        printf 'Dir::Etc::Parts "/run/host/apt/parts";\n'
        printf 'Dir::Etc::netrcparts "/run/host/apt/auth";\n'
        printf 'Acquire::https::CAInfo "/run/host/ca.crt";\n'
        printf 'APT::Install-Recommends "false";\nAPT::Sandbox::User "root";\n'
        printf 'DPkg::Use-Pty "false";\nDpkg::Options:: "--force-unsafe-io";\n'
    } >"$dir/apt.conf"
    debian_sources /usr/share/keyrings/debian-archive-keyring.gpg >"$dir/apt/debian.sources"
    if [[ -s $dir/apt/debian.sources ]]; then
        printf 'Dir::Etc::SourceList "/dev/null";\nDir::Etc::SourceParts "/run/host/apt";\n' >>"$dir/apt.conf"
    fi
    for file in /etc/apt/auth.conf /etc/apt/auth.conf.d/*.conf; do
        [[ ! -f $file ]] || cp "$file" "$dir/apt/auth/"
    done
    cp "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" "$dir/ca.crt"
    npm_settings >"$dir/npmrc"
}

# npm's registry and its options for the person who builds.
npm_settings() {
    local file
    for file in "${NPM_CONFIG_GLOBALCONFIG:-/etc/npmrc}" "${NPM_CONFIG_USERCONFIG:-$HOME/.npmrc}"; do
        [[ ! -f $file ]] || grep -vE '^[[:space:]]*(cafile|prefix|nodedir|cache|globalconfig|userconfig)[[:space:]]*=' "$file" || :
    done
    printf 'cafile=/run/host/ca.crt\nupdate-notifier=false\naudit=false\nfund=false\n'
    [[ -z ${NPM_CONFIG_REGISTRY:-} ]] || printf 'registry=%s\n' "$NPM_CONFIG_REGISTRY"
}
