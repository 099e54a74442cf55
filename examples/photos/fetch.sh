#!/usr/bin/env bash
# Freely licensed photographs (CC BY, CC BY-SA, public domain; see each package's copyright file) for `npm run crops`:
#
#   examples/photos/fetch.sh FOLDER        FOLDER: .cache/photos of this repository
#
# They come out of Debian packages, which are downloaded and unpacked, not installed. Needs apt-get and dpkg-deb.
set -euo pipefail
folder=${1:-$(cd "$(dirname "$0")/../.." && pwd)/.cache/photos}
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
  { echo "fetch.sh: needs apt-get and dpkg-deb; any folder of photographs serves as well" >&2; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
packages=(mate-backgrounds lomiri-wallpapers-16.04 lomiri-wallpapers-20.04)
apt-get download -qq "${packages[@]}" 2>/dev/null ||
  { apt-get update -qq && apt-get download -qq "${packages[@]}"; }
for package in *.deb; do dpkg-deb -x "$package" files; done
mkdir -p "$folder"
# Photographs: what is in MATE's nature folder, and what lomiri's contributors signed.
cp files/usr/share/backgrounds/mate/nature/*.jpg files/usr/share/backgrounds/*_by_*.jpg "$folder"
mkdir -p "$folder/copyright"
for package in "${packages[@]}"; do cp "files/usr/share/doc/$package/copyright" "$folder/copyright/$package" || true; done
echo "$(ls "$folder"/*.jpg | wc -l) photographs in $folder"
