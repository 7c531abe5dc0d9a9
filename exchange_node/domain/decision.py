"""What matching found and what channel follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from exchange_node.domain.agreement import AutomatedDecision


class Channel(StrEnum):
    """What an officer does with a consignment: stop, look at documents, let go, check later."""

    RED = "red"
    ORANGE = "orange"
    GREEN = "green"
    BLUE = "blue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One criterion of a subject that fitted: the two values as written and as compared.

    Attributes:
        compared: the form in which the found value was compared.
        alerted_as: that of the alerted value, where it is another one; else empty.
        score: 1 where the two are the same, less where they are only near (names, containers).
    """

    criterion: str
    alerted: str
    found: str
    compared: str
    pointer: str
    alerted_as: str = ""
    score: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An alert that fits a manifest, with the reasons.

    Attributes:
        subject: number of the subject within the alert, from 1.
        is_name_only: whether nothing but a name fitted; that raises at most orange.
        automated: how far agreements let it decide by itself. Matching does not know of any; it is
            said when a channel is decided on.
    """

    alert_id: str
    issuer: str
    subject: int
    severity: int
    matches: tuple[Match, ...]
    is_name_only: bool = False
    automated: AutomatedDecision = AutomatedDecision.ALLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The channel of one movement and why.

    Attributes:
        rule: names the line that decided.
        to_confirm: whether an officer has to confirm the channel before anything is done: no hit
            that may decide by itself leads as far.
    """

    channel: Channel
    rule: str
    hits: tuple[Hit, ...] = ()
    to_confirm: bool = False
