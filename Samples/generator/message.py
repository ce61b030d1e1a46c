"""A sample: one message of a mailbox with what must become of it."""

import datetime
import json

from . import identity


def sofia(text):
    """`2026-07-03T10:15:02.337` of Sofia's wall clock with its offset; a text that has one already stays."""
    if text[19:].count("+") or text.endswith("Z"):
        return text
    moment = datetime.datetime.fromisoformat(text)

    def last_sunday(month):
        day = datetime.datetime(moment.year, month, 31)
        return day - datetime.timedelta(days=(day.weekday() + 1) % 7)

    summer = last_sunday(3).replace(hour=3) <= moment < last_sunday(10).replace(hour=4)
    return text + ("+03:00" if summer else "+02:00")


class File:
    """An attachment: bytes, the sender's name for it, and what else the message says of it."""

    def __init__(self, stored, name, data, **more):
        self.stored, self.name, self.data, self.more = stored, name, data, more

    def record(self):
        return {"file": self.stored, "fileName": self.name, **self.more}


def registered(journal, type, *, review=False, replies=1):
    return {"end": "registered", "journal": journal, "type": type, "replies": replies, **({"template": "А"} if replies else {}), "review": review}


def to_review(type="za-razpredelyane", replies=1):
    return registered("За разпределяне", type, review=True, replies=replies)


def not_registered(reason):
    return {"end": "not-registered", "reason": reason, "replies": 0}


def duplicate():
    return {"end": "not-registered", "reason": "duplicate", "replies": 1, "template": "Д"}


def waiting(reason):
    return {"end": "waiting", "reason": reason, "replies": 0}


def before_take_over():
    return {"end": "before-take-over", "replies": 0}


class Message:
    def __init__(self, path, mailbox, sent, sender, subject, body="", files=(), expect=None, **more):
        self.path, self.mailbox, self.sent, self.sender = path, mailbox, sofia(sent), sender
        self.subject, self.body, self.files, self.expect, self.more = subject, body.strip("\n"), list(files), expect, more
        self.id = None

    def record(self):
        out = {"mailbox": self.mailbox.identifier, "messageId": self.id, "dateSent": self.sent, **self.content()}
        return out

    def content(self):
        more = dict(self.more)
        nested = more.pop("forwarded", None)
        out = {
            "dateReceived": None, "sender": self.sender.record(), "subject": self.subject,
            "rnu": more.pop("rnu", identity.uuid_of("message " + self.path)), "templateId": more.pop("template", 1), "body": self.body,
            "attachments": [f.record() for f in self.files]}
        if "received" in more:
            out["dateReceived"] = sofia(more.pop("received"))
        out.update(more)
        if nested:
            out["forwarded"] = {"messageId": nested.id, "dateSent": nested.sent, **nested.content()}
        return out

    @property
    def all_files(self):
        nested = self.more.get("forwarded")
        return self.files + (nested.all_files if nested else [])


def dump(value):
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
