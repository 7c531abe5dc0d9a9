"""Grant + WCO registry → findings: masks that do not fit their element, persons nobody marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from exchange_node.domain.agreement import CoarserForm, Grant, Mask, MaskMethod
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.policy.minimising.masking import TOKEN_LENGTH
from exchange_node.policy.minimising.persons import names_a_person
from exchange_node.policy.paths import SUBTREE, Coverage

if TYPE_CHECKING:
    from exchange_node.wco.registry import Entry, Registry

NO_FIT = Rule(
    code="POL-006",
    severity=Severity.ERROR,
    sentence="grant {grant}, {place}: {method} does not fit {value}: {why}",
    mend="Choose another method for this element; docs/agreements.md says which fits which.",
)
NOT_MASKABLE = Rule(
    code="POL-007",
    severity=Severity.ERROR,
    sentence="grant {grant}, {place}: {value} says which document this is, and cannot be masked",
    mend="Let it out as it is, or send no such documents.",
)
BREAKS_RULE = Rule(
    code="POL-008",
    severity=Severity.WARNING,
    sentence="grant {grant}, {place}: {value} masked by {method} meets rule {rule} at the receiver",
    mend="Agree that the receiver passes over that rule, or mask it less.",
)
UNMARKED_PERSON = Rule(
    code="POL-009",
    severity=Severity.WARNING,
    sentence="grant {grant}, {place}: {value} may name a natural person, and personal does not say "
    "so",
    mend="List it, or the class it stands in, under personal.",
)
UNMARKED_PERSON_IN_PRODUCTION = Rule(
    code="POL-026",
    severity=Severity.ERROR,
    sentence="grant {grant}, {place}: {value} may name a natural person, and personal does not say "
    "so: what protects persons would not count for it",
    mend="List it, or the class it stands in, under personal.",
)

_IDENTIFYING = frozenset(
    f"{root}/{name}"
    for root in ("Declaration", "InterGov", "Response")
    for name in ("FunctionCode", "FunctionalReferenceID", "ID", "TypeCode", "Submitter/ID")
)
"""What a receiver tells documents apart by: kind, number (an MRN with its check digit), sender."""

_MOMENTS = frozenset({CoarserForm.DAY, CoarserForm.MONTH, CoarserForm.YEAR})
_NUMBERS = frozenset(
    {
        CoarserForm.ONE_DIGIT,
        CoarserForm.TWO_DIGITS,
        CoarserForm.HUNDREDS,
        CoarserForm.THOUSANDS,
    }
)
_COMMODITY_CODE = "Commodity/Classification/ID"
_PLACES = ("OfficeID", "Office/ID", "Location/ID", "LocationID", "TransitDeparture/ID",
           "TransitDestination/ID", "ext:OfficeID", "TransitOffice/ext:ID")  # fmt: skip
_SUMMED = ("GrossMassMeasure", "PackageQuantity", "QuantityQuantity")
_HS_DIGITS = 6
_SHORT_HS = frozenset({CoarserForm.CHAPTER, CoarserForm.HEADING})


def check_masks(grant: Grant, entries: Iterable[tuple[int, Entry]]) -> Iterator[Finding]:
    """Yield what is wrong with the masks of a grant.

    Args:
        entries: by the number of its mask, counted from 1, the element that it names.
    """
    for number, entry in entries:
        mask = grant.masks[number - 1]
        facts = {
            "grant": grant.grant_id,
            "place": f"mask[{number}]",
            "method": mask.method.value,
        }
        if mask.path in _IDENTIFYING:
            yield NOT_MASKABLE.found(value=mask.path, **facts)
        elif why := _misfit(mask, entry):
            yield NO_FIT.found(value=mask.path, why=why, **facts)
        else:
            for rule in _broken_rules(mask, entry):
                yield BREAKS_RULE.found(value=mask.path, rule=rule, **facts)


def check_persons(
    grant: Grant, registry: Registry, kinds: Sequence[str], *, test: bool
) -> Iterator[Finding]:
    """Yield what `unmarked_persons` finds: with test data a warning, else an error."""
    rule = UNMARKED_PERSON if test else UNMARKED_PERSON_IN_PRODUCTION
    for number, path in unmarked_persons(grant, registry, kinds):
        yield rule.found(value=path, grant=grant.grant_id, place=f"allow[{number}]")


def unmarked_persons(
    grant: Grant, registry: Registry, kinds: Sequence[str]
) -> Iterator[tuple[int, str]]:
    """Yield the paths of `allow` under which a person may be named, and `personal` is silent.

    Each comes with its number, counted from 1.
    """
    personal = Coverage.of(grant.personal)
    for number, path in enumerate(grant.allow, start=1):
        stem = path.removesuffix(SUBTREE)
        covered = Coverage.of((path,))
        is_unmarked = any(
            names_a_person(one.path) and covered.covers(one.path) and not personal.covers(one.path)
            for kind in kinds
            for one in registry.of_kind(kind)
            if not one.is_class and one.path.startswith(stem)
        )
        if is_unmarked:
            yield number, path


def _misfit(mask: Mask, entry: Entry) -> str:
    """Return why a method does not fit an element; empty if it does."""
    match mask.method:
        case MaskMethod.HASH:
            return _no_hash(entry)
        case MaskMethod.TRUNCATE:
            if entry.is_moment or entry.is_number:
                return "what is left of a number or a date is another one; generalise it"
            most = mask.keep or mask.keep_last or 0
            if entry.max_length is not None and most >= entry.max_length:
                return f"it has {entry.max_length} characters at most"
            return ""
        case MaskMethod.GENERALISE if mask.to is not None:
            return _not_coarser(mask.to, entry)
        case _:
            return ""


def _no_hash(entry: Entry) -> str:
    if entry.is_moment or entry.is_number or entry.code_list:
        return "a hash is no number, date or code of a list"
    if entry.max_length is not None and entry.max_length < TOKEN_LENGTH:
        return f"it has room for {entry.max_length} characters, a hash has {TOKEN_LENGTH}"
    if entry.min_length > 1:
        return "its length is fixed"
    return ""


def _not_coarser(to: CoarserForm, entry: Entry) -> str:
    if to in _MOMENTS:
        return "" if entry.is_moment else "it is no date"
    if to in _NUMBERS:
        return "" if entry.is_number and not entry.is_moment else "it is no number"
    if to is CoarserForm.COUNTRY:
        return "" if entry.path.endswith(_PLACES) else "it is no office and no place"
    return "" if entry.path.endswith(_COMMODITY_CODE) else "it is no code of the Harmonized System"


def _broken_rules(mask: Mask, entry: Entry) -> Iterator[str]:
    """Yield the rules that a receiver's check finds broken by what the mask makes."""
    is_cut = mask.method in (MaskMethod.TRUNCATE, MaskMethod.GENERALISE)
    if is_cut and entry.path.endswith(_COMMODITY_CODE):
        if mask.to in _SHORT_HS or (mask.keep or _HS_DIGITS) < _HS_DIGITS or mask.keep_last:
            yield "CAREC-R408"
    elif mask.method is MaskMethod.TRUNCATE and entry.code_list:
        yield "CAREC-R112"
    elif mask.to is CoarserForm.COUNTRY and entry.code_list:
        yield "CAREC-R113"
    elif mask.to in _NUMBERS and entry.path.endswith(_SUMMED):
        yield "CAREC-R402" if entry.path.endswith("Quantity") else "CAREC-R401"
    elif mask.to in _MOMENTS:
        yield "CAREC-R302"
    elif mask.method is MaskMethod.HASH and "TransportEquipment/ID" in entry.path:
        yield "CAREC-R406"
