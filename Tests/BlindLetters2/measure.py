#!/usr/bin/env python3
"""Measures the rules on the second set of blind letters.

    measure.py [--robot PROGRAM] [--rules FILE] [--keep DIR] SET…      SET: a letter of letters-SET.jsonl

Writes the letters as samples into a scratch folder, lets `intake-robot test-rules` decide them, and scores that as the first set is scored
(`../BlindLetters/score.py`). `--digest` prints the digest of each set and ends. Exit 0: every figure passes. 1: one fails. Python 3, standard library."""

import argparse
import csv
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SPECIFIC = {"ЗСПД", "ЗСП", "ЗХУ", "ЗСУ", "ЗД"}
BY_CLASS = {
    "family-benefits": "ЗСПД", "social-assistance": "ЗСП", "certificates": "ЗСП", "disability": "ЗХУ", "social-services": "ЗСУ", "child-protection": "ЗД",
}


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TYPES = {row["code"]: row for row in table(ROOT / "Rules/asp/document-types.csv")}
UNITS = {row["name"].split("–", 1)[1].strip(): row["identifier"] for row in table(ROOT / "Rules/asp/units.csv") if row["kind"] == "ДСП"}
UNITS |= {name.split("–", 1)[1].strip(): identifier for name, identifier in UNITS.items() if "–" in name}
UNITS["ЦУ"] = "121015056"
NO_REPLY = {code for code, row in TYPES.items() if row["confirmation"] == "не"}


def egn(name):
    """An identifier of somebody born in 1840-1899, so that nobody living is meant."""
    h = int(hashlib.sha256(("blind " + name).encode()).hexdigest()[:12], 16)
    female = name.split()[-1].endswith(("а", "я"))
    digits = f"{(1840 + h % 60) % 100:02d}{1 + h // 60 % 12 + 20:02d}{1 + h // 720 % 28:02d}{(h // 40000) % 500 * 2 + female:03d}"
    return digits + str(sum(int(d) * w for d, w in zip(digits, (2, 4, 8, 5, 10, 9, 7, 3, 6))) % 11 % 10)


def eik(name):
    """A valid number of a range that no register gives."""
    eight = f"9999{int(hashlib.sha256(('letters ' + name).encode()).hexdigest()[:8], 16) % 10000:04d}"
    check = sum(int(d) * (i + 1) for i, d in enumerate(eight)) % 11
    if check == 10:
        check = sum(int(d) * (i + 3) for i, d in enumerate(eight)) % 11 % 10
    return eight + str(check)


def journal(code):
    return BY_CLASS.get(TYPES[code]["class"], "документооборот")


def write(letters, name, folder):
    """The letters of one set as samples."""
    for number, letter in enumerate(letters, 1):
        place = folder / f"letter-{name}{number:02d}"
        place.mkdir(parents=True)
        sender = dict(letter["sender"])
        sender["identifier"] = egn(sender["name"]) if sender["kind"] == "person" else eik(sender["name"])
        sender["profileId"] = 360_000 + int(hashlib.sha256(sender["name"].encode()).hexdigest()[:6], 16)
        fill = lambda text: text.replace("{ЕГН}", sender["identifier"])
        files = letter["files"]
        message = {
            "mailbox": UNITS[letter["unit"]], "messageId": 800_000 + ord(name) * 100 + number, "dateSent": f"{letter['day']}T10:{number % 60:02d}:00+03:00",
            "sender": sender, "subject": letter["subject"], "rnu": None, "templateId": 1, "body": fill(letter["body"]),
            "attachments": [{"file": f"file-{i}.txt", "fileName": file["name"]} for i, file in enumerate(files)],
        }
        code = letter["type"]
        end = {"end": "not-registered", "reason": code} if code == "avtomatichno" and not files else {"end": "registered", "type": code}
        label = {
            **end, "replies": 0 if code in NO_REPLY else 1, "journal": journal(letter["journal_of"]) if letter.get("journal_of") else journal(code), "review": letter["review"],
            "urgent": letter["urgent"], "class": TYPES[code]["class"], "also": letter["also"], "why": letter["why"],
        }
        (place / "message.json").write_text(json.dumps(message, ensure_ascii=False, indent=2), encoding="utf-8")
        (place / "expected.json").write_text(json.dumps(label, ensure_ascii=False, indent=2), encoding="utf-8")
        for i, file in enumerate(files):
            (place / f"file-{i}.txt").write_text(fill(file["text"]), encoding="utf-8")


def predictions(robot, rules, folder):
    said = subprocess.run([robot, "test-rules", "--rules", rules, str(folder), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if said.returncode not in (0, 1):
        sys.exit(said.stderr)
    for outcome in json.loads(said.stdout)["outcomes"]:
        code = outcome["type"] or outcome["reason"]
        journal = outcome["journal"]
        yield {
            "sample": outcome["name"], "type": code, "journal": journal if journal in SPECIFIC else journal and "документооборот",
            "review": bool(outcome["review"]), "replies": 1 if outcome["template"] else 0,
            "urgent": "Документът е спешен." in outcome["why"],
        }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sets", nargs="*")
    parser.add_argument("--robot", default=str(ROOT / ".build/release/intake-robot"))
    parser.add_argument("--rules", default=str(ROOT / "Rules/asp/ruleset.rules"))
    parser.add_argument("--digest", action="store_true")
    parser.add_argument("--keep", help="leave the samples in this new folder")
    args = parser.parse_args()
    if args.digest:
        for path in sorted(HERE.glob("letters-*.jsonl")):
            print(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(args.keep or scratch) / "letters"
        for name in args.sets:
            text = (HERE / f"letters-{name}.jsonl").read_text(encoding="utf-8")
            write([json.loads(line) for line in text.splitlines() if line.strip()], name, folder)
        shutil.copy(HERE.parent / "BlindLetters/score.py", folder)
        said = folder.parent / "predictions.jsonl"
        said.write_text("".join(json.dumps(p, ensure_ascii=False) + "\n" for p in predictions(args.robot, args.rules, folder)), encoding="utf-8")
        return subprocess.run([sys.executable, folder / "score.py", said]).returncode


sys.exit(main())
