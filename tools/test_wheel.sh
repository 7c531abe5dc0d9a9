#!/usr/bin/env bash
# Install a built wheel into an empty environment and run its demo and its examples in an empty folder.
#
#     tools/test_wheel.sh PYTHON WHEEL
#
# The dependencies come from locks/run.txt; the wheel is then installed without any index, so the
# lock must hold everything that the wheel asks for, and nothing of this checkout is on the path.
set -euo pipefail

if [ "$#" -ne 2 ] || [ ! -f "$2" ]; then
  echo "usage: tools/test_wheel.sh PYTHON WHEEL (exactly one wheel)" >&2
  exit 2
fi

checkout=$(cd "$(dirname "$0")/.." && pwd)
python=$1
wheel=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/empty"

"$python" -m venv "$place/venv"
pip=("$place/venv/bin/python" -m pip --disable-pip-version-check)
"${pip[@]}" install --quiet --require-hashes -r "$checkout/locks/run.txt"
"${pip[@]}" install --quiet --no-index "$wheel"
"${pip[@]}" check

cd "$place/empty"
unset PYTHONPATH
"$place/venv/bin/exchange-node" profile test
"$place/venv/bin/exchange-node" demo
echo "The wheel's examples and its demo ran in an empty folder."
