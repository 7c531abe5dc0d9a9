"""Lanes: who goes first among the messages that wait, on the way out and on the way in."""

from __future__ import annotations

from enum import IntEnum

from exchange_node.domain.message import BUSINESS_ANSWER, CODES, Service
from exchange_node.domain.standing import FOUNDING

ALERTS_BETWEEN = 3
"""Alerts that are filed between two others while both wait (our choice): whoever floods a node with
alerts keeps no manifest out."""


class Lane(IntEnum):
    """Who goes first among what is due."""

    ALERT = 0
    ANSWER = 1
    MANIFEST = 2
    BACKLOG = 3
    """What an outage of the partner left behind; it takes turns with what is fresh."""


def lane_out(code: str) -> Lane:
    """Return the lane of a message that leaves."""
    if code == BUSINESS_ANSWER:
        return Lane.ANSWER
    # A suspension overtakes what waits, as an alert does.
    if CODES[code].service is Service.RISK or code in FOUNDING.codes:
        return Lane.ALERT
    return Lane.MANIFEST


def lane_in(code: str) -> Lane:
    """Return the lane of a message that waits to be filed, by its code.

    Alerts and what is said of them go before; all else stays in the order in which it came, since
    one message may build on another. An agreement that changed meanwhile changes nothing that came
    before it.
    """
    known = CODES.get(code)
    return Lane.ALERT if known is not None and known.service is Service.RISK else Lane.MANIFEST
