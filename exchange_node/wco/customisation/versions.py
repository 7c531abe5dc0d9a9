"""Versions of our customisation side by side: which one a partner takes on a day, and back to ours.

Everything inside a node speaks the base version. Others are at the edge: a document is turned into
the partner's version just before it is sealed, and back when its seal was opened. A version has a
registry, schemas and a table of what is called otherwise; see docs/adr/0016.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from lxml import etree

from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.wco.building import CUSTOMIZATION_VERSION, Metadata, Placed, build
from exchange_node.wco.document import Document, Leaf
from exchange_node.wco.notation import MD, TYPE_NAMES, steps
from exchange_node.wco.registry import Registry
from exchange_node.wco.schema import Schemas

NO_PLACE = Rule(
    code="CAREC-R025",
    severity=Severity.ERROR,
    sentence="{pointer} has no place in version {version}; it is left out",
    mend="Leave it out, or agree on a version that has a place for it.",
)
NOT_TAKEN = Rule(
    code="CAREC-R026",
    severity=Severity.ERROR,
    sentence="the document is of version {value!r}; on {day} this node takes {taken}",
    mend="Write the version that the card of this node names for the day.",
)
IN_OVERLAP = Rule(
    code="CAREC-R027",
    severity=Severity.WARNING,
    sentence="the document is of version {value} and read as {base}; on {day} {due} is due",
    mend="Both are taken while versions change; write the one that is due.",
)
RULES = (NO_PLACE, NOT_TAKEN, IN_OVERLAP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """From which day on a version is taken, and for how long around it the one before is too."""

    version: str
    since: date
    overlap: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version beside the base.

    Attributes:
        renamed: kind and path in the base → the path of the same element here.
    """

    name: str
    registry: Registry
    schemas: Schemas
    renamed: Mapping[tuple[str, str], str] = field(default_factory=dict)


Schedule = tuple[Switch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """All versions of a node, what it takes itself and what each partner takes.

    Attributes:
        base: the registry of the base version.
    """

    base: Registry
    others: Mapping[str, Version] = field(default_factory=dict)
    own: Schedule = ()
    partners: Mapping[str, Schedule] = field(default_factory=dict)

    def written(self, document: Document, partner: str, on: date) -> Document:
        """Return a document in the version that a partner takes on a day."""
        version = self.others.get(due(self.partners.get(partner, ()), on))
        if version is None:
            return document
        found, _ = _rewritten(document, version.registry, version.name, version.renamed)
        return found

    def taken(self, document: Document, on: date) -> tuple[Document, tuple[Finding, ...]]:
        """Return a document in the base version, with what is to be said of its own.

        Raises:
            InvalidDocumentError: its version is not taken on that day, or it has what the base has
                no place for: no gate would see that.
        """
        value = _version_of(document)
        accepted = accepted_on(self.own, on)
        is_known = value in self.others or _major(value) == _major(CUSTOMIZATION_VERSION)
        # A newer minor version only adds to the extension: it is read as the base.
        name = value if value in self.others else CUSTOMIZATION_VERSION
        if not is_known or name not in accepted:
            said = NOT_TAKEN.found(
                pointer="MetaData/AgencyAssignedCustomizationVersionCode",
                value=value,
                day=on.isoformat(),
                taken=" or ".join(accepted),
            )
            raise InvalidDocumentError((said,))
        found, findings = self.ours(document)
        if any(one.code == NO_PLACE.code for one in findings):
            raise InvalidDocumentError(findings)
        if name != accepted[0]:
            said = IN_OVERLAP.found(
                pointer="MetaData/AgencyAssignedCustomizationVersionCode",
                value=value,
                base=CUSTOMIZATION_VERSION,
                day=on.isoformat(),
                due=accepted[0],
            )
            findings = (said, *findings)
        return found, findings

    def ours(self, document: Document) -> tuple[Document, tuple[Finding, ...]]:
        """Return a document in the base version, whatever the day, with what is wrong with it.

        Raises:
            InvalidDocumentError: a value cannot be placed in the base version.
        """
        version = self.others.get(_version_of(document))
        if version is None:
            return document, ()
        back = {(kind, new): old for (kind, old), new in version.renamed.items()}
        found, left_out = _rewritten(document, self.base, CUSTOMIZATION_VERSION, back)
        return found, (*version.schemas.check(document), *left_out)


def due(schedule: Schedule, on: date) -> str:
    """Return the version that is due on a day: the last that began, else the base."""
    begun = [one for one in sorted(schedule, key=lambda one: one.since) if one.since <= on]
    return begun[-1].version if begun else CUSTOMIZATION_VERSION


def accepted_on(schedule: Schedule, on: date) -> tuple[str, ...]:
    """Return the versions that are read on a day, the one that is due first."""
    names = [due(schedule, on)]
    first = Switch(version=CUSTOMIZATION_VERSION, since=date.min)
    for before, after in pairwise((first, *sorted(schedule, key=lambda one: one.since))):
        if abs(on - after.since) <= after.overlap:
            names += [before.version, after.version]
    return tuple(dict.fromkeys(names))


def _version_of(document: Document) -> str:
    return document.header.get("AgencyAssignedCustomizationVersionCode", "").strip()


def _major(version: str) -> str:
    return version.partition(".")[0]


def _rewritten(
    document: Document, registry: Registry, version: str, renamed: Mapping[tuple[str, str], str]
) -> tuple[Document, tuple[Finding, ...]]:
    """Build a document anew by another registry; what that has no place for is left out.

    The envelope stays as it is, apart from the version: the rules say whether it is right.
    """
    placed: list[Placed] = []
    findings: list[Finding] = []
    kind = document.kind
    for leaf in document.leaves():
        pointer = _renamed(leaf.pointer, kind, renamed)
        path = "/".join(name for name, _ in steps(pointer) or ())
        if registry.entry(path, kind) is None:
            # Without the value: nobody may be allowed to see it.
            findings.append(NO_PLACE.found(pointer=leaf.pointer, version=version))
            continue
        placed.append(Placed(pointer, leaf.value, _attributes(leaf, kind, renamed)))
    metadata = Metadata(
        country=document.country,
        agency=document.header.get("ResponsibleAgencyName", ""),
        type_name=TYPE_NAMES[document.root_name],
        version=version,
    )
    made = build(registry, metadata, placed, kind=kind)
    exchange = document.exchange
    if exchange is not None:
        made = made.with_exchange(exchange, document.attachments)
    return _in_envelope_of(document, made, version), tuple(findings)


def _in_envelope_of(document: Document, made: Document, version: str) -> Document:
    """Return what was made with the header of the document; only the version is another."""
    root = copy.deepcopy(made.tree)
    for one in root.findall(f"{{{MD}}}*"):
        root.remove(one)
    for at, one in enumerate(document.tree.findall(f"{{{MD}}}*")):
        header = copy.deepcopy(one)
        if etree.QName(header).localname == "AgencyAssignedCustomizationVersionCode":
            header.text = version
        root.insert(at, header)
    return Document(root)


def _attributes(leaf: Leaf, kind: str, renamed: Mapping[tuple[str, str], str]) -> Mapping[str, str]:
    """Return the attributes of a value; one that names a sibling names it as it is called now."""
    sibling = leaf.attributes.get("element")
    if sibling is None:
        return leaf.attributes
    beside = f"{leaf.path.rpartition('/')[0]}/{sibling}"
    return {**leaf.attributes, "element": renamed.get((kind, beside), beside).rpartition("/")[2]}


def _renamed(pointer: str, kind: str, renamed: Mapping[tuple[str, str], str]) -> str:
    path = ""
    written = []
    for name, position in steps(pointer) or ():
        path = f"{path}/{name}" if path else name
        new = renamed.get((kind, path), path).rpartition("/")[2]
        written.append(f"{new}[{position}]")
    return "/".join(written)


def read_renamed(tsv: str) -> Mapping[tuple[str, str], str]:
    """Read the table of other names: kind, path in the base, path here; a header line first."""
    rows: Iterable[list[str]] = (line.split("\t") for line in tsv.splitlines()[1:] if line.strip())
    return {(row[0], row[1]): row[2] for row in rows}
