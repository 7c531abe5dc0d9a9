"""What matching found and what channel follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from exchange_node.domain.agreement import AutomatedDecision


class Channel(StrEnum):
    """The channels of the shipped rule set: stop, look at documents, let go, check later.

    A rule set may name others: a decision has the code of a channel, not one of these.
    """

    RED = "red"
    ORANGE = "orange"
    GREEN = "green"
    BLUE = "blue"


class OverrideReason(StrEnum):
    """Why an officer puts another channel in the place of the one decided on."""

    LOCAL_KNOWLEDGE = "LOCAL_KNOWLEDGE"
    SUSPICION = "SUSPICION"
    RESULT_OF_CHECK = "RESULT_OF_CHECK"
    MISTAKEN_IDENTITY = "MISTAKEN_IDENTITY"
    DOCUMENTS_SUFFICE = "DOCUMENTS_SUFFICE"
    ORDERED = "ORDERED"
    CAPACITY = "CAPACITY"
    OTHER = "OTHER"


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
class Reason:
    """Why a channel: a template and its facts, none of which is a value of a person."""

    rule: str
    sentence: str
    facts: Mapping[str, str]

    @property
    def text(self) -> str:
        """The English sentence with the facts filled in."""
        return self.sentence.format_map(self.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The channel of one movement and why.

    Attributes:
        channel: code of a channel of the rule set that decided.
        rule: names the line that decided.
        to_confirm: whether an officer has to confirm the channel before anything is done: no hit
            that may decide by itself leads as far.
        measures: codes of what is to be done in that channel.
        reasons: one for every hit, in the order of the hits, then those of draw and officer.
        is_drawn: whether the random share took the movement.
        ruling: number of the row that the decision is replayed from; 0 where none was written.
        overruled: the channel of the rules, where an officer put another in its place.
    """

    channel: str
    rule: str
    hits: tuple[Hit, ...] = ()
    to_confirm: bool = False
    measures: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    is_drawn: bool = False
    ruling: int = 0
    overruled: str = ""
