# shellcheck shell=bash
# shellcheck disable=SC2154,SC2016  # lib.sh sets the variables; apt and mmdebstrap expand the quoted ones
# The image that all others stand on.

# Pulled where a registry answers quickly, else made here from Debian's packages under the same name.
make_base() {
    if [[ ! -s $cache/base ]] || ! have_image "$base_image"; then
        if have_image "$base_image" || pull_base; then
            say "base: $base_image"
        else
            say "base: no registry answers; making $base_image from packages (usually 20 s)"
            bootstrap_base
        fi
        image_identity "$base_image" >"$cache/base.part"
        mv "$cache/base.part" "$cache/base"
    fi
}

pull_base() {
    say "base: asking a registry for $base_image"
    if [[ $engine == docker ]]; then
        timeout 90 docker pull --quiet "$base_image" >"$cache/log/base.log" 2>&1
    else
        # A registry that cannot be reached is noticed before the download begins.
        registry_answers && timeout 90 buildah --root "$cache/storage" --runroot "$cache/run" \
            --storage-driver overlay pull --quiet --policy missing "$base_image" >"$cache/log/base.log" 2>&1
    fi
}

registry_answers() {
    timeout 5 bash -c "exec 3<>/dev/tcp/${base_image%%/*}/443" 2>/dev/null
}

# Debian's slim image in essence: minbase without manuals, translations and lists.
bootstrap_base() {
    local root=$work_dir/base.tar container sources=$work_dir/debian.sources
    command -v mmdebstrap >/dev/null || die "mmdebstrap is missing (deploy/packages/images.txt)"
    debian_sources /usr/share/keyrings/debian-archive-keyring.gpg >"$sources"
    [[ -s $sources ]] || die "apt on this machine has no Debian archive: run apt-get update, or allow $base_image to be pulled"
    apt_settings >"$work_dir/apt.conf"
    if ! mmdebstrap --mode=root --variant=minbase --aptopt="$work_dir/apt.conf" \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
        --customize-hook='rm -rf "$1"/etc/apt/apt.conf.d/99mmdebstrap "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/* "$1"/etc/resolv.conf "$1"/etc/hostname "$1"/var/log/* "$1"/var/cache/ldconfig/aux-cache' \
        trixie "$root" "$sources" >"$cache/log/base.log" 2>&1; then
        tail -n 30 "$cache/log/base.log" >&2
        die "the base could not be made; all of the output is in $cache/log/base.log"
    fi
    if [[ $engine == docker ]]; then
        docker import --change 'CMD ["bash"]' "$root" "$base_image" >/dev/null
    else
        container=$(run_buildah from scratch)
        run_buildah add --quiet "$container" "$root" / >/dev/null
        run_buildah config --cmd bash --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
        run_buildah commit --quiet --rm "$container" "$base_image" >/dev/null
    fi
    rm -f "$root"
}
