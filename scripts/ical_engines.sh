#!/usr/bin/env bash
# ical.js, which reads our feeds in the tests as other people's clients do: one version, held to its checksum.
set -euo pipefail
cd "$(dirname "$0")/.."

version=2.2.1
integrity=sha512-yK/UlPbEs316igb/tjRgbFA8ZV75rCsBJp/hWOatpyaPNlgw0dGDmU+FoicOcwX4xXkeXOkYiOmCqNPFpNPkQg==
folder="${OUTREACH_CHECKERS:-build/checkers}/node_modules/ical.js"

if grep -qs "\"version\": \"$version\"" "$folder/package.json"; then exit 0; fi
command -v npm >/dev/null || { echo "npm is not here; ical.js was not installed. Next: install Node.js" >&2; exit 1; }
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent "ical.js@$version" >/dev/null)
file="$work/ical.js-$version.tgz"
got="sha512-$(node -p 'require("crypto").createHash("sha512").update(require("fs").readFileSync(process.argv[1])).digest("base64")' "$file")"
if [ "$got" != "$integrity" ]; then
    echo "ical.js $version is not what was reviewed ($got); nothing was installed" >&2
    exit 1
fi
rm -rf "$folder"
mkdir -p "$folder"
# Unpacked, not installed by npm, which would take away whatever else lies in that folder.
tar -xzf "$file" --strip-components=1 -C "$folder"
