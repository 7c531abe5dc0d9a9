"""One agreement, alone and beside what a node holds → findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from exchange_node.domain.agreement import Agreement, Approval, Category, Grant, Mode
from exchange_node.domain.agreement.clauses.operation import ContactRole
from exchange_node.domain.agreement.keys import Kind, keys_of
from exchange_node.domain.countersigning.life import Stage
from exchange_node.domain.finding import Finding
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.linting import rules
from exchange_node.policy.linting.limits import check_limits
from exchange_node.policy.minimising.checking import unmarked_persons
from exchange_node.policy.path_check import check_paths, kinds_of
from exchange_node.policy.paths import SUBTREE, Coverage

if TYPE_CHECKING:
    from exchange_node.wco.codelists import CodeLists
    from exchange_node.wco.registry import Registry

PURPOSES = "purposes"
"""The code list of purposes."""

CARRIED: Mapping[str, Category] = MappingProxyType(
    {
        "TM-010": Category.MANIFEST,
        "TM-011": Category.MANIFEST,
        "TM-012": Category.MANIFEST,
        "TM-013": Category.MANIFEST,
        "TM-014": Category.MANIFEST,
        "TM-020": Category.MANIFEST,
        "TM-021": Category.MANIFEST,
        "TM-030": Category.MANIFEST,
        "TM-040": Category.MANIFEST,
        "TM-041": Category.CONTROL_RESULT,
        "TM-042": Category.CONTROL_RESULT,
        "TM-043": Category.MANIFEST,
        "TM-050": Category.MANIFEST,
        "TM-051": Category.MANIFEST,
        "TM-052": Category.MANIFEST,
        "TM-053": Category.CONTROL_RESULT,
        "TM-070": Category.MANIFEST,
        "RA-010": Category.RISK_ALERT,
        "RA-011": Category.RISK_ALERT,
        "RA-012": Category.RISK_ALERT,
        "RA-020": Category.RISK_ALERT,
        "RA-021": Category.RISK_ALERT,
    }
)
"""What kind of information a message carries; `TM-054`, recovery and assistance go with any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What an agreement is held against.

    Attributes:
        test: whether the node handles test data; None where there is no node.
        held: what the node holds.
    """

    registry: Registry
    code_lists: CodeLists
    on: date
    test: bool | None = None
    held: Sequence[HeldAgreement] = ()


def lint_agreement(agreement: Agreement, around: Surroundings) -> tuple[Finding, ...]:
    """Return everything that is wrong with an agreement here and now."""
    return (
        *lint_text(agreement, around.registry),
        *_purposes(agreement, around),
        *_beside_the_node(agreement, around),
    )


def lint_text(agreement: Agreement, registry: Registry) -> tuple[Finding, ...]:
    """Return what is wrong with what an agreement says, wherever it is read."""
    return (
        *check_paths(agreement, registry),
        *(
            found
            for number, grant in enumerate(agreement.grants, start=1)
            for found in _grant(grant, f"grants[{number}]")
        ),
        *_idle_limits(agreement),
        *check_limits(agreement, registry),
        *_personal_data(agreement, registry),
        *_days(agreement),
        *_languages(agreement),
        *_references(agreement),
        *_duty_desks(agreement),
    )


def lets_out_personal_data(grant: Grant) -> str:
    """Return the first path of a grant that lets out personal data, or nothing."""
    personal, allowed = Coverage.of(grant.personal), Coverage.of(grant.allow)
    named = (path for path in grant.allow if personal.covers(path.removesuffix(SUBTREE)))
    within = (path for path in grant.personal if allowed.covers(path.removesuffix(SUBTREE)))
    return next(named, next(within, ""))


def _grant(grant: Grant, place: str) -> Iterator[Finding]:
    if grant.lead_time_minutes is not None and grant.mode is not Mode.ADVANCE:
        yield rules.IDLE_LEAD_TIME.found(
            pointer=f"{place}.lead_time_minutes", value=grant.mode.value, grant=grant.grant_id
        )
    if grant.mode is Mode.AUTOMATIC and grant.approval is not Approval.NONE:
        yield rules.APPROVED_AUTOMATIC.found(
            pointer=f"{place}.approval", value=grant.approval.value, grant=grant.grant_id
        )
    for code in grant.message_codes:
        # What is asked and answered in a matter of assistance may be of any kind.
        if CARRIED.get(code, grant.category) is not grant.category:
            yield rules.CATEGORY_UNFIT.found(
                pointer=f"{place}.category",
                value=code,
                grant=grant.grant_id,
                category=grant.category.value,
            )


def _idle_limits(agreement: Agreement) -> Iterator[Finding]:
    rule = rules.NOT_ENFORCED if agreement.test else rules.NOT_ENFORCED_IN_PRODUCTION
    for place, said in _unseen(agreement, ""):
        yield rule.found(pointer=place, value=said)


def _unseen(table: object, above: str) -> Iterator[tuple[str, str]]:
    """Yield the place of every limit that no gate sees to, and what it says there."""
    for one in keys_of(type(table)):
        found, place = one.of(table), f"{above}.{one.name}" if above else one.name
        if one.is_idle_limit(found):
            yield place, f"{place} = {found}" if isinstance(found, str) else place
        elif one.kind is Kind.TABLE and found is not None:
            yield from _unseen(found, place)
        elif one.kind is Kind.TABLES:
            for number, entry in enumerate(found, start=1):
                yield from _unseen(entry, f"{place}[{number}]")


def _personal_data(agreement: Agreement, registry: Registry) -> Iterator[Finding]:
    is_binding = any(one.binding for one in agreement.legal_basis)
    letting_out = [
        (one, path)
        for one in agreement.grants
        if (path := lets_out_personal_data(one) or _first_unmarked(one, registry))
    ]
    if not agreement.legal_basis:
        yield rules.NO_LEGAL_BASIS.found(pointer="legal_basis")
    elif not is_binding:
        for grant, path in letting_out:
            yield rules.NO_BINDING_BASIS.found(
                pointer="legal_basis", value=path, grant=grant.grant_id
            )
    if letting_out and agreement.personal_data is None:
        yield rules.NO_PROTECTION.found(pointer="personal_data")


def _first_unmarked(grant: Grant, registry: Registry) -> str:
    """Return the first path that may name a person though the text does not say so, or nothing."""
    return next((path for _, path in unmarked_persons(grant, registry, kinds_of(grant))), "")


def _days(agreement: Agreement) -> Iterator[Finding]:
    validity = agreement.validity
    if (
        validity.signed_on is not None
        and validity.signed_on > validity.in_force_on
        and not validity.provisional
    ):
        yield rules.DAYS_IN_WRONG_ORDER.found(
            pointer="validity.signed_on",
            value=f"signed_on {validity.signed_on}",
            later=f"in_force_on {validity.in_force_on}",
        )
    for number, one in enumerate(agreement.contact_points, start=1):
        if one.valid_from and one.valid_to and one.valid_to < one.valid_from:
            yield rules.DAYS_IN_WRONG_ORDER.found(
                pointer=f"contact_points[{number}].valid_to",
                value=f"valid_from {one.valid_from}",
                later=f"valid_to {one.valid_to}",
            )


def _languages(agreement: Agreement) -> Iterator[Finding]:
    named = ", ".join(agreement.languages)
    if len(agreement.languages) > 1 and not agreement.authentic_language:
        yield rules.NO_AUTHENTIC_LANGUAGE.found(pointer="languages", value=named)
    if agreement.authentic_language and agreement.authentic_language not in agreement.languages:
        yield rules.UNKNOWN_REFERENCE.found(
            pointer="authentic_language", value=agreement.authentic_language, known=named or "none"
        )


def _references(agreement: Agreement) -> Iterator[Finding]:
    nodes = [one.node for one in agreement.parties]
    for number, one in enumerate(agreement.contact_points, start=1):
        if one.party and one.party not in nodes:
            yield rules.UNKNOWN_REFERENCE.found(
                pointer=f"contact_points[{number}].party", value=one.party, known=", ".join(nodes)
            )
    ids = [one.grant_id for one in agreement.grants]
    suspended = agreement.suspension.grants if agreement.suspension is not None else ()
    for number, grant_id in enumerate(suspended, start=1):
        if grant_id not in ids:
            yield rules.UNKNOWN_REFERENCE.found(
                pointer=f"suspension.grants[{number}]", value=grant_id, known=", ".join(ids)
            )


def _duty_desks(agreement: Agreement) -> Iterator[Finding]:
    """Find a side for which nobody answers day and night; a desk without a party is of both."""
    desks = {one.party for one in agreement.contact_points if one.role is ContactRole.OPERATIONS}
    for party in agreement.parties:
        if desks.isdisjoint({party.node, ""}):
            yield rules.NO_DUTY_DESK.found(pointer="contact_points", value=party.node)


def _purposes(agreement: Agreement, around: Surroundings) -> Iterator[Finding]:
    for number, grant in enumerate(agreement.grants, start=1):
        for at, purpose in enumerate(grant.purposes, start=1):
            if not around.code_lists.knows(PURPOSES, purpose, around.on):
                yield rules.UNKNOWN_PURPOSE.found(
                    pointer=f"grants[{number}].purposes[{at}]",
                    value=purpose,
                    grant=grant.grant_id,
                )


# ---------------------------------------------------------------- beside what the node holds


_GONE = frozenset({Stage.DRAFT, Stage.REFUSED, Stage.TERMINATED})
"""Stages of versions that stand in nobody's way."""


def _beside_the_node(agreement: Agreement, around: Surroundings) -> Iterator[Finding]:
    if around.test is not None and around.test is not agreement.test:
        yield rules.OTHER_KIND_OF_DATA.found(
            pointer="test", value=_kind(test=agreement.test), own=_kind(test=around.test)
        )
    if agreement.expires_on < around.on:
        yield rules.EXPIRED.found(
            pointer="validity.expires_on", value=agreement.expires_on.isoformat()
        )
    others = {
        one.agreement.version: one.agreement
        for one in around.held
        if one.agreement.agreement_id == agreement.agreement_id
        and one.agreement.version != agreement.version
        and one.stage not in _GONE
    }
    replaced = _replaced({**others, agreement.version: agreement})
    for version, other in sorted(others.items()):
        is_ordered = version in replaced[agreement.version] or (
            agreement.version in replaced[version]
        )
        if not is_ordered and _overlap(agreement, other):
            yield rules.OVERLAPPING.found(
                pointer="validity",
                value=str(version),
                begins=other.in_force_on.isoformat(),
                ends=other.expires_on.isoformat(),
            )


def _replaced(versions: dict[int, Agreement]) -> dict[int, set[int]]:
    """Return of each version those whose place it took, and whose place those had taken."""
    found: dict[int, set[int]] = {}
    for version, agreement in sorted(versions.items()):
        before = agreement.supersedes
        found[version] = set() if before is None else {before, *found.get(before, ())}
    return found


def _overlap(one: Agreement, other: Agreement) -> bool:
    return one.in_force_on <= other.expires_on and other.in_force_on <= one.expires_on


def _kind(*, test: bool) -> str:
    return "test" if test else "production"
