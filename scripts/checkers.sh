#!/usr/bin/env bash
# Installs the checkers that tests hold pages against: axe-core (accessibility) and the Nu HTML checker, each of one
# version and of the bytes pinned here; and Schemathesis for the API, as scripts/schemathesis.lock pins it. They go where
# OUTREACH_CHECKERS names, else into build/checkers.
set -euo pipefail
cd "$(dirname "$0")/.."
folder="${OUTREACH_CHECKERS:-build/checkers}/node_modules"
mkdir -p "$folder"

checker() { # name version sha512
    [ "$(cat "$folder/$1/.pinned" 2>/dev/null)" = "$2 $3" ] && return
    packed="$(mktemp -d)"
    trap 'rm -rf "$packed"' RETURN
    (cd "$packed" && npm pack --silent "$1@$2" >/dev/null)
    came="$(openssl dgst -sha512 -binary "$packed"/*.tgz | base64 -w0)"
    if [ "$came" != "$3" ]; then
        echo "$1 $2: these are not the bytes pinned here. Nothing was installed. Next: find out why, then pin $came" >&2
        exit 1
    fi
    rm -rf "${folder:?}/$1"
    mkdir "$folder/$1"
    tar -xzf "$packed"/*.tgz -C "$folder/$1" --strip-components=1
    echo "$2 $3" >"$folder/$1/.pinned"
}

checker axe-core 4.14.1 FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==
checker vnu-jar 26.9.27 TkQd5DFfOaWC9ebtvozTsrH2Vaod3jYg+vrOeREzIXxBexLz9+rS2DNtjn7+RPUiZhgli0SghgBX6RJRNea0KA==

# It has an environment of its own: one of the tools we test with brings another library by the name of urllib3.
made="$(dirname "$folder")/schemathesis"
if ! cmp -s scripts/schemathesis.lock "$made/pinned.lock"; then
    rm -rf "$made"
    "${PYTHON:-python3}" -m venv "$made"
    "$made/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r scripts/schemathesis.lock
    cp scripts/schemathesis.lock "$made/pinned.lock"
fi
