"""National declaration + profile + facts → WCO document, report, findings.

detect: the profile whose root stands in the file · read it into a tree · place the facts · draw
the profile over the tree · build the document · say what is obligatory and filled by nothing.
Mapping collects everything it finds and returns; what stops a document is for its reader to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from exchange_node import safe_xml
from exchange_node.domain.errors import UncoveredMessageError, UnknownFormatError
from exchange_node.domain.finding import Finding
from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping.drawing import Draft, lacking_in
from exchange_node.mapping.facts import Facts, place
from exchange_node.mapping.findings import FOREIGN_NAMESPACE, MISSING, SEVERAL, UNUSED_FACT
from exchange_node.mapping.profile.profile import Profile, Profiles
from exchange_node.mapping.report import Report, columns_of
from exchange_node.mapping.source import bodies, names, read, split_tag
from exchange_node.wco.building import Metadata
from exchange_node.wco.compiled.frames import write
from exchange_node.wco.document import Document

if TYPE_CHECKING:
    from lxml import etree

    from exchange_node.wco.rules import WcoLibrary


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """What mapping one declaration gave; `findings` are in the order they were met."""

    document: Document
    report: Report
    findings: tuple[Finding, ...]
    profile: str


def detect(declaration: bytes | Opened, profiles: Profiles) -> Profile:
    """Return the profile that recognises a declaration, in a wrapper or bare.

    Among profiles that know the root's name, one that knows its namespace too comes first.

    Raises:
        UnsafeXmlError, MalformedXmlError: the file is no XML that is let in.
        UncoveredMessageError: a message of a family we know, of a type that no profile covers.
        UnknownFormatError: no profile knows any root in it.
    """
    root = opened(declaration).root
    own = split_tag(str(root.tag))[1]
    detected = [profile for profile in profiles if profile.is_detected]
    bare = [profile for profile in detected if own in profile.detection.roots]
    fitting: list[tuple[bool, str, Profile]] = []
    for profile in bare or detected:
        found = bodies(root, profile.detection)
        if found:
            namespace, _ = split_tag(str(found[0].tag))
            fitting.append((not profile.detection.knows(namespace), profile.name, profile))
    if fitting:
        return min(fitting, key=lambda one: one[:2])[2]
    inside = list(dict.fromkeys(names(root)))
    for name in inside:
        for profile in profiles:
            family = profile.family
            if family is not None and family.messages.fullmatch(name):
                raise UncoveredMessageError(
                    what=name, family=family.name, known=_covered(profiles, family.name)
                )
    raise UnknownFormatError(what=f"a document with the root {inside[0]}", known=_known(profiles))


@dataclass(frozen=True, slots=True)
class Opened:
    """A declaration that was let in; `root` is for this room alone."""

    root: etree._Element


def opened(declaration: bytes | Opened) -> Opened:
    """Let a declaration in, once for all that is to be done with it.

    Raises:
        UnsafeXmlError, MalformedXmlError: the file is no XML that is let in.
    """
    if isinstance(declaration, Opened):
        return declaration
    return Opened(safe_xml.parse(declaration))


def named(name: str, profiles: Profiles) -> Profile:
    """Return the profile of a name.

    Raises:
        UnknownFormatError: there is none.
    """
    profile = profiles.by_name.get(name)
    if profile is None:
        raise UnknownFormatError(what=f"the name {name[:80]!r}", known=_known(profiles))
    return profile


def _known(profiles: Profiles) -> str:
    return ", ".join(profiles.names) or "none"


def _covered(profiles: Profiles, family: str) -> str:
    covered = (
        root
        for profile in profiles
        if profile.family is not None and profile.family.name == family
        for root in profile.detection.roots
    )
    return ", ".join(sorted(set(covered)))


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
        UnsafeXmlError, MalformedXmlError: the file is no XML that is let in.
        UncoveredMessageError, UnknownFormatError: it is not of the profile's format.
        InvalidFactsError: a fact that no line of the profile names.
        InvalidProfileError: the profile fills what the WCO registry does not have.
    """
    root = opened(declaration).root
    found = bodies(root, profile.detection)
    if not found:
        raise _other(list(dict.fromkeys(names(root))), profile)
    source = read(root, found, profile.detection)
    findings: list[Finding] = []
    namespace, _ = split_tag(str(found[0].tag))
    if not profile.detection.knows(namespace):
        findings.append(FOREIGN_NAMESPACE.found(value=namespace, profile=profile.name))
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
    lacking = tuple(lacking_in(profile, draft.top))
    findings += [
        MISSING.found(
            pointer=one.pointer, sources=", ".join(one.sources) or "no line of the profile"
        )
        for one in lacking
    ]
    report = Report(partial(columns_of, profile, source, draft, lacking))
    carried = draft.carried() if source.facts else {}
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


def _other(inside: list[str], profile: Profile) -> UncoveredMessageError | UnknownFormatError:
    known = ", ".join(profile.detection.roots)
    family = profile.family
    for name in inside:
        if family is not None and family.messages.fullmatch(name):
            return UncoveredMessageError(what=name, family=family.name, known=known)
    return UnknownFormatError(what=f"a document with the root {inside[0]}", known=known)
