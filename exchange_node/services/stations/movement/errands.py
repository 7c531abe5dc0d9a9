"""What a node does about movements by itself, soon or on a day: left as duties, done by a walk.

Leaving one twice is leaving it once; of several machines one is given it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Connection

from exchange_node.domain.manifest import TransitManifest
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.store import duties
from exchange_node.store.movements.views import KeptMovement

ASK = "movement-ask"
"""Ask partners for what a parked message waits for."""

ANSWER = "movement-answer"
"""Tell a partner that asked where a movement stands, and send again what was lost."""

ENQUIRE = "movement-enquire"
"""Begin the enquiry if the movement has not arrived; `ref` is its number."""

REPLY_DUE = "movement-reply-due"
"""Tell the desk if an enquiry has not come to its end; `ref` is the movement's number."""

CLOCKS = {ENQUIRE: "enquiry", REPLY_DUE: "reply"}
"""What is due when such a duty is, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What a parked message waits for.

    Attributes:
        sender, message_id: the message.
        number: the official number of its movement.
        ask: party ids of those who may know.
        what: what is missing, for people.
    """

    sender: str
    message_id: str
    number: str
    ask: list[str]
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A partner's question: the number of the movement's row, who asked, in which message."""

    movement: int
    partner: str
    message_id: str


def leave_ask(conn: Connection, missing: Missing, at: datetime) -> None:
    """Leave it to ask for what is missing."""
    duties.leave(conn, ASK, json.dumps(asdict(missing), sort_keys=True), at)


def missing_of(ref: str) -> Missing:
    """Return what `leave_ask` wrote."""
    return Missing(**json.loads(ref))


def leave_answer(conn: Connection, asked: Asked, at: datetime) -> None:
    """Leave it to answer a partner's question."""
    duties.leave(conn, ANSWER, json.dumps(asdict(asked), sort_keys=True), at)


def asked_of(ref: str) -> Asked:
    """Return what `leave_answer` wrote."""
    return Asked(**json.loads(ref))


def leave_enquiry(
    conn: Connection,
    kept: KeptMovement,
    manifest: TransitManifest,
    agreement_id: str,
    agreements: Iterable[HeldAgreement],
) -> None:
    """Leave it to enquire after the time limit, as the agreement it was sent under says.

    Nothing is left where the manifest has no limit, or the agreement counts no days.
    """
    days = [
        days
        for one in agreements
        if one.agreement.agreement_id == agreement_id
        and one.agreement.requests is not None
        and (days := one.agreement.requests.clocks.enquiry_start_days) is not None
    ]
    if manifest.limit_date is None or not days:
        return
    passed = datetime.combine(manifest.limit_date, time.min, UTC) + timedelta(days=1)
    duties.leave(conn, ENQUIRE, str(kept.number), passed + timedelta(days=min(days)))


def leave_reply_due(
    conn: Connection, kept: KeptMovement, agreements: Iterable[HeldAgreement], now: datetime
) -> None:
    """Leave it to look after an enquiry, on the earliest day that an agreement names."""
    days = [
        days
        for one in agreements
        if {party.node for party in one.agreement.parties} <= set(kept.route.parties)
        and one.agreement.requests is not None
        and (days := one.agreement.requests.clocks.enquiry_answer_days) is not None
    ]
    if days:
        duties.leave(conn, REPLY_DUE, str(kept.number), now + timedelta(days=min(days)))
