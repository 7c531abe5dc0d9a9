"""How far one message has come on its way to a partner.

This is AS4's reception awareness (OASIS AS4 Profile 1.0, section 3.2) and nothing else: it reads
no bytes, opens no connection and has no clock. Facts go in as events, each with its moment; a new
`Transmission` comes out.

    QUEUED ──Sent──▶ AWAITING_RECEIPT ──ReceiptArrived──▶ RECEIPTED
      │ ↻ Failed        │ ↻ Sent, Failed ──ErrorArrived──▶ REFUSED
      ├──────Held───────┴──▶ HELD ──Released──▶ QUEUED
      └───────────────GaveUp──────────────▶ MISSING_RECEIPT ──ReceiptArrived──▶ RECEIPTED_LATE

Rule 1: every move is a row of `MOVES`; docs/transmission.md is drawn from it.
Rule 2: a try sends the same bytes under the same MessageId (section 3.2), so a receipt of any try
is a receipt of the message.
Rule 3: a receipt wins over every timer, whenever it comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from exchange_node.domain.errors import IllegalTransitionError


class State(StrEnum):
    """Where a transmission stands."""

    QUEUED = "queued"
    AWAITING_RECEIPT = "awaiting-receipt"
    HELD = "held"
    RECEIPTED = "receipted"
    RECEIPTED_LATE = "receipted-late"
    REFUSED = "refused"
    MISSING_RECEIPT = "missing-receipt"


FINAL = frozenset({State.RECEIPTED, State.RECEIPTED_LATE, State.REFUSED, State.MISSING_RECEIPT})
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
    """A verified receipt for exactly these bytes."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ErrorArrived:
    """The partner refused the message for good."""

    at: datetime
    ebms_code: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """The agreement was suspended or ended while the message waited."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Released:
    """What held the message is gone."""

    at: datetime


@dataclass(frozen=True, slots=True)
class GaveUp:
    """The last try passed without a receipt (EBMS:0301 to the operator)."""

    at: datetime


Event = Sent | Failed | ReceiptArrived | ErrorArrived | Held | Released | GaveUp

MOVES: Mapping[tuple[State, type], State] = {
    (State.QUEUED, Sent): State.AWAITING_RECEIPT,
    (State.QUEUED, Failed): State.QUEUED,
    (State.QUEUED, ReceiptArrived): State.RECEIPTED,
    (State.QUEUED, ErrorArrived): State.REFUSED,
    (State.QUEUED, Held): State.HELD,
    (State.QUEUED, GaveUp): State.MISSING_RECEIPT,
    (State.AWAITING_RECEIPT, Sent): State.AWAITING_RECEIPT,
    (State.AWAITING_RECEIPT, Failed): State.AWAITING_RECEIPT,
    (State.AWAITING_RECEIPT, ReceiptArrived): State.RECEIPTED,
    (State.AWAITING_RECEIPT, ErrorArrived): State.REFUSED,
    (State.AWAITING_RECEIPT, Held): State.HELD,
    (State.AWAITING_RECEIPT, GaveUp): State.MISSING_RECEIPT,
    (State.HELD, Released): State.QUEUED,
    (State.HELD, Held): State.HELD,
    (State.HELD, ReceiptArrived): State.RECEIPTED,
    (State.MISSING_RECEIPT, ReceiptArrived): State.RECEIPTED_LATE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How long to keep trying: waits grow by `factor` from `first` up to `most`.

    The defaults try for about a day (our choice, see ADR 3): 30 s, 1 min, 2 min … then hourly.
    """

    first: timedelta = timedelta(seconds=30)
    factor: float = 2.0
    most: timedelta = timedelta(hours=1)
    max_retries: int = 30

    def wait_after(self, tries: int) -> timedelta:
        """Return how long to wait after the given number of tries."""
        return min(self.most, self.first * self.factor ** min(tries - 1, 40))

    def is_spent(self, tries: int) -> bool:
        """Whether no try is left after the given number of tries."""
        return tries > self.max_retries

    @property
    def window(self) -> timedelta:
        """How long from the first try to giving up."""
        return sum(
            (self.wait_after(tries) for tries in range(1, self.max_retries + 2)), timedelta()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Transmission:
    """One packed message on its way to one partner.

    Invariant: `due_at` is set exactly while the next move is ours (QUEUED, AWAITING_RECEIPT, HELD).
    """

    message_id: str
    partner: str
    due_at: datetime | None
    state: State = State.QUEUED
    tries: int = 0
    last_error: str = ""

    @property
    def is_final(self) -> bool:
        """Whether nothing more is sent."""
        return self.state in FINAL


HOLD_FOR = timedelta(minutes=5)
"""How often a held message is looked at again (our choice)."""


def advance(transmission: Transmission, event: Event, retry: Retry) -> Transmission:
    """Return the transmission as it stands after `event`.

    Raises:
        IllegalTransitionError: the state does not allow the event.
    """
    state = MOVES.get((transmission.state, type(event)))
    if state is None:
        raise IllegalTransitionError(event=type(event).__name__, state=transmission.state)
    match event:
        case Sent() | Failed():
            tries = transmission.tries + 1
            due_at = event.at + retry.wait_after(tries)
            return replace(
                transmission, state=state, tries=tries, due_at=due_at, last_error=event.why
            )
        case Held():
            return replace(
                transmission, state=state, due_at=event.at + HOLD_FOR, last_error=event.why
            )
        case Released():
            return replace(transmission, state=state, due_at=event.at, last_error="")
        case ReceiptArrived():
            return replace(
                transmission, state=state, tries=_answered(transmission), due_at=None, last_error=""
            )
        case ErrorArrived():
            return replace(
                transmission,
                state=state,
                tries=_answered(transmission),
                due_at=None,
                last_error=f"{event.ebms_code} {event.why}".strip(),
            )
        case GaveUp():
            return replace(
                transmission, state=state, due_at=None, last_error="EBMS:0301 MissingReceipt"
            )


def _answered(transmission: Transmission) -> int:
    """Return the tries with the one that an answer came to; what is late answers an earlier one."""
    return transmission.tries + (transmission.state is not State.MISSING_RECEIPT)
