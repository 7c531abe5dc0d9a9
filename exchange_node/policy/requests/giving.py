"""Grant + code → does it move on request alone; request + message → may it be given on it?

A grant of the mode `on_request` lets information go to whoever has asked for it, while the request
is open (JC 3, 5 to 8). What asks, answers or orders brings no information of its own accord: the
request itself, what is said to it (the register keeps it to its request), answers to other
messages, requests for consent, and what outlives an agreement.
"""

from __future__ import annotations

from exchange_node.domain.agreement import Grant, Mode
from exchange_node.domain.message import ANSWERS, OUTLIVING
from exchange_node.policy.checks import Code
from exchange_node.policy.deciding import Ask

ASKING = frozenset({"MA-010", "MA-030"})
"""Codes of requests: for assistance, and for consent to a further use."""

UNASKED = ASKING | frozenset(ANSWERS) | OUTLIVING
"""Codes that need no request to stand, whatever the mode of their grant."""


def wants_request(grant: Grant, code: str) -> bool:
    """Return whether a message goes under a grant only where it was asked for."""
    return grant.mode is Mode.ON_REQUEST and code not in UNASKED


def asked_for(grant: Grant, ask: Ask) -> list[tuple[Code, bool]]:
    """Return the check that is asked only where a grant lets a message go on request alone."""
    if not wants_request(grant, ask.code) or not ask.is_request_known:
        return []
    stands = ask.given_on is not None and ask.given_on.stands(
        between=(ask.sender, ask.recipient), test=ask.test, made_at=ask.made_at
    )
    return [(Code.NO_REQUEST, stands)]
