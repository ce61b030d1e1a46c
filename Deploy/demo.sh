#!/bin/bash
# The whole program on this machine, against the simulated ССЕВ: takes every message of Samples/, registers it, answers its sender, and compares each
# with the end it must have. Then does it again, which must change nothing. Everything happens below .demo/ of this folder.
#
#   ./Deploy/demo.sh
#
# Exit code 0 only when every sample is at its expected end and the second run changed nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$1"; }

step "dependencies"
./Deploy/install-dependencies.sh

step "build: static release"
swift build -c release --static-swift-stdlib 2>&1 | grep -v "mktemp" | tail -n 1
programs=$PWD/$(swift build -c release --static-swift-stdlib --show-bin-path | sed "s#^$PWD/##")
robot=$programs/intake-robot

demo=$PWD/.demo
rm -rf "$demo"
mkdir -m 0700 "$demo" "$demo/state" "$demo/mirror"

step "simulator"
"$programs/ssev-simulator" --messages Samples --port-file "$demo/port" --log "$demo/ssev.jsonl" >"$demo/simulator.txt" 2>&1 &
simulator=$!
trap 'kill "$simulator" 2>/dev/null || true' EXIT
until [ -s "$demo/port" ]; do
  kill -0 "$simulator" 2>/dev/null || { cat "$demo/simulator.txt"; exit 1; }
  sleep 0.05
done
cat "$demo/simulator.txt"

configure() { python3 Deploy/demo-configuration.py --programs "$programs" --port "$(cat "$demo/port")" --folder "$demo" --confinement "$1" >"$demo/robot.conf"; }

step "configuration"
configure full
# Full confinement wherever the machine allows it; inside some containers it does not, and then the demo says which layer is missing.
"$programs/intake-reader" --self-test </dev/null >"$demo/confinement.json" 2>&1 || true
if ! grep -q '"missing":\[\]' "$demo/confinement.json"; then
  echo "confinement reduced, missing: $(grep -oE '"missing":\[[^]]*\]' "$demo/confinement.json" || cat "$demo/confinement.json")"
  configure reduced
fi
echo "$demo/robot.conf: $(grep -c '^mailbox' "$demo/robot.conf") mailboxes, $(grep -o 'confinement [a-z]*' "$demo/robot.conf")"
"$robot" check --config "$demo/robot.conf"

export_journals() {
  "$robot" journal export --config "$demo/robot.conf" --profile служебен --to-folder "$demo/$1"
}

step "run: until there is nothing left to do"
"$robot" run --until-idle --config "$demo/robot.conf" 2>"$demo/run-1.log"
echo "$(wc -l <"$demo/run-1.log") lines of log in .demo/run-1.log"
"$robot" status --config "$demo/robot.conf"

step "journals"
"$robot" journal list --config "$demo/robot.conf"
export_journals export-1
"$robot" journal verify --config "$demo/robot.conf"

step "every sample against its expected end"
python3 Deploy/compare-samples.py --samples Samples --robot "$robot" --config "$demo/robot.conf" --received "$demo/ssev.jsonl"

step "a second run changes nothing"
sent=$(grep -c '"event":"sent"' "$demo/ssev.jsonl")
"$robot" run --until-idle --config "$demo/robot.conf" 2>"$demo/run-2.log"
export_journals export-2
diff -r "$demo/export-1" "$demo/export-2"
[ "$(grep -c '"event":"sent"' "$demo/ssev.jsonl")" = "$sent" ] || { echo "error: the second run sent replies"; exit 1; }
echo "the same journals, byte for byte; $sent replies before and after"
