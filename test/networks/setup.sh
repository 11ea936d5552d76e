#!/usr/bin/env bash
# Makes the Pythons that `npm run interop` runs with: PyTorch and TensorFlow, 7 GB together.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
for framework in pytorch tensorflow; do
  folder="${TMPDIR:-/tmp}/bento-test-$framework"
  [ -x "$folder/bin/python" ] || python3 -m venv "$folder"
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/$framework.txt"
done
