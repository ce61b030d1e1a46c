#!/usr/bin/env python3
"""Well-known embedded queues doing what `intake-bench queue` measures of ours: claim a message, give it the next number in a journal, done.

    python3 -m venv /tmp/queues && /tmp/queues/bin/pip install huey persist-queue litequeue
    /tmp/queues/bin/python Sources/intake-bench/queues.py [--count 1000] [--folder /tmp]

Each keeps its jobs in SQLite on the same disk, with `synchronous = FULL` where it can be told so, and the work of each job is one transaction of a second
database, also FULL: number from the counter, entry, event. That is all: no chain, no salted commitments, no frozen reply, no mirror, no next jobs, which
the figure of intake-robot includes. A queue beside a journal needs two commits at least for each message, and between them it may do a message twice; what
shares one database with the journal needs one.
"""
import argparse
import json
import pathlib
import shutil
import sqlite3
import tempfile
import time

PAYLOAD = {"environment": "bench", "recipient": "1210150561306", "subject": "Заявление", "sender": "Подател Подателев Подателски", "rnu": "d981d970"}


class Journal:
    """The least that a registration is."""

    def __init__(self, folder):
        self.db = sqlite3.connect(folder / "journal.db", isolation_level=None, check_same_thread=False)
        self.db.executescript("""
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
            CREATE TABLE counter (journal TEXT PRIMARY KEY, next INTEGER NOT NULL);
            CREATE TABLE entry (id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, message INTEGER NOT NULL UNIQUE, body TEXT NOT NULL);
            CREATE TABLE event (id INTEGER PRIMARY KEY, entry INTEGER NOT NULL, kind TEXT NOT NULL);
            INSERT INTO counter VALUES ('ЗСПД', 1);""")

    def register(self, message):
        self.db.execute("BEGIN IMMEDIATE")
        number = self.db.execute("UPDATE counter SET next = next + 1 WHERE journal = 'ЗСПД' RETURNING next - 1").fetchone()[0]
        entry = self.db.execute("INSERT INTO entry (number, message, body) VALUES (?, ?, ?)",
                                (f"ЗСПД/Д-В/{number}/03.07.2026", message["messageId"], json.dumps(message))).lastrowid
        self.db.execute("INSERT INTO event (entry, kind) VALUES (?, 'register')", (entry,))
        self.db.execute("COMMIT")

    def count(self):
        return self.db.execute("SELECT count(*) FROM entry").fetchone()[0]


def huey_queue(folder, journal, messages):
    import huey
    queue = huey.SqliteHuey(filename=str(folder / "huey.db"), fsync=True, results=False)
    task = queue.task()(journal.register)
    for message in messages:
        task(message)
    start = time.perf_counter()
    while (next_task := queue.dequeue()) is not None:
        queue.execute(next_task)
    return time.perf_counter() - start, huey.__version__


def persist_queue(folder, journal, messages):
    import persistqueue
    queue = persistqueue.SQLiteAckQueue(str(folder / "persist"), auto_commit=True)
    for message in messages:
        queue.put(message)
    start = time.perf_counter()
    while queue.size:
        item = queue.get(raw=True)
        journal.register(item["data"])
        queue.ack(id=item["pqid"])
    return time.perf_counter() - start, persistqueue.__version__


def lite_queue(folder, journal, messages):
    import importlib.metadata
    import litequeue
    queue = litequeue.LiteQueue(str(folder / "lite.db"))
    queue.conn.execute("PRAGMA synchronous = FULL")
    for message in messages:
        queue.put(json.dumps(message))
    start = time.perf_counter()
    while (item := queue.pop()) is not None:
        journal.register(json.loads(item.data))
        queue.done(item.message_id)
    return time.perf_counter() - start, importlib.metadata.version("litequeue")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("/tmp"), help="where databases go: the disk that is measured")
    options = parser.parse_args()
    rounds = 5
    for name, play in (("huey", huey_queue), ("persist-queue", persist_queue), ("litequeue", lite_queue)):
        rates = []
        for _ in range(rounds):
            folder = pathlib.Path(tempfile.mkdtemp(dir=options.folder, prefix="queues-"))
            try:
                journal = Journal(folder)
                messages = [PAYLOAD | {"messageId": 500_000 + index} for index in range(options.count)]
                seconds, version = play(folder, journal, messages)
                if journal.count() != options.count:
                    raise SystemExit(f"{name} registered {journal.count()} of {options.count}")
                rates.append(options.count / seconds)
            finally:
                shutil.rmtree(folder)
        print(f"{name:14} {version:8} {sorted(rates)[rounds // 2]:8.1f} messages/s (median of {rounds} runs of {options.count})", flush=True)


if __name__ == "__main__":
    main()
