#!/bin/sh
# Installs from the wheels beside this file, without a network: sh install.sh FOLDER [PYTHON]
set -eu
target=${1:?"sh install.sh FOLDER [PYTHON]"}
python=${2:-python3}
here=$(cd "$(dirname "$0")" && pwd)
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Python 3.11 or newer is needed; $python is $("$python" --version 2>&1)" >&2
  exit 1
}
(cd "$here" && sha256sum --check --quiet SHA256SUMS)
"$python" -m venv "$target"
"$target/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \
  --find-links "$here/wheels" --constraint "$here/constraints.txt" lucheng
"$target/bin/lucheng" --version
