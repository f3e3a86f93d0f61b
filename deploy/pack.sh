#!/bin/sh
# Packs one archive for installation without a network: sh deploy/pack.sh PYTHON FOLDER
# The wheels are for this system, processor and Python version.
set -eu
python=$1
folder=$2
root=$(cd "$(dirname "$0")/.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/pyproject.toml" | head -n 1)
name=lucheng-$version
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
pack=$scratch/$name
mkdir -p "$pack/wheels" "$folder"

"$python" -m pip wheel --quiet --disable-pip-version-check --only-binary :all: --no-binary lucheng \
  --constraint "$root/constraints.txt" --wheel-dir "$pack/wheels" "$root"
(cd "$root" && "$python" -m webapp.notices) > "$pack/THIRD-PARTY-NOTICES.txt"
cp "$root/LICENSE" "$root/CHANGELOG.md" "$root/constraints.txt" "$pack/"
cp "$root/deploy/install.sh" "$pack/"
cp -R "$root/docs" "$root/deploy" "$pack/"
(cd "$pack" && find . -type f ! -name SHA256SUMS -exec sha256sum {} + | sort -k 2 > SHA256SUMS)
tar -czf "$scratch/$name.tar.gz" -C "$scratch" "$name"
mv "$scratch/$name.tar.gz" "$folder/$name.tar.gz"
echo "$folder/$name.tar.gz"
