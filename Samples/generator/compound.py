"""Compound files of old Microsoft programs ([MS-CFB]), and what goes into them: Outlook messages, a document of old Word, a sheet of old Excel."""

import struct

END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(nodes):
    """`nodes`: (name, bytes) for a stream, (name, list) for a storage. Version 3; streams below 4096 bytes lie in the small stream."""
    entries, small, small_table, large = [["Root Entry", 5, FREE, FREE, FREE, END, 0]], bytearray(), [], []

    def add(nodes):
        first, previous = FREE, None
        for name, content in nodes:
            index = len(entries)
            entry = [name, 2 if isinstance(content, bytes) else 1, FREE, FREE, FREE, END, 0]
            entries.append(entry)
            if isinstance(content, bytes):
                entry[6] = len(content)
                if len(content) >= 4096:
                    large.append((entry, content))
                elif content:
                    entry[5] = len(small) // 64
                    small.extend(content + b"\0" * (-len(content) % 64))
                    count = -(-len(content) // 64)
                    start = len(small_table)
                    small_table.extend(start + i + 1 for i in range(count - 1))
                    small_table.append(END)
            else:
                entry[4] = add(content)
            if previous is None:
                first = index
            else:
                previous[3] = index
            previous = entry
        return first

    entries[0][4] = add(nodes)
    entries[0][6] = len(small)
    sectors, table = [], []

    def place(data):
        if not data:
            return END
        start, count = len(sectors), -(-len(data) // 512)
        for i in range(count):
            sectors.append(bytes(data[i * 512:(i + 1) * 512]).ljust(512, b"\0"))
            table.append(END if i == count - 1 else start + i + 1)
        return start

    entries[0][5] = place(small)
    for entry, content in large:
        entry[5] = place(content)
    small_start = place(b"".join(struct.pack("<I", x) for x in small_table))
    directory = b""
    for name, kind, left, right, child, start, size in entries:
        raw = name.encode("utf-16-le")
        directory += raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw) + 2, kind, 1, left, right, child) + b"\0" * 36 + struct.pack("<IIi", start, size, 0)
    directory += (b"\0" * 66 + b"\0" * 62) * (-len(entries) % 4)
    directory_start = place(directory)
    table_start, count = len(sectors), -(-(len(table) + 1) // 127)
    table += [TABLE] * count
    raw = b"".join(struct.pack("<I", x) for x in table).ljust(count * 512, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 10
    header += struct.pack("<IIIIIIII", count, directory_start, 0, 4096, small_start, -(-len(small_table) // 128), END, 0)
    header += b"".join(struct.pack("<I", table_start + i if i < count else FREE) for i in range(109))
    return header + b"".join(sectors) + raw


def outlook(subject, sender, address, date, body, attachments=()):
    """A message as Outlook saves it; `attachments` are (name, bytes)."""
    def wide(tag, text):
        return (f"__substg1.0_{tag}001F", text.encode("utf-16-le"))
    properties = ("__properties_version1.0", b"\0" * 32)
    nodes = [properties, wide("0037", subject), wide("007D", f"Date: {date}\r\n\r\n"), wide("0C1A", sender), wide("1000", body), wide("5D01", address)]
    for index, (name, data) in enumerate(attachments):
        nodes.append((f"__attach_version1.0_#{index:08X}", [("__properties_version1.0", b"\0" * 8), ("__substg1.0_37010102", data), wide("3707", name)]))
    return compound(nodes)


def sheet(rows):
    """A sheet of Excel 97: strings and whole numbers."""
    def record(kind, data=b""):
        return struct.pack("<HH", kind, len(data)) + data
    strings = []
    cells = b""
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            if isinstance(value, str):
                strings.append(value)
                cells += record(0x00FD, struct.pack("<HHHI", y, x, 0, len(strings) - 1))
            else:
                cells += record(0x0203, struct.pack("<HHHd", y, x, 0, value))
    table = struct.pack("<II", len(strings), len(strings)) + b"".join(struct.pack("<HB", len(s), 1) + s.encode("utf-16-le") for s in strings)
    assert len(table) < 8000
    start = record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0x0DBB, 0x07CC, 0, 6))
    name = "Лист1".encode("utf-16-le")
    def globals_(offset):
        return start + record(0x0042, struct.pack("<H", 1200)) + record(0x0085, struct.pack("<IHBB", offset, 0, len(name) // 2, 1) + name) + record(0x00FC, table) + record(0x000A)
    offset = len(globals_(0))
    book = globals_(offset) + record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0x0DBB, 0x07CC, 0, 6)) + cells + record(0x000A)
    return compound([("Workbook", book.ljust(4096, b"\0"))])


def document(paragraphs):
    """A document of Word 97 with one piece of UTF-16 text."""
    text = "".join(p + "\r" for p in paragraphs)
    raw = text.encode("utf-16-le")
    start = 1536
    header = bytearray(1472)
    struct.pack_into("<HHHHH", header, 0, 0xA5EC, 0x00C1, 0, 0x0402, 0)
    struct.pack_into("<H", header, 10, 0x1200)  # table stream `1Table`, extended characters
    struct.pack_into("<H", header, 12, 0x00BF)
    struct.pack_into("<II", header, 0x18, start, start + len(raw))
    struct.pack_into("<H", header, 0x20, 14)
    struct.pack_into("<H", header, 0x3E, 22)
    struct.pack_into("<I", header, 0x40, start + len(raw))
    struct.pack_into("<I", header, 0x4C, len(text))
    struct.pack_into("<H", header, 0x98, 93)
    piece = struct.pack("<II", 0, len(text)) + struct.pack("<HIH", 0, start, 0)
    pieces = b"\x02" + struct.pack("<I", len(piece)) + piece
    struct.pack_into("<II", header, 0x01A2, 0, len(pieces))
    stream = bytes(header).ljust(start, b"\0") + raw
    return compound([("1Table", pieces.ljust(4096, b"\0")), ("WordDocument", stream.ljust(max(4096, len(stream)), b"\0"))])
