"""What a node does about movements by itself, soon or on a day: left as duties, done by a walk.

Leaving one twice is leaving it once; of several machines one is given it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.manifest import TransitManifest
from exchange_node.domain.movement import CODES_OF, Event
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.times import among, least, longest, passed, recovery_begins
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.store import duties
from exchange_node.store.movements import views
from exchange_node.store.movements.views import KeptMovement

ASK = "movement-ask"
"""Ask partners for what a parked message waits for."""

ANSWER = "movement-answer"
"""Tell a partner that asked where a movement stands, and send again what was lost."""

ENQUIRE = "movement-enquire"
"""Begin the enquiry if the movement has not arrived; `ref` is its number."""

REPLY_DUE = "movement-reply-due"
"""Tell the desk if an enquiry has not come to its end; `ref` is the movement's number."""

RECOVER = "movement-recover"
"""Begin the recovery if nothing proves that the movement arrived; `ref` is its number."""

COMPETENCE_DUE = "movement-competence-due"
"""Tell the desk if nobody said who recovers; `ref` is the movement's number."""

RESULTS_DUE = "movement-results-due"
"""Tell the desk if nobody said what the control found; `ref` is the movement's number."""

RESULTS_ENQUIRE = "movement-results-enquire"
"""Enquire after results that nobody told; `ref` is the movement's number."""

DISCHARGE_DUE = "movement-discharge-due"
"""Tell the desk if what may be discharged was not; `ref` is the movement's number."""

MANIFEST_DUE = "movement-manifest-due"
"""Tell the desk if a manifest that was asked for does not come; `ref`: our request's MessageId."""

NODE = "node"
"""Who acts where no person does."""

CLOCKS = {
    ENQUIRE: "enquiry",
    REPLY_DUE: "reply",
    RECOVER: "recovery",
    COMPETENCE_DUE: "competence",
    RESULTS_DUE: "results",
    RESULTS_ENQUIRE: "results enquiry",
    DISCHARGE_DUE: "discharge",
}
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


def leave_limits(
    conn: Connection,
    kept: KeptMovement,
    manifest: TransitManifest,
    sent_under: Collection[tuple[str, int]],
    agreements: Collection[HeldAgreement],
) -> None:
    """Leave it to enquire, and later to recover, after the time limit of a manifest has passed.

    How long after it is text of the agreements that it was sent under (`sent_under`: their ids
    and versions), of several the earliest. A new limit takes the place of the one before. Nothing
    changes where the manifest has no limit, or the agreements count no time.
    """
    if manifest.limit_date is None:
        return
    ref = str(kept.number)
    days = least(_named(sent_under, agreements), "enquiry_start_days")
    if days is not None:
        duties.drop(conn, ENQUIRE, ref)
        duties.leave(conn, ENQUIRE, ref, passed(manifest.limit_date) + timedelta(days=days))
    begins = note_stage(conn, kept, manifest, sent_under, agreements)
    if begins is not None:
        duties.drop(conn, RECOVER, ref)
        duties.leave(conn, RECOVER, ref, begins)


def note_stage(
    conn: Connection,
    kept: KeptMovement,
    manifest: TransitManifest,
    sent_under: Collection[tuple[str, int]],
    agreements: Iterable[HeldAgreement],
) -> datetime | None:
    """Note when the stage of recovery begins, and return it; None where it never does.

    It gives answers another time, at whoever asks and at whoever is asked.
    """
    months = least(_named(sent_under, agreements), "recovery_start_months")
    if manifest.limit_date is None or months is None:
        return None
    begins = recovery_begins(manifest.limit_date, months)
    views.set_recovery(conn, kept.number, begins)
    return begins


def _named(
    versions: Collection[tuple[str, int]], agreements: Iterable[HeldAgreement]
) -> list[HeldAgreement]:
    return [
        one for one in agreements if (one.agreement.agreement_id, one.agreement.version) in versions
    ]


def drop_limits(conn: Connection, kept: KeptMovement) -> None:
    """Forget until when a movement was to arrive: the text that said so holds no more."""
    for clock in (ENQUIRE, RECOVER):
        duties.drop(conn, clock, str(kept.number))
    views.set_recovery(conn, kept.number, None)


def leave_answer_due(
    conn: Connection,
    kept: KeptMovement,
    event: Event,
    agreements: Iterable[HeldAgreement],
    now: datetime,
) -> None:
    """Leave it to look after an answer to what we ask, when nobody has time left for it.

    A new enquiry has a time of its own, whatever an earlier one had.
    """
    under, ref = among(agreements, kept.route.parties, now), str(kept.number)
    if event is Event.ENQUIRY:
        duties.drop(conn, REPLY_DUE, ref)
        due = answer_due(kept, under, now)
        if due is not None:
            duties.leave(conn, REPLY_DUE, ref, due)
    elif event is Event.RECOVERY:
        days = least(under, "recovery_acknowledge_days")
        if days is not None:
            duties.leave(conn, COMPETENCE_DUE, ref, now + timedelta(days=days))


def leave_manifest_due(
    conn: Connection,
    sent: Iterable[Prepared],
    agreements: Collection[HeldAgreement],
    now: datetime,
) -> None:
    """Leave it to look after the manifests that any of these messages asks for."""
    for one in sent:
        if one.exchange.code != CODES_OF[Event.REQUEST]:
            continue
        due = manifest_due(agreements, {one.exchange.sender, one.exchange.recipient}, now)
        if due is not None:
            duties.leave(conn, MANIFEST_DUE, one.message_id, due)


def manifest_due(
    agreements: Iterable[HeldAgreement], between: Iterable[str], asked_at: datetime
) -> datetime | None:
    """Return until when a manifest is given to who asks for it; None where no clock says so."""
    hours = least(among(agreements, between, asked_at), "manifest_answer_hours")
    return asked_at + timedelta(hours=hours) if hours is not None else None


def answer_due(
    kept: KeptMovement, agreements: Iterable[HeldAgreement], asked_at: datetime
) -> datetime | None:
    """Return until when an enquiry of a moment may be answered; None where no clock says so.

    Of several who are asked each has the time of its own agreement; here the longest counts. Who
    is asked at the stage of recovery has the time that agreements give there; who was asked before
    it, or where they give none, that of an enquiry.
    """
    under = list(agreements)
    days = longest(under, "enquiry_answer_days")
    if kept.is_to_be_recovered(asked_at):
        days = longest(under, "recovery_answer_days") or days
    return asked_at + timedelta(days=days) if days is not None else None


def leave_results_due(
    conn: Connection,
    kept: KeptMovement,
    agreements: Iterable[HeldAgreement],
    arrived_at: datetime,
    *,
    is_authorised: bool,
    is_departure: bool,
) -> None:
    """Leave it to look after the results of a control, counted from the arrival.

    The time is that of the agreement between departure and destination: nobody else tells them.

    Args:
        is_authorised: it arrived at an authorised consignee, which agreements may give more time.
        is_departure: this node enquires after them, though never before they are due.
    """
    ends = {kept.route.departure, kept.route.destination}
    under, ref = among(agreements, ends, arrived_at), str(kept.number)
    days = least(under, "results_days")
    if is_authorised:
        days = least(under, "results_authorised_days") or days
    if days is not None:
        duties.leave(conn, RESULTS_DUE, ref, arrived_at + timedelta(days=days))
    enquired = least(under, "results_enquiry_days")
    if is_departure and enquired is not None:
        after = timedelta(days=max(enquired, days or 0))
        duties.leave(conn, RESULTS_ENQUIRE, ref, arrived_at + after)


def leave_discharge_due(
    conn: Connection, kept: KeptMovement, agreements: Iterable[HeldAgreement], now: datetime
) -> None:
    """Leave it to look after the discharge of a movement whose results were told just now.

    All who take part wait to be told of it, so the shortest time of their agreements counts.
    """
    days = least(among(agreements, kept.route.parties, now), "discharge_days")
    if days is not None:
        duties.leave(conn, DISCHARGE_DUE, str(kept.number), now + timedelta(days=days))


def drop_discharge_due(conn: Connection, kept: KeptMovement) -> None:
    """Look after no discharge any more: the movement is discharged, or recovered instead."""
    duties.drop(conn, DISCHARGE_DUE, str(kept.number))
