"""Which agreements this node holds right now, read from the store, each text parsed once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

import structlog
from sqlalchemy import Connection, Engine

from exchange_node.domain.agreement import Administration, Agreement, Grant
from exchange_node.domain.countersigning.life import Stage
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import InvalidAgreementError, NotPermittedError
from exchange_node.domain.message import Exchange
from exchange_node.domain.standing import OFFICE
from exchange_node.domain.transmission import Cancelled, Held
from exchange_node.ebms.pmodes.derivation import Derivation
from exchange_node.ebms.pmodes.matching import PModes
from exchange_node.policy.gates import HeldAgreement, permit_leaving
from exchange_node.policy.text.reading import read_agreement
from exchange_node.policy.verdict import CHECKS, Code
from exchange_node.services.stations.giving import named_in
from exchange_node.store.admission import agreements
from exchange_node.store.admission.agreements import KeptVersion
from exchange_node.store.database import reading
from exchange_node.store.outgoing import Outgoing

log = structlog.get_logger()


def held_agreements(conn: Connection) -> tuple[HeldAgreement, ...]:
    """Return every version of an agreement this node holds and can read, in whatever stage."""
    return tuple(held for one in agreements.known(conn) if (held := held_version(one)) is not None)


def held_version(kept: KeptVersion) -> HeldAgreement | None:
    """Return a version as the gates weigh it; None where its text cannot be read any more.

    Such a text was kept by an older node, as a shape that this one does not know. It counts as
    absent: nothing moves under it, and everything else does.
    """
    agreement = readable(kept.text, kept.agreement_id)
    if isinstance(agreement, InvalidAgreementError):
        return None
    bond = kept.bond
    return HeldAgreement(
        agreement=agreement,
        stage=bond.stage,
        is_suspended=bool(bond.suspended_by),
        suspended_grants=bond.suspended_grants,
        ended_on=day_of(bond.ended_at) if bond.ended_at else None,
        agreed_at=bond.agreed_at,
    )


def grant_under(
    held: Iterable[HeldAgreement], agreement_id: str, version: int, grant_id: str
) -> tuple[HeldAgreement, Grant] | None:
    """Return the version and the grant that a record came under; None where it is not held."""
    for one in held:
        if (one.agreement.agreement_id, one.agreement.version) == (agreement_id, version):
            grant = one.agreement.grant(grant_id)
            return None if grant is None else (one, grant)
    return None


def standing_under(exchange: Exchange) -> HeldAgreement | None:
    """Return what an office's own node was told something under, which is in no store."""
    if exchange.agreement_id != OFFICE.agreement_id:
        return None
    between = OFFICE.between(exchange.sender, exchange.recipient, test=exchange.test)
    return HeldAgreement(agreement=between, stage=Stage.AGREED)


def agreement_under(held: Iterable[HeldAgreement], exchange: Exchange) -> Agreement:
    """Return the version of an agreement that an exchange names, whatever has become of it.

    Raises:
        NotPermittedError: no version with that digest is held here.
    """
    for one in held:
        if one.agreement.digest == exchange.agreement_digest:
            return one.agreement
    raise NotPermittedError(
        denial=Code.NO_AGREEMENT.value,
        clause="deny by default",
        reason=f"{exchange.agreement_id} with this digest is not held here",
    )


def stopped(
    conn: Connection,
    held: Iterable[HeldAgreement],
    outgoing: Outgoing,
    now: datetime,
    patience: timedelta,
) -> Held | Cancelled | None:
    """Return what keeps a finished message back at this moment; None where it may leave.

    What is denied is held, since it may be permitted again. What never is any more, since its
    version was terminated, has expired, or gave way to a newer one for longer than `patience` or
    than the newer one says, is taken back, and a person is told what to do instead.
    """
    verdict = permit_leaving(
        held,
        outgoing.exchange,
        day_of(now),
        made_at=outgoing.queued_at,
        patience=patience,
        given_on=named_in(conn, outgoing.exchange, outgoing.ref_to_message_id),
    )
    if verdict.is_permitted:
        return None
    said = f"{verdict.code} {verdict.text}"
    if verdict.is_final:
        return Cancelled(now, "", f"{said}. {CHECKS[verdict.code].mend}")
    return Held(now, said)


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
@lru_cache(maxsize=4096)
def parsed(text: str, name: str) -> Agreement:
    """Return the agreement of a text that was read before.

    Raises:
        InvalidAgreementError: an older node read it, and this one cannot.
    """
    return read_agreement(text, name)


@lru_cache(maxsize=4096)
def readable(text: str, name: str) -> Agreement | InvalidAgreementError:
    """Return the agreement of a kept text, or why it cannot be read, which is logged once."""
    try:
        return parsed(text, name)
    except InvalidAgreementError as err:
        log.warning("agreement_cannot_be_read", agreement=name, why=str(err))
        return err
