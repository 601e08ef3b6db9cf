#!/usr/bin/env bash
# `npm run test:all`: installs everything that the tests need and runs all of them. What could not be brought is named, and
# its tests are skipped, or fail with DARKROOM_REQUIRE_SERVICES=1.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

npm ci || exit 1
missing=()
for service in postgres minio manifests; do
  scripts/services/install.sh "$service" || missing+=("$service")
done
[ "${#missing[@]}" -eq 0 ] || printf 'could not be installed: %s\n' "${missing[@]}" >&2
exec npm test -- "$@"
