#!/usr/bin/env python3
"""Measures predictions against the labels of the blind letters.

    score.py predictions.jsonl [--journals map.json]

One line per letter: {"sample": "letter-001", "journal": "ЗСП", "type": "zsp-9", "review": false, "urgent": false, "replies": 1}
A message that is not entered in a journal: "type": "avtomatichno", "journal": null. Where the journals are called otherwise, `map.json` gives
{"name in the predictions": "ЗСПД" | "ЗСП" | "ЗХУ" | "ЗСУ" | "ЗД" | "документооборот"}; an unknown name is an error, not a point.
Exit 0: every figure passes. 1: one fails. 2: the predictions cannot be measured. Python 3, standard library."""

import argparse
import collections
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
SPECIFIC = {
    "ЗСПД": "zspd-5a zspd-6 zspd-6b zspd-6a zspd-8v zspd-10a zspd-10b zspd-trav zspd-8 zspd-7 zspd-7-13 zspd-8d zspd-8e",
    "ЗСП": "zsp-9 zsp-heat zsp-16 zsp-id zsp-14 zsp-17 zsp-20 zsp-pms17 zsp-16b asp-cert vet",
    "ЗХУ": "zhu-ion zhu-70 zhu-74 zhu-75 zhu-76 zhu-77 zhu-73 zhu-25-2 zhu-sam",
    "ЗСУ": "zsu-74",
    "ЗД": "zsu-99 zzd-49 zzd-48 sk-86 zzd-34a zzd-25 zzd-7",
}
JOURNAL_OF = {code: journal for journal, codes in SPECIFIC.items() for code in codes.split()}
CERTIFICATES = {"zsp-20", "asp-cert"}
BY_JOURNAL = {"ЗСПД": "family-benefits", "ЗСП": "social-assistance", "ЗХУ": "disability", "ЗСУ": "social-services", "ЗД": "child-protection"}
GENERAL = {
    "zlp": "forward", "zhalba": "complaint", "signal": "signal", "predlozhenie": "proposal", "zdoi": "zdoi", "zapit": "question", "zzld": "gdpr",
    "dopalnenie": "supplement", "otteglyane": "withdrawal", "institutsia": "institution", "sad": "court", "zapor": "bailiff",
    "prokuratura": "prosecutor", "faktura": "invoice", "avtomatichno": "auto", "za-razpredelyane": "unknown",
}
NO_REPLY = {"auto", "court", "bailiff", "prosecutor"}


def class_of(code):
    return "certificates" if code in CERTIFICATES else GENERAL.get(code) or BY_JOURNAL.get(JOURNAL_OF.get(code))


def refuse(text):
    print("cannot measure:", text, file=sys.stderr)
    sys.exit(2)


def load(path, names, journals):
    found = {}
    try:
        text = pathlib.Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        refuse(str(error))
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            p = json.loads(line)
            name = p["sample"].rstrip("/").split("/")[-1]
            values = {k: p[k] for k in ("type", "journal", "review", "urgent", "replies")}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            refuse(f"line {number}: {error!r}")
        if name not in names:
            refuse(f"line {number}: no letter {name}")
        if name in found:
            refuse(f"line {number}: {name} twice")
        if values["type"] is not None and class_of(values["type"]) is None:
            refuse(f"line {number}: no type {values['type']}")
        if type(values["review"]) is not bool or type(values["urgent"]) is not bool or values["replies"] not in (0, 1):
            refuse(f"line {number}: review and urgent are true or false, replies is 0 or 1")
        if values["journal"] is not None:
            values["journal"] = journals.get(values["journal"], values["journal"])
            if values["journal"] not in SPECIFIC and values["journal"] != "документооборот":
                refuse(f"line {number}: no journal {values['journal']}; give --journals")
        found[name] = values
    missing = sorted(names - set(found))
    if missing:
        refuse(f"{len(missing)} letters have no prediction, the first is {missing[0]}")
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("predictions")
    parser.add_argument("--journals")
    args = parser.parse_args()
    labels = {p.parent.name: json.loads(p.read_text(encoding="utf-8")) for p in sorted(HERE.glob("letter-*/expected.json"))}
    if not labels:
        refuse("no letters beside this script; run make.py")
    journals = json.loads(pathlib.Path(args.journals).read_text(encoding="utf-8")) if args.journals else {}
    predicted = load(args.predictions, set(labels), journals)

    sure = right = reviewed = reviewed_sure = wrong_journal = 0
    recall = collections.defaultdict(lambda: [0, 0])
    lines, missed, replied, false_urgent = [], [], [], []
    for name, label in labels.items():
        p, truth = predicted[name], label.get("type") or label["reason"]
        accepted = [truth] + label.get("also", [])
        unsure = label.get("review", False)
        good = p["type"] in accepted
        reviewed += p["review"]
        if not unsure:
            sure += 1
            right += good and not p["review"]
            reviewed_sure += p["review"]
        # In a specific journal where neither the label nor an acceptable type belongs. Counted also when the letter is sent to review.
        allowed = {label.get("journal")} | {JOURNAL_OF.get(code) for code in accepted}
        strayed = p["journal"] in SPECIFIC and p["journal"] not in allowed
        wrong_journal += strayed
        # Recall is by class; a letter nobody could be sure of also counts when it was sent to review.
        hit = p["type"] is not None and class_of(p["type"]) in {class_of(code) for code in accepted} or (unsure and p["review"])
        recall[label["class"]][0] += bool(hit)
        recall[label["class"]][1] += 1
        if label["urgent"] and not p["urgent"]:
            missed.append(name)
        if p["urgent"] and not label["urgent"]:
            false_urgent.append(name)
        if label["class"] in NO_REPLY and p["replies"]:
            replied.append(name)
        notes = ([] if good else [f"{truth} taken for {p['type']}"]) + (["sent to review"] if p["review"] and not unsure else [])
        notes += ["review expected"] if unsure and not p["review"] else []
        notes += ([f"journal {p['journal']}, not {label.get('journal')}"] if strayed else []) + (["URGENT MISSED"] if name in missed else [])
        notes += (["urgent for nothing"] if name in false_urgent else []) + (["REPLIED"] if name in replied else [])
        if notes:
            lines.append(f"  {name}  {label['class']}: " + "; ".join(notes))

    failed = False

    def figure(text, passes):
        nonlocal failed
        failed = failed or not passes
        print(f"{'pass' if passes else 'FAIL'}  {text}")

    total = len(labels)
    share = lambda part, whole: f"{part} of {whole} ({100 * part / whole:.1f} %)"
    figure(f"right type without review, of the letters not labelled review: {share(right, sure)}, wanted at least 90 %", right * 100 >= sure * 90)
    figure(f"sent to review, of all: {share(reviewed, total)}, wanted at most 15 % (of those not labelled review: {share(reviewed_sure, sure)})",
           reviewed * 100 <= total * 15)
    figure(f"in a wrong specific journal: {share(wrong_journal, total)}, wanted at most 1 %", wrong_journal * 100 <= total)
    for name, (hits, count) in sorted(recall.items()):
        figure(f"recall of {name}: {share(hits, count)}, wanted at least 80 %", hits * 100 >= count * 80)
    figure(f"urgent missed: {len(missed)} of {sum(l['urgent'] for l in labels.values())}, wanted none (urgent for nothing: {len(false_urgent)})", not missed)
    figure(f"replies to a class that gets none: {len(replied)}, wanted none", not replied)
    if lines:
        print("\nletters that differ:")
        print("\n".join(lines))
    sys.exit(1 if failed else 0)


main()
