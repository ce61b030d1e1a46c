"""All samples, set by set."""

from . import (
    set_children,
    set_circumstances,
    set_citizens,
    set_classic,
    set_delivery,
    set_disability,
    set_eforms,
    set_family,
    set_formats,
    set_institutions,
    set_machines,
    set_odd,
    set_offices,
    set_pdf,
    set_requests,
    set_risk,
    set_signed,
    set_voices,
)

# A new set goes to the end: message numbers and senders are given in this order.
SETS = (
    set_eforms,
    set_classic,
    set_family,
    set_disability,
    set_children,
    set_citizens,
    set_institutions,
    set_machines,
    set_delivery,
    set_odd,
    set_pdf,
    set_signed,
    set_requests,
    set_voices,
    set_offices,
    set_risk,
    set_circumstances,
    set_formats,
)


def all_messages():
    return [message for module in SETS for message in module.messages()]
