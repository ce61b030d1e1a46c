#!/bin/bash
# Feeds our own parsers with what libFuzzer thinks of, so many seconds each, and ends with 1 when one crashed. The input that did it stays in
# Tests/Fuzz/found/, made as small as it gets; once it is mended it goes to Tests/Fuzz/findings/, where FuzzFindingsTests reads it.
#
#   ./Tests/Fuzz/fuzz.sh                 every target, 30 seconds each
#   ./Tests/Fuzz/fuzz.sh 300 rtf mail    these targets, five minutes each
#
# Built beside the package (.build-fuzz), because SwiftPM cannot link libFuzzer's main.
set -euo pipefail
cd "$(dirname "$0")/../.."
export SWIFT_BACKTRACE=enable=no

seconds=${1:-30}
[ $# -gt 0 ] && shift
targets=("$@")
[ "${#targets[@]}" -gt 0 ] || mapfile -t targets < <(grep -oE '^  case [a-z, ]+$' Tests/Fuzz/FuzzTargets.swift | head -1 | sed 's/  case //; s/, /\n/g')

out=.build-fuzz
mkdir -p "$out" Tests/Fuzz/found
flags=(-parse-as-library -swift-version 6 -package-name intake_robot -enable-testing -O -wmo -sanitize=fuzzer -I "$out"
  -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature MemberImportVisibility
  -I Sources/CLibXML2 -I Sources/CCrypto -I Sources/CLinux)
for option in $(pkg-config --cflags libxml-2.0 libcrypto); do flags+=(-Xcc "$option"); done

objects=()
for module in Model Runtime XMLReading Crypto Spawn Rules Reading ReaderPool; do
  newest=$(find "Sources/$module" -name '*.swift' -newer "$out/$module.o" 2>/dev/null | head -1 || true)
  if [ ! -f "$out/$module.o" ] || [ -n "$newest" ]; then
    echo "building $module"
    find "Sources/$module" -name '*.swift' -print0 | sort -z | xargs -0 swiftc "${flags[@]}" -module-name "$module" \
      -emit-module -emit-module-path "$out/$module.swiftmodule" -c -o "$out/$module.o"
  fi
  objects+=("$out/$module.o")
done
swiftc "${flags[@]}" -module-name Fuzz Tests/Fuzz/FuzzTargets.swift "${objects[@]}" -o "$out/fuzz" -lxml2 -lcrypto

# What libFuzzer starts from: the samples, and the real files where they are.
seeds=$out/seeds
rm -rf "$seeds"
mkdir -p "$seeds"
number=0
while IFS= read -r -d '' file; do
  cp "$file" "$seeds/$number"
  number=$((number + 1))
done < <(find Samples Rules ../shared/corpus/xml-hard ../shared/corpus/classic-samples ../shared/corpus/eforms-pdf ../shared/corpus/encodings -type f \
  \( -name '*.xml' -o -name '*.json' -o -name '*.txt' -o -name '*.rtf' -o -name '*.eml' -o -name '*.msg' -o -name '*.rules' \) -size -64k -print0 2>/dev/null)

failed=0
for target in "${targets[@]}"; do
  corpus=$out/corpus-$target
  mkdir -p "$corpus"
  echo "fuzzing $target for $seconds s"
  if ! FUZZ_TARGET=$target "$out/fuzz" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -seed=1 -print_final_stats=1 \
    -artifact_prefix="Tests/Fuzz/found/$target-" "$corpus" "$seeds" >"$out/$target.log" 2>&1; then
    failed=1
    echo "FOUND in $target:"
    tail -n 15 "$out/$target.log"
    for crash in Tests/Fuzz/found/"$target"-crash-*; do
      [ -f "$crash" ] && FUZZ_TARGET=$target "$out/fuzz" -minimize_crash=1 -max_total_time=30 -exact_artifact_path="$crash.small" "$crash" >/dev/null 2>&1 || true
    done
  else
    grep -E 'stat::number_of_executed_units|stat::peak_rss_mb' "$out/$target.log" | sed 's/^stat::/  /'
  fi
done
exit "$failed"
