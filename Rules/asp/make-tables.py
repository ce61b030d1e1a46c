#!/usr/bin/env python3
"""Derives the tables of the АСП ruleset from the reference lists: `make-tables.py REFERENCE-FOLDER [--check]`.

Reads document-types.csv, asp-services.csv and asp-units.csv; writes document-types.csv, services.csv and units.csv beside this script.
What the reference does not know stays empty, except the index of a unit: numbers need one, so an unknown one becomes obviously
fictitious (`Д-?1306`) and no mailbox with it may be active until the administration has set it. Python 3 standard library only.
"""

import csv
import io
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
JOURNALS = {"ЗСПД", "ЗСП", "ЗХУ", "ЗСУ", "ЗД"}
# Rows of asp-services.csv that are not services but letters: the rules decide those by their own words.
LETTERS = {"zdoi", "signal", "zhalba", "zapit", "zlp"}
CENTRAL = "121015056"


def read(folder, name):
    with open(folder / name, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def text(columns, rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def term(words):
    """The typed term, as far as the reference states one number for the whole of it."""
    if words.startswith("до края на месеца, следващ месеца на подаване"):
        return "end-of-next-month"
    days = re.match(r"(\d+) дни от подаването", words)
    return f"{days[1]} days" if days else ""


def services(folder):
    rows = []
    for row in read(folder, "asp-services.csv"):
        if row["code"] in LETTERS:
            continue
        journal = row["journal_law_code"].split(" ")[0]
        assert journal in JOURNALS, row["code"]
        number = row["register_no"].strip()
        current = number if number.isdigit() else ""
        former = re.match(r"(\d+) \(", number)
        rows.append({
            "register_no": current, "former_no": former[1] if former else "", "type": row["code"], "journal": journal, "term": term(row["term"]),
            "name": row["name_bg"], "basis": row["legal_basis"]})
    return text(["register_no", "former_no", "type", "journal", "term", "name", "basis"], rows)


def index(row):
    """The fragment in the unit's numbers and where it is known from. Inferred ones are not used: a number is a legal fact."""
    identifier, seen = row["ssev_identifier"], row["index_fragment_basis"].startswith("seen")
    if seen:
        return row["index_fragment"], "съдебни решения"
    if identifier == CENTRAL:
        return "ЦУ", "съкращение на звеното"
    letter = "Р" if row["kind"] == "РДСП" else "Д"
    return f"{letter}-?{identifier[-4:]}", "измислен: да се зададе от администрацията"


def units(folder):
    rows = []
    for row in read(folder, "asp-units.csv"):
        fragment, basis = index(row)
        rows.append({
            "identifier": row["ssev_identifier"], "name": row["name_bg"], "kind": row["kind"], "index": fragment, "index_basis": basis, "phone": "",
            "oblast": row["oblast"], "municipalities": row["municipality_code_ekatte"]})
    indexes = [row["index"] for row in rows]
    assert len(indexes) == len(set(indexes)), "two units would print the same numbers"
    return text(["identifier", "name", "kind", "index", "index_basis", "phone", "oblast", "municipalities"], rows)


def types(folder):
    rows = read(folder, "document-types.csv")
    return text(["code", "name_bg", "class", "system", "confirmation", "urgent"], rows)


def main():
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    if len(arguments) != 1:
        print(__doc__.strip().splitlines()[0], file=sys.stderr)
        return 64
    folder = pathlib.Path(arguments[0])
    wanted = {"document-types.csv": types(folder), "services.csv": services(folder), "units.csv": units(folder)}
    if "--check" in sys.argv:
        wrong = [name for name, data in wanted.items() if not (HERE / name).exists() or (HERE / name).read_text(encoding="utf-8") != data]
        print("\n".join(wrong) or "tables are as derived")
        return 1 if wrong else 0
    for name, data in wanted.items():
        (HERE / name).write_text(data, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
