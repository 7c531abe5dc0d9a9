"""Document → what it is about, as far as the conditions of a grant ask · which is not met.

Transport modes, chapters and levels must all be among those that are agreed: one wagon more by
another mode, one item more of another chapter, and the grant does not hold. Of offices any one
must be. A document that says nothing of what is asked meets no condition; where it arrives without
a field because its grant withholds it, that cannot be seen any more, and is the sender's to answer
for. An answer is not asked again: it says nothing but what became of a message that was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from exchange_node.domain.agreement import Grant
from exchange_node.domain.agreement.grant_terms import Conditions
from exchange_node.domain.agreement.masking import CoarserForm
from exchange_node.domain.message import ANSWERS, OUTLIVING
from exchange_node.policy.minimising.rulings import Ruling, rulings_of
from exchange_node.policy.minimising.scope import said_of_scope

if TYPE_CHECKING:
    from exchange_node.wco.document import Document

UNSAID = "-"
"""Stands for what a document does not say."""

CORRIDOR = "CRR"
"""Subject of a coded statement that names a corridor in its `StatementCode` (our choice)."""
_HS = "HS"
"""UNCL 7143 of the Harmonized System."""
_CHAPTER_DIGITS = 2
_SHOWN = 10
"""Values of a document that a sentence names at most (our choice)."""
_ITEM = re.compile(r"^(?:InterGov/)?Declaration/Consignment\[\d+\]/ConsignmentItem\[\d+\]")
_SUBJECT = re.compile(r"^InterGov/ext:RiskAlert/ext:Subject\[\d+\]")


class Asked(StrEnum):
    """What a condition asks of a document, by the name of its key."""

    MODES = "transport_modes"
    CHAPTERS = "hs_chapters"
    OFFICES = "offices"
    LEVELS = "risk_levels"
    CORRIDORS = "corridors"


_CODES = ("Declaration/Consignment/ConsignmentItem/Commodity/Classification/ID",)
_SUBJECT_CODE = "InterGov/ext:RiskAlert/ext:Subject/ext:ClassificationID"

PLACES: Mapping[Asked, tuple[str, ...]] = MappingProxyType(
    {
        Asked.MODES: (
            "Declaration/BorderTransportMeans/ModeCode",
            "Declaration/ext:FurtherTransportMeans/ext:ModeCode",
            "Declaration/Consignment/DepartureTransportMeans/ModeCode",
            "Declaration/Consignment/ext:FurtherTransportMeans/ext:ModeCode",
            "Declaration/Consignment/ext:Transhipment/ext:ModeCode",
            "InterGov/Declaration/BorderTransportMeans/ModeCode",
        ),
        Asked.CHAPTERS: (*_CODES, *(f"InterGov/{one}" for one in _CODES), _SUBJECT_CODE),
        Asked.OFFICES: (
            "Declaration/DeclarationOfficeID",
            "Declaration/EntryOffice/ID",
            "Declaration/ExitOffice/ID",
            "Declaration/Consignment/TransitDeparture/ID",
            "Declaration/Consignment/TransitDestination/ID",
            "Declaration/Consignment/ext:TransitOffice/ext:ID",
            "Declaration/Consignment/ext:ExitForTransitOffice/ext:ID",
            "InterGov/Declaration/EntryOffice/ID",
            "InterGov/Declaration/ExitOffice/ID",
            "InterGov/Declaration/PresentationOffice/ID",
            "InterGov/ext:RiskAlert/ext:Subject/ext:OfficeID",
        ),
        Asked.LEVELS: ("InterGov/ext:RiskAlert/ext:SeverityCode",),
        Asked.CORRIDORS: ("Declaration/AdditionalInformation/StatementCode",),
    }
)
"""Where a document says what a condition asks."""

Said = Mapping[str, tuple[str, ...]]
"""What a document says, by the name of the condition; an empty text where it lacks a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """A condition that a document does not meet: which, what is agreed, what the document says."""

    condition: str
    agreed: tuple[str, ...]
    said: tuple[str, ...]

    @property
    def facts(self) -> dict[str, str]:
        """What a sentence is filled with."""
        said = [one or UNSAID for one in dict.fromkeys(self.said)]
        more = ", …" if len(said) > _SHOWN else ""
        return {
            "condition": f"conditions.{self.condition}",
            "agreed": ", ".join(self.agreed),
            "said": ", ".join(said[:_SHOWN]) + more if said else UNSAID,
        }


def said_by(document: Document) -> Said:
    """Return what a document says of everything that a condition or a scope may ask."""
    said = {one.value: _said(document, one, PLACES[one]) for one in Asked}
    return {**said, **said_of_scope(document, said[Asked.OFFICES])}


def is_asked(code: str) -> bool:
    """Whether conditions are asked of a message of this code.

    They are not of an answer, nor of an order about what was received under the grant.
    """
    return code not in ANSWERS and code not in OUTLIVING


def unmet(conditions: Conditions | None, said: Said) -> Unmet | None:
    """Return the first condition that what is said does not meet; None where all are."""
    for one in Asked:
        agreed = _agreed(conditions, one)
        if agreed and not _is_met(one, agreed, said.get(one, ())):
            return Unmet(condition=one.value, agreed=agreed, said=said.get(one, ()))
    return None


def unmet_on_arrival(document: Document, grant: Grant) -> Unmet | None:
    """Return the first condition that a minimised document plainly does not meet."""
    if grant.conditions is None:
        return None
    rulings, root = rulings_of(grant), document.root_name
    for one in Asked:
        agreed = _agreed(grant.conditions, one)
        if not agreed:
            continue
        places = [path for path in PLACES[one] if path.partition("/")[0] == root]
        seen = [path for path in places if not _is_gone(rulings.on(path), one)]
        said = _said(document, one, seen)
        if _is_met(one, agreed, said):
            continue
        plainly = one is not Asked.OFFICES and any(value and value not in agreed for value in said)
        if plainly or len(seen) == len(places):
            return Unmet(condition=one.value, agreed=agreed, said=said)
    return None


def _is_gone(ruling: Ruling, asked: Asked) -> bool:
    if ruling.stays is not None or ruling.mask is None:
        return ruling.stays is not None
    shows_chapter = ruling.mask.to in (CoarserForm.CHAPTER, CoarserForm.HEADING)
    return not (asked is Asked.CHAPTERS and shows_chapter)


def _agreed(conditions: Conditions | None, asked: Asked) -> tuple[str, ...]:
    return tuple(str(one) for one in getattr(conditions, asked.value, ()))


def _is_met(asked: Asked, agreed: tuple[str, ...], values: tuple[str, ...]) -> bool:
    if asked is Asked.OFFICES:
        return any(one in agreed for one in values)
    return bool(values) and all(one in agreed for one in values)


def _said(document: Document, asked: Asked, places: Sequence[str]) -> tuple[str, ...]:
    if asked is Asked.CHAPTERS:
        return _chapters(document, places)
    if asked is Asked.CORRIDORS:
        return _corridors(document, places)
    return tuple(one for path in places for one in document.values(path))


def _corridors(document: Document, places: Sequence[str]) -> tuple[str, ...]:
    """Return the corridors that a document names: coded statements whose subject they are."""
    named = {
        leaf.pointer.rpartition("/")[0]
        for path in places
        for leaf in document.at(f"{path.rpartition('/')[0]}/StatementTypeCode")
        if leaf.value == CORRIDOR
    }
    codes = (leaf for path in places for leaf in document.at(path))
    return tuple(one.value for one in codes if one.pointer.rpartition("/")[0] in named)


def _chapters(document: Document, places: Sequence[str]) -> tuple[str, ...]:
    """Return the chapter of every item, or of every subject of an alert."""
    found: dict[str, list[str]] = {}
    other: dict[str, list[str]] = {}
    kinds = {
        leaf.pointer.rpartition("/")[0]: leaf.value
        for path in (f"{one.removesuffix('ID')}IdentificationTypeCode" for one in _CODES)
        for leaf in (*document.at(path), *document.at(f"InterGov/{path}"))
    }
    for leaf in document.leaves():
        item = _ITEM.match(leaf.pointer) or _SUBJECT.match(leaf.pointer)
        if item is None:
            continue
        found.setdefault(item.group(), [])
        if leaf.path in places:
            is_hs = kinds.get(leaf.pointer.rpartition("/")[0], _HS) == _HS
            (found if is_hs else other).setdefault(item.group(), []).append(leaf.value)
    return tuple(
        code[:_CHAPTER_DIGITS]
        for item, codes in found.items()
        for code in (codes or other.get(item) or [""])
    )
