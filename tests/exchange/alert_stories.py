"""What desks do with the first alert, one thing after the other, as far as they may."""

from __future__ import annotations

from dataclasses import dataclass

from exchange_node.domain.alert import Stage
from exchange_node.domain.alerting import Result
from tests.exchange.alarming import NAMED, UNNAMED


@dataclass(frozen=True)
class Does:
    """A desk says or has found something, of the last version or of one that it names."""

    name: str
    what: Stage | Result
    version: int | None = None


@dataclass(frozen=True)
class Corrects:
    """The issuer puts another version in the place of its alert, or drafts it alone."""

    text: str
    is_sent: bool = True


@dataclass(frozen=True)
class Withdraws:
    """The issuer takes its alert back."""


@dataclass(frozen=True)
class ComesLate:
    """What the issuer says now comes after what it says later."""


Happens = Does | Corrects | Withdraws | ComesLate
STORIES: dict[str, tuple[Happens, ...]] = {
    "treated": (
        Does(NAMED, Stage.SEEN),
        Does(UNNAMED, Stage.TREATMENT),
        Does(NAMED, Result.SIGHTED),
        Does(NAMED, Result.NIL),
        Does(UNNAMED, Result.SIGHTED),
        Does(NAMED, Result.HIT),
        Does(UNNAMED, Result.NOT_CHECKED),
    ),
    "taken back": (
        Does(NAMED, Stage.SEEN),
        Does(UNNAMED, Stage.REJECTED),
        Withdraws(),
        Does(NAMED, Result.HIT),
    ),
    "corrected": (
        Does(UNNAMED, Stage.REJECTED),
        Does(NAMED, Stage.SEEN),
        Corrects("another vehicle"),
        Does(NAMED, Result.NIL, version=1),
        Does(UNNAMED, Stage.SEEN),
        Corrects("the same"),
        Does(NAMED, Result.HIT),
        Does(UNNAMED, Result.NOT_CHECKED),
    ),
    "corrected and taken back": (
        Corrects("nothing here"),
        Does(NAMED, Stage.SEEN),
        ComesLate(),
        Corrects("the same"),
        Corrects("no vehicle", is_sent=False),
        Withdraws(),
        Does(UNNAMED, Result.HIT, version=1),
    ),
    "overtaken": (
        ComesLate(),
        Corrects("another vehicle"),
        Does(UNNAMED, Stage.TREATMENT),
        ComesLate(),
        Corrects("nothing here"),
        Corrects("the same"),
        Does(NAMED, Result.HIT, version=2),
    ),
}
"""What happens to the first alert in any case, as far as it may; more is drawn beside it."""
