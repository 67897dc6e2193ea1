# shellcheck shell=bash
# shellcheck disable=SC2154  # lib.sh and build set the variables
# The program that builds images, docker or buildah, behind one set of functions. How an image is
# built is part of what it is: this file is in every image's key.

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

have_image() {
    if [[ $engine == docker ]]; then
        docker image inspect "$1" >/dev/null 2>&1
    else
        run_buildah inspect --type image "$1" >/dev/null 2>&1
    fi
}

image_identity() {
    if [[ $engine == docker ]]; then
        docker image inspect --format '{{.Id}}' "$1"
    else
        run_buildah inspect --type image --format '{{.FromImageID}}' "$1"
    fi
}

tag_local() {
    if [[ $engine == docker ]]; then
        docker tag "$name_prefix/$1:$2" "$name_prefix/$1:local"
    else
        run_buildah tag "$name_prefix/$1:$2" "$name_prefix/$1:local"
    fi
}

# Builds one image from its folder, under the names given.
run_build() {
    local name=$1 tag=$2
    local folder=$images_dir/$name sources=$work_dir/sources-$name
    local -a args=(--network host --build-context "host=$host_dir" --file "$folder/Containerfile"
        --tag "$name_prefix/$name:$tag" --tag "$name_prefix/$name:local")
    # The build context `source`: those files and no other, wherever the checkout lies.
    if [[ -f $folder/sources ]]; then
        mkdir -p "$sources"
        image_sources "$name" | tar -C "$images_dir/.." -cf - -T - | tar -C "$sources" -xf -
        args+=(--build-context "source=$sources")
    fi
    if [[ $engine == docker ]]; then
        docker buildx build --load --progress plain "${args[@]}" "$folder"
    else
        run_buildah build --layers=false "${args[@]}" "$folder"
    fi
}

# One archive with both names, for any tool that imports OCI archives.
save_archive() {
    local name=$1 tag=$2 archive=$3 layout
    if [[ $engine == docker ]]; then
        docker save --output "$archive.part" "$name_prefix/$name:$tag" "$name_prefix/$name:local"
    else
        layout=$work_dir/oci-$name
        run_buildah push --quiet "$name_prefix/$name:$tag" "oci:$layout:$name_prefix/$name:$tag"
        run_buildah push --quiet "$name_prefix/$name:$tag" "oci:$layout:$name_prefix/$name:local"
        tar -C "$layout" -cf "$archive.part" .
        rm -rf "$layout"
    fi
    sync "$archive.part"
    mv "$archive.part" "$archive"
}
