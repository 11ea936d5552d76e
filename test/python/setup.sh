#!/usr/bin/env bash
# Makes the Python that tests of its frameworks run with: see python.ts.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder="${TMPDIR:-/tmp}/bento-test-python"
[ -x "$folder/bin/python" ] || python3 -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
