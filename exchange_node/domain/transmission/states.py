"""How far one message has come on its way to a partner.

This is AS4's reception awareness (OASIS AS4 Profile 1.0, section 3.2) and nothing else: it reads
no bytes, opens no connection and has no clock. Facts go in as events, each with its moment; a new
`Transmission` comes out.

    QUEUED ──Sent──▶ AWAITING_RECEIPT ──ReceiptArrived──▶ RECEIPTED
      │ ↻ Failed        │ ↻ Sent, Failed ──ErrorArrived──▶ REFUSED ──Resent──▶ QUEUED
      ├──────Held───────┼──▶ HELD ──Released──▶ QUEUED
      ├────Cancelled────┼──▶ CANCELLED ────────ReceiptArrived──▶ RECEIPTED_LATE
      └─GaveUp, Unproven┴──▶ MISSING_RECEIPT ──ReceiptArrived──▶ RECEIPTED_LATE
                               └──Resent──▶ QUEUED
    RECEIPTED, RECEIPTED_LATE ──AskedAgain──▶ QUEUED

Rule 1: every move is a row of `MOVES`; docs/transmission.md is drawn from it.
Rule 2: a try sends the same bytes under the same MessageId (section 3.2), so a receipt of any try
is a receipt of the message.
Rule 3: a receipt wins over every timer and every hand, whenever it comes.
Rule 4: what is pulled goes the same way: each pull is a try (`Sent`), and its receipt or error
comes on a request of its own (`by_itself`).
Rule 5: what an operator holds, an operator releases; what comes back meanwhile changes no more.
Rule 6: what the partner gave a receipt for and has lost since goes again when it asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from exchange_node.domain.errors import IllegalTransitionError
from exchange_node.domain.transmission.retry import Retry


class State(StrEnum):
    """Where a transmission stands."""

    QUEUED = "queued"
    AWAITING_RECEIPT = "awaiting-receipt"
    HELD = "held"
    RECEIPTED = "receipted"
    RECEIPTED_LATE = "receipted-late"
    REFUSED = "refused"
    MISSING_RECEIPT = "missing-receipt"
    CANCELLED = "cancelled"


FINAL = frozenset(
    {
        State.RECEIPTED,
        State.RECEIPTED_LATE,
        State.REFUSED,
        State.MISSING_RECEIPT,
        State.CANCELLED,
    }
)
"""States in which nothing more is sent; a late receipt is still recorded."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The bytes left and no answer came that settles the matter."""

    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """The bytes did not reach the partner."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class ReceiptArrived:
    """A verified receipt for exactly these bytes.

    `by_itself`: on a request of its own, so that the try it answers is counted already.
    """

    at: datetime
    by_itself: bool = False


@dataclass(frozen=True, slots=True)
class ErrorArrived:
    """The partner refused the message for good; `by_itself` as in `ReceiptArrived`."""

    at: datetime
    ebms_code: str
    why: str = ""
    by_itself: bool = False


@dataclass(frozen=True, slots=True)
class Unproven:
    """What came as a receipt does not prove it (EBMS:0302 to the operator)."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Held:
    """An operator (`by`), the agreement, or a partner that is away keeps the message back.

    `until`: when to look again where that is known.
    """

    at: datetime
    why: str
    by: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Released:
    """What held the message is gone, or an operator (`by`) lets it go on."""

    at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """An operator (`by`), the end of the agreement, or a partner's being away took it back."""

    at: datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Resent:
    """An operator lets the same bytes go once more, with all tries before them."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """The partner gave a receipt, and by its account holds the message no more."""

    at: datetime


@dataclass(frozen=True, slots=True)
class GaveUp:
    """The last try passed without a receipt (EBMS:0301 to the operator)."""

    at: datetime


Event = (
    Sent
    | Failed
    | ReceiptArrived
    | ErrorArrived
    | Unproven
    | Held
    | Released
    | Cancelled
    | Resent
    | AskedAgain
    | GaveUp
)

MOVES: Mapping[tuple[State, type], State] = {
    (State.QUEUED, Sent): State.AWAITING_RECEIPT,
    (State.QUEUED, Failed): State.QUEUED,
    (State.QUEUED, ReceiptArrived): State.RECEIPTED,
    (State.QUEUED, ErrorArrived): State.REFUSED,
    (State.QUEUED, Unproven): State.MISSING_RECEIPT,
    (State.QUEUED, Held): State.HELD,
    (State.QUEUED, Cancelled): State.CANCELLED,
    (State.QUEUED, GaveUp): State.MISSING_RECEIPT,
    (State.AWAITING_RECEIPT, Sent): State.AWAITING_RECEIPT,
    (State.AWAITING_RECEIPT, Failed): State.AWAITING_RECEIPT,
    (State.AWAITING_RECEIPT, ReceiptArrived): State.RECEIPTED,
    (State.AWAITING_RECEIPT, ErrorArrived): State.REFUSED,
    (State.AWAITING_RECEIPT, Unproven): State.MISSING_RECEIPT,
    (State.AWAITING_RECEIPT, Held): State.HELD,
    (State.AWAITING_RECEIPT, Cancelled): State.CANCELLED,
    (State.AWAITING_RECEIPT, GaveUp): State.MISSING_RECEIPT,
    # Held by hand while a post was on its way: what comes of it is still recorded.
    (State.HELD, Sent): State.HELD,
    (State.HELD, Failed): State.HELD,
    (State.HELD, GaveUp): State.HELD,
    (State.HELD, ReceiptArrived): State.RECEIPTED,
    (State.HELD, ErrorArrived): State.REFUSED,
    (State.HELD, Unproven): State.MISSING_RECEIPT,
    (State.HELD, Released): State.QUEUED,
    (State.HELD, Held): State.HELD,
    (State.HELD, Cancelled): State.CANCELLED,
    (State.REFUSED, Resent): State.QUEUED,
    (State.MISSING_RECEIPT, Resent): State.QUEUED,
    (State.MISSING_RECEIPT, ReceiptArrived): State.RECEIPTED_LATE,
    (State.CANCELLED, ReceiptArrived): State.RECEIPTED_LATE,
    (State.RECEIPTED, AskedAgain): State.QUEUED,
    (State.RECEIPTED_LATE, AskedAgain): State.QUEUED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Transmission:
    """One packed message on its way to one partner.

    Invariant: `due_at` is set exactly while the next move is the node's (QUEUED, AWAITING_RECEIPT,
    and HELD by the agreement).

    Attributes:
        held_by: the operator who keeps it back; empty where nobody does.
    """

    message_id: str
    partner: str
    due_at: datetime | None
    state: State = State.QUEUED
    tries: int = 0
    last_error: str = ""
    held_by: str = ""

    @property
    def is_final(self) -> bool:
        """Whether nothing more is sent."""
        return self.state in FINAL


HOLD_FOR = timedelta(minutes=5)
"""How often a held message is looked at again where nothing says when (our choice)."""


def advance(transmission: Transmission, event: Event, retry: Retry) -> Transmission:
    """Return the transmission as it stands after `event`.

    Raises:
        IllegalTransitionError: the state does not allow the event.
    """
    state = MOVES.get((transmission.state, type(event)))
    if state is None:
        raise IllegalTransitionError(event=type(event).__name__, state=transmission.state)
    done = replace(transmission, state=state, due_at=None, held_by="")
    match event:
        case Sent() | Failed():
            return _tried(transmission, done, event, retry)
        case Held() | Released():
            return _kept(transmission, done, event)
        case ReceiptArrived() | ErrorArrived() | Unproven():
            return _answered(transmission, done, event)
        case Cancelled():
            said = f"cancelled by {event.by}: " if event.by else ""
            return replace(done, last_error=f"{said}{event.why}")
        case Resent() | AskedAgain():
            return replace(done, due_at=event.at, tries=0, last_error="")
        case GaveUp():
            return _given_up(transmission, done)


def _tried(
    before: Transmission, done: Transmission, event: Sent | Failed, retry: Retry
) -> Transmission:
    tries = before.tries + 1
    if before.state is State.HELD:
        return replace(before, tries=tries)
    again_at = event.at + retry.wait_after(tries)
    return replace(done, tries=tries, due_at=again_at, last_error=event.why)


def _kept(before: Transmission, done: Transmission, event: Held | Released) -> Transmission:
    if before.held_by and not event.by:
        return before
    if isinstance(event, Released):
        return replace(done, due_at=event.at, last_error="")
    again_at = None if event.by else event.until or event.at + HOLD_FOR
    return replace(done, due_at=again_at, last_error=event.why, held_by=event.by)


def _answered(
    before: Transmission, done: Transmission, event: ReceiptArrived | ErrorArrived | Unproven
) -> Transmission:
    """Count the try that an answer came to; what is late answers an earlier one."""
    by_itself = not isinstance(event, Unproven) and event.by_itself
    tries = before.tries + (not (before.is_final or by_itself))
    if isinstance(event, ReceiptArrived):
        return replace(done, tries=tries, last_error="")
    code = event.ebms_code if isinstance(event, ErrorArrived) else "EBMS:0302"
    return replace(done, tries=tries, last_error=f"{code} {event.why}".strip())


def _given_up(before: Transmission, done: Transmission) -> Transmission:
    if before.state is State.HELD:
        return before
    said = f": {before.last_error}" if before.last_error else ""
    return replace(done, last_error=f"EBMS:0301 MissingReceipt{said}")
