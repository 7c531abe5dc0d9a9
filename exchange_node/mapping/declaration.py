"""National declaration + profile + facts → WCO document, report, findings.

read the file as the profile says into a tree · place the facts · draw
the profile over the tree · build the document · say what is obligatory and filled by nothing.
Mapping collects everything it finds and returns; what stops a document is for its reader to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from exchange_node.domain.finding import Finding
from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping.drawing import Draft, lacking_in
from exchange_node.mapping.facts import Facts, place
from exchange_node.mapping.findings import MISSING, SEVERAL, UNUSED_FACT
from exchange_node.mapping.profile.profile import Profile
from exchange_node.mapping.recognising import detect, named, read_as
from exchange_node.mapping.report import Report, columns_of
from exchange_node.mapping.sources import Opened, opened
from exchange_node.wco.building import Metadata
from exchange_node.wco.compiled.frames import write
from exchange_node.wco.compiled.rows import Row
from exchange_node.wco.document import Document

if TYPE_CHECKING:
    from exchange_node.wco.rules import WcoLibrary

__all__ = ["Mapped", "Opened", "detect", "map_declaration", "named", "opened"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """What mapping one declaration gave; `findings` are in the order they were met."""

    document: Document
    report: Report
    findings: tuple[Finding, ...]
    profile: str


def map_declaration(
    declaration: bytes | Opened,
    profile: Profile,
    facts: Facts,
    library: WcoLibrary,
    *,
    sender: PartyId,
    agency: str,
    at: datetime,
    reference: str,
) -> Mapped:
    """Map a declaration; `reference` stands in where the declaration has none of its own.

    Raises:
        InputError: the file is nothing that is let in.
        UncoveredMessageError, UnknownFormatError: it is not of the profile's format.
        InvalidFactsError: a fact that no line of the profile names.
        InvalidProfileError: the profile fills what the WCO registry does not have.
    """
    source = read_as(opened(declaration, profile.detection.kind), profile)
    findings = list(source.findings)
    if source.bodies > 1:
        findings.append(SEVERAL.found(count=source.bodies))
    findings += place(facts, source, profile)
    given = {
        "sender": sender.value,
        "country": sender.country,
        "agency": agency,
        "at": at.isoformat(timespec="seconds"),
        "reference": reference,
    }
    draft = Draft(profile, library.registry, source, given=given)
    draft.write()
    findings += draft.notes.findings
    document = write(draft.top, Metadata(country=sender.country, agency=agency, type_name="DEC"))
    frames = dict.fromkeys([out if isinstance(out, Row) else out.frame for out in draft.outputs])
    lacking = tuple(lacking_in(profile, draft.top, frames))
    findings += [
        MISSING.found(
            pointer=one.pointer, sources=", ".join(one.sources) or "no line of the profile"
        )
        for one in lacking
    ]
    report = Report(partial(columns_of, profile, source, draft, lacking))
    carried = draft.carriers() if source.facts else {}
    findings += [
        UNUSED_FACT.found(
            pointer=fact.path(source.body),
            value=fact.text,
            reason=draft.notes.refused.get(fact, "another value stood in its place"),
        )
        for fact in source.facts
        if fact not in carried
    ]
    return Mapped(document=document, report=report, findings=tuple(findings), profile=profile.name)
