"""What moves, and under which guarantee: means of transport, territory and amount."""

from __future__ import annotations

from collections.abc import Iterator

from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.wco.document import Document, Leaf
from exchange_node.wco.rules.movement.reckoning import number
from exchange_node.wco.rules.movement.route import ways_of

NO_MEANS = Rule(
    code="CAREC-R301",
    severity=Severity.ERROR,
    sentence="the manifest names no means of transport at all: no plate, wagon, vessel or flight",
    mend="Name the vehicle at departure (DepartureTransportMeans) in the declaration or as a fact.",
)
GUARANTEE_EXCLUDES = Rule(
    code="CAREC-R305",
    severity=Severity.WARNING,
    sentence="guarantee {reference} does not hold in {value}, which is on the way",
    mend="Ask the holder for a guarantee that covers the whole route.",
)
GUARANTEE_TOO_SMALL = Rule(
    code="CAREC-R306",
    severity=Severity.WARNING,
    sentence="guarantee {reference} covers {value} {currency}, at stake are {stake} {currency}",
    mend="Ask the holder for a guarantee that covers the duties at stake.",
)
RULES = (NO_MEANS, GUARANTEE_EXCLUDES, GUARANTEE_TOO_SMALL)

MEANS = (
    "Declaration/BorderTransportMeans/ID",
    "Declaration/ext:FurtherTransportMeans/ext:ID",
    "Declaration/Consignment/DepartureTransportMeans/ID",
    "Declaration/Consignment/ext:FurtherTransportMeans/ext:ID",
)
_GUARANTEE = "Declaration/ObligationGuarantee"


def has_means(document: Document) -> bool:
    """Whether a manifest names any means of transport."""
    return any(one.strip() for path in MEANS for one in document.values(path))


def check_journey(document: Document) -> tuple[Finding, ...]:
    """Return what is wrong with means and guarantees of a manifest."""
    findings: list[Finding] = []
    if not has_means(document):
        pointer = "Declaration/Consignment[1]/DepartureTransportMeans[1]"
        findings.append(NO_MEANS.found(pointer=pointer))
    findings += _guarantees(document)
    return tuple(findings)


def _guarantees(document: Document) -> Iterator[Finding]:
    countries = {country for way in ways_of(document) for country in way.crossed}
    blocks: dict[str, list[Leaf]] = {}
    for name in ("ReferenceID", "AmountAmount", "ext:DutyAtStakeAmount", "ext:ExcludedCountryCode"):
        for leaf in document.at(f"{_GUARANTEE}/{name}"):
            blocks.setdefault(leaf.pointer.split("/")[1], []).append(leaf)
    for block in blocks.values():
        named = {leaf.path.rpartition("/")[2]: leaf for leaf in block}
        reference = named["ReferenceID"].value if "ReferenceID" in named else "-"
        for leaf in block:
            if (
                leaf.path.rpartition("/")[2] == "ext:ExcludedCountryCode"
                and leaf.value in countries
            ):
                yield GUARANTEE_EXCLUDES.found(
                    pointer=leaf.pointer, value=leaf.value, reference=reference
                )
        yield from _too_small(named, reference)


def _too_small(named: dict[str, Leaf], reference: str) -> Iterator[Finding]:
    covered, stake = named.get("AmountAmount"), named.get("ext:DutyAtStakeAmount")
    if covered is None or stake is None:
        return
    currency = covered.attributes.get("currencyID", "")
    have, need = number(covered.value), number(stake.value)
    same = currency == stake.attributes.get("currencyID", "")
    if same and have is not None and need is not None and have < need:
        yield GUARANTEE_TOO_SMALL.found(
            pointer=covered.pointer,
            value=covered.value,
            reference=reference,
            stake=stake.value,
            currency=currency,
        )
