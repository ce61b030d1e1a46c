"""Electronic signatures of the samples: CMS (RFC 5652) with a certificate that names whom one invents. Nobody vouches for it, and nobody should.

One fixed key for all: the same bytes on every run.
"""

import hashlib

# An RSA key made for these samples alone: whoever reads this has it, too.
MODULUS = int(
    "a19d2cc5ffd3c0c5aaf39d06660406197d60d890dc740934d89a51e90bdca0cd9ccedc1b38a8b21ace661b4334146cde2c7054ff13b0b5a0cdd86a45"
    "a9e44ca73227bf97b4b99b3e1944e94a8556355de1bc25930a1a97ef7edd8880aa21fdf4b903e118021c62b3486ee0433baebaf8830af60ad73bc290"
    "6144132b254be71861ee7bdad3682499ce39a76150bad327a09fb342e2edd0ad7fc404324e58df6513b3c7d8a6b8475c8fbed14c47280c61b2c63f22"
    "28b9dd3ff55b9c21c9ea2c2075b60cd8b6a6db55ac486aceb0f47b689744ac4b649a52b5ad86c3c63046eb52b21256a1bf9a778e52dca6237b1543a6"
    "7b8cb355401c2f63ea495483f7e5c21f", 16)
PRIVATE = int(
    "7e4ab78a4d4dc9a958db3681f6dbd373127f1e680008cd33a1703697742587a37ae8f67d19dc4f673de89cb54f7ab14de25185ef8410e5b386284579"
    "058cda39c2ffe76b4301d29c1c5db57b53e6f79d284c4185e8b20f63a032b8a63da28289e8156d4e62ed3ba94e43c161c8bf2a6cb8e5553a9e2747a0"
    "fbe143f970be77bf5fd1642ef44be5ef627286f7298c565917eae7354425b55d3097b7aa4f5fa77757d2ad47d0e25a70f54a2eba65f49ac4460179e0"
    "8f920757c1348712052ee675706ef3dd80921f9ecdbbf1978376c95957c6ff0b58709b89e3a6a537c23da308650865df620ea258677df57a931147c0"
    "4e0c5604d1af1b8c97908bf839a1189", 16)


def der(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def sequence(*parts):
    return der(0x30, *parts)


def set_of(*parts):
    return der(0x31, *sorted(parts))


def integer(value):
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted):
    numbers = [int(n) for n in dotted.split(".")]
    out = bytes([numbers[0] * 40 + numbers[1]])
    for number in numbers[2:]:
        piece = [number & 0x7F]
        while number := number >> 7:
            piece.append(0x80 | number & 0x7F)
        out += bytes(reversed(piece))
    return der(0x06, out)


NULL = der(0x05)
SHA256 = sequence(oid("2.16.840.1.101.3.4.2.1"), NULL)
RSA = sequence(oid("1.2.840.113549.1.1.1"), NULL)
SHA256_RSA = sequence(oid("1.2.840.113549.1.1.11"), NULL)
DATA = oid("1.2.840.113549.1.7.1")
NAMES = {"CN": "2.5.4.3", "O": "2.5.4.10", "OU": "2.5.4.11", "ST": "2.5.4.8", "serialNumber": "2.5.4.5", "organizationIdentifier": "2.5.4.97"}


def rsa(data):
    info = sequence(SHA256, der(0x04, hashlib.sha256(data).digest()))
    padded = b"\0\1" + b"\xff" * (256 - 3 - len(info)) + b"\0" + info
    return pow(int.from_bytes(padded, "big"), PRIVATE, MODULUS).to_bytes(256, "big")


def name(**attributes):
    return sequence(*[set_of(sequence(oid(NAMES[key]), der(0x0C, value.encode()))) for key, value in attributes.items()])


def time(text):
    """UTCTime: `260703081240Z`."""
    return der(0x17, text.encode())


def certificate(subject):
    key = sequence(RSA, der(0x03, b"\0" + sequence(integer(MODULUS), integer(65537))))
    body = sequence(der(0xA0, integer(2)), integer(SERIAL), SHA256_RSA, ISSUER, sequence(time("200101000000Z"), time("491231235959Z")), subject, key)
    return sequence(body, SHA256_RSA, der(0x03, b"\0" + rsa(body)))


SERIAL = 4660
ISSUER = name(CN="Издател за проби", O="intake-robot samples")


def signed(content, subject, signing_time=None, detached=False):
    """SignedData in DER. `subject` as `name` takes it; `signing_time` as `time` takes it, left out as PAdES wants it when `None`."""
    signer = certificate(name(**subject))
    attributes = [
        sequence(oid("1.2.840.113549.1.9.3"), set_of(DATA)),
        sequence(oid("1.2.840.113549.1.9.4"), set_of(der(0x04, hashlib.sha256(content).digest()))),
        sequence(oid("1.2.840.113549.1.9.16.2.47"), set_of(sequence(sequence(sequence(der(0x04, hashlib.sha256(signer).digest())))))),
    ]
    if signing_time:
        attributes.append(sequence(oid("1.2.840.113549.1.9.5"), set_of(time(signing_time))))
    body = b"".join(sorted(attributes))
    info = sequence(
        integer(1), sequence(ISSUER, integer(SERIAL)), SHA256, der(0xA0, body), RSA, der(0x04, rsa(der(0x31, body))))
    inside = sequence(DATA) if detached else sequence(DATA, der(0xA0, der(0x04, content)))
    data = sequence(integer(1), der(0x31, SHA256), inside, der(0xA0, signer), der(0x31, info))
    return sequence(oid("1.2.840.113549.1.7.2"), der(0xA0, data))
