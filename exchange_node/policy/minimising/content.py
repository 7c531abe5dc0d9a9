"""Document + grant → may it go, or be taken: what it is, its fields, their masks, what lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from exchange_node.domain.agreement import Agreement, Grant, Unexpected
from exchange_node.domain.agreement.grant_terms import VersionRange
from exchange_node.domain.message import BUSINESS_ANSWER, CODES
from exchange_node.policy.minimising.conditions import (
    UNSAID,
    is_asked,
    said_by,
    unmet,
    unmet_on_arrival,
)
from exchange_node.policy.minimising.masking import is_masked
from exchange_node.policy.minimising.rulings import rulings_of
from exchange_node.policy.minimising.scope import certificate_checks, scope_checks
from exchange_node.policy.verdict import Code, Step, Verdict

if TYPE_CHECKING:
    from exchange_node.wco.document import Document, Leaf

_DIGITS = 3
"""Digits of the number of a version, as an agreement counts them."""
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


def permit_content(
    document: Document,
    grant: Grant,
    *,
    code: str,
    schema: str = "",
    agreement: Agreement | None = None,
) -> Verdict:
    """Return whether a document may go, or be taken, under a grant as a message of this code.

    Asked after minimising by the sender and after the seal by the receiver. Fields that are not
    covered, or not masked, are a denial where the grant says so; where it says `hide`, the verdict
    is open, and the caller hides what `unexpected` names. A business answer has no list of fields:
    it repeats to a sender what was the sender's own.

    Args:
        document: in the base version.
        schema: the version that it travels in; empty where that is its own.
        agreement: of the grant, for its scope; None where the grant alone is asked.
    """
    facts = {"grant": grant.grant_id, "code": code}
    facts |= {"agreement": agreement.agreement_id} if agreement is not None else {}
    steps: list[Step[Code]] = []
    for check, amiss in _checks(document, grant, code, schema, agreement):
        if amiss:
            return _denial(check, grant, facts | amiss, steps)
        steps.append(Step(check=check, passed=True))
    return Verdict(code=Code.ALLOW, grant=grant, facts=MappingProxyType(facts), steps=tuple(steps))


def _checks(
    document: Document, grant: Grant, code: str, schema: str, agreement: Agreement | None
) -> Iterator[tuple[Code, dict[str, str]]]:
    """Yield each check in its order, with what is amiss as facts; the first that is decides."""
    yield Code.DOCUMENT_TYPE, _contradiction(document, code)
    ranges = [one for one in grant.schema_versions if one.code == code]
    if ranges:
        yield Code.SCHEMA_VERSION, _other_version(ranges, schema or document.version)
    if agreement is not None:
        yield from scope_checks(agreement, code, said_by(document))
    if grant.conditions is not None and is_asked(code):
        missed = unmet_on_arrival(document, grant)
        yield Code.CONDITION, {} if missed is None else missed.facts
    if code == BUSINESS_ANSWER:
        return
    found = unexpected(document, grant) if grant.unexpected is Unexpected.REFUSE else ()
    rulings = rulings_of(grant)
    outside = [one for one in found if rulings.on_leaf(one).stays]
    yield Code.FIELD, _counted(outside)
    if grant.masks:
        yield Code.UNMASKED, _counted(found)
    missing = tuple(one for one in grant.require if not document.value(one))
    yield Code.REQUIRED_MISSING, _fields(missing) if missing else {}


def permit_sealing(
    agreement: Agreement, grant: Grant, *, sender: str, code: str, certificate: str
) -> Verdict:
    """Return whether a certificate may seal for a party under an agreement.

    Asked before a document is sealed, and of the seal that it came with.

    Args:
        agreement, grant: that the document goes under.
        sender: party id of who seals.
        code: of the message.
        certificate: SHA-256 of the certificate, lower-case hex.
    """
    facts = {"grant": grant.grant_id, "agreement": agreement.agreement_id, "sender": sender}
    steps: list[Step[Code]] = []
    for check, amiss in certificate_checks(agreement, sender, code, certificate):
        if amiss:
            return _denial(check, grant, facts | amiss, steps)
        steps.append(Step(check=check, passed=True))
    return Verdict(code=Code.ALLOW, grant=grant, facts=MappingProxyType(facts), steps=tuple(steps))


def permit_conditions(document: Document, grant: Grant, *, code: str) -> Verdict:
    """Return whether a document as it is, with nothing withheld yet, meets a grant's conditions.

    The sender's question; `permit_content` asks it again of what is left.
    """
    facts = {"grant": grant.grant_id, "code": code}
    missed = unmet(grant.conditions, said_by(document)) if grant.conditions else None
    if missed is not None and is_asked(code):
        return _denial(Code.CONDITION, grant, facts | missed.facts, [])
    return Verdict(code=Code.ALLOW, grant=grant, facts=MappingProxyType(facts))


def _major(version: str) -> int:
    """Return the number of a version that ranges count; 0, which is in none, where it has none."""
    major = version.partition(".")[0]
    return int(major) if major.isascii() and major.isdigit() and len(major) <= _DIGITS else 0


def _other_version(ranges: Sequence[VersionRange], version: str) -> dict[str, str]:
    if any(one.min <= _major(version) <= one.max for one in ranges):
        return {}
    return {"granted_versions": _ranges(ranges), "schema": version or UNSAID}


def _ranges(ranges: Sequence[VersionRange]) -> str:
    return ", ".join(
        str(one.min) if one.min == one.max else f"{one.min}-{one.max}" for one in ranges
    )


def _contradiction(document: Document, code: str) -> dict[str, str]:
    """Return what in a document belies the code it is sent as, as facts; empty if nothing does."""
    kind = CODES.get(code)
    if kind is None:
        return {"element": "message code", "found": code, "wanted": ", ".join(CODES)}
    root = kind.root.value
    if document.root_name != root:
        return {"element": "root", "found": document.root_name, "wanted": root}
    for name, wanted in (("TypeCode", kind.type_codes), ("FunctionCode", (kind.function,))):
        found = document.value(f"{root}/{name}")
        if wanted and found not in wanted:
            said = "/".join(wanted)
            return {"element": f"{root}/{name}", "found": found or "-", "wanted": said}
    return {}


def _counted(leaves: Sequence[Leaf]) -> dict[str, str]:
    if not leaves:
        return {}
    named = tuple(dict.fromkeys(one.path for one in leaves))
    return {"count": str(len(leaves))} | _fields(named)


def _fields(paths: tuple[str, ...]) -> dict[str, str]:
    more = ", …" if len(paths) > _FIELDS_NAMED else ""
    return {"fields": ", ".join(paths[:_FIELDS_NAMED]) + more}


def _denial(
    code: Code, grant: Grant, facts: Mapping[str, str], passed: list[Step[Code]]
) -> Verdict:
    return Verdict(
        code=code,
        grant=grant,
        facts=MappingProxyType(dict(facts)),
        steps=(*passed, Step(check=code, passed=False)),
    )
