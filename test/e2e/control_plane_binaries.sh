#!/usr/bin/env bash
# Prints the folder that holds etcd, kube-apiserver and kube-controller-manager.
#
# From $KUBEBUILDER_ASSETS when that is set; else built once, from Debian's own
# source package `kubernetes`, into a cache folder (BASALT_CONTROL_PLANE_CACHE,
# default ~/.cache/basalt/control-plane). The build takes some five minutes on
# two cores. Everything but the folder's name goes to standard error.
set -euo pipefail

if [[ -n "${KUBEBUILDER_ASSETS:-}" ]]; then
  for binary in etcd kube-apiserver kube-controller-manager; do
    [[ -x "$KUBEBUILDER_ASSETS/$binary" ]] || {
      echo "KUBEBUILDER_ASSETS=$KUBEBUILDER_ASSETS has no executable '$binary'" >&2
      exit 1
    }
  done
  echo "$KUBEBUILDER_ASSETS"
  exit 0
fi

cache="${BASALT_CONTROL_PLANE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/basalt/control-plane}"
if [[ -x "$cache/etcd" && -x "$cache/kube-apiserver" && -x "$cache/kube-controller-manager" ]]; then
  echo "$cache"
  exit 0
fi

{
  mkdir -p "$cache"
  exec 9> "$cache/.lock"
  flock 9 # a second caller waits for the first one's build
  if [[ ! -x "$cache/kube-controller-manager" ]]; then
    work="$(mktemp -d "$cache/build.XXXXXX")"
    trap 'chmod -R u+w "$work" 2> /dev/null; rm -rf "$work"' EXIT
    cd "$work"

    # A deb-src list made from the sources this machine is configured with, in a
    # folder of its own: the machine's own configuration is left alone.
    mkdir -p sources lists/partial
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
      [[ -f "$file" ]] && sed -n 's/^deb /deb-src /p' "$file" >> sources/machine.list
    done
    for file in /etc/apt/sources.list.d/*.sources; do
      [[ -f "$file" ]] || continue
      # Only Debian's own archives carry the package.
      grep -q 'debian-archive-keyring\|bookworm' "$file" || continue
      sed 's/^Types:.*/Types: deb-src/' "$file" > "sources/$(basename "$file")"
    done
    apt_options=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/sources"
      -o "Dir::State::lists=$work/lists" -o APT::Sandbox::User=root)
    apt-get "${apt_options[@]}" update -qq
    apt-get "${apt_options[@]}" source -qq kubernetes
    tree="$(find "$work" -maxdepth 1 -type d -name 'kubernetes-*' | head -n 1)"

    # The vendored modern-go/reflect2 crashes on the first custom-resource write
    # when it is compiled by Debian's Go; Debian's package of it does not.
    reflect2=vendor/github.com/modern-go/reflect2
    rm -rf "${tree:?}/$reflect2"
    cp -r /usr/share/gocode/src/github.com/modern-go/reflect2 "$tree/$reflect2"

    mkdir -p gopath/src/k8s.io
    ln -s "$tree" gopath/src/k8s.io/kubernetes
    cd gopath/src/k8s.io/kubernetes
    version="$(dpkg-parsechangelog -S Version | sed 's/.*really\([0-9.]*[0-9]\).*/v\1/')"
    export GOPATH="$work/gopath" GO111MODULE=off GOFLAGS= CGO_ENABLED=0
    export GOCACHE="$work/gocache" KUBE_GIT_VERSION="$version" KUBE_GIT_TREE_STATE=clean
    export KUBE_GIT_COMMIT=debian KUBE_GIT_MAJOR=1 KUBE_GIT_MINOR=20
    nice make WHAT="cmd/kube-apiserver cmd/kube-controller-manager"
    ln -sf "$(command -v etcd)" "$cache/etcd"
    for binary in kube-apiserver kube-controller-manager; do
      built="$(find "$tree/_output" -type f -name "$binary" -perm -u+x | head -n 1)"
      [[ -n "$built" ]] || { echo "the build left no $binary below $tree/_output"; exit 1; }
      install -m 0755 "$built" "$cache/$binary"
    done
  fi
} >&2
echo "$cache"
