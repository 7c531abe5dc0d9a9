"""Document + grant → may it go, or be taken: what it is, its fields, their masks, what lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from exchange_node.domain.agreement import Grant, Unexpected
from exchange_node.domain.message import BUSINESS_ANSWER, CODES
from exchange_node.policy.minimising.masking import is_masked
from exchange_node.policy.minimising.rulings import rulings_of
from exchange_node.policy.verdict import Code, Step, Verdict

if TYPE_CHECKING:
    from exchange_node.wco.document import Document, Leaf

_FIELDS_NAMED = 5
"""Fields that a sentence names before it only counts."""


def unexpected(document: Document, grant: Grant) -> tuple[Leaf, ...]:
    """Return the leaves that the grant does not let out as they are, in document order.

    Those are the ones it does not cover, and those that it wants masked and that plainly are not.
    """
    rulings = rulings_of(grant)
    return tuple(
        one
        for one in document.leaves()
        if (ruling := rulings.on_leaf(one)).stays
        or (ruling.mask is not None and not is_masked(ruling.mask, one.value))
    )


def permit_content(document: Document, grant: Grant, *, code: str) -> Verdict:
    """Return whether a document may go, or be taken, under a grant as a message of this code.

    Asked after minimising by the sender and after the seal by the receiver. Fields that are not
    covered, or not masked, are a denial where the grant says so; where it says `hide`, the verdict
    is open, and the caller hides what `unexpected` names. A business answer has no list of fields:
    it repeats to a sender what was the sender's own.
    """
    facts = {"grant": grant.grant_id, "code": code}
    steps = [Step(check=Code.DOCUMENT_TYPE, passed=True)]
    contradiction = _contradiction(document, code)
    if contradiction:
        return _denial(Code.DOCUMENT_TYPE, grant, facts | contradiction, [])
    if code != BUSINESS_ANSWER:
        found = unexpected(document, grant) if grant.unexpected is Unexpected.REFUSE else ()
        rulings = rulings_of(grant)
        outside = [one for one in found if rulings.on_leaf(one).stays]
        if outside:
            return _denial(Code.FIELD, grant, facts | _counted(outside), steps)
        steps.append(Step(check=Code.FIELD, passed=True))
        if grant.masks:
            if found:
                return _denial(Code.UNMASKED, grant, facts | _counted(found), steps)
            steps.append(Step(check=Code.UNMASKED, passed=True))
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


def _counted(leaves: Sequence[Leaf]) -> dict[str, str]:
    named = tuple(dict.fromkeys(one.path for one in leaves))
    return {"count": str(len(leaves))} | _fields(named)


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
