"""All samples, set by set."""

from . import set_eforms, set_family

SETS = (set_eforms, set_family)


def all_messages():
    return [message for module in SETS for message in module.messages()]
