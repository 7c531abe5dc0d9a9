"""Document + grant → what may leave · what is withheld; and on arrival: what was not covered.

Deny by default, leaf by leaf: a field leaves only where a path of the grant's `allow` names it or a
subtree that holds it. What says more about a field (`ext:FullText`, `ext:OriginalText`,
`ext:CodeOriginal`) shares the field's fate and is never listed itself. The same question decides at
the receiver which fields were not covered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from exchange_node.domain.agreement import Grant, Unexpected
from exchange_node.domain.message import BUSINESS_ANSWER, CODES
from exchange_node.policy.paths import NEVER_SENT, Coverage
from exchange_node.policy.verdict import Code, Step, Verdict
from exchange_node.wco.notation import COMPANIONS

if TYPE_CHECKING:
    from exchange_node.wco.document import Document, Leaf

_FIELDS_NAMED = 5
"""Fields that a sentence names before it only counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A field that did not leave: its path, where it stood, and whether it is personal data.

    The value is not kept: this goes into reports and the audit, and the field was withheld.
    """

    path: str
    pointer: str
    personal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimised:
    """What a grant lets out of a document, and what stayed behind, in document order."""

    document: Document
    withheld: tuple[Withheld, ...]


def minimise(document: Document, grant: Grant) -> Minimised:
    """Return the document without what the grant does not let out.

    No leaf of the result lies outside the grant's allow list. What the grant requires is not looked
    at here: `permit_content` does, and the walk validates the result once more, since a grant that
    withholds an obligatory element is a fault of the agreement.
    """
    outside = unexpected(document, grant)
    if not outside:
        return Minimised(document=document, withheld=())
    personal = Coverage.of(grant.personal)
    return Minimised(
        document=document.without(frozenset(path_of(one) for one in outside)),
        withheld=tuple(
            Withheld(path=one.path, pointer=one.pointer, personal=personal.covers(path_of(one)))
            for one in outside
        ),
    )


def path_of(leaf: Leaf) -> str:
    """Return the path that decides over a leaf: its own, or that of the field it speaks of."""
    parent, _, name = leaf.path.rpartition("/")
    if name in COMPANIONS:
        return f"{parent}/{leaf.attributes.get('element', '')}"
    return leaf.path


def unexpected(document: Document, grant: Grant) -> tuple[Leaf, ...]:
    """Return the leaves that the grant does not cover, in document order."""
    allowed = Coverage.of(grant.allow)
    return tuple(
        one
        for one in document.leaves()
        if (path := path_of(one)) in NEVER_SENT or not allowed.covers(path)
    )


def permit_content(document: Document, grant: Grant, *, code: str) -> Verdict:
    """Return whether a document may go, or be taken, under a grant as a message of this code.

    Asked after minimising by the sender and after the seal by the receiver. Fields that are not
    covered are a denial where the grant says so; where it says `hide`, the verdict is open, and
    the caller hides what `unexpected` names. A business answer has no list of fields: it repeats to
    a sender what was the sender's own.
    """
    facts = {"grant": grant.grant_id, "code": code}
    steps = [Step(check=Code.DOCUMENT_TYPE, passed=True)]
    contradiction = _contradiction(document, code)
    if contradiction:
        return _denial(Code.DOCUMENT_TYPE, grant, facts | contradiction, [])
    if code != BUSINESS_ANSWER:
        outside = unexpected(document, grant)
        if outside and grant.unexpected is Unexpected.REFUSE:
            named = tuple(dict.fromkeys(one.path for one in outside))
            count = {"count": str(len(outside))}
            return _denial(Code.FIELD, grant, facts | count | _fields(named), steps)
        steps.append(Step(check=Code.FIELD, passed=True))
        missing = tuple(one for one in grant.require if not document.value(one))
        if missing:
            return _denial(Code.REQUIRED_MISSING, grant, facts | _fields(missing), steps)
        steps.append(Step(check=Code.REQUIRED_MISSING, passed=True))
    return Verdict(code=Code.ALLOW, grant=grant, facts=MappingProxyType(facts), steps=tuple(steps))


def _contradiction(document: Document, code: str) -> dict[str, str]:
    """Return what in a document belies the code it is sent as, as facts; empty if nothing does."""
    kind = CODES.get(code)
    if kind is None:
        return {"element": "message code", "found": code, "wanted": ", ".join(CODES)}
    root = kind.root.value
    if document.root_name != root:
        return {"element": "root", "found": document.root_name, "wanted": root}
    for name, wanted in (("TypeCode", kind.type_code), ("FunctionCode", kind.function)):
        found = document.value(f"{root}/{name}")
        if wanted and found != wanted:
            return {"element": f"{root}/{name}", "found": found or "-", "wanted": wanted}
    return {}


def _fields(paths: tuple[str, ...]) -> dict[str, str]:
    more = ", …" if len(paths) > _FIELDS_NAMED else ""
    return {"fields": ", ".join(paths[:_FIELDS_NAMED]) + more}


def _denial(code: Code, grant: Grant, facts: Mapping[str, str], passed: list[Step]) -> Verdict:
    return Verdict(
        code=code,
        grant=grant,
        facts=MappingProxyType(dict(facts)),
        steps=(*passed, Step(check=code, passed=False)),
    )
