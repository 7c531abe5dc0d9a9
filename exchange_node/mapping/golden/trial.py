"""An example mapped and checked again, and held against what is expected of it."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

from lxml import etree

from exchange_node.domain.errors import InputError, InvalidExampleError, NodeError
from exchange_node.domain.finding import Finding
from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping.declaration import Mapped, detect, map_declaration, opened
from exchange_node.mapping.facts import Facts, read_facts
from exchange_node.mapping.golden.case import Case, Expectation, expectation
from exchange_node.mapping.golden.difference import Difference, of_documents, of_expectations
from exchange_node.mapping.profile.profile import Profile, Profiles
from exchange_node.mapping.report import Line
from exchange_node.wco.document import Document, read
from exchange_node.wco.rules import validate
from exchange_node.wco.rules.library import WcoLibrary

LOST = ("refused", "passed_over", "unmapped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of an example.

    Attributes:
        found: what would be expected of it from now on.
        document: its WCO document, indented for people; empty where it has none.
        leaves: how many values the declaration has.
        differences: from what is expected now; none for an example that passes.
        is_new: nothing is expected of it yet.
    """

    case: Case
    found: Expectation
    document: bytes
    leaves: int
    differences: tuple[Difference, ...]
    is_new: bool

    @property
    def has_passed(self) -> bool:
        """Whether it is as expected."""
        return not self.differences and not self.is_new


def tried(
    case: Case, profile: Profile, profiles: Profiles, library: WcoLibrary, *, sender: str = ""
) -> Trial:
    """Map and check an example; `sender` counts where the example does not say who submits it.

    Raises:
        InvalidExampleError: what is expected of it cannot be read.
    """
    wanted = expectation(case)
    if sender and "sender" not in case.expected:
        wanted = replace(wanted, sender=sender)
    before = _document(case)
    document: Document | None = None
    leaves = 0
    found = replace(wanted, error="", coverage=0.0, findings=(), lost=(), detected="")
    try:
        mapped, said = _mapped(case, wanted, profile, library)
    except InputError as err:
        found = replace(found, error=err.code)
    else:
        document, leaves = mapped.document, mapped.report.columns.leaves
        found = replace(
            found,
            coverage=round(mapped.report.coverage, 4),
            findings=tuple(f"{one.severity.value} {one.code} {one.pointer}" for one in said),
            lost=tuple(
                f"{kind.replace('_', ' ')} {line.source}"
                for kind in LOST
                for line in _lines(mapped, kind)
            ),
        )
    found = replace(found, detected=_detected(case, profiles))
    return Trial(
        case=case,
        found=found,
        document=b"" if document is None else _indented(document),
        leaves=leaves,
        differences=(*of_expectations(wanted, found), *of_documents(before, document)),
        is_new=not case.expected,
    )


def _lines(mapped: Mapped, kind: str) -> tuple[Line, ...]:
    lines: tuple[Line, ...] = getattr(mapped.report, kind)
    return lines


def _mapped(
    case: Case, wanted: Expectation, profile: Profile, library: WcoLibrary
) -> tuple[Mapped, tuple[Finding, ...]]:
    mapped = map_declaration(
        opened(case.declaration),
        profile,
        read_facts(case.facts) if case.facts else Facts(),
        library,
        sender=PartyId.of_country(wanted.sender),
        agency=f"Customs of {wanted.sender}",
        at=wanted.at,
        reference="example",
    )
    checked = validate(mapped.document, library, wanted.at.date())
    return mapped, (*mapped.findings, *checked)


def _detected(case: Case, profiles: Profiles) -> str:
    try:
        return detect(case.declaration, profiles).name
    except InputError:
        return ""


def _document(case: Case) -> Document | None:
    if not case.document:
        return None
    try:
        return read(case.document)
    except NodeError as err:
        why = f"its WCO document cannot be read: {err}"
        raise InvalidExampleError(example=case.title, why=why) from None


def _indented(document: Document) -> bytes:
    tree = copy.deepcopy(document.tree)
    etree.indent(tree)
    return etree.tostring(tree, encoding="UTF-8", xml_declaration=True) + b"\n"
