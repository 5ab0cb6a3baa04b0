#!/bin/sh
# Checks the parts of a benchmark kit that lie beside this script and unpacks them into a folder. usage: unpack.sh FOLDER
set -eu

[ $# -eq 1 ] || { echo "usage: unpack.sh FOLDER" >&2; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd -P)
cd "$(dirname "$0")"
for sums in upflux-kit-*.tar.gz.sha256; do
    [ -f "$sums" ] || { echo "unpack.sh: no upflux-kit-*.tar.gz.sha256 lies here" >&2; exit 1; }
    sha256sum --quiet -c "$sums" || { echo "unpack.sh: a part is missing or damaged; carry it over again" >&2; exit 1; }
    cat "${sums%.sha256}".[0-9]* | tar -C "$folder" -xzf -
done
echo "unpacked; now run $folder/upflux-kit/run.sh"
