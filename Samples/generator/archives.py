"""Archives other than plain zip files: 7z, rar, encrypted and hostile ones, built byte by byte."""

import struct
import zlib

from .files import archive


def seven_zip(members):
    """Stored members with a plain header; `members` are (name, data)."""
    def number(value):
        if value < 0x80:
            return bytes([value])
        if value < 0x4000:
            return bytes([0x80 | value >> 8, value & 0xFF])
        return b"\xe0" + struct.pack("<I", value)[:3]

    data = b"".join(content for _, content in members)
    sizes = b"".join(number(len(content)) for _, content in members[:-1])
    crcs = b"".join(struct.pack("<I", zlib.crc32(content)) for _, content in members)
    names = b"\0" + b"".join(name.encode("utf-16-le") + b"\0\0" for name, _ in members)
    header = (
        b"\x01\x04" + b"\x06\0\x01\x09" + number(len(data)) + b"\0"
        + b"\x07\x0b\x01\0\x01\x01\0\x0c" + number(len(data)) + b"\0"
        + b"\x08\x0d" + number(len(members)) + (b"\x09" + sizes if sizes else b"") + b"\x0a\x01" + crcs + b"\0\0"
        + b"\x05" + number(len(members)) + b"\x11" + number(len(names)) + names + b"\0\0")
    start = struct.pack("<QQI", len(data), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\0\x04" + struct.pack("<I", zlib.crc32(start)) + start + data + header


def rar(members):
    """RAR 4 with stored members; names in the DOS code page, as Windows writes them."""
    def block(kind, flags, body=b"", data=b""):
        head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head + data

    out = b"Rar!\x1a\x07\0" + block(0x73, 0, b"\0" * 6)
    for name, content in members:
        raw = name.encode("cp866")
        body = struct.pack("<IIBIIBBHI", len(content), len(content), 2, zlib.crc32(content), 0x5CE10000, 20, 0x30, len(raw), 0x20) + raw
        out += block(0x74, 0x8000, body, content)
    return out + block(0x7B, 0x4000)


def rar5(members):
    """RAR 5, which WinRAR writes since 2013, with stored members; names are UTF-8."""
    def number(value):
        out = b""
        while value > 0x7F:
            out += bytes([value & 0x7F | 0x80])
            value >>= 7
        return out + bytes([value])

    def block(head, data=b""):
        sized = number(len(head)) + head
        return struct.pack("<I", zlib.crc32(sized)) + sized + data

    out = b"Rar!\x1a\x07\x01\0" + block(b"\x01\0\0")
    for name, content in members:
        raw = name.encode()
        head = (b"\x02\x02" + number(len(content)) + b"\x04" + number(len(content)) + b"\x20" + struct.pack("<I", zlib.crc32(content))
                + b"\0\0" + number(len(raw)) + raw)
        out += block(head, content)
    return out + block(b"\x05\0\0")


def encrypted_zip(name, content):
    """One stored member in the old encryption of PKWARE, under a password that nobody is told."""
    keys = [0x12345678, 0x23456789, 0x34567890]

    def crc(value, byte):
        return zlib.crc32(bytes([byte]), value ^ 0xFFFFFFFF) ^ 0xFFFFFFFF

    def update(byte):
        keys[0] = crc(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = crc(keys[2], keys[1] >> 24)

    for byte in b"parola-proba":
        update(byte)
    data = bytearray()
    for byte in b"nepredvidim" + bytes([zlib.crc32(content) >> 24]) + content:
        temporary = (keys[2] | 2) & 0xFFFF
        data.append(byte ^ (temporary * (temporary ^ 1) >> 8 & 0xFF))
        update(byte)
    raw = name.encode()
    common = struct.pack("<HHHHHIIIHH", 20, 0x801, 0, 0, 0x5CE1, zlib.crc32(content), len(data), len(content), len(raw), 0)
    local = b"PK\x03\x04" + common + raw + bytes(data)
    directory = b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + raw
    return local + directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(directory), len(local), 0)


def hostile_zip():
    """Names that lead out, a symbolic link, a program's leftovers, and one honest letter."""
    whole = bytearray(archive([
        ("../../../../etc/cron.d/zadacha", b"* * * * * root true\n"), ("/etc/passwd", b"root::0:0::/:/bin/sh\n"),
        ("вратичка", b"/etc/shadow"), ("__MACOSX/._a", b"\0\5\x16\7"), ("молба.txt", "Молба за среща, прилагам я като архив.".encode())]))
    # Made by Unix, mode of a symbolic link.
    place = bytes(whole).rindex("вратичка".encode()) - 46
    assert whole[place:place + 4] == b"PK\x01\x02"
    whole[place + 5] = 3
    whole[place + 38:place + 42] = struct.pack("<I", 0o120777 << 16)
    return bytes(whole)
