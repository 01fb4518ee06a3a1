#!/usr/bin/env bash
# Makes a container image of basalt-scheduler out of nothing but the binary and the
# libraries it is linked with: no base image, no registry, no container engine.
#
#   build.sh BINARY ARCHIVE [TAG]      e.g. build.sh build/release/src/daemon/basalt-scheduler /tmp/basalt.tar
#
# ARCHIVE is an OCI image layout as one tar file. Give it to the nodes, or to a
# registry, with whatever is there:
#   ctr -n k8s.io images import ARCHIVE
#   skopeo copy oci-archive:ARCHIVE docker://...
#   podman load -i ARCHIVE
# The image has no shell and no package; it runs as user 65532. The same binary gives
# the same bytes, and so the same digest, every time.
#
# Needs tar, gzip, jq, sha256sum and ldd.
set -euo pipefail

[[ $# -ge 2 ]] || { echo "usage: build.sh BINARY ARCHIVE [TAG]" >&2; exit 1; }
binary="$(realpath "$1")"
archive="$(realpath -m "$2")"
tag="${3:-dev}"
readonly user=65532

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
root="$work/root"
layout="$work/layout"

add_program() {
  mkdir -p "$root/usr/bin" "$root/etc" "$root/tmp" "$root/volcano.scheduler"
  install -m 0755 "$binary" "$root/usr/bin/basalt-scheduler"
  if command -v strip > /dev/null; then strip --strip-unneeded "$root/usr/bin/basalt-scheduler"; fi
  chmod 1777 "$root/tmp"
  echo "basalt:x:$user:$user::/:/usr/sbin/nologin" > "$root/etc/passwd"
  echo "basalt:x:$user:" > "$root/etc/group"
  echo "hosts: files dns" > "$root/etc/nsswitch.conf"
}

# The libraries under the very paths where the loader looks for them, and the loader itself.
add_libraries() {
  local library
  while read -r library; do
    [[ -f "$library" ]] || { echo "not found: $library" >&2; exit 1; }
    mkdir -p "$root$(dirname "$library")"
    cp --dereference "$library" "$root$library"
  done < <(ldd "$binary" | sed -n 's/^[[:space:]]*\(.* => \)\{0,1\}\(\/[^ ]*\) (0x.*/\2/p' | sort -u)
  # Loaded by name at run time, so ldd does not see it: resolving the API server's host name.
  for library in /lib/x86_64-linux-gnu/libnss_dns.so.2 /lib/aarch64-linux-gnu/libnss_dns.so.2; do
    if [[ -f "$library" ]]; then mkdir -p "$root$(dirname "$library")" && cp --dereference "$library" "$root$library"; fi
  done
}

# An API server with a certificate of a public authority; in a cluster its own CA is mounted.
add_authorities() {
  local bundle=/etc/ssl/certs/ca-certificates.crt
  if [[ -f "$bundle" ]]; then mkdir -p "$root/etc/ssl/certs" && cp "$bundle" "$root$bundle"; fi
}

put_blob() { # FILE: moves it among the blobs, prints "DIGEST SIZE"
  local digest
  digest="$(sha256sum "$1" | cut -d' ' -f1)"
  stat -c "sha256:$digest %s" "$1"
  mv "$1" "$layout/blobs/sha256/$digest"
}

architecture() {
  case "$(uname -m)" in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    *) uname -m ;;
  esac
}

deterministic_tar() { # FOLDER, to standard output
  tar --create --directory "$1" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu .
}

write_layout() {
  local diff layer layer_size config config_size manifest manifest_size
  mkdir -p "$layout/blobs/sha256"
  deterministic_tar "$root" > "$work/layer.tar"
  diff="sha256:$(sha256sum "$work/layer.tar" | cut -d' ' -f1)"
  gzip --no-name --best "$work/layer.tar"
  read -r layer layer_size < <(put_blob "$work/layer.tar.gz")

  jq --null-input --arg architecture "$(architecture)" --arg user "$user:$user" --arg diff "$diff" '{
    created: "1970-01-01T00:00:00Z", architecture: $architecture, os: "linux",
    config: {User: $user, Entrypoint: ["/usr/bin/basalt-scheduler"], WorkingDir: "/"},
    rootfs: {type: "layers", diff_ids: [$diff]},
    history: [{created: "1970-01-01T00:00:00Z", created_by: "deploy/image/build.sh"}]}' > "$work/config.json"
  read -r config config_size < <(put_blob "$work/config.json")

  jq --null-input --arg config "$config" --argjson config_size "$config_size" \
    --arg layer "$layer" --argjson layer_size "$layer_size" '{
    schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: {mediaType: "application/vnd.oci.image.config.v1+json", digest: $config, size: $config_size},
    layers: [{mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: $layer, size: $layer_size}]}' \
    > "$work/manifest.json"
  read -r manifest manifest_size < <(put_blob "$work/manifest.json")

  jq --null-input --arg manifest "$manifest" --argjson size "$manifest_size" --arg tag "$tag" '{
    schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [{mediaType: "application/vnd.oci.image.manifest.v1+json", digest: $manifest, size: $size,
      annotations: {"org.opencontainers.image.ref.name": $tag, "io.containerd.image.name": "localhost/basalt-scheduler:\($tag)"}}]}' \
    > "$layout/index.json"
  echo '{"imageLayoutVersion":"1.0.0"}' > "$layout/oci-layout"
  deterministic_tar "$layout" > "$archive"
  echo "$archive: basalt-scheduler:$tag, $manifest, $((layer_size / 1024)) KiB"
}

add_program
add_libraries
add_authorities
write_layout
