"""Invented people, companies and administrations: identifiers that no living person can have (domain vectors, 1800s, after 2094)."""

import hashlib


def egn(year, month, day, serial):
    """An ЕГН for a date of the 1800s or after 2094; the ninth digit's parity is the sex (even: male)."""
    assert 1800 <= year < 1900 or year > 2094
    shift = 20 if year < 1900 else 40
    digits = f"{year % 100:02d}{month + shift:02d}{day:02d}{serial:03d}"
    weights = (2, 4, 8, 5, 10, 9, 7, 3, 6)
    return digits + str(sum(int(d) * w for d, w in zip(digits, weights)) % 11 % 10)


def eik(name):
    """A valid ЕИК for an invented company or administration, from a range no register gives."""
    eight = f"9999{int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % 10000:04d}"
    check = sum(int(d) * (i + 1) for i, d in enumerate(eight)) % 11
    if check == 10:
        check = sum(int(d) * (i + 3) for i, d in enumerate(eight)) % 11 % 10
    return eight + str(check)


def uuid_of(name):
    """A lower-case UUID of the form 8-4-4-4-12 that depends on the name only."""
    h = hashlib.sha256(name.encode()).hexdigest()
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-{'89ab'[int(h[16], 16) % 4]}{h[17:20]}-{h[20:32]}"


class Sender:
    def __init__(self, profile, name, identifier, kind):
        self.profile, self.name, self.identifier, self.kind = profile, name, identifier, kind

    def record(self):
        return {"profileId": self.profile, "name": self.name, "identifier": self.identifier, "kind": self.kind}

    @property
    def names(self):
        """First, middle and family name, as far as there are three."""
        return (self.name.split() + ["", "", ""])[:3]


_profiles = {}


def _profile(name, base):
    """A number of its own for every sender, in order of first mention within its kind."""
    key = (base, name)
    if key not in _profiles:
        _profiles[key] = base + 1 + sum(1 for known, _ in _profiles if known == base)
    return _profiles[key]


def person(name, identifier=None):
    """A person by name; without an identifier one is made from the name, in the years 1840 to 1899."""
    if identifier is None:
        h = int(hashlib.sha256(name.encode()).hexdigest()[:12], 16)
        female = name.split()[-1].endswith(("а", "я"))
        serial = (h // 40000) % 500 * 2 + (1 if female else 0)
        identifier = egn(1840 + h % 60, 1 + (h // 60) % 12, 1 + (h // 720) % 28, serial)
    return Sender(_profile(name, 55000), name, identifier, "person")


def company(name, identifier=None):
    return Sender(_profile(name, 71000), name, identifier or eik(name), "company")


def institution(name, identifier=None):
    return Sender(_profile(name, 82000), name, identifier or eik(name), "institution")


def social(name, identifier=None):
    return Sender(_profile(name, 93000), name, identifier or eik(name), "social")


class Unit:
    def __init__(self, identifier, name, label, settlement, ekatte, municipality, code, district, district_code):
        self.identifier, self.name, self.label = identifier, name, label
        self.settlement, self.ekatte = settlement, ekatte
        self.municipality, self.code = municipality, code
        self.district, self.district_code = district, district_code


VARNA = Unit("1210150560386", "ДСП – Варна", "ДИРЕКЦИЯ СОЦИАЛНО ПОДПОМАГАНЕ - ВАРНА", "гр. Варна", "10135", "Варна", "VAR06", "Варна", "VAR")
BURGAS = Unit("1210150560314", "ДСП – Бургас", "ДИРЕКЦИЯ СОЦИАЛНО ПОДПОМАГАНЕ - БУРГАС", "гр. Бургас", "07079", "Бургас", "BGS04", "Бургас", "BGS")
VIDIN = Unit("1210150562439", "ДСП – Видин", "ДИРЕКЦИЯ СОЦИАЛНО ПОДПОМАГАНЕ - ВИДИН", "гр. Видин", "10971", "Видин", "VID09", "Видин", "VID")
CENTRAL = Unit("121015056", "Агенция за социално подпомагане – Централно управление", "АГЕНЦИЯ ЗА СОЦИАЛНО ПОДПОМАГАНЕ", "гр. София", "68134", "Столична", "SOF46", "София (столица)", "SOF")

MAILBOXES = (VARNA, BURGAS, VIDIN, CENTRAL)
