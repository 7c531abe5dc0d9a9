"""Matter, paper → what the view gate asks of it; who acts on a matter has to see it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine

from exchange_node.domain.access import Actor
from exchange_node.domain.agreement import Handling
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.retention import Kept
from exchange_node.policy.viewing import Came, Subject
from exchange_node.services.stations.assistance.showing import SUBJECT
from exchange_node.services.stations.looking.gate import Looked, require_view
from exchange_node.store.records.assistance.cases import Case
from exchange_node.store.records.assistance.papers import Paper
from exchange_node.store.records.held import Direction

_NEVER = datetime(9999, 12, 30, tzinfo=UTC)
"""When the line of a matter ends: it has codes and numbers alone; papers say what was said."""


def require_case_seen(engine: Engine, actor: Actor, at: datetime, case: Case) -> None:
    """Pass whoever may see a request that came, before it is replied to; the look is written down.

    Raises:
        UnknownRecordError: the actor may not know of it; said as of one that never came.
        NotPermittedError: the actor's purposes do not cover it.
    """
    try:
        require_view(
            engine,
            actor,
            at,
            case_looked_at(case),
            action="look.assistance",
            kind=SUBJECT,
            key=case.reference,
        )
    except UnknownRecordError:
        raise UnknownRecordError(kind="received request", key=case.reference) from None


def case_looked_at(case: Case) -> Looked:
    """Return a matter as the gate asks of it."""
    exchange = case.exchange
    came = Came(
        agreement_id=exchange.agreement_id,
        version=exchange.agreement_version,
        grant=exchange.grant,
        purpose=exchange.purpose,
        kept_since=case.stored_at,
        delete_after=_NEVER,
    )
    return Looked(
        subject=Subject(
            kind=SUBJECT,
            key=case.reference,
            handling=Handling(exchange.handling),
            came=came if case.direction is Direction.RECEIVED else None,
        ),
        kept=Kept.ASSISTANCE,
        held_as=case.subject,
    )


def paper_looked_at(one: Paper) -> Looked:
    """Return a paper as the gate asks of it; one of our own has no retention."""
    came = (
        Came(
            agreement_id=one.agreement_id,
            version=one.agreement_version,
            grant=one.grant_id,
            purpose=one.purpose,
            kept_since=one.kept_since,
            delete_after=one.delete_after,
        )
        if one.kept_since is not None and one.delete_after is not None
        else None
    )
    return Looked(
        subject=Subject(
            kind=SUBJECT,
            key=one.reference,
            handling=Handling(one.handling),
            came=came,
            disposed_at=one.disposed_at,
        ),
        kept=Kept.ASSISTANCE,
        held_as=one.subject,
    )
