#!/bin/bash
# Installs on Debian 12 what intake-robot needs and is not there yet, and says what. With nothing missing it changes nothing and uses no network.
#
#   ./Deploy/install-dependencies.sh             to build, run and test
#   ./Deploy/install-dependencies.sh --runtime   only to run binaries that were built elsewhere
set -euo pipefail

# C headers and the linker, as Swift's toolchain expects them, and the libraries the robot is linked to. libssl-dev is the one addition to
# what Swift on Debian usually has: hashes and signatures come from libcrypto, which libcurl loads anyway.
build=(ca-certificates libncurses6 libc6-dev libgcc-12-dev libstdc++-12-dev binutils pkg-config
  libcurl4-openssl-dev libxml2-dev libsqlite3-dev libssl-dev openssl)
# The same libraries without headers.
libraries=(ca-certificates libstdc++6 libcurl4 libxml2 libsqlite3-0 libssl3 openssl)
# What the confined reader starts: PDF, archives and office packages, old Word, old Excel.
readers=(qpdf poppler-utils libarchive-tools antiword catdoc)
# The test suite: sample generator and comparison, system call trace, check of the systemd unit, recognition of scans (optional for the robot).
tests=(python3 strace systemd tesseract-ocr tesseract-ocr-bul)
# Useful, never required: `intake-robot check` says what is lost without each.
optional=(tesseract-ocr tesseract-ocr-bul)

case "${1:-}" in
  --runtime) wanted=("${libraries[@]}" "${readers[@]}") ;;
  "") wanted=("${build[@]}" "${readers[@]}" "${tests[@]}") ;;
  *) echo "usage: $0 [--runtime]" >&2; exit 64 ;;
esac

is_installed() { [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

if ! command -v dpkg-query >/dev/null; then
  echo "error: this script is for Debian 12 (no dpkg here). Needed: ${wanted[*]}" >&2
  exit 69
fi

missing=()
for package in "${wanted[@]}"; do
  is_installed "$package" || missing+=("$package")
done

if [ "${#missing[@]}" = 0 ]; then
  echo "dependencies: all ${#wanted[@]} packages are installed"
else
  echo "dependencies: installing ${missing[*]}"
  as_root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "error: not root and no sudo; as root: apt-get install ${missing[*]}" >&2; exit 77; }
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
fi

absent=()
for package in "${optional[@]}"; do
  is_installed "$package" || absent+=("$package")
done
[ "${#absent[@]}" = 0 ] || echo "dependencies: optional, not installed: ${absent[*]}"

[ "${1:-}" = --runtime ] && exit 0

if ! version=$(swift --version 2>/dev/null | grep -oE 'Swift version [0-9]+\.[0-9]+' | grep -oE '[0-9]+\.[0-9]+'); then
  echo "error: no Swift toolchain on PATH. Install Swift 6.3 or later for Debian 12 from https://www.swift.org/install/linux/ and add its usr/bin to PATH." >&2
  exit 69
fi
major=${version%%.*} minor=${version##*.}
if [ "$major" -lt 6 ] || { [ "$major" = 6 ] && [ "$minor" -lt 3 ]; }; then
  echo "error: Swift $version found, 6.3 or later is needed: https://www.swift.org/install/linux/" >&2
  exit 69
fi
echo "dependencies: Swift $version"
