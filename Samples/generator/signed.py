"""Signed files: CMS (`.p7m`, `.p7s`) and ASiC containers, built byte by byte so that every run gives the same ones.

The key is invented for this purpose and published here: what it signs proves nothing. The certificates name people who do not exist.
"""

import base64
import hashlib
import xml.etree.ElementTree

from .files import archive

MODULUS = int(
    "b095d8ee759d03d010eadc892e4247e8436cce693580f70a2e154096f3945f04e82cb1ad89f87995d5507a36da7c9cee66c0bf75777686b56193937d"
    "a9495e3686df4062f3a9cb7adbf72e1f5c0f50d7e0dbec6a9d88773376be753905ab5f5799d8fa958e08ac2907b5192cdffb7be82e534c67201305ff"
    "dc7064ba9be446edbf707c51397deb1056416bff4a0f7d79fca6bdc3705bda79007456bbf65ba7d9fc62e6bd944ee392754feee057cd5afe3b446bc5"
    "88059588b5c10a80ea229571c42a62681dc9dd988d8692628fc652ff8386cd3d4387e829384c54396d579b1e38a1a89a6056db7769b532981beb1c4b"
    "d16e6e507383856ad001854f0d6981f9", 16)
PRIVATE_EXPONENT = int(
    "3e42f2e6981d0370da73e2a792990e6cf7990b5774096835cfd0a7a1ff7976b9930c6f303b4fbfbcaa6f86dece1a8d5173e2847aa307ed42bff5f9e7"
    "9efe79bcf00a37661a0aa0c9dfc2ad4635ebfe3f7b17eb6067843530fef7861faf2ca0e947f6aa6d0e9d1de8f076c216387a0b52ca1e201c8a0a98ca"
    "ef3d7f7d7ec0ad2a252b3417723db37ad0cfb6530b886a92a7d4e324af8a6c20aa15a2b29d6bbc73ff8cffa7d39b2470459db7d097ce1d637f7bc92f"
    "eea56a54a048885337818b5975e1d5698c470f99de16ea55a278a9373d4658236881d8149644680830114ec015800b9c3cd791a23eeef0fc524f77d8"
    "b98cc9f862cb49f779cb6f82034da33", 16)


# DER.

def tlv(tag, *parts):
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + body


def endless(tag, *parts):
    """BER: length to be found out by reading on."""
    return bytes([tag, 0x80]) + b"".join(parts) + b"\0\0"


def integer(value):
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(text):
    numbers = [int(n) for n in text.split(".")]
    out = bytes([numbers[0] * 40 + numbers[1]])
    for number in numbers[2:]:
        piece = [number & 0x7F]
        while number := number >> 7:
            piece.insert(0, number & 0x7F | 0x80)
        out += bytes(piece)
    return tlv(0x06, out)


def sequence(*parts):
    return tlv(0x30, *parts)


def set_of(*parts):
    return tlv(0x31, *sorted(parts))


NULL = b"\x05\x00"
SHA256 = sequence(oid("2.16.840.1.101.3.4.2.1"), NULL)
RSA = sequence(oid("1.2.840.113549.1.1.1"), NULL)
RSA_SHA256 = sequence(oid("1.2.840.113549.1.1.11"), NULL)
DATA, SIGNED, ENVELOPED = (oid(f"1.2.840.113549.1.7.{n}") for n in (1, 2, 3))


def utc(text):
    return tlv(0x17, text.encode())


def sign(data):
    """PKCS#1 1.5 with SHA-256."""
    digest = sequence(SHA256, tlv(0x04, hashlib.sha256(data).digest()))
    size = (MODULUS.bit_length() + 7) // 8
    padded = b"\0\1" + b"\xff" * (size - len(digest) - 3) + b"\0" + digest
    return pow(int.from_bytes(padded, "big"), PRIVATE_EXPONENT, MODULUS).to_bytes(size, "big")


# Certificates.

def name(*attributes):
    return sequence(*(set_of(sequence(oid(kind), tlv(0x0C, value.encode()))) for kind, value in attributes))


ISSUER = name(("2.5.4.6", "BG"), ("2.5.4.3", "Измислен издател за образци"))


def person(common_name, egn, company=None, eik=None):
    """A subject as qualified certificates have it since 2017."""
    attributes = [("2.5.4.6", "BG"), ("2.5.4.3", common_name), ("2.5.4.5", f"PNOBG-{egn}")]
    if company:
        attributes += [("2.5.4.10", company), ("2.5.4.97", f"NTRBG-{eik}")]
    return name(*attributes)


def old_person(common_name, egn, eik):
    """As certificates had it before: identifiers within other attributes."""
    return name(("2.5.4.6", "BG"), ("2.5.4.8", f"EGN:{egn}"), ("2.5.4.11", f"BULSTAT:{eik}"), ("2.5.4.3", common_name))


class Signer:
    def __init__(self, subject, serial, time="260703081240Z"):
        self.serial, self.time = integer(serial), time
        key = sequence(RSA, tlv(0x03, b"\0", sequence(integer(MODULUS), integer(65537))))
        body = sequence(
            tlv(0xA0, integer(2)), self.serial, RSA_SHA256, ISSUER, sequence(utc("260101000000Z"), utc("290101000000Z")), subject, key)
        self.certificate = sequence(body, RSA_SHA256, tlv(0x03, b"\0", sign(body)))

    def info(self, content):
        attributes = [
            sequence(oid("1.2.840.113549.1.9.3"), set_of(DATA)),
            sequence(oid("1.2.840.113549.1.9.5"), set_of(utc(self.time))),
            sequence(oid("1.2.840.113549.1.9.4"), set_of(tlv(0x04, hashlib.sha256(content).digest())))]
        signature = sign(set_of(*attributes))
        return sequence(
            integer(1), sequence(ISSUER, self.serial), SHA256, tlv(0xA0, *sorted(attributes)), RSA, tlv(0x04, signature))


# CMS.

def cms(content, *signers, detached=False, certificates=True, shown=None, ber=False):
    """`shown`: other bytes than those that were signed."""
    shown = content if shown is None else shown
    if ber:
        pieces = b"".join(tlv(0x04, shown[i:i + 1000]) for i in range(0, len(shown), 1000))
        inner = endless(0x30, DATA, endless(0xA0, endless(0x24, pieces)))
    else:
        inner = sequence(DATA, *([] if detached else [tlv(0xA0, tlv(0x04, shown))]))
    parts = [integer(1), set_of(SHA256), inner]
    if certificates:
        parts.append(tlv(0xA0, *(s.certificate for s in signers)))
    parts.append(set_of(*(s.info(content) for s in signers)))
    if ber:
        return endless(0x30, SIGNED, endless(0xA0, endless(0x30, *parts)))
    return sequence(SIGNED, tlv(0xA0, sequence(*parts)))


def pem(message, label="PKCS7"):
    return f"-----BEGIN {label}-----\n".encode() + lines(message) + f"-----END {label}-----\n".encode()


def lines(message):
    text = base64.b64encode(message)
    return b"".join(text[i:i + 64] + b"\n" for i in range(0, len(text), 64))


def enveloped(content):
    """Encrypted for somebody: the same shape as a real one, with bytes that no key opens."""
    noise = b"".join(hashlib.sha256(content + bytes([i])).digest() for i in range(16))
    recipient = sequence(integer(0), sequence(ISSUER, integer(7)), RSA, tlv(0x04, noise[:256]))
    algorithm = sequence(oid("2.16.840.1.101.3.4.1.42"), tlv(0x04, noise[256:272]))
    body = sequence(integer(0), set_of(recipient), sequence(DATA, algorithm, tlv(0x80, noise[272:272 + 16 * (len(content) // 16 % 8 + 1)])))
    return sequence(ENVELOPED, tlv(0xA0, body))


# ASiC.

def asic_s(file_name, content, signer):
    """One file with a CAdES signature."""
    return archive([
        ("mimetype", b"application/vnd.etsi.asic-s+zip"), (file_name, content),
        ("META-INF/signature.p7s", cms(content, signer, detached=True))])


def asic_e(files, signer, shown=None):
    """Files listed by a manifest that a CAdES signature is about. `shown`: other contents than those that were signed, by name."""
    references = "".join(
        f'<asic:DataObjectReference URI="{file_name}"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>{digest(content)}</ds:DigestValue></asic:DataObjectReference>'
        for file_name, content in files)
    manifest = ('<?xml version="1.0" encoding="UTF-8"?><asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">'
                f'<asic:SigReference URI="META-INF/signature001.p7s" MimeType="application/pkcs7-signature"/>{references}</asic:ASiCManifest>').encode()
    return archive(
        [("mimetype", b"application/vnd.etsi.asic-e+zip")] + [(file_name, (shown or {}).get(file_name, content)) for file_name, content in files]
        + [("META-INF/ASiCManifest001.xml", manifest), ("META-INF/signature001.p7s", cms(manifest, signer, detached=True))])


XADES = "http://uri.etsi.org/01903/v1.3.2#"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"


def canonical(text):
    """The exclusive canonical form of a whole document: for these, canonical XML 2.0 without options is the same."""
    return xml.etree.ElementTree.canonicalize(text).encode()


def xml_signature(references, signer, time):
    """XAdES over `references`: (URI, transforms, digest)."""
    properties = (f'<xades:SignedProperties xmlns:xades="{XADES}" Id="p1"><xades:SignedSignatureProperties><xades:SigningTime>{time}</xades:SigningTime>'
                  '</xades:SignedSignatureProperties></xades:SignedProperties>')

    def reference(uri, transforms, value, kind=""):
        steps = "".join(f'<ds:Transform Algorithm="{name}"/>' for name in transforms)
        return (f'<ds:Reference URI="{uri}"{kind}>{f"<ds:Transforms>{steps}</ds:Transforms>" if steps else ""}'
                f'<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>{value}</ds:DigestValue></ds:Reference>')

    info = (f'<ds:SignedInfo xmlns:ds="{DSIG}"><ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}"/>'
            '<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>'
            + "".join(reference(*each) for each in references)
            + reference("#p1", [EXCLUSIVE], digest(canonical(properties)), ' Type="http://uri.etsi.org/01903#SignedProperties"') + "</ds:SignedInfo>")
    return (f'<ds:Signature xmlns:ds="{DSIG}" Id="s1">{info}<ds:SignatureValue>{base64.b64encode(sign(canonical(info))).decode()}</ds:SignatureValue>'
            f'<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{base64.b64encode(signer.certificate).decode()}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>'
            f'<ds:Object><xades:QualifyingProperties xmlns:xades="{XADES}" Target="#s1">{properties}</xades:QualifyingProperties></ds:Object></ds:Signature>')


def asic_xades(files, signer, time="2026-07-03T11:12:40+03:00", shown=None):
    """Files that a XAdES signature points to."""
    signature = xml_signature([(file_name, [], digest(content)) for file_name, content in files], signer, time)
    signatures = f'<?xml version="1.0" encoding="UTF-8"?><asic:XAdESSignatures xmlns:asic="http://uri.etsi.org/02918/v1.2.1#">{signature}</asic:XAdESSignatures>'.encode()
    return archive(
        [("mimetype", b"application/vnd.etsi.asic-e+zip")] + [(file_name, (shown or {}).get(file_name, content)) for file_name, content in files]
        + [("META-INF/signatures.xml", signatures)])


def enveloped_xml(root, content, signer, time="2026-07-03T11:12:40+03:00", shown=None):
    """An XML document with its own signature at its end."""
    signature = xml_signature([("", [DSIG + "enveloped-signature", EXCLUSIVE], digest(canonical(f"<{root}>{content}</{root}>")))], signer, time)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>{shown or content}{signature}</{root}>\n'.encode()


def digest(content):
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
