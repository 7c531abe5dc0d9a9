"""The life of one version of an agreement: acts → stage.

    DRAFT ──offered──▶ OFFERED ──countersigned──▶ COUNTERSIGNED ──confirmed──▶ AGREED
                          └─────────refused─────────┴──▶ REFUSED                 │ ▲
                                        TERMINATED ◀──terminated── SUSPENDED ◀───┘ │
                                                                       └──resumed──┘

Rule 1: every move is a row of `MOVES`; docs/agreement-life.md is drawn from it.
Rule 2: both nodes keep the same acts, and the stage is nothing but what follows from them.
Rule 3: what dates decide is never kept: `standing` tells of a stage how it stands on a day.
Rule 4: a suspension is lifted by the party that declared it; while one stands, nothing flows.
Rule 5: a suspension or its end that a later one of the same party about the same thing (the whole,
or one grant) overtook on its way changes nothing any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from exchange_node.domain.countersigning.acts import OF_GRANTS, Act
from exchange_node.domain.errors import IllegalActError


class Stage(StrEnum):
    """Where the parties have brought a version."""

    DRAFT = "draft"
    OFFERED = "offered"
    REFUSED = "refused"
    COUNTERSIGNED = "countersigned"
    AGREED = "agreed"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


class Who(StrEnum):
    """Whose act it may be."""

    EITHER = "either party"
    OFFERER = "the party that offered"
    OTHER = "the party that has not signed"
    SECOND = "the second of two that offered at once, before it knew of the other"
    OPERATOR = "an operator of this node alone, of a test agreement"


@dataclass(frozen=True, slots=True)
class Move:
    """What an act makes of a stage.

    Attributes:
        to: the stage after it. Where a suspension stands, AGREED is SUSPENDED.
        who: whose act it may be.
        writes: what is kept of it, for the page.
    """

    to: Stage
    who: Who
    writes: str


WHOLE = ""
"""The subject of a suspension of the whole; a grant has a name."""

_SIGNATURE = "signature, certificate, time"
_HOLD = "who, when, why"
_LATE = "that it came"

MOVES: Mapping[tuple[Stage, Act], Move] = MappingProxyType(
    {
        (Stage.DRAFT, Act.OFFERED): Move(Stage.OFFERED, Who.EITHER, f"text, {_SIGNATURE}"),
        (Stage.DRAFT, Act.ACTIVATED): Move(Stage.AGREED, Who.OPERATOR, "text; no signature"),
        # Both offered the same text at once: the first by party id counts as the one that offered.
        (Stage.OFFERED, Act.OFFERED): Move(Stage.COUNTERSIGNED, Who.OTHER, _SIGNATURE),
        (Stage.OFFERED, Act.COUNTERSIGNED): Move(Stage.COUNTERSIGNED, Who.OTHER, _SIGNATURE),
        (Stage.OFFERED, Act.REFUSED): Move(Stage.REFUSED, Who.EITHER, "reason"),
        # Of two offers at once the confirmation of one may overtake it; it is signed as well.
        (Stage.OFFERED, Act.CONFIRMED): Move(Stage.AGREED, Who.OTHER, _SIGNATURE),
        (Stage.COUNTERSIGNED, Act.CONFIRMED): Move(Stage.AGREED, Who.OFFERER, _SIGNATURE),
        (Stage.COUNTERSIGNED, Act.REFUSED): Move(Stage.REFUSED, Who.OFFERER, "reason"),
        (Stage.COUNTERSIGNED, Act.SUSPENDED): Move(Stage.COUNTERSIGNED, Who.EITHER, _HOLD),
        (Stage.COUNTERSIGNED, Act.RESUMED): Move(Stage.COUNTERSIGNED, Who.EITHER, _HOLD),
        (Stage.COUNTERSIGNED, Act.GRANTS_SUSPENDED): Move(Stage.COUNTERSIGNED, Who.EITHER, _HOLD),
        (Stage.COUNTERSIGNED, Act.GRANTS_RESUMED): Move(Stage.COUNTERSIGNED, Who.EITHER, _HOLD),
        (Stage.COUNTERSIGNED, Act.TERMINATED): Move(Stage.TERMINATED, Who.EITHER, _HOLD),
        (Stage.AGREED, Act.SUSPENDED): Move(Stage.SUSPENDED, Who.EITHER, _HOLD),
        (Stage.AGREED, Act.RESUMED): Move(Stage.AGREED, Who.EITHER, _HOLD),
        (Stage.AGREED, Act.GRANTS_SUSPENDED): Move(Stage.AGREED, Who.EITHER, _HOLD),
        (Stage.AGREED, Act.GRANTS_RESUMED): Move(Stage.AGREED, Who.EITHER, _HOLD),
        # Of two that offered at once one took its offer back; the other had confirmed meanwhile.
        (Stage.AGREED, Act.REFUSED): Move(Stage.REFUSED, Who.SECOND, "reason"),
        (Stage.AGREED, Act.TERMINATED): Move(Stage.TERMINATED, Who.EITHER, _HOLD),
        (Stage.SUSPENDED, Act.SUSPENDED): Move(Stage.SUSPENDED, Who.EITHER, _HOLD),
        (Stage.SUSPENDED, Act.RESUMED): Move(Stage.AGREED, Who.EITHER, _HOLD),
        (Stage.SUSPENDED, Act.GRANTS_SUSPENDED): Move(Stage.SUSPENDED, Who.EITHER, _HOLD),
        (Stage.SUSPENDED, Act.GRANTS_RESUMED): Move(Stage.SUSPENDED, Who.EITHER, _HOLD),
        (Stage.SUSPENDED, Act.REFUSED): Move(Stage.REFUSED, Who.SECOND, "reason"),
        (Stage.SUSPENDED, Act.TERMINATED): Move(Stage.TERMINATED, Who.EITHER, _HOLD),
        # The two cross on their way.
        (Stage.REFUSED, Act.REFUSED): Move(Stage.REFUSED, Who.EITHER, _LATE),
        (Stage.TERMINATED, Act.CONFIRMED): Move(Stage.TERMINATED, Who.OFFERER, _LATE),
        (Stage.TERMINATED, Act.SUSPENDED): Move(Stage.TERMINATED, Who.EITHER, _LATE),
        (Stage.TERMINATED, Act.RESUMED): Move(Stage.TERMINATED, Who.EITHER, _LATE),
        (Stage.TERMINATED, Act.GRANTS_SUSPENDED): Move(Stage.TERMINATED, Who.EITHER, _LATE),
        (Stage.TERMINATED, Act.GRANTS_RESUMED): Move(Stage.TERMINATED, Who.EITHER, _LATE),
        (Stage.TERMINATED, Act.TERMINATED): Move(Stage.TERMINATED, Who.EITHER, _LATE),
    }
)


class Done(Protocol):
    """What of an act counts for the stage; an `AgreementAct` has it."""

    @property
    def act(self) -> Act:
        """What was done."""
        ...

    @property
    def party(self) -> str:
        """By whom."""
        ...

    @property
    def ordinal(self) -> int:
        """Which of the party's acts on this version it is."""
        ...

    @property
    def grants(self) -> tuple[str, ...]:
        """Which grants it is about."""
        ...

    @property
    def at(self) -> datetime:
        """When."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """What the acts so far have made of a version; a new one is a draft.

    Attributes:
        offered: who offered it.
        signed: who has signed it.
        suspended_by: whose suspension of the whole stands.
        suspended: which grants are suspended, and by whom.
        ordinals: by party, the highest ordinal of its acts.
        spoken: by party and grant (`WHOLE` for the whole), the ordinal of its last word on that.
        ended_at: when it was terminated, as the first to do it says.
        agreed_at: when both parties had first signed, as the act says that made it so.
    """

    stage: Stage = Stage.DRAFT
    offered: frozenset[str] = frozenset()
    signed: frozenset[str] = frozenset()
    suspended_by: frozenset[str] = frozenset()
    suspended: frozenset[tuple[str, str]] = frozenset()
    ordinals: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    spoken: Mapping[tuple[str, str], int] = field(default_factory=lambda: MappingProxyType({}))
    ended_at: datetime | None = None
    agreed_at: datetime | None = None

    @property
    def suspended_grants(self) -> frozenset[str]:
        """The grants that somebody suspended."""
        return frozenset(grant for grant, _ in self.suspended)

    @property
    def offerer(self) -> str:
        """Who counts as the party that offered; empty for nobody."""
        return min(self.offered, default="")

    def after(self, done: Done) -> Bond:
        """Return what an act makes of the version.

        Raises:
            IllegalActError: at this stage nobody does that, or not this party.
        """
        move = MOVES.get((self.stage, done.act))
        if move is None or not self._may(move.who, done.party):
            raise IllegalActError(
                act=done.act.value,
                party=done.party,
                stage=self.stage.value,
                who=move.who.value if move else "nobody",
            )
        ordinals = dict(self.ordinals)
        ordinals[done.party] = max(done.ordinal, ordinals.get(done.party, 0))
        moved = self._with(done)
        stage = move.to
        if stage in (Stage.AGREED, Stage.SUSPENDED):
            stage = Stage.SUSPENDED if moved.suspended_by else Stage.AGREED
            moved = replace(moved, agreed_at=moved.agreed_at or done.at)
        return replace(moved, stage=stage, ordinals=MappingProxyType(ordinals))

    def _may(self, who: Who, party: str) -> bool:
        match who:
            case Who.OFFERER:
                return party == self.offerer
            case Who.OTHER:
                return party not in self.signed
            case Who.SECOND:
                return party in self.offered and party != self.offerer
            case Who.EITHER | Who.OPERATOR:
                return True

    def _with(self, done: Done) -> Bond:
        match done.act:
            case Act.OFFERED:
                return replace(
                    self, offered=self.offered | {done.party}, signed=self.signed | {done.party}
                )
            case Act.COUNTERSIGNED | Act.CONFIRMED:
                return replace(self, signed=self.signed | {done.party})
            case Act.TERMINATED:
                return replace(self, ended_at=min(self.ended_at or done.at, done.at))
            case Act.REFUSED | Act.ACTIVATED:
                return self
            case Act.SUSPENDED | Act.RESUMED | Act.GRANTS_SUSPENDED | Act.GRANTS_RESUMED:
                return self._held(done)

    def _held(self, done: Done) -> Bond:
        spoken = dict(self.spoken)
        suspended_by, suspended = self.suspended_by, self.suspended
        for subject in done.grants if done.act in OF_GRANTS else (WHOLE,):
            if done.ordinal <= spoken.get((done.party, subject), 0):
                continue
            spoken[done.party, subject] = done.ordinal
            match done.act:
                case Act.SUSPENDED:
                    suspended_by |= {done.party}
                case Act.RESUMED:
                    suspended_by -= {done.party}
                case Act.GRANTS_SUSPENDED:
                    suspended |= {(subject, done.party)}
                case _:
                    suspended -= {(subject, done.party)}
        return replace(
            self,
            suspended_by=suspended_by,
            suspended=suspended,
            spoken=MappingProxyType(spoken),
        )


def bond_of(acts: Iterable[Done]) -> Bond:
    """Return what acts have made of a version, in the order in which they were taken.

    Raises:
        IllegalActError: one of them was never to be taken.
    """
    bond = Bond()
    for one in acts:
        bond = bond.after(one)
    return bond
