"""Short form for many letters: who writes, what about, in which words, and what it is. Dates run on from a start, mailboxes take turns."""

import datetime

from .identity import BURGAS, CENTRAL, VARNA, VIDIN, Sender, person
from .message import Message, not_registered, registered, to_review

JOURNALS = {
    "zspd": "ЗСПД", "zsp": "ЗСП", "asp": "ЗСП", "vet": "ЗСП", "zhu": "ЗХУ", "zsu": "ЗСУ", "zzd": "ЗД", "sk": "ЗД", "zlp": "Кореспонденция",
    "zhalba": "Жалби", "signal": "Сигнали", "predlozhenie": "Сигнали", "zdoi": "ЗДОИ", "zapit": "Кореспонденция", "zzld": "Лични данни",
    "institutsia": "Кореспонденция", "sad": "Съдебни", "zapor": "Съдебни", "prokuratura": "Съдебни", "faktura": "Финансови"}
SILENT = {"sad", "zapor", "prokuratura"}
UNITS = (VARNA, BURGAS, VIDIN)


def journal_of(type):
    return "ЗД" if type == "zsu-99" else JOURNALS[type.split("-")[0]]


class Letters:
    def __init__(self, folder, start):
        self.folder, self.moment, self.out = folder, datetime.datetime.fromisoformat(start), []

    def __call__(self, name, who, subject, body, type, *, journal=None, review=False, files=(), unit=None, replies=None):
        """`type`: a code of document-types.csv, `review` for what a careful clerk could not be sure of, `machine` for what gets no entry."""
        number = len(self.out)
        self.moment += datetime.timedelta(minutes=23 + number * 37 % 61, seconds=number * 17 % 60, milliseconds=number * 131 % 1000)
        sender = who if isinstance(who, Sender) else person(who)
        if type == "machine":
            expect = not_registered("avtomatichno")
        elif type == "review":
            expect = to_review()
        else:
            count = replies if replies is not None else 0 if type in SILENT else 1
            expect = registered(journal or journal_of(type), type, review=review, replies=count)
        at = self.moment.isoformat(timespec="milliseconds")
        self.out.append(Message(f"{self.folder}/{name}", unit or UNITS[number % 3], at, sender, subject, body, files, expect))


__all__ = ["BURGAS", "CENTRAL", "VARNA", "VIDIN", "Letters"]
