#!/usr/bin/env python3
"""Compares what became of every message of Samples/ with the end its expected.json demands.

What became of it is what `intake-robot` reports of its own database; how many replies went out, and which, is what the other side received: the
log of ssev-simulator. Prints a table; exit code 1 when anything differs, also when a message is unknown or a reply went out that no sample asks for.
"""
import argparse
import collections
import json
import os
import re
import subprocess
import sys

# The letter of the reply in its mark, and the template of the law reference that it stands for.
TEMPLATES = {"a": "А", "v": "В", "g": "Г", "d": "Д"}
MARK = re.compile(r"\[ir1-[a-z0-9]+-[0-9a-z]+-(\d+)-([avgd])-[0-9a-z]{2}\]")


def samples(root):
    """(name, mailbox, message number, expected) of every sample; numbers are in message.json, or are those the simulator reports."""
    for folder, _, files in sorted(os.walk(root)):
        if "message.json" in files:
            with open(os.path.join(folder, "message.json"), encoding="utf-8") as file:
                message = json.load(file)
            with open(os.path.join(folder, "expected.json"), encoding="utf-8") as file:
                expected = json.load(file)
            yield os.path.relpath(folder, root), message["mailbox"], message["messageId"], expected


def replies(path):
    """Reply letters by the number of the message they answer."""
    found = collections.defaultdict(list)
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if event["event"] == "sent":
                mark = MARK.search(event["subject"])
                found[int(mark[1]) if mark else None].append(mark[2] if mark else None)
    return found


def ends(robot, config):
    """What the robot says of every message, by (mailbox, message number)."""
    shown = subprocess.run([robot, "messages", "list", "--json", "--config", config], check=True, capture_output=True, text=True)
    return {(m["mailbox"], m["messageId"]): m for m in json.loads(shown.stdout)}


def differences(expected, end, sent):
    wanted = {
        "end": expected["end"],
        "replies": expected["replies"],
        "template": expected.get("template"),
    }
    got = {
        "end": end.get("end"),
        "replies": len(sent),
        "template": TEMPLATES.get(sent[0]) if sent else None,
    }
    if expected["end"] == "registered":
        for name, default in (("journal", None), ("type", None), ("review", False)):
            wanted[name], got[name] = expected.get(name, default), end.get(name, default)
    elif "reason" in expected:
        wanted["reason"], got["reason"] = expected["reason"], end.get("reason")
    return [f"{name} {got[name]}, not {wanted[name]}" for name in wanted if wanted[name] != got[name]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", required=True)
    parser.add_argument("--robot", required=True, help="the program intake-robot")
    parser.add_argument("--config", required=True)
    parser.add_argument("--received", required=True, help="log of ssev-simulator")
    options = parser.parse_args()

    known, sent = ends(options.robot, options.config), replies(options.received)
    wrong, rows, numbers = 0, [], set()
    for name, mailbox, number, expected in samples(options.samples):
        numbers.add(number)
        end = known.get((mailbox, number), {})
        found = differences(expected, end, sent.get(number, []))
        wrong += bool(found)
        what = end.get("number") or end.get("reason") or end.get("end") or "unknown to the robot"
        rows.append((name, expected["end"], what, "; ".join(found) if found else "as expected"))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        print("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths)), row[3]]))
    strange = {number: letters for number, letters in sent.items() if number not in numbers}
    for number, letters in strange.items():
        print(f"replies to message {number}, which is no sample: {len(letters)}")
    print(f"\n{len(rows)} samples, {len(rows) - wrong} as expected, {wrong} different, {sum(map(len, sent.values()))} replies received by ССЕВ")
    sys.exit(1 if wrong or strange or not rows else 0)


if __name__ == "__main__":
    main()
