"""The life of a matter of mutual assistance: acts → stage.

    asked ──▶ REQUESTED ──▶ ACKNOWLEDGED ──▶ PARTLY ANSWERED ──▶ ANSWERED
               ▲ │  │            │   ▲
               │ │  └▶ REJECTED  ▼   │ when the postponement ends
               │ └───▶ REFUSED  POSTPONED
               └──▶ UNDELIVERED

Rule 1: every move is a row of `MOVES`; docs/assistance-life.md is drawn from it.
Rule 2: both nodes keep the same acts, so both bring a request to the same stage.
Rule 3: what a later word overtook on its way counts only where it arrives: no officer does it
(`is_late`).
Rule 4: time is no act of an officer: a clock that runs out does what its row says, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from exchange_node.domain.errors import IllegalStepError


class Act(StrEnum):
    """What somebody, or a clock, did in a matter; those of a reply are told to the partner."""

    ASKED = "asked"
    ASKED_ORALLY = "asked_orally"
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"
    REJECTED = "rejected"
    UNDELIVERED = "undelivered"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    POSTPONED = "postponed"
    RESUMED = "resumed"
    INTERIM = "interim"
    PARTIAL = "partial"
    COMPLETE = "complete"
    REMAINDER_REFUSED = "remainder_refused"
    NOTHING_FOUND = "nothing_found"
    INFORMED = "informed"


class Stage(StrEnum):
    """How far a matter has come; NEW is not kept anywhere yet."""

    NEW = "new"
    ORAL = "oral"
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"
    REQUESTED = "requested"
    REJECTED = "rejected"
    UNDELIVERED = "undelivered"
    ACKNOWLEDGED = "acknowledged"
    POSTPONED = "postponed"
    PARTLY_ANSWERED = "partly_answered"
    ANSWERED = "answered"
    REFUSED = "refused"
    INFORMED = "informed"


class Who(StrEnum):
    """Whose act it is."""

    REQUESTER = "the requester"
    REQUESTED = "the requested party"
    EITHER = "either desk"
    CLOCK = "the clock"
    WAY = "the way there"
    NOBODY = "nobody"


OPEN = frozenset({Stage.REQUESTED, Stage.ACKNOWLEDGED, Stage.POSTPONED, Stage.PARTLY_ANSWERED})
"""Stages of a request that waits for its answer."""


@dataclass(frozen=True, slots=True)
class Move:
    """What an act makes of a stage.

    Attributes:
        is_late: it came after what overtook it; it is taken where it arrives, and done by nobody.
    """

    to: Stage
    who: Who
    is_late: bool = False


_REPLIES = (Act.PARTIAL, Act.COMPLETE, Act.REMAINDER_REFUSED, Act.NOTHING_FOUND)
_FINAL = frozenset({Act.COMPLETE, Act.REMAINDER_REFUSED, Act.NOTHING_FOUND})


def _moves() -> Mapping[tuple[Stage, Act], Move]:
    requested, late = Who.REQUESTED, True
    moves = {
        (Stage.NEW, Act.ASKED): Move(Stage.REQUESTED, Who.REQUESTER),
        (Stage.NEW, Act.ASKED_ORALLY): Move(Stage.ORAL, Who.EITHER),
        (Stage.NEW, Act.INFORMED): Move(Stage.INFORMED, Who.EITHER),
        (Stage.ORAL, Act.CONFIRMED): Move(Stage.CONFIRMED, Who.REQUESTER),
        (Stage.ORAL, Act.LAPSED): Move(Stage.LAPSED, Who.CLOCK),
        # The requested node could not take the message: its answer (SY-002) says why.
        (Stage.REQUESTED, Act.REJECTED): Move(Stage.REJECTED, requested),
        (Stage.INFORMED, Act.REJECTED): Move(Stage.REJECTED, requested),
        # Officers did not let it go, it was taken back, refused on its way, or brought no receipt.
        (Stage.REQUESTED, Act.UNDELIVERED): Move(Stage.UNDELIVERED, Who.WAY),
        (Stage.INFORMED, Act.UNDELIVERED): Move(Stage.UNDELIVERED, Who.WAY),
        (Stage.UNDELIVERED, Act.REJECTED): Move(Stage.REJECTED, requested),
        # What was to confirm it did not come, or was not taken: it waits again, as long as it has.
        (Stage.CONFIRMED, Act.REJECTED): Move(Stage.ORAL, requested),
        (Stage.CONFIRMED, Act.UNDELIVERED): Move(Stage.ORAL, Who.WAY),
        (Stage.REQUESTED, Act.ACKNOWLEDGED): Move(Stage.ACKNOWLEDGED, requested),
        (Stage.POSTPONED, Act.RESUMED): Move(Stage.ACKNOWLEDGED, Who.CLOCK),
    }
    # It is sent anew, under the number that it has; or a late receipt, or a reply, tells that what
    # brought no receipt had come all the same.
    for stage in (Stage.UNDELIVERED, Stage.REJECTED):
        moves[stage, Act.ASKED] = Move(Stage.REQUESTED, Who.REQUESTER)
        moves[stage, Act.INFORMED] = Move(Stage.INFORMED, Who.EITHER)
    for stage in sorted(OPEN):
        interim = Stage.ACKNOWLEDGED if stage is Stage.REQUESTED else stage
        moves[stage, Act.INTERIM] = Move(interim, requested)
        moves[stage, Act.REFUSED] = Move(Stage.REFUSED, requested)
        moves[stage, Act.POSTPONED] = Move(Stage.POSTPONED, requested)
        for act in _REPLIES:
            to = Stage.ANSWERED if act in _FINAL else Stage.PARTLY_ANSWERED
            moves[stage, act] = Move(to, requested)
    # What was found later is told as well.
    for act in _REPLIES:
        moves[Stage.ANSWERED, act] = Move(Stage.ANSWERED, requested)
    # A refusal that never got there, or was not taken, is told again; who refused may still help.
    moves[Stage.REFUSED, Act.REFUSED] = Move(Stage.REFUSED, requested)
    for act in sorted(_FINAL):
        moves[Stage.REFUSED, act] = Move(Stage.ANSWERED, requested)
    # An acknowledgement or a notice that a later word overtook on its way.
    for stage in (Stage.ACKNOWLEDGED, Stage.POSTPONED, Stage.PARTLY_ANSWERED):
        moves[stage, Act.ACKNOWLEDGED] = Move(stage, requested, late)
    for stage in (Stage.ANSWERED, Stage.REFUSED):
        for act in (Act.ACKNOWLEDGED, Act.INTERIM, Act.POSTPONED, Act.PARTIAL):
            moves.setdefault((stage, act), Move(stage, requested, late))
    return MappingProxyType(moves)


MOVES = _moves()


def moved(request_id: str, stage: Stage, act: Act, by: Who, *, is_arriving: bool = False) -> Stage:
    """Return the stage that an act brings a matter to.

    Args:
        request_id: for the error alone.
        stage: where it stands.
        act: what is done.
        by: who does it; EITHER where both may.
        is_arriving: a partner's message says so; what was overtaken on its way is taken too.

    Raises:
        IllegalStepError: at this stage nobody does that, or not this side.
    """
    move = MOVES.get((stage, act))
    if move is None or (move.is_late and not is_arriving) or move.who not in (by, Who.EITHER):
        whose = Who.NOBODY if move is None or move.is_late else move.who
        raise IllegalStepError(
            act=act.value, request=request_id[:80], stage=stage.value, who=whose.value
        )
    return move.to
