#!/usr/bin/env python3
"""Writes the invented messages of Samples/ (see README.md there). `--check` writes nothing and fails when a file differs.

Python 3 standard library only; the same bytes on every run and machine.
"""

import datetime
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

from generator import samples  # noqa: E402
from generator.message import dump  # noqa: E402


def numbered(messages):
    """Message numbers in order of time, as ССЕВ gives them; a forwarded message is older than the one around it."""
    for i, message in enumerate(sorted(messages, key=lambda m: (datetime.datetime.fromisoformat(m.sent), m.path))):
        message.id = 700101 + i * 3
        if "forwarded" in message.more:
            message.more["forwarded"].id = message.id - 1


def contents(messages):
    """Every file by its path below Samples/."""
    out = {}
    for message in messages:
        wanted = [("message.json", dump(message.record())), ("expected.json", dump(message.expect))]
        wanted += [(f.stored, f.data) for f in message.all_files if f.data is not None]
        for name, data in wanted:
            path = f"{message.path}/{name}"
            assert path not in out, path
            out[path] = data
    return out


def main():
    messages = samples.all_messages()
    paths = [m.path for m in messages]
    assert len(paths) == len(set(paths)), "two samples of one name"
    numbered(messages)
    wanted = contents(messages)
    sets = sorted({path.split("/")[0] for path in wanted})
    if "--check" in sys.argv[1:]:
        present = {str(p.relative_to(HERE)) for s in sets for p in (HERE / s).rglob("*") if p.is_file()}
        wrong = sorted(p for p in present | set(wanted) if p not in wanted or p not in present or (HERE / p).read_bytes() != wanted[p])
        print("\n".join(wrong) if wrong else f"{len(messages)} messages are as written")
        return 1 if wrong else 0
    for name in sets:
        shutil.rmtree(HERE / name, ignore_errors=True)
    for path, data in wanted.items():
        target = HERE / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    print(f"{len(messages)} messages, {sum(map(len, wanted.values())) // 1024} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
