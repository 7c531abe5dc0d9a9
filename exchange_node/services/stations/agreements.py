"""Which agreements this node holds right now, read from the store, each text parsed once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import Connection, Engine

from exchange_node.domain.agreement import Administration, Agreement, Grant
from exchange_node.domain.message import Exchange
from exchange_node.ebms.pmodes.derivation import Derivation
from exchange_node.ebms.pmodes.matching import PModes
from exchange_node.policy.gates import HeldAgreement
from exchange_node.policy.text.reading import read_agreement
from exchange_node.store.admission import agreements
from exchange_node.store.database import reading


def held_agreements(conn: Connection) -> tuple[HeldAgreement, ...]:
    """Return every agreement this node holds, in whatever state."""
    return tuple(
        HeldAgreement(agreement=_parsed(one.text, one.agreement_id), state=one.state)
        for one in agreements.known(conn)
    )


def agreed_now(engine: Engine, derivation: Derivation) -> PModes:
    """Return what is agreed at this moment."""
    with reading(engine) as conn:
        return agreed_under(held_agreements(conn), derivation)


def agreed_under(held: Sequence[HeldAgreement], derivation: Derivation) -> PModes:
    """Return what these agreements agree."""
    return derivation.of([one.agreement for one in held])


def exchange_under(
    agreement: Agreement,
    grant: Grant,
    *,
    own: Administration,
    recipient: str,
    code: str,
    purpose: str,
) -> Exchange:
    """Return the exchange of a message of ours that a grant of an agreement covers."""
    return Exchange(
        sender=str(own.party),
        recipient=recipient,
        code=code,
        agreement_id=agreement.agreement_id,
        agreement_version=agreement.version,
        agreement_digest=agreement.digest,
        grant=grant.grant_id,
        purpose=purpose,
        handling=grant.handling.value,
        test=own.test,
    )


# A pure function of its text: the same text is the same agreement for ever.
@lru_cache(maxsize=256)
def _parsed(text: str, name: str) -> Agreement:
    return read_agreement(text, name)
