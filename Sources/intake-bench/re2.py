#!/usr/bin/env python3
"""RE2 over the sets of `intake-bench rules`, for comparison: all expressions of a set in one RE2::Set, over the same normalised texts.

    python3 -m venv /tmp/re2 && /tmp/re2/bin/pip install google-re2
    intake-bench rules --export /tmp/sets
    /tmp/re2/bin/python Sources/intake-bench/re2.py /tmp/sets

With `--plain` the edges of words are left out of the expressions: it then finds inside words too, and is faster (RE2 knows no edge of a Cyrillic word, so
that it has to be spelled out). RE2 only says which expressions occur; it neither prepares the text nor decides, quotes or explains. Each expression is one test of a text.
"""
import json, os, resource, sys, time

import re2

MAX_MEM = 1 << 30  # bytes that RE2 may use for one set; its default of 8 MB does not hold the larger ones


def measure(folder):
    rules = json.load(open(f"{folder}/expressions.json"))
    texts = json.load(open(f"{folder}/normalised.json"))
    expressions = {e for rule in rules for e in rule}
    if "--plain" in sys.argv:
        expressions = {e.replace("(?:^|[^\\p{L}\\p{N}])", "").replace("(?:$|[^\\p{L}\\p{N}])", "") for e in expressions}
    expressions = sorted(expressions)
    options = re2.Options()
    options.max_mem = MAX_MEM
    options.log_errors = False
    start = time.perf_counter()
    matcher = re2.Set.SearchSet(options)
    for expression in expressions:
        matcher.Add(expression)
    matcher.Compile()
    compiling = time.perf_counter() - start
    data = [text.encode() for text in texts]
    found = sum(len(matcher.Match(text) or ()) for text in data[:20])  # warms its automaton too
    decided, start = 0, time.perf_counter()
    while time.perf_counter() - start < 2:
        for text in data:
            matcher.Match(text)
            decided += 1
            if time.perf_counter() - start > 10:
                break
    rate = decided / (time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{os.path.basename(folder):17} {len(expressions):6} expressions  compile {compiling * 1000:8.1f} ms  {rate:9.1f} messages/s  "
          f"{peak:7.1f} MiB  {found} found in 20", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print(f"google-re2, Set.SearchSet, max_mem {MAX_MEM} bytes, one thread")
    for size in (200, 2000, 20000):
        for kind in ("friendly", "realistic", "hostile"):
            pid = os.fork()  # memory of one set only
            if pid == 0:
                measure(f"{sys.argv[1]}/{kind}-{size}")
                os._exit(0)
            os.waitpid(pid, 0)
