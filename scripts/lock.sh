#!/usr/bin/env bash
# Renew both lock files from the ranges in pyproject.toml: versions and hashes, no index address. Needs uv.
set -euo pipefail
cd "$(dirname "$0")/.."
lock() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-strip-extras --no-annotate --no-header --group build "$@"
}
lock --extra dev pyproject.toml -o requirements-dev.lock
lock --extra postgres pyproject.toml -c requirements-dev.lock -o requirements.lock
[ -x .venv/bin/cyclonedx-py ] && .venv/bin/python scripts/sbom.py
