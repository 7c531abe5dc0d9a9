"""Agreements that need no countersignature: what nodes say to each other of their exchange.

`agreement` is their form, `founding` the one for agreements, `accounting` the one for the daily
account of what was exchanged, `availability` those for when a node is away or there, `office` the
one of a node and its offices. `standing` finds the one that a code passes under.
"""

from functools import lru_cache

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.standing.accounting import ACCOUNTING
from exchange_node.domain.standing.agreement import STANDING_PURPOSE, StandingAgreement
from exchange_node.domain.standing.availability import AVAILABILITY, PRESENCE
from exchange_node.domain.standing.founding import FOUNDING
from exchange_node.domain.standing.office import OFFICE

STANDING = (FOUNDING, ACCOUNTING, AVAILABILITY, PRESENCE, OFFICE)
STANDING_IDS = frozenset(one.agreement_id for one in STANDING)
"""No agreement that people write bears one of these names."""

_BY_CODE = {code: one for one in STANDING for code in one.codes}
STANDING_CODES = frozenset(_BY_CODE)

__all__ = [
    "ACCOUNTING",
    "AVAILABILITY",
    "FOUNDING",
    "OFFICE",
    "PRESENCE",
    "STANDING",
    "STANDING_CODES",
    "STANDING_IDS",
    "STANDING_PURPOSE",
    "StandingAgreement",
    "standing",
]


# Pure: the same two are told the same.
@lru_cache(maxsize=512)
def standing(code: str, sender: str, recipient: str, *, test: bool) -> Agreement | None:
    """Return what a message of this code passes under; None where people have to agree on it."""
    found = _BY_CODE.get(code)
    return None if found is None else found.between(sender, recipient, test=test)
