"""Which agreements this node holds right now, read from the store, each text parsed once."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Connection

from exchange_node.domain.agreement import Agreement
from exchange_node.policy.agreement_text import read_agreement
from exchange_node.policy.gates import HeldAgreement
from exchange_node.store.admission import agreements


def held_agreements(conn: Connection) -> tuple[HeldAgreement, ...]:
    """Return every agreement this node holds, in whatever state."""
    return tuple(
        HeldAgreement(agreement=_parsed(one.text, one.agreement_id), state=one.state)
        for one in agreements.known(conn)
    )


# A pure function of its text: the same text is the same agreement for ever.
@lru_cache(maxsize=256)
def _parsed(text: str, name: str) -> Agreement:
    return read_agreement(text, name)
