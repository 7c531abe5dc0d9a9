"""A message → what an operator asks of it: where it stands, why, and what may be done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from exchange_node.domain.transmission import MOVES, Cancelled, Held, Resent, State
from exchange_node.services.stations.looking import views
from exchange_node.services.stations.looking.views import View
from exchange_node.store.audit import AuditRecord
from exchange_node.store.incoming import Incoming
from exchange_node.store.incoming import State as Kept
from exchange_node.store.outgoing import PULL, Outgoing
from exchange_node.store.records.submissions import Submission


def sent(
    one: Outgoing, *, now: datetime, rests_until: datetime | None, submission: Submission | None
) -> View:
    """Return a message of ours with its receipt, its answer, why it waits and what may be done."""
    return views.message(one) | {
        "lane": one.lane.name.lower(),
        "held_by": one.transmission.held_by,
        "agreement": one.exchange.agreement_id,
        "purpose": one.exchange.purpose,
        "ref_to_message_id": one.ref_to_message_id,
        "submission": submission.submission_id if submission else None,
        "receipt": {
            "at": one.receipted_at.isoformat() if one.receipted_at else None,
            "verdict": "signed by the partner over every part that was sent",
            "kept_as": one.receipt_id,
        }
        if one.receipt_id
        else None,
        "answer": views.answer(one),
        "waits": _waits(one, now, rests_until),
        "may": _may(one),
    }


def received(one: Incoming) -> View:
    """Return a message of a partner's: what became of it and what may be done."""
    return {
        "partner": one.sender,
        "state": one.state.value,
        "received_at": one.received_at.isoformat(),
        "settled_at": one.settled_at.isoformat() if one.settled_at else None,
        "header": dict(one.header),
        "verdict": dict(one.verdict),
        "repeats": one.repeats,
        "last_repeat_at": one.last_repeat_at.isoformat() if one.last_repeat_at else None,
        "attempts": one.attempts,
        "waits": {
            Kept.KEPT: "to be filed",
            Kept.PARKED: "for a person: filing it failed again and again",
        }.get(one.state, ""),
        "may": ["unpark"] if one.state is Kept.PARKED else [],
    }


def trail(records: Sequence[AuditRecord]) -> list[View]:
    """Return what happened, the first thing first."""
    return [
        {
            "at": one.at.isoformat(),
            "by": one.actor,
            "what": one.action,
            "facts": {name: value for name, value in one.facts.items() if value},
        }
        for one in reversed(records)
    ]


def _waits(one: Outgoing, now: datetime, rests_until: datetime | None) -> str:
    transmission = one.transmission
    if transmission.held_by:
        return f"held by {transmission.held_by}: {transmission.last_error}"
    if transmission.due_at is None:
        return ""
    again_at = transmission.due_at.isoformat()
    if transmission.state is State.HELD:
        return f"{transmission.last_error}; looked at again at {again_at}"
    if one.binding == PULL:
        pulled = f"for its receipt; handed out again from {again_at}"
        return pulled if transmission.tries else f"for the partner to pull it from {one.mpc}"
    if transmission.due_at > now:
        return f"for the next try, at {again_at}: {transmission.last_error}"
    return _turn(now, rests_until)


def _turn(now: datetime, rests_until: datetime | None) -> str:
    if rests_until is not None and rests_until > now:
        return f"for its turn: the partner's pace lets the next go at {rests_until.isoformat()}"
    return "for nothing: it goes as soon as a place is free"


def _may(one: Outgoing) -> list[str]:
    transmission = one.transmission
    allowed = {
        "hold": (transmission.state, Held) in MOVES and not transmission.held_by,
        "release": bool(transmission.held_by),
        "cancel": (transmission.state, Cancelled) in MOVES,
        "resend": (transmission.state, Resent) in MOVES,
    }
    return [word for word, is_allowed in allowed.items() if is_allowed]
