"""Documents of offices and mails in every format that people attach."""

import base64
import email.header

from .files import archive


def _package(mimetype, parts):
    return archive(([("mimetype", mimetype.encode())] if mimetype else []) + [(name, text.encode()) for name, text in parts])


def docx_rich(header, paragraphs, box, filled, rows):
    """With a header, a text box said twice for old programs, a content control filled in and one not, and a table."""
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    def p(text):
        return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
    inner = f"<w:txbxContent>{p(box)}</w:txbxContent>"
    shape = f'<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><wps:txbx>{inner}</wps:txbx></mc:Choice><mc:Fallback><w:pict>{inner}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>'
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{p(filled)}</w:sdtContent></w:sdt><w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{p('Щракнете тук, за да въведете текст.')}</w:sdtContent></w:sdt>"
    table = "<w:tbl>" + "".join("<w:tr>" + "".join(f"<w:tc>{p(c)}</w:tc>" for c in row) + "</w:tr>" for row in rows) + "</w:tbl>"
    spaces = f'xmlns:w="{w}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    return _package(None, [
        ("[Content_Types].xml", '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
        ("word/document.xml", f'<?xml version="1.0" encoding="UTF-8"?><w:document {spaces}><w:body>{"".join(map(p, paragraphs))}{shape}{control}{table}</w:body></w:document>'),
        ("word/header1.xml", f'<?xml version="1.0" encoding="UTF-8"?><w:hdr {spaces}>{p(header)}</w:hdr>')])


def odt(paragraphs):
    body = "".join(f"<text:p>{p}</text:p>" for p in paragraphs)
    return _package("application/vnd.oasis.opendocument.text", [
        ("content.xml", f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>{body}</office:text></office:body></office:document-content>')])


def ods(rows):
    body = "".join("<table:table-row>" + "".join(f"<table:table-cell><text:p>{c}</text:p></table:table-cell>" for c in row) + "</table:table-row>" for row in rows)
    return _package("application/vnd.oasis.opendocument.spreadsheet", [
        ("content.xml", f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:spreadsheet><table:table>{body}</table:table></office:spreadsheet></office:body></office:document-content>')])


def xlsx(rows):
    strings = [c for row in rows for c in row if isinstance(c, str)]
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    count = iter(range(len(strings)))
    body = "".join("<row>" + "".join(f'<c t="s"><v>{next(count)}</v></c>' if isinstance(c, str) else f"<c><v>{c}</v></c>" for c in row) + "</row>" for row in rows)
    return _package(None, [
        ("[Content_Types].xml", '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
        ("xl/workbook.xml", f'<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="{space}"/>'),
        ("xl/sharedStrings.xml", f'<?xml version="1.0" encoding="UTF-8"?><sst xmlns="{space}">{"".join(f"<si><t>{s}</t></si>" for s in strings)}</sst>'),
        ("xl/worksheets/sheet1.xml", f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{space}"><sheetData>{body}</sheetData></worksheet>')])


def rtf(paragraphs):
    """Half of the letters as bytes of windows-1251, half as Unicode with a fallback, as programs mix them."""
    def letter(i, c):
        if ord(c) < 128:
            return c
        try:
            raw = c.encode("windows-1251")
        except UnicodeEncodeError:
            raw = b""
        return f"\\'{raw[0]:02x}" if raw and i % 2 else f"\\u{ord(c)}?"
    text = "\\par\n".join("".join(letter(i, c) for i, c in enumerate(p)) for p in paragraphs)
    return ("{\\rtf1\\ansi\\ansicpg1251\\deff0{\\fonttbl{\\f0\\fcharset204 Arial;}}\\uc1\\f0 " + text + "}").encode("ascii")


def eml(subject, sender, address, date, body, attachments=(), charset="windows-1251"):
    """Subject in encoded words, body as quoted-printable bytes of an old encoding, names of files the way Outlook writes them."""
    def word(text):
        return email.header.Header(text, "utf-8", maxlinelen=10000).encode()
    boundary = "=_proba"
    encoded = base64.encodebytes(body.encode(charset)).decode().replace("\n", "\r\n")
    lines = [f"From: {word(sender)} <{address}>", f"Subject: {word(subject)}", f"Date: {date}", "MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{boundary}"', "",
             f"--{boundary}", f"Content-Type: text/plain; charset={charset}", "Content-Transfer-Encoding: base64", "", encoded]
    for name, data in attachments:
        lines += [f"--{boundary}", "Content-Type: application/octet-stream", f'Content-Disposition: attachment; filename="{word(name)}"',
                  "Content-Transfer-Encoding: base64", "", base64.encodebytes(data).decode().replace("\n", "\r\n")]
    return "\r\n".join(lines + [f"--{boundary}--", ""]).encode("ascii")
