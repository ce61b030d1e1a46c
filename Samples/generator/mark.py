"""The mark of an intake-robot in a subject, written from its description: `[ir1-environment-epoch-message-kind-check]`."""

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def mark(environment, epoch, message, kind):
    content = f"ir1-{environment}-{epoch}-{message}-{kind}"
    value = 2166136261
    for byte in content.encode():
        value = (value ^ byte) * 16777619 % 2**32
    return f"[{content}-{ALPHABET[value >> 27]}{ALPHABET[value >> 22 & 31]}]"
