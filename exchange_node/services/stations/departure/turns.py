"""A finding → whose turn it is: who has to act before the way is open.

Told by the code of the rule, the gate or the error, and for what only has to be waited for by the
finding's own facts; never by its sentence. A test holds that every code has an answer of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from exchange_node.domain.countersigning.standing import Standing
from exchange_node.domain.finding import Finding
from exchange_node.policy.verdict import Code


class Who(StrEnum):
    """Those who may have to act."""

    DECLARANT = "declarant"
    OUR_IT = "our-it"
    LIAISON = "liaison"
    PARTNER = "partner"
    OFFICERS = "officers"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What somebody has to do; a template over `until`."""

    sentence: str


PARTS: Mapping[Who, Part] = MappingProxyType(
    {
        Who.DECLARANT: Part(sentence="the declarant: correct or complete the data"),
        Who.OUR_IT: Part(
            sentence="our IT: profile, code list, settings, or the folder of a version"
        ),
        Who.LIAISON: Part(sentence="the liaison office: agreement, grant or suspension"),
        Who.PARTNER: Part(sentence="the partner: the version of the documents that it takes"),
        Who.OFFICERS: Part(sentence="the officers who release: look at it, approve or refuse"),
        Who.NOBODY: Part(sentence="nobody: wait until {until}"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Who has to act, or until when there is only to wait (ISO 8601 day)."""

    who: Who
    until: str = ""

    @property
    def sentence(self) -> str:
        """The template of what is to be done, over `facts`."""
        return PARTS[self.who].sentence

    @property
    def facts(self) -> Mapping[str, str]:
        """What the sentence is filled with."""
        return {"until": self.until}


_OF_CODES: Mapping[Who, tuple[str, ...]] = {
    Who.DECLARANT: (
        "CAREC-M",
        "CAREC-R01", "CAREC-R1", "CAREC-R206", "CAREC-R207", "CAREC-R208", "CAREC-R209",
        "CAREC-R3", "CAREC-R4", "CAREC-R5",
        "CAREC-F006", "CAREC-A002", "CAREC-A003",
        Code.DOCUMENT_TYPE, Code.REQUIRED_MISSING,
        "input.", "mapping.unreadable-declaration", "mapping.excessive-declaration",
        "domain.malformed-identifier", "wco.invalid-document", "alert.invalid",
    ),
    Who.OUR_IT: (
        # Codes that a table of the profile does not have, a file that was written wrongly.
        "CAREC-M002", "CAREC-M003", "CAREC-M011", "CAREC-M013", "CAREC-M020", "CAREC-M030",
        "CAREC-M031", "CAREC-M05", "CAREC-M06",
        # What the envelope says, and what schema, registry and lists do not have.
        "CAREC-R00", "CAREC-R02", "CAREC-R031", "CAREC-R032", "CAREC-R106", "CAREC-R107",
        "CAREC-R108", "CAREC-R110", "CAREC-R111", "CAREC-R113", "CAREC-R116", "CAREC-R201",
        "CAREC-R202", "CAREC-R203", "CAREC-R204", "CAREC-R205", "CAREC-X", "CAREC-F007",
        Code.TEST_MIX,
        "mapping.", "config.", "domain.", "ebms.",
    ),
    Who.LIAISON: ("CAREC-A", "CAREC-R04", "DENY-", "policy."),
    Who.OFFICERS: ("CAREC-A004",),
    Who.PARTNER: ("CAREC-R026", "CAREC-R027", "CAREC-R028", "CAREC-R029", "CAREC-R030"),
}  # fmt: skip
"""Codes, and beginnings of codes; of several that fit the longest counts."""

_WHO: Mapping[str, Who] = {str(code): who for who, codes in _OF_CODES.items() for code in codes}


def known(code: str) -> Who | None:
    """Return who acts on a code, as the table says it; None for a code it does not have."""
    fitting = [one for one in _WHO if code.startswith(one)]
    return _WHO[max(fitting, key=len)] if fitting else None


def turn_of(finding: Finding) -> Turn:
    """Return whose turn it is after a finding; what nobody else can mend is for our IT."""
    begins = finding.facts.get("in_force_on", "")
    if (
        finding.code == Code.NOT_IN_FORCE
        and finding.facts.get("state") == Standing.SCHEDULED
        and _is_later(begins, finding.facts.get("on", ""))
    ):
        return Turn(who=Who.NOBODY, until=begins)
    return Turn(who=known(finding.code) or Who.OUR_IT)


def _is_later(one: str, other: str) -> bool:
    return bool(one and other) and date.fromisoformat(one) > date.fromisoformat(other)
