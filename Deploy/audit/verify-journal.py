#!/usr/bin/env python3
"""Checks an exported incoming journal without intake-robot.

    verify-journal.py --key PUBLIC.pem [--key OLDER.pem ...] FOLDER

FOLDER is what `intake-robot journal export` wrote: entries.csv, events.csv, checkpoints.csv, export.json. PUBLIC.pem is the
administration's public key for checkpoints, which the auditor must have from elsewhere than from this folder. Needs Python 3.9 and the
command `openssl` (3.0); shares no code with intake-robot. What it checks and what it cannot is told in README.md beside it.

    --no-signatures   go on without a key: whoever could write the whole folder could then have made it up
    --json            the report as JSON
    --self-test       check this program against the vectors in its source

Exit code 0: sound. 1: findings, one a line. 64: wrong call, or files that cannot be read.
"""

import argparse
import datetime
import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile

ROBOT = "#robot"
ZERO = "0" * 64
# Kinds of event that take a number out of a counter.
NUMBERING = ("register", "void")
MASK = "******"
ERASED = "(заличено)"
DANGEROUS = "=+-@\t\r\n'\uff1d\uff0b\uff0d\uff20"


class Unreadable(Exception):
    """The folder cannot be judged at all."""


# ---------------------------------------------------------------------------- files


def read_csv(path, titles):
    """Rows of a CSV file: UTF-8 with BOM, `;`, RFC 4180 quoting, CR LF. One leading apostrophe of a cell is taken away."""
    try:
        with open(path, "rb") as file:
            text = file.read().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{os.path.basename(path)}: {error}")
    if not text.startswith("\ufeff"):
        raise Unreadable(f"{os.path.basename(path)}: no byte order mark")
    rows = parse_csv(text[1:], os.path.basename(path))
    if not rows or rows[0] != titles[: len(rows[0])] or len(rows[0]) < len(titles):
        raise Unreadable(f"{os.path.basename(path)}: the first line is not that of this file")
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise Unreadable(f"{os.path.basename(path)}: row {number} has {len(row)} cells")
    return rows[1:]


def parse_csv(text, name):
    rows, row, place = [], [], 0
    while place < len(text):
        if text[place] == '"':
            cell = []
            place += 1
            while True:
                end = text.find('"', place)
                if end < 0:
                    raise Unreadable(f"{name}: a quotation mark is never closed")
                cell.append(text[place:end])
                place = end + 1
                if text[place : place + 1] == '"':
                    cell.append('"')
                    place += 1
                else:
                    break
            value = "".join(cell)
        else:
            ends = [end for end in (text.find(";", place), text.find("\r\n", place)) if end >= 0]
            if not ends:
                raise Unreadable(f"{name}: the last line does not end")
            value, place = text[place : min(ends)], min(ends)
            if '"' in value:
                raise Unreadable(f"{name}: a quotation mark inside a plain cell")
        row.append(value[1:] if value.startswith("'") else value)
        if text[place : place + 1] == ";":
            place += 1
        elif text[place : place + 2] == "\r\n":
            place += 2
            rows.append(row)
            row = []
        else:
            raise Unreadable(f"{name}: neither `;` nor a line end after a cell")
    if row:
        raise Unreadable(f"{name}: the last line does not end")
    return rows


ENTRY_TITLES = [
    "Входящ №", "Рег. индекс", "Пореден №", "Година", "Дата и час на регистриране", "Дата и час на постъпване",
    "Дата и час на изтегляне", "Канал", "Идентификатор на съобщение в ССЕВ", "РНУ", "Профил получател", "Подател", "Вид подател",
    "Идентификатор на подател (маскиран)", "Вх./изх. № и дата на подателя", "Вид документ", "Относно / кратко съдържание",
    "Услуга (№ по АР)", "Брой приложения", "Приложения (име, размер, SHA-256)", "Непотвърдени приложения", "Насочено към", "Система",
    "Правило", "Срок", "Свързан документ", "Отговор № / съобщение", "Дата на отговор / връчване", "Статус", "Регистрирал", "Бележка",
    "Контролна сума на реда",
]
EVENT_TITLES = ["Дневник", "Събитие №", "Предходна контролна сума", "Контролна сума", "Поле", "Стойност", "Сол", "Ангажимент"]
CHECKPOINT_TITLES = ["Ден", "Събитие №", "Текст", "Подпис"]


# ---------------------------------------------------------------------------- the hash chain, format 1


def lp(text):
    data = text if isinstance(text, bytes) else text.encode("utf-8")
    return struct.pack(">I", len(data)) + data


def commitment(chain, sequence, name, salt, value):
    data = b"intake-robot/field/1\n" + lp(chain) + lp(str(sequence)) + lp(name) + salt + lp(value)
    return hashlib.sha256(data).hexdigest()


def event_hash(previous, chain, sequence, commitments):
    data = b"intake-robot/event/1\n" + bytes.fromhex(previous) + lp(chain) + lp(str(sequence))
    for name in sorted(commitments, key=lambda name: name.encode("utf-8")):
        data += lp(name) + bytes.fromhex(commitments[name])
    return hashlib.sha256(data).hexdigest()


class Event:
    def __init__(self, chain, sequence, previous, hash):
        self.chain, self.sequence, self.previous, self.hash = chain, sequence, previous, hash
        self.commitments, self.values = {}, {}

    @property
    def kind(self):
        return self.values.get("kind", "")


# ---------------------------------------------------------------------------- Europe/Sofia


def last_sunday(year, month):
    last = datetime.date(year, month, 31)
    return last - datetime.timedelta(days=(last.weekday() + 1) % 7)


def sofia_offset(moment):
    """Hours ahead of UTC: summer time from 01:00 UTC of the last Sunday of March to that of October."""
    start = datetime.datetime.combine(last_sunday(moment.year, 3), datetime.time(1))
    end = datetime.datetime.combine(last_sunday(moment.year, 10), datetime.time(1))
    return 3 if start <= moment < end else 2


def local(moment):
    return moment + datetime.timedelta(hours=sofia_offset(moment))


def utc(text):
    """`2026-07-03T07:15:02.000000Z`, as events write it."""
    for pattern in ("%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%SZ"):
        try:
            return datetime.datetime.strptime(text, pattern)
        except ValueError:
            pass
    return None


def shown(text):
    moment = utc(text)
    return local(moment).strftime("%d.%m.%Y %H:%M:%S") if moment else text


# ---------------------------------------------------------------------------- the checks


class Audit:
    def __init__(self, folder, keys):
        self.folder, self.keys = folder, keys
        self.findings, self.notes = [], []
        self.chains = {}
        self.masked = self.opened = 0

    def find(self, code, where, text):
        self.findings.append((code, where, text))

    def path(self, name):
        return os.path.join(self.folder, name)

    def run(self):
        self.read_manifest()
        self.read_events()
        self.entries = read_csv(self.path("entries.csv"), ENTRY_TITLES)
        self.checkpoints = read_csv(self.path("checkpoints.csv"), CHECKPOINT_TITLES)
        self.check_manifest()
        for name in sorted(self.chains):
            self.check_chain(name, self.chains[name])
        for name in sorted(self.chains):
            if name != ROBOT:
                self.check_numbers(name, self.chains[name])
                self.check_closings(name, self.chains[name])
        self.check_unique_numbers()
        self.check_entries()
        self.check_erasures()
        self.check_checkpoints()

    # --- what the folder says of itself

    def read_manifest(self):
        try:
            with open(self.path("export.json"), encoding="utf-8") as file:
                self.manifest = json.load(file)
        except (OSError, ValueError) as error:
            raise Unreadable(f"export.json: {error}")
        if not isinstance(self.manifest, dict) or self.manifest.get("format") != 1:
            raise Unreadable("export.json: not of format 1")
        self.begin = utc(self.manifest.get("from") or "") or datetime.datetime.min
        self.end = utc(self.manifest.get("to") or "") or datetime.datetime.max

    def check_manifest(self):
        counted = {
            "entries": len(self.entries), "events": sum(len(events) for events in self.chains.values()),
            "checkpoints": len(self.checkpoints),
        }
        for name, count in counted.items():
            if self.manifest.get(name) != count:
                self.find("count-differs", name, f"export.json says {self.manifest.get(name)}, there are {count}")
        for name, stated in sorted((self.manifest.get("sha256") or {}).items()):
            with open(self.path(os.path.basename(name)), "rb") as file:
                if hashlib.sha256(file.read()).hexdigest() != stated:
                    self.find("file-changed", name, "the file is not the one that was exported")

    # --- chains

    def read_events(self):
        for row in read_csv(self.path("events.csv"), EVENT_TITLES):
            chain, number, previous, stated, name, value, salt, closed = row[:8]
            try:
                sequence, salt = int(number), bytes.fromhex(salt)
                lengths = [len(bytes.fromhex(text)) for text in (previous, stated, closed)]
            except ValueError:
                raise Unreadable(f"events.csv: {chain} {number}: not a number, a digest or a salt")
            if lengths != [32, 32, 32]:
                raise Unreadable(f"events.csv: {chain} {number}: a digest has another length than 32 bytes")
            events = self.chains.setdefault(chain, [])
            if not events or events[-1].sequence != sequence:
                events.append(Event(chain, sequence, previous, stated))
            event = events[-1]
            where = f"{chain} {sequence}"
            if (event.previous, event.hash) != (previous, stated):
                self.find("event-differs", where, "the lines of one event name different hashes")
            if name in event.commitments:
                self.find("field-twice", where, f"field `{name}` stands there twice")
            event.commitments[name] = closed
            if not salt:
                self.masked += 1
                if value:
                    self.find("field-changed", where, f"field `{name}` has a value and no salt")
                continue
            self.opened += 1
            event.values[name] = value
            if len(salt) != 16 or commitment(chain, sequence, name, salt, value) != closed:
                self.find("field-changed", where, f"the value of `{name}` is not what was committed to")

    def check_chain(self, name, events):
        first = events[0]
        if first.sequence == 1:
            if first.previous != ZERO:
                self.find("chain-broken", f"{name} 1", "the first event has a predecessor")
            if first.kind != "open":
                self.find("chain-broken", f"{name} 1", "the first event does not open the chain")
        before = first.sequence - 1
        previous, moment = first.previous, datetime.datetime.min
        for event in events:
            where = f"{name} {event.sequence}"
            if event.sequence != before + 1:
                self.find("event-missing", where, f"after event {before} comes event {event.sequence}")
            elif event.previous != previous:
                self.find("chain-broken", where, "the event does not name the hash of the one before")
            if event_hash(event.previous, name, event.sequence, event.commitments) != event.hash:
                self.find("hash-wrong", where, "the hash is not that of the fields")
            at = utc(event.values.get("at", ""))
            if at is None:
                self.find("time-missing", where, "the event has no time")
            else:
                if at < moment:
                    self.find("time-backwards", where, "the event is older than the one before")
                moment = at
            before, previous = event.sequence, event.hash

    # --- numbers

    def numbering(self, events):
        return [event for event in events if event.kind in NUMBERING]

    def counter(self, event):
        return (event.values.get("counterUnit", ""), event.values.get("counterYear", "0"))

    def check_numbers(self, name, events):
        last = {}
        for event in self.numbering(events):
            where = f"{name} {event.sequence}"
            try:
                sequence = int(event.values["sequence"])
            except (KeyError, ValueError):
                self.find("number-missing", where, "a registration without a sequence number")
                continue
            counter = self.counter(event)
            if counter in last and sequence != last[counter] + 1:
                self.find("gap-in-numbers", where, f"after number {last[counter]} of the counter {counter} comes {sequence}")
            if counter not in last and events[0].sequence == 1 and sequence != 1:
                self.notes.append(f"{name}: the counter {counter} starts at {sequence}; the ruleset says whether it should")
            last[counter] = sequence

    def check_unique_numbers(self):
        seen = {}
        for name, events in self.chains.items():
            for event in self.numbering(events):
                number = event.values.get("number", "")
                if number in seen:
                    self.find("number-twice", f"{name} {event.sequence}", f"the number of event {seen[number]} again")
                seen[number] = f"{name} {event.sequence}"

    def check_closings(self, name, events):
        for closing in events:
            if closing.kind != "closing":
                continue
            where = f"{name} {closing.sequence}"
            period = closing.values.get("period", "")
            counted = {}
            whole = events[0].sequence == 1 or (utc(events[0].values.get("at", "")) or datetime.datetime.max) < self.period_start(period)
            if not whole:
                self.notes.append(f"{where}: closing of {period} not recounted, its events are not all here")
                continue
            for event in self.numbering(events):
                moment = utc(event.values.get("registeredAt", ""))
                if moment is None or not local(moment).strftime("%Y-%m").startswith(period):
                    continue
                if event.sequence > closing.sequence:
                    self.find("added-after-closing", f"{name} {event.sequence}", f"dated into {period}, which was closed before")
                numbers = counted.setdefault(self.counter(event), [])
                numbers.append(int(event.values.get("sequence", "0")))
            expected = [
                {"count": len(numbers), "first": min(numbers), "last": max(numbers), "unit": unit, "year": int(year)}
                for (unit, year), numbers in counted.items()
            ]
            expected.sort(key=lambda row: (row["unit"].encode("utf-8"), row["year"]))
            try:
                stated = json.loads(closing.values.get("counters", ""))
            except ValueError:
                stated = None
            if stated != expected or closing.values.get("entries") != str(sum(row["count"] for row in expected)):
                self.find("closing-differs", where, f"the closing of {period} counts other numbers than there are")

    @staticmethod
    def period_start(period):
        year, month = int(period[:4]), int(period[5:7] or "1")
        start = datetime.datetime(year, month, 1)
        return start - datetime.timedelta(hours=sofia_offset(start))

    # --- entries.csv

    def check_entries(self):
        rows, due = {}, {}
        for row in self.entries:
            cells = dict(zip(ENTRY_TITLES, row))
            if cells["Входящ №"] in rows:
                self.find("entry-twice", cells["Входящ №"], "the number has two rows")
            rows[cells["Входящ №"]] = cells
        later = {}
        for name, events in self.chains.items():
            if name == ROBOT:
                continue
            for event in events:
                number = event.values.get("number", "")
                moment = utc(event.values.get("registeredAt", ""))
                if event.kind in NUMBERING:
                    if moment and self.begin <= moment < self.end:
                        due[number] = event
                else:
                    later.setdefault(number, []).append(event)
        for number, event in due.items():
            if number not in rows:
                self.find("entry-missing", number, f"event {event.chain} {event.sequence} registers it, entries.csv has no row")
        for number, cells in rows.items():
            if number not in due:
                self.find("entry-unfounded", number, "no event of this period registers it")
                continue
            self.check_entry(number, cells, due[number], later.get(number, []))

    def check_entry(self, number, cells, event, later):
        values = event.values
        corrected = {name for change in later if change.kind == "correction" for name in change.values}
        expected = {
            "Пореден №": values.get("sequence", ""),
            "Година": values.get("year", ""),
            "Дата и час на регистриране": shown(values.get("registeredAt", "")),
            "Дата и час на постъпване": shown(values.get("receivedAt", "")),
            "Дата и час на изтегляне": shown(values.get("openedAt", "")),
            "Идентификатор на съобщение в ССЕВ": values.get("messageId", ""),
            "Регистрирал": values.get("actor", ""),
            "Контролна сума на реда": event.hash,
        }
        fields = {"Относно / кратко съдържание": "subject", "Подател": "senderName", "РНУ": "rnu", "Услуга (№ по АР)": "serviceNumber"}
        for title, name in fields.items():
            if name not in corrected:
                expected[title] = values.get(name, MASK if name in event.commitments else "")
        for title, value in expected.items():
            # An erased value was replaced by its commitment.
            if cells[title] != value and not (cells[title] in (MASK, ERASED) and value in (MASK, "")):
                self.find("entry-differs", number, f"column „{title}“ is not what event {event.chain} {event.sequence} says")
        kinds = [change.kind for change in later]
        status = cells["Статус"]
        annulled = event.kind == "void" or "annulment" in kinds
        if annulled != (status == "анулиран"):
            self.find("entry-differs", number, f"status „{status}“ does not follow from the events")
        if not annulled and ("forwarding" in kinds) != (status == "препратен"):
            self.find("entry-differs", number, f"status „{status}“ does not follow from the events")

    # --- erased content

    def check_erasures(self):
        """In an export that masks nothing, a value may be gone only where a later event says that the content of the message was erased."""
        if self.manifest.get("profile") != "служебен":
            return
        erased = {}
        for name, events in self.chains.items():
            for event in events:
                if event.kind == "erasure":
                    message = (event.values.get("mailbox"), event.values.get("messageId"))
                    erased.setdefault(message, []).append((name, event.sequence))
        unknown = 0
        for name, events in sorted(self.chains.items()):
            for event in events:
                closed = sorted(set(event.commitments) - set(event.values))
                if not closed:
                    continue
                message = (event.values.get("mailbox"), event.values.get("messageId"))
                if any(chain != name or sequence > event.sequence for chain, sequence in erased.get(message, [])):
                    continue
                if self.end != datetime.datetime.max or self.manifest.get("journal"):
                    unknown += 1
                else:
                    self.find("erased-unfounded", f"{name} {event.sequence}", f"no event says that `{closed[0]}` was erased")
        if unknown:
            self.notes.append(f"{unknown} events have erased fields; the events that say so are not in this export")

    # --- checkpoints

    def check_checkpoints(self):
        if not self.checkpoints:
            if self.keys:
                self.find("no-checkpoint", self.folder, "nothing here is signed")
            return
        before, day_before = None, ""
        vouched = {}
        for day, number, text, signature in (row[:4] for row in self.checkpoints):
            where = f"checkpoint of {day}"
            heads, fields = self.parse_checkpoint(text)
            if heads is None:
                self.find("checkpoint-unreadable", where, "not a checkpoint of format 1")
                continue
            if self.keys and not self.is_signed(text, signature):
                self.find("signature-wrong", where, "not signed by any of the keys given")
            if fields.get("day") != day or day <= day_before:
                self.find("checkpoint-order", where, "its day is not the next one")
            if before is not None and fields.get("previous") != before:
                self.find("checkpoint-missing", where, "it does not continue the checkpoint before it")
            before, day_before = hashlib.sha256(text.encode("utf-8")).hexdigest(), day
            self.check_robot_event(where, number, text, signature)
            self.check_heads(where, heads, utc(fields.get("at", "")), vouched)
        for name, events in sorted(self.chains.items()):
            if name not in vouched:
                self.notes.append(f"{name}: no checkpoint vouches for any event here")
            elif vouched[name] < events[-1].sequence:
                self.notes.append(f"{name}: events after {vouched[name]} are vouched for by no checkpoint yet")

    @staticmethod
    def parse_checkpoint(text):
        lines = text.split("\n")
        if lines[0] != "intake-robot checkpoint 1" or lines[-2:] != ["end", ""]:
            return None, {}
        heads, fields = [], {}
        for line in lines[1:-2]:
            name, _, value = line.partition(": ")
            if name == "chain":
                parts = value.split(" ", 2)
                if len(parts) != 3 or not parts[0].isdigit():
                    return None, {}
                heads.append((parts[2], int(parts[0]), parts[1]))
            else:
                fields[name] = value
        return heads, fields

    def check_heads(self, where, heads, at, vouched):
        for chain, sequence, stated in heads:
            events = self.chains.get(chain)
            if events is None:
                continue
            first, last = events[0], events[-1]
            if sequence == first.sequence - 1:
                known = first.previous
            else:
                known = next((event.hash for event in events if event.sequence == sequence), None)
            if known is not None:
                vouched[chain] = max(vouched.get(chain, 0), sequence)
                if known != stated:
                    self.find("checkpoint-differs", f"{chain} {sequence}", f"not the event that the {where} has signed")
            elif sequence > last.sequence and at is not None and at < self.end:
                self.find("truncated", chain, f"the {where} has signed event {sequence}; the export ends at {last.sequence}")

    def check_robot_event(self, where, number, text, signature):
        events = self.chains.get(ROBOT)
        if events is None or not events[0].sequence <= int(number) <= events[-1].sequence:
            return
        event = next((event for event in events if event.sequence == int(number)), None)
        if event is None or event.values.get("checkpoint") != text or event.values.get("signature") != signature:
            self.find("checkpoint-differs", where, f"event {ROBOT} {number} holds another one")

    def is_signed(self, text, signature):
        try:
            raw = bytes.fromhex(signature)
        except ValueError:
            return False
        with tempfile.TemporaryDirectory() as folder:
            message, detached = os.path.join(folder, "text"), os.path.join(folder, "signature")
            with open(message, "wb") as file:
                file.write(text.encode("utf-8"))
            with open(detached, "wb") as file:
                file.write(raw)
            for key in self.keys:
                command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", message, "-sigfile", detached]
                if subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
                    return True
        return False


# ---------------------------------------------------------------------------- the program


def self_test():
    """Vectors computed by hand from the description of format 1."""
    salt = bytes(range(16))
    expected = hashlib.sha256(
        b"intake-robot/field/1\n" + b"\0\0\0\x08" + "ЗСПД".encode() + b"\0\0\0\x011" + b"\0\0\0\x04kind" + salt + b"\0\0\0\x04open"
    ).hexdigest()
    assert commitment("ЗСПД", 1, "kind", salt, "open") == expected
    assert shown("2026-07-03T07:15:02.000000Z") == "03.07.2026 10:15:02"
    assert shown("2026-12-31T22:00:00.000000Z") == "01.01.2027 00:00:00"
    assert shown("2026-10-25T00:59:59.000000Z") == "25.10.2026 03:59:59"
    assert shown("2026-10-25T01:00:00.000000Z") == "25.10.2026 03:00:00"
    assert parse_csv('a;"b;""c"\r\n\'=1;\r\n', "x") == [["a", 'b;"c'], ["=1", ""]]
    print("self-test: ok")


def main():
    parser = argparse.ArgumentParser(description="Checks an exported incoming journal without intake-robot.")
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--key", action="append", default=[], help="public key of the checkpoints (PEM); may be repeated")
    parser.add_argument("--no-signatures", action="store_true", help="go on without a key")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--self-test", action="store_true", help="check this program itself")
    options = parser.parse_args()
    if options.self_test:
        self_test()
        return 0
    if not options.folder or (not options.key and not options.no_signatures):
        parser.print_usage(sys.stderr)
        print("name a folder, and --key PUBLIC.pem (or --no-signatures)", file=sys.stderr)
        return 64
    for key in options.key:
        if not os.access(key, os.R_OK):
            print(f"cannot read the key {key}", file=sys.stderr)
            return 64
    audit = Audit(options.folder, options.key)
    try:
        audit.run()
    except (Unreadable, OSError) as error:
        print(f"UNREADABLE: {error}", file=sys.stderr)
        return 64
    events = sum(len(chain) for chain in audit.chains.values())
    if options.json:
        print(json.dumps({
            "sound": not audit.findings, "chains": len(audit.chains), "events": events, "entries": len(audit.entries),
            "checkpoints": len(audit.checkpoints), "fieldsOpen": audit.opened, "fieldsMasked": audit.masked, "notes": audit.notes,
            "findings": [{"code": code, "where": where, "text": text} for code, where, text in audit.findings],
        }, ensure_ascii=False, indent=2))
    else:
        for code, where, text in audit.findings:
            print(f"{code}: {where}: {text}")
        for note in audit.notes:
            print(f"note: {note}")
        verdict = "NOT SOUND" if audit.findings else "sound"
        signed = "" if options.key else ", signatures NOT checked"
        print(
            f"{verdict}: {len(audit.chains)} chains, {events} events, {len(audit.entries)} entries, {len(audit.checkpoints)} checkpoints, "
            f"{audit.opened} values recomputed, {audit.masked} masked{signed}")
    return 1 if audit.findings else 0


if __name__ == "__main__":
    sys.exit(main())
