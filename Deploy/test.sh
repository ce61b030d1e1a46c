#!/bin/bash
# Installs what is missing, builds with warnings as errors (debug with tests, and the static release that is shipped), checks the format and runs
# the tests. Ends with `N passed, N failed, N skipped`; fails when a case was skipped although the corpus it needs (../shared) is there.
#
#   ./Deploy/test.sh                 the suite (two minutes without compiling)
#   ./Deploy/test.sh --long          also the long forms: every crash site, every fault, fuzzing (up to an hour and a half)
#   ./Deploy/test.sh --filter NAME   only tests whose name matches
set -euo pipefail
cd "$(dirname "$0")/.."

filter=()
while [ $# -gt 0 ]; do
  case "$1" in
    --long) export INTAKE_LONG=1 ;;
    --filter) [ $# -ge 2 ] || { echo "usage: $0 [--long] [--filter NAME]" >&2; exit 64; }; filter=(--filter "$2"); shift ;;
    *) echo "usage: $0 [--long] [--filter NAME]" >&2; exit 64 ;;
  esac
  shift
done

step() { printf '\n== %s\n' "$1"; }

# Builds, and refuses any warning: those of the compiler are errors already, this also sees the package description and the linker. One line is
# excepted: static Foundation itself uses mktemp, and the linker says so.
build() {
  local log
  log=$(mktemp)
  if ! swift build "$@" >"$log" 2>&1; then
    cat "$log"; rm -f "$log"
    return 1
  fi
  if grep -E 'warning:' "$log" | grep -v "the use of \`mktemp' is dangerous"; then
    echo "error: the build above printed warnings"; rm -f "$log"
    return 1
  fi
  tail -n 1 "$log"; rm -f "$log"
}

step "dependencies"
./Deploy/install-dependencies.sh

step "format"
swift format lint --strict --recursive Package.swift Sources Tests
echo "no findings"

step "build: debug, with tests"
build --build-tests

if [ "${#filter[@]}" = 0 ]; then
  step "build: static release"
  build -c release --static-swift-stdlib
fi

step "tests"
events=$(mktemp)
trap 'rm -f "$events"' EXIT
outcome=0
SWIFT_BACKTRACE=enable=no swift test --skip-build --disable-xctest "${filter[@]}" \
  --event-stream-version 0 --event-stream-output-path "$events" || outcome=$?
fuzzing=0
if [ -n "${INTAKE_LONG:-}" ] && [ "${#filter[@]}" = 0 ]; then
  step "fuzzing: our own parsers"
  ./Tests/Fuzz/fuzz.sh 60 || fuzzing=1
fi
python3 Deploy/summarise-tests.py "$events" --status "$outcome" --corpus ../shared
exit "$fuzzing"
