#!/usr/bin/env bash
# Makes the Python with BentoML that python.ts looks for; apart from the frameworks' own, whose versions differ.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder="${TMPDIR:-/tmp}/bento-interop"
[ -x "$folder/bin/python" ] || python3 -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
