"""Versions of our customisation side by side: which one a partner takes on a day, and back to ours.

Everything inside a node speaks the base version. Others are at the edge: a document is turned into
the partner's version before it is checked for the last time, and back when its seal was opened. A
version has a registry, schemas and a table of what is called otherwise; see docs/adr/0016 and 0020.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from exchange_node.domain.errors import InvalidDocumentError, MissingSettingError
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.wco.building import CUSTOMIZATION_VERSION
from exchange_node.wco.customisation.rewriting import (
    Names,
    backwards,
    lacking_extensions,
    rewritten,
)
from exchange_node.wco.document import Document, Leaf
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
LEFT_OUT_THERE = Rule(
    code="CAREC-R028",
    severity=Severity.WARNING,
    sentence="{pointer} has no place in version {version}, which {partner} takes: it does not go",
    mend="Nothing has to be done if the partner can do without; else it has to take a version that "
    "has a place for it.",
)
OBLIGATORY_THERE = Rule(
    code="CAREC-R029",
    severity=Severity.ERROR,
    sentence="{pointer} is obligatory, and version {version}, which {partner} takes, has no place "
    "for it",
    mend="The partner has to take a version that has a place for it.",
)
REQUIRED_THERE = Rule(
    code="CAREC-R030",
    severity=Severity.ERROR,
    sentence="the grant requires {pointer}, which has no place in version {version}, which "
    "{partner} takes",
    mend="The partner has to take a version that has a place for it, or the agreement to do "
    "without it.",
)
NOT_VALID_THERE = Rule(
    code="CAREC-R031",
    severity=Severity.ERROR,
    sentence="written in version {version}, which {partner} takes, {pointer} is not valid: {why}",
    mend="Compare registry, schemas and renamed.tsv in versions/{version}/ with the partner's.",
)
UNWRITABLE_THERE = Rule(
    code="CAREC-R032",
    severity=Severity.ERROR,
    sentence="the document cannot be written in version {version}, which {partner} takes: {why}",
    mend="Compare registry and renamed.tsv in versions/{version}/ with the partner's.",
)
RULES = (
    NO_PLACE, NOT_TAKEN, IN_OVERLAP, LEFT_OUT_THERE, OBLIGATORY_THERE, REQUIRED_THERE,
    NOT_VALID_THERE, UNWRITABLE_THERE,
)  # fmt: skip

_MODEL_VERSION = "MetaData/AgencyAssignedCustomizationVersionCode"
_SHOWN = 20
"""Characters of a version's name that an error repeats (our choice)."""


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
    renamed: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A document as a partner takes it.

    Attributes:
        document: in the partner's version.
        read_back: the same as the partner's node will read it, in the base version: what its gates
            and rules see, and what ours have to see before it is sealed.
        version: the name of the partner's version.
        findings: what has no place there, and what that version's schema says; errors among them
            stop the document.
    """

    document: Document
    read_back: Document
    version: str = CUSTOMIZATION_VERSION
    findings: tuple[Finding, ...] = ()


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

    def written(
        self, document: Document, partner: str, on: date, *, required: Collection[str] = ()
    ) -> Written:
        """Return a document in the version that a partner takes on a day, and what that costs.

        `required` are the paths without which the document says something else: those that the
        grant requires. What is wrong is in the findings, never raised.
        """
        version = self.others.get(due(self.partners.get(partner, ()), on))
        if version is None:
            return Written(document=document, read_back=document)
        facts = {"version": version.name, "partner": partner}
        try:
            found, lost = rewritten(document, version.registry, version.name, version.renamed)
            back, _ = rewritten(found, self.base, CUSTOMIZATION_VERSION, backwards(version.renamed))
        except InvalidDocumentError as err:
            unwritable = tuple(
                UNWRITABLE_THERE.found(pointer=one.pointer, why=one.text, **facts)
                for one in err.findings
            )
            return Written(
                document=document, read_back=document, version=version.name, findings=unwritable
            )
        findings = [self._loss(one, document.kind, required, facts) for one in lost]
        findings += [
            NOT_VALID_THERE.found(
                pointer=one.pointer, value=one.value, why=one.facts["why"], **facts
            )
            for one in version.schemas.check(found)
        ]
        findings += [
            NOT_VALID_THERE.found(pointer=one, why="it is obligatory, and missing", **facts)
            for one in lacking_extensions(found, version.registry)
        ]
        return Written(
            document=found, read_back=back, version=version.name, findings=tuple(findings)
        )

    def _loss(
        self, leaf: Leaf, kind: str, required: Collection[str], facts: Mapping[str, str]
    ) -> Finding:
        """Return what is said of a value that has no place there; without the value itself."""
        entry = self.base.entry(leaf.path, kind)
        if leaf.path in required:
            return REQUIRED_THERE.found(pointer=leaf.pointer, **facts)
        if entry is not None and entry.minimum:
            return OBLIGATORY_THERE.found(pointer=leaf.pointer, **facts)
        return LEFT_OUT_THERE.found(pointer=leaf.pointer, **facts)

    def taken(self, document: Document, on: date) -> tuple[Document, tuple[Finding, ...]]:
        """Return a document in the base version, with what is to be said of its own.

        Raises:
            InvalidDocumentError: its version is not taken on that day, or it has what the base has
                no place for: no gate would see that.
        """
        value = document.version
        accepted = accepted_on(self.own, on)
        is_known = value in self.others or _major(value) == _major(CUSTOMIZATION_VERSION)
        # A newer minor version only adds to the extension: it is read as the base.
        name = value if value in self.others else CUSTOMIZATION_VERSION
        if not is_known or name not in accepted:
            said = NOT_TAKEN.found(
                pointer=_MODEL_VERSION,
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
                pointer=_MODEL_VERSION,
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
            MissingSettingError: its version is not among those of the node any more.
        """
        value = document.version
        version = self.others.get(value)
        if version is None:
            if _major(value) != _major(CUSTOMIZATION_VERSION):
                # Read as it is it would lose what is called otherwise there, and nobody would know.
                raise MissingSettingError(
                    what=f"version {value[:_SHOWN]!r} of the documents", where="versions/"
                )
            return document, ()
        found, lost = rewritten(
            document, self.base, CUSTOMIZATION_VERSION, backwards(version.renamed)
        )
        # Without the values: nobody may be allowed to see them.
        left_out = (
            NO_PLACE.found(pointer=one.pointer, version=CUSTOMIZATION_VERSION) for one in lost
        )
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


def _major(version: str) -> str:
    return version.partition(".")[0]
