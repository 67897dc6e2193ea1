# shellcheck shell=bash
# shellcheck disable=SC2034  # the variables are for the scripts that source this
# Shared by build, load, values and check: names, keys and the container program.
#
# An image is a folder with a Containerfile. Its key is a hash over everything that its content
# follows from, so a key that exists never has to be built again.

images_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${STOREWRIGHT_CACHE:-/var/cache/storewright}/images
base_image=docker.io/library/debian:trixie-slim
name_prefix=localhost/storewright
default_state=/var/lib/storewright/cluster

die() {
    printf 'images: %s\n' "$*" >&2
    exit 1
}

# The comment at the head of the script.
usage() {
    sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"
}

say() {
    printf 'images: %s\n' "$*"
}

# Names of all images, dependencies first.
image_names() {
    local folder name dep
    local -A placed=()
    local -a rest=()
    for folder in "$images_dir"/*/Containerfile; do
        rest+=("$(basename "$(dirname "$folder")")")
    done
    while ((${#rest[@]})); do
        local -a later=()
        for name in "${rest[@]}"; do
            for dep in $(image_parents "$name"); do
                [[ -v placed[$dep] ]] || { later+=("$name"); continue 2; }
            done
            placed[$name]=1
            printf '%s\n' "$name"
        done
        ((${#later[@]} < ${#rest[@]})) || die "these images need each other: ${later[*]}"
        rest=("${later[@]}")
    done
}

# Images of ours that NAME takes files from.
image_parents() {
    sed -nE "s|^(FROM\|COPY --from=)[ ]*$name_prefix/([a-z0-9-]+):local.*|\\2|p" \
        "$images_dir/$1/Containerfile" | sort -u
}

# What of an image can neither come with the source nor from a package registry is its material: the
# folder's script `material` puts it here. Files whose names begin with a dot are notes.
material_of() {
    printf '%s/material/%s\n' "$cache" "$1"
}

# True unless NAME needs material that is not there.
has_material() {
    [[ ! -x $images_dir/$1/material ]] || [[ -n $(find "$(material_of "$1")" -type f ! -name '.*' 2>/dev/null) ]]
}

# Only a base that other images are made from: no cluster needs it.
is_base() {
    grep -q '^# A base of other images' "$images_dir/$1/Containerfile"
}

# The images of a cluster, as far as they can be had.
usable_names() {
    local name
    for name in $(image_names); do
        if ! is_base "$name" && has_material "$name"; then
            printf '%s\n' "$name"
        fi
    done
}

# The registry that this very version of NAME was pushed to last.
registry_of() {
    local key registry
    key=$(image_key "$1") || die "$1 is not built yet: images/build $1"
    registry=$(sed -n "s|^$1:$key ||p" "$cache/pushed" 2>/dev/null | tail -n 1)
    [[ -n $registry ]] || die "the cluster of KUBECONFIG pulls from a registry, and $1:$key is in none yet: images/build --registry HOST/PATH"
    printf '%s\n' "$registry"
}

# Files of the project outside images/ that NAME is built from, relative to its top: what the paths in
# NAME/sources name, files or whole folders.
image_sources() {
    local list=$images_dir/$1/sources
    [[ ! -f $list ]] || (cd "$images_dir/.." && xargs -a "$list" -I{} find {} -type f | LC_ALL=C sort)
}

# What an image is made of, as one hash; CACHE/images/base holds the identity of the base.
image_key() {
    local parent
    {
        cat "$cache/base" 2>/dev/null || return 1
        sha256sum <"$images_dir/engine.sh"
        for parent in $(image_parents "$1"); do
            image_key "$parent"
        done
        (cd "$images_dir/$1" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
        if [[ -x $images_dir/$1/material ]]; then
            has_material "$1" || return 1
            (cd "$(material_of "$1")" && find . -type f ! -name '.*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
        fi
        image_sources "$1" | (cd "$images_dir/.." && xargs -r -d '\n' sha256sum)
    } | sha256sum | cut -c1-12
}

image_archive() {
    printf '%s/%s-%s.tar\n' "$cache" "$1" "$2"
}
