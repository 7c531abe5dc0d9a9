"""Agreement + WCO registry → findings: paths that do not exist, obligatory elements withheld."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from exchange_node.domain.agreement import Agreement, Grant
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.domain.movement import CODES_OF, MANIFEST_CODES, NOTICE_CODES, Event
from exchange_node.policy.minimising.checking import check_masks, check_persons
from exchange_node.policy.minimising.rulings import rulings_of
from exchange_node.policy.paths import SUBTREE, root_of
from exchange_node.wco.notation import COMPANIONS, Kind

if TYPE_CHECKING:
    from exchange_node.wco.registry import Entry, Registry

UNKNOWN_PATH = Rule(
    code="POL-001",
    severity=Severity.ERROR,
    sentence="grant {grant}, {place}: {value} is no element of the WCO registry",
    mend="Correct the path; the registry has every element by its path.",
)
NO_FIELD = Rule(
    code="POL-002",
    severity=Severity.ERROR,
    sentence="grant {grant}, {place}: {value} is a class and holds no value itself",
    mend="Name its fields one by one, or the whole class as {value}/**.",
)
NO_CLASS = Rule(
    code="POL-003",
    severity=Severity.ERROR,
    sentence="grant {grant}, {place}: {value} is a field and has nothing below it",
    mend="Name the field without the trailing /**.",
)
COMPANION = Rule(
    code="POL-004",
    severity=Severity.ERROR,
    sentence="grant {grant}, {place}: {value} shares the fate of the field that it says more about",
    mend="Name that field; take this path out.",
)
OBLIGATORY_WITHHELD = Rule(
    code="POL-005",
    severity=Severity.ERROR,
    sentence="grant {grant} withholds {value}, which a document cannot do without",
    mend="Allow the element, or withhold the whole class it belongs to.",
)


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        **dict.fromkeys(MANIFEST_CODES, Kind.TRANSIT_MANIFEST),
        **dict.fromkeys(NOTICE_CODES | {CODES_OF[Event.REQUEST]}, Kind.NOTIFICATION),
        "RA-010": Kind.RISK_ALERT,
        "RA-011": Kind.RISK_ALERT,
        "RA-012": Kind.RISK_ALERT,
        "RA-020": Kind.ACKNOWLEDGEMENT,
        "RA-021": Kind.ALERT_FEEDBACK,
        "MA-010": Kind.ASSISTANCE_REQUEST,
        **dict.fromkeys(("MA-011", "MA-012", "MA-013", "MA-014"), Kind.ASSISTANCE_REPLY),
        "MA-020": Kind.ASSISTANCE_INFORMATION,
        "MA-030": Kind.ONWARD_USE,
        "MA-031": Kind.ONWARD_USE,
        "MA-040": Kind.BREACH_NOTICE,
        "MA-041": Kind.RECORD_ORDER,
        "MA-042": Kind.RECORD_CERTIFICATE,
    }
)
"""What kind of document a message code carries: InterGov documents differ in their paths."""


def check_paths(agreement: Agreement, registry: Registry) -> tuple[Finding, ...]:
    """Return what is wrong with the paths of an agreement, grant by grant.

    A path must exist in one of the kinds of documents that the grant's messages carry. A grant must
    let out every obligatory element of the classes of which it lets anything out, else the document
    would not be valid after minimising.
    """
    return tuple(
        found
        for grant in agreement.grants
        for found in (
            *_check_known(grant, registry),
            *_check_obligatory(grant, registry),
            *check_masks(grant, _masked(grant, registry)),
            *check_persons(grant, registry, kinds_of(grant), test=agreement.test),
        )
    )


def _check_known(grant: Grant, registry: Registry) -> Iterator[Finding]:
    listed = (
        ("allow", grant.allow),
        ("require", grant.require),
        ("personal", grant.personal),
        ("mask", [one.path for one in grant.masks]),
    )
    for key, paths in listed:
        for number, path in enumerate(paths, start=1):
            rule = _broken_rule(path, grant, registry)
            if rule is not None:
                yield rule.found(value=path, grant=grant.grant_id, place=f"{key}[{number}]")


def _broken_rule(path: str, grant: Grant, registry: Registry) -> Rule | None:
    stem = path.removesuffix(SUBTREE)
    entries = [found for kind in kinds_of(grant) if (found := registry.entry(stem, kind))]
    if not entries:
        return UNKNOWN_PATH
    if stem.rpartition("/")[2] in COMPANIONS:
        return COMPANION
    is_class = entries[0].is_class
    if path.endswith(SUBTREE):
        return None if is_class else NO_CLASS
    return NO_FIELD if is_class else None


def _masked(grant: Grant, registry: Registry) -> Iterator[tuple[int, Entry]]:
    """Yield the number of each mask, counted from 1, with the element that it names."""
    for number, mask in enumerate(grant.masks, start=1):
        for kind in kinds_of(grant):
            entry = registry.entry(mask.path.removesuffix(SUBTREE), kind)
            if entry is not None:
                yield number, entry
                break


def kinds_of(grant: Grant) -> tuple[Kind, ...]:
    """Return the kinds of documents that the messages of a grant carry."""
    return tuple(KINDS[code] for code in grant.message_codes if code in KINDS)


def _check_obligatory(grant: Grant, registry: Registry) -> Iterator[Finding]:
    rulings = rulings_of(grant)

    def allowed(path: str) -> bool:
        return rulings.on(path).stays is None

    withheld = {
        path: None
        for kind in kinds_of(grant)
        for root in dict.fromkeys(root_of(path) for path in grant.allow)
        for path in _withheld_below(root, allowed, kind, registry)
    }
    for path in withheld:
        yield OBLIGATORY_WITHHELD.found(value=path, grant=grant.grant_id)


def _withheld_below(
    path: str, allowed: Callable[[str], bool], kind: Kind, registry: Registry
) -> Iterator[str]:
    """Yield the obligatory elements withheld from a class of which something is let out."""
    for child in registry.children(path, kind):
        if _lets_anything_out(child, allowed, registry):
            yield from _withheld_below(child.path, allowed, kind, registry)
        elif child.minimum > 0:
            yield child.path


def _lets_anything_out(entry: Entry, allowed: Callable[[str], bool], registry: Registry) -> bool:
    if not entry.is_class:
        return allowed(entry.path)
    below = registry.children(entry.path, entry.kind)
    return any(_lets_anything_out(one, allowed, registry) for one in below)
