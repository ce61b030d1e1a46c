"""Other attachments that people send: office files, archives, pictures, damaged and odd ones."""

import io
import struct
import zipfile
import zlib

from .pdf import stored_zlib
from .strokes import picture


def archive(members):
    """A zip of stored members with a fixed time; `members` are (name bytes or text, data)."""
    out, directory = bytearray(), bytearray()
    for name, data in members:
        raw, flags = (name.encode(), 0x800) if isinstance(name, str) else (name, 0)
        common = struct.pack("<HHHHHIIIHH", 20, flags, 0, 0, 0x5CE1, zlib.crc32(data), len(data), len(data), len(raw), 0)
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, len(out)) + raw
        out += b"PK\x03\x04" + common + raw + data
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(directory), len(out), 0)
    result = bytes(out + directory + end)
    zipfile.ZipFile(io.BytesIO(result)).testzip()
    return result


def docx(paragraphs):
    """The least that a word processor opens."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = "".join(f"<w:p><w:r><w:t>{p}</w:t></w:r></w:p>" for p in paragraphs)
    return archive([
        ("[Content_Types].xml", b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'),
        ("_rels/.rels", b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'),
        ("word/document.xml", f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'.encode())])


def png(width=24, height=16):
    """A grey picture: what a telephone's photograph is to the robot."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes((x * 9 + y * 5) % 256 for x in range(width)) for y in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + chunk(b"IDAT", stored_zlib(rows)) + chunk(b"IEND", b"")


def jpeg():
    """Start, one comment and end of a JPEG: enough to be recognised by content, not enough to be shown."""
    comment = b"invented"
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0" + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + b"\xff\xd9"


def scanned_png(text):
    """A picture of a page with this text, in capitals."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    width, height, rows = picture(text)
    data = stored_zlib(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
