#!/usr/bin/env bash
# Renew the lock files from the ranges in pyproject.toml, and that of a checker from the one below: versions and hashes,
# no index address. Needs uv.
set -euo pipefail
cd "$(dirname "$0")/.."
lock() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-strip-extras --no-annotate --no-header --group build "$@"
}
lock --extra dev pyproject.toml -o requirements-dev.lock
lock --extra postgres pyproject.toml -c requirements-dev.lock -o requirements.lock
uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
    -o scripts/schemathesis.lock - <<<'schemathesis>=4.32,<5'
[ -x .venv/bin/cyclonedx-py ] && .venv/bin/python scripts/sbom.py
