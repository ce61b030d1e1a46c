"""A small PDF writer: text layers as browsers, word processors and scanners leave them, Info strings as the e-forms platform writes them."""

import hashlib
import struct

from . import cms
from .strokes import picture as drawn


class Name(str):
    pass


class Ref(int):
    pass


class Hex(bytes):
    """A string written as <…>."""


class Raw(bytes):
    """Bytes written as they are."""


class Stream:
    def __init__(self, entries, data):
        self.entries, self.data = entries, data


def stored_zlib(data):
    """A zlib stream of stored blocks: its bytes do not depend on the zlib of the machine."""
    a, b = 1, 0
    for byte in data:
        a = (a + byte) % 65521
        b = (b + a) % 65521
    blocks = [data[i:i + 65535] for i in range(0, len(data), 65535)] or [b""]
    out = b"\x78\x01"
    for i, block in enumerate(blocks):
        out += struct.pack("<BHH", i == len(blocks) - 1, len(block), len(block) ^ 0xFFFF) + block
    return out + struct.pack(">I", b << 16 | a)


def literal(data):
    for plain, escaped in ((b"\\", b"\\\\"), (b"(", b"\\("), (b")", b"\\)"), (b"\r", b"\\r"), (b"\n", b"\\n")):
        data = data.replace(plain, escaped)
    return b"(" + data + b")"


def write(value, cipher=None):
    """The text of an object; `cipher` encrypts its strings and streams."""
    if isinstance(value, Stream):
        data = cipher(value.data) if cipher else value.data
        head = write({**value.entries, "Length": len(data)}, cipher)
        return head + b"\nstream\n" + data + b"\nendstream"
    if isinstance(value, Raw):
        return bytes(value)
    if isinstance(value, Hex):
        return b"<" + (cipher(bytes(value)) if cipher else bytes(value)).hex().encode() + b">"
    if isinstance(value, bytes):
        return literal(cipher(value) if cipher else value)
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, Ref):
        return b"%d 0 R" % value
    if isinstance(value, Name):
        return b"/" + value.encode()
    if isinstance(value, (int, float)):
        return str(value).encode()
    if isinstance(value, dict):
        return b"<< " + b" ".join(b"/" + k.encode() + b" " + write(v, cipher) for k, v in value.items()) + b" >>"
    if isinstance(value, list):
        return b"[ " + b" ".join(write(v, cipher) for v in value) + b" ]"
    raise TypeError(value)


# Info strings, in the four ways they are met.
def utf16_hex(text):
    return Hex(b"\xfe\xff" + text.encode("utf-16-be"))


def utf16_literal(text):
    return b"\xfe\xff" + text.encode("utf-16-be")


def utf8_literal(text):
    return b"\xef\xbb\xbf" + text.encode()


# Text layers.
def wrap(text, width=88):
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            if line and len(line) + 1 + len(word) > width:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}" if line else word
        lines.append(line)
    return lines


def to_unicode(codes, width):
    rows = [f"<{code:0{width * 2}x}> <{target.encode('utf-16-be').hex()}>" for code, target in codes]
    parts = ["/CIDInit /ProcSet findresource begin", "12 dict begin", "begincmap", "/CMapName /Letters def", "/CMapType 2 def",
             "1 begincodespacerange", f"<{'00' * width}> <{'ff' * width}>", "endcodespacerange"]
    for i in range(0, len(rows), 100):
        chunk = rows[i:i + 100]
        parts += [f"{len(chunk)} beginbfchar", *chunk, "endbfchar"]
    parts += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(parts).encode()


class Document:
    """Objects of a file under construction; object 1 is the catalog, 2 the page tree."""

    def __init__(self):
        self.objects = {1: {"Type": Name("Catalog"), "Pages": Ref(2)}, 2: None}
        self.pages = []

    def add(self, value):
        number = max(self.objects) + 1
        self.objects[number] = value
        return Ref(number)

    def page(self, content, resources):
        body = self.add(Stream({}, content))
        self.pages.append(self.add({"Type": Name("Page"), "Parent": Ref(2), "MediaBox": [0, 0, 595, 842], "Contents": body, "Resources": resources}))

    def finish_pages(self):
        self.objects[2] = {"Type": Name("Pages"), "Kids": list(self.pages), "Count": len(self.pages)}

    # As a browser prints: Type 3 font, one glyph per Tj, mirrored text matrix on a scaled page.
    def browser_text(self, text):
        letters = sorted(set(text) - {"\n"}) or [" "]
        assert len(letters) < 250
        codes = {letter: i + 1 for i, letter in enumerate(letters)}
        glyph = self.add(Stream({}, b"600 0 0 0 500 700 d1 60 0 420 600 re f"))
        blank = self.add(Stream({}, b"600 0 d0"))
        font = self.add({
            "Type": Name("Font"), "Subtype": Name("Type3"), "FontBBox": [0, 0, 600, 700], "FontMatrix": [0.001, 0, 0, 0.001, 0, 0],
            "FirstChar": 1, "LastChar": len(letters), "Widths": [600] * len(letters),
            "CharProcs": {f"g{c}": (blank if letter == " " else glyph) for letter, c in codes.items()},
            "Encoding": {"Type": Name("Encoding"), "Differences": [1, *[Name(f"g{c}") for c in codes.values()]]},
            "ToUnicode": self.add(Stream({}, to_unicode([(c, letter) for letter, c in codes.items()], 1)))})
        lines = wrap(text)
        for start in range(0, len(lines), 50):
            out = [".75 0 0 -.75 0 842 cm", "BT", "/F1 12 Tf"]
            for row, line in enumerate(lines[start:start + 50]):
                for column, letter in enumerate(line):
                    out.append(f"1 0 0 -1 {60 + column * 7.2:.1f} {70 + row * 20} Tm <{codes[letter]:02x}> Tj")
            self.page("\n".join(out + ["ET"]).encode(), {"Font": {"F1": font}})
        self.tagged()

    def tagged(self, elements=500, marks=160):
        """The structure tree that a browser writes beside the pages of a form: most of the objects of a real one (476 elements and 155 marks in the
        smallest of the corpus), and what every tool that resolves all objects spends its time on."""
        root = self.add({})
        document = self.add({})
        numbers = [self.add({}) for _ in range(elements - 1)]
        children = {int(document): []}
        for index, number in enumerate(numbers):
            # Blocks of the page, with divisions and spans inside them.
            parent = document if index % 8 == 0 else numbers[index - 1] if index % 8 < 4 else numbers[index - index % 8]
            children.setdefault(int(parent), []).append(number)
            self.objects[int(number)] = {"Type": Name("StructElem"), "S": Name(("Div", "P", "NonStruct")[index % 3]), "P": parent,
                                         "ID": b"node%08x" % index}
        for index in range(marks):
            parent = numbers[index * 3 % len(numbers)]
            mark = self.add({"Type": Name("MCR"), "Pg": self.pages[index % len(self.pages)], "MCID": index})
            children.setdefault(int(parent), []).append(mark)
        self.objects[int(document)] = {"Type": Name("StructElem"), "S": Name("Document"), "P": root, "Lang": b"bg-BG", "ID": b"node-root"}
        for number, kids in children.items():
            self.objects[number]["K"] = kids
        self.objects[int(root)] = {"Type": Name("StructTreeRoot"), "K": [document]}
        self.objects[1]["StructTreeRoot"] = root
        self.objects[1]["MarkInfo"] = {"Marked": True}

    # As a word processor prints: composite font, two-byte codes, a line per Tj. `shift` spoils the Unicode map as some drivers do.
    def letter_text(self, text, shift=0, mapped=True):
        letters = sorted(set(text) - {"\n"}) or [" "]
        codes = {letter: i + 3 for i, letter in enumerate(letters)}

        def target(letter):
            return chr(ord(letter) - shift) if shift and 0x410 <= ord(letter) <= 0x44F else letter

        descendant = self.add({
            "Type": Name("Font"), "Subtype": Name("CIDFontType2"), "BaseFont": Name("TimesNewRomanPSMT"),
            "CIDSystemInfo": {"Registry": b"Adobe", "Ordering": b"Identity", "Supplement": 0}, "DW": 500,
            "FontDescriptor": self.add({
                "Type": Name("FontDescriptor"), "FontName": Name("TimesNewRomanPSMT"), "Flags": 32, "FontBBox": [0, -200, 1000, 900],
                "ItalicAngle": 0, "Ascent": 900, "Descent": -200, "CapHeight": 700, "StemV": 80})})
        entries = {"Type": Name("Font"), "Subtype": Name("Type0"), "BaseFont": Name("TimesNewRomanPSMT"), "Encoding": Name("Identity-H"),
                   "DescendantFonts": [descendant]}
        if mapped:
            entries["ToUnicode"] = self.add(Stream({}, to_unicode([(c, target(letter)) for letter, c in codes.items()], 2)))
        font = self.add(entries)
        lines = wrap(text)
        for start in range(0, len(lines), 48):
            out = ["BT", "/F1 11 Tf", "15 TL", "56 780 Td"]
            for line in lines[start:start + 48]:
                out.append(f"<{''.join(f'{codes[letter]:04x}' for letter in line)}> Tj T*")
            self.page("\n".join(out + ["ET"]).encode(), {"Font": {"F1": font}})
        self.tagged()

    # As a scanner leaves it: a page that is one picture.
    def picture(self):
        rows = b"".join(bytes((0xFF if (x * 7 + y * 3) % 11 else 0x0F) for x in range(10)) for y in range(100))
        image = self.add(Stream({"Type": Name("XObject"), "Subtype": Name("Image"), "Width": 80, "Height": 100, "BitsPerComponent": 1, "ColorSpace": Name("DeviceGray")}, rows))
        self.page(b"595 0 0 842 0 0 cm /Im1 Do", {"XObject": {"Im1": image}})

    # The same with something on it: text in capitals, as a picture of one bit a point.
    def scanned_text(self, text):
        width, height, rows = drawn(text)
        image = self.add(Stream({"Type": Name("XObject"), "Subtype": Name("Image"), "Width": width, "Height": height, "BitsPerComponent": 1,
                                 "ColorSpace": Name("DeviceGray")}, b"".join(rows)))
        shown = 500
        self.page(f"{shown} 0 0 {shown * height // width} 48 {780 - shown * height // width} cm /Im1 Do".encode(), {"XObject": {"Im1": image}})

    # A fillable form: fields of text and check boxes over the first page. Their values show on no page: a viewer is asked to draw them, in a font
    # that has no Cyrillic.
    def answers(self, texts, checks=()):
        fields = []
        for i, (name, value) in enumerate(texts):
            fields.append(self.add({"Type": Name("Annot"), "Subtype": Name("Widget"), "FT": Name("Tx"), "T": utf16_hex(name), "V": utf16_hex(value),
                                    "DA": b"/Helv 10 Tf 0 g", "Rect": [60, 500 - i * 24, 400, 518 - i * 24], "P": self.pages[0]}))
        for i, (name, state) in enumerate(checks):
            fields.append(self.add({"Type": Name("Annot"), "Subtype": Name("Widget"), "FT": Name("Btn"), "T": utf16_hex(name), "V": Name(state),
                                    "AS": Name(state), "Rect": [60, 200 - i * 20, 74, 214 - i * 20], "P": self.pages[0]}))
        self.objects[int(self.pages[0])]["Annots"] = fields
        font = self.add({"Type": Name("Font"), "Subtype": Name("Type1"), "BaseFont": Name("Helvetica")})
        self.objects[1]["AcroForm"] = {"Fields": fields, "NeedAppearances": True, "DR": {"Font": {"Helv": font}}, "DA": b"/Helv 0 Tf 0 g"}

    # A dynamic XFA form: packets of XML beside a page that says only to wait.
    def dynamic_form(self, template, datasets):
        packets = []
        for name, data in (("preamble", XDP), ("template", template), ("datasets", datasets), ("postamble", "</xdp:xdp>")):
            packets += [name.encode(), self.add(Stream({}, data.encode()))]
        self.objects[1]["AcroForm"] = {"Fields": [], "XFA": packets}
        self.objects[1]["NeedsRendering"] = True

    # Files inside: of a letter, or of a portfolio, whose own page is only a cover.
    def files(self, members, portfolio=False):
        names = []
        for name, data in members:
            body = self.add(Stream({"Type": Name("EmbeddedFile"), "Params": {"Size": len(data)}}, data))
            names += [utf16_hex(name), self.add({"Type": Name("Filespec"), "F": b"file", "UF": utf16_hex(name), "EF": {"F": body}})]
        self.objects[1]["Names"] = {"EmbeddedFiles": {"Names": names}}
        if portfolio:
            self.objects[1]["Collection"] = {"View": Name("D")}

    # Forms of a file.
    def bytes_signed(self, info, signer, time):
        """With a PAdES signature over everything, added as a revision of its own. `signer` as `cms.name` takes it, `time` as `D:…` takes it."""
        first = self.bytes_plain(info)
        number = max(self.objects) + 1
        field, signature = Ref(number), Ref(number + 1)
        room = 4096
        ranges = b"[ 0 0000000000 0000000000 0000000000 ]"
        updated = {
            1: {**self.objects[1], "AcroForm": {"Fields": [field], "SigFlags": 3}},
            field: {"Type": Name("Annot"), "Subtype": Name("Widget"), "FT": Name("Sig"), "T": b"Signature1", "V": signature, "Rect": [0, 0, 0, 0],
                    "P": self.pages[0]},
            signature: {"Type": Name("Sig"), "Filter": Name("Adobe.PPKLite"), "SubFilter": Name("ETSI.CAdES.detached"), "M": time.encode(),
                        "ByteRange": Raw(ranges), "Contents": Hex(bytes(room))}}
        out, offsets = bytearray(first), {}
        for n, value in updated.items():
            offsets[int(n)] = len(out)
            out += b"%d 0 obj\n" % n + write(value) + b"\nendobj\n"
        start = first.rindex(b"startxref\n") + len(b"startxref\n")
        trailer = {"Root": Ref(1), **({"Info": self.info} if info else {})}
        out += table(offsets, trailer, len(out), int(first[start:first.index(b"\n", start)]))
        hole = out.index(b"<" + b"00" * room + b">", len(first))
        after = hole + 2 * room + 2
        place = out.index(ranges, len(first))
        out[place:place + len(ranges)] = b"[ 0 %010d %010d %010d ]" % (hole, after, len(out) - after)
        message = cms.signed(bytes(out[:hole] + out[after:]), signer, detached=True)
        out[hole + 1:hole + 1 + 2 * len(message)] = message.hex().encode()
        return bytes(out)

    def bytes_plain(self, info=None, password=None):
        """Cross-reference table. With a password (it may be empty) everything is encrypted, RC4 128 bit."""
        self.finish_pages()
        trailer = {"Root": Ref(1)}
        if info:
            self.info = trailer["Info"] = self.add(info)
        cipher = None
        if password is not None:
            identity = hashlib.md5(b"intake-robot samples").digest()
            standard, key = encryption(password, identity)
            trailer["Encrypt"] = self.add(standard)
            trailer["ID"] = [Hex(identity), Hex(identity)]
            locked = int(trailer["Encrypt"])

            def cipher(number):
                return None if number == locked else (lambda data: rc4(hashlib.md5(key + struct.pack("<I", number)[:3] + b"\0\0").digest(), data))
        out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
        offsets = {}
        for number, value in sorted(self.objects.items()):
            offsets[number] = len(out)
            out += b"%d 0 obj\n" % number + write(value, cipher(number) if cipher else None) + b"\nendobj\n"
        return bytes(out + table(offsets, trailer, len(out), None))

    def bytes_updated(self, first_info, last_info):
        """A file with an incremental update, as a signature leaves it: the last trailer names another Info."""
        first = self.bytes_plain(first_info)
        number = max(self.objects) + 1
        start = first.rindex(b"startxref\n") + len(b"startxref\n")
        previous = int(first[start:first.index(b"\n", start)])
        body = b"%d 0 obj\n" % number + write(last_info) + b"\nendobj\n"
        return first + body + table({number: len(first)}, {"Root": Ref(1), "Info": Ref(number)}, len(first) + len(body), previous)

    def bytes_packed(self, info):
        """PDF 1.5: objects inside an object stream, cross-reference stream, both deflated."""
        self.finish_pages()
        info_ref = self.add(info)
        packed = [n for n, v in sorted(self.objects.items()) if not isinstance(v, Stream)]
        heads, bodies = [], b""
        for number in packed:
            heads.append(f"{number} {len(bodies)}")
            bodies += write(self.objects[number]) + b"\n"
        head = (" ".join(heads) + "\n").encode()
        container = max(self.objects) + 1
        loose = {n: v for n, v in self.objects.items() if isinstance(v, Stream)}
        loose[container] = Stream({"Type": Name("ObjStm"), "N": len(packed), "First": len(head), "Filter": Name("FlateDecode")}, stored_zlib(head + bodies))
        out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
        rows = {0: (0, 0, 65535), **{n: (2, container, i) for i, n in enumerate(packed)}}
        for number, value in sorted(loose.items()):
            rows[number] = (1, len(out), 0)
            out += b"%d 0 obj\n" % number + write(value) + b"\nendobj\n"
        number = container + 1
        start = len(out)
        rows[number] = (1, start, 0)
        data = b"".join(struct.pack(">BIH", *rows[n]) for n in range(number + 1))
        entries = {"Type": Name("XRef"), "Size": number + 1, "W": [1, 4, 2], "Root": Ref(1), "Info": info_ref, "Filter": Name("FlateDecode")}
        out += b"%d 0 obj\n" % number + write(Stream(entries, stored_zlib(data))) + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % start
        return bytes(out)


XDP = '<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/">'
WAIT = """Please wait...
If this message is not eventually replaced by the proper contents of the document, your PDF
viewer may not be able to display this type of document."""


def later_info(signed, info):
    """A revision after a signature: another Info in the place of the one that was signed."""
    start = signed.rindex(b"startxref\n") + len(b"startxref\n")
    number = int(signed[signed.rindex(b"/Info ") + 6:].split(b" ")[0])
    body = b"%d 0 obj\n" % number + write(info) + b"\nendobj\n"
    trailer = {"Root": Ref(1), "Info": Ref(number), "Prev": int(signed[start:signed.index(b"\n", start)])}
    head = b"xref\n%d 1\n%010d 00000 n \n" % (number, len(signed))
    return signed + body + head + b"trailer\n" + write({"Size": int(signed[signed.rindex(b"/Size ") + 6:].split()[0]), **trailer}) + b"\nstartxref\n%d\n%%%%EOF\n" % (len(signed) + len(body))


def table(offsets, trailer, start, previous):
    if previous is None:
        out = b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
        out += b"".join(b"%010d 00000 n \n" % offsets[n] for n in sorted(offsets))
        size = len(offsets) + 1
    else:
        out = b"xref\n" + b"".join(b"%d 1\n%010d 00000 n \n" % (n, o) for n, o in sorted(offsets.items()))
        size = max(offsets) + 1
        trailer = {**trailer, "Prev": previous}
    return out + b"trailer\n" + write({"Size": size, **trailer}) + b"\nstartxref\n%d\n%%%%EOF\n" % start


def rc4(key, data):
    s = list(range(256))
    j = 0
    for i in range(256):
        j = (j + s[i] + key[i % len(key)]) % 256
        s[i], s[j] = s[j], s[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + s[i]) % 256
        s[i], s[j] = s[j], s[i]
        out.append(byte ^ s[(s[i] + s[j]) % 256])
    return bytes(out)


def encryption(password, identity):
    """The standard security handler, revision 3 (ISO 32000-1, 7.6.3): its dictionary and the file key."""
    padding = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    padded = (password.encode() + padding)[:32]
    owner_key = hashlib.md5((b"owner of the sample" + padding)[:32]).digest()
    for _ in range(50):
        owner_key = hashlib.md5(owner_key).digest()
    owner = padded
    for i in range(20):
        owner = rc4(bytes(b ^ i for b in owner_key), owner)
    permissions = struct.pack("<i", -44)
    key = hashlib.md5(padded + owner + permissions + identity).digest()
    for _ in range(50):
        key = hashlib.md5(key).digest()
    user = hashlib.md5(padding + identity).digest()
    for i in range(20):
        user = rc4(bytes(b ^ i for b in key), user)
    entries = {"Filter": Name("Standard"), "V": 2, "R": 3, "Length": 128, "P": -44, "O": Hex(owner), "U": Hex(user + bytes(16))}
    return entries, key


def letter(text, producer="Microsoft® Word 2016", shift=0, mapped=True, password=None):
    """A letter typed in a word processor."""
    document = Document()
    document.letter_text(text, shift, mapped)
    return document.bytes_plain({"Producer": utf16_hex(producer), "CreationDate": b"D:20260701120000+03'00'"}, password)


def scan():
    document = Document()
    document.picture()
    return document.bytes_plain({"Producer": b"ScanSoft PDF Create! 7"})


def scan_of(text):
    """A scanned page that can be read."""
    document = Document()
    document.scanned_text(text)
    return document.bytes_plain({"Producer": b"ScanSoft PDF Create! 7"})
