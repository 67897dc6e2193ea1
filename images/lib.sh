# shellcheck shell=bash
# Shared by build, load, values and check: names, keys and the container program.
#
# An image is a folder with a Containerfile. Its key is a hash over everything that its content
# follows from, so a key that exists never has to be built again.

images_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${STOREWRIGHT_CACHE:-/var/cache/storewright}/images
base_image=docker.io/library/debian:trixie-slim
name_prefix=localhost/storewright

die() {
    printf 'images: %s\n' "$*" >&2
    exit 1
}

say() {
    printf 'images: %s\n' "$*"
}

# Names of all images, dependencies first.
image_names() {
    local folder name dep
    local -A done=()
    local -a rest=()
    for folder in "$images_dir"/*/Containerfile; do
        rest+=("$(basename "$(dirname "$folder")")")
    done
    while ((${#rest[@]})); do
        local -a later=()
        for name in "${rest[@]}"; do
            for dep in $(image_parents "$name"); do
                [[ -v done[$dep] ]] || { later+=("$name"); continue 2; }
            done
            done[$name]=1
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

# What an image is made of, as one hash; CACHE/images/base holds the identity of the base.
image_key() {
    local parent
    {
        cat "$cache/base" 2>/dev/null || return 1
        # How an image is built is part of what it is.
        sha256sum <"$images_dir/build"
        sha256sum <"$images_dir/lib.sh"
        for parent in $(image_parents "$1"); do
            image_key "$parent"
        done
        (cd "$images_dir/$1" && find . -type f -printf '%m %p\0' | LC_ALL=C sort -z |
            while IFS= read -r -d '' entry; do
                printf '%s %s\n' "$entry" "$(sha256sum <"${entry#* }")"
            done)
    } | sha256sum | cut -c1-12
}

image_archive() {
    printf '%s/%s-%s.tar\n' "$cache" "$1" "$2"
}

# docker where its daemon answers, buildah otherwise. Sets `engine`.
choose_engine() {
    if command -v docker >/dev/null && timeout 10 docker info >/dev/null 2>&1; then
        engine=docker
    elif command -v buildah >/dev/null; then
        engine=buildah
    else
        die "neither a docker daemon nor buildah is here; install the packages of deploy/packages/images.txt"
    fi
}

# buildah with a storage of our own, so that no other program's images are touched.
run_buildah() {
    BUILDAH_ISOLATION=chroot STORAGE_DRIVER=overlay \
        buildah --root "$cache/storage" --runroot "$cache/run" "$@"
}
