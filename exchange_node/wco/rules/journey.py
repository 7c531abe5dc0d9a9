"""What moves, when and along which way: means of transport, dates in order, route, guarantee."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.wco.document import Document, Leaf
from exchange_node.wco.notation import read_moment

NO_MEANS = Rule(
    code="CAREC-R301",
    severity=Severity.ERROR,
    sentence="the manifest names no means of transport at all: no plate, wagon, vessel or flight",
    mend="Name the vehicle at departure (DepartureTransportMeans) in the declaration or as a fact.",
)
DATES_OUT_OF_ORDER = Rule(
    code="CAREC-R302",
    severity=Severity.ERROR,
    sentence="{later} is {value}, before {earlier} on {reference} ({pointer})",
    mend="Check both dates at their source; one of them is wrong.",
)
ROUTE_STARTS_ELSEWHERE = Rule(
    code="CAREC-R303",
    severity=Severity.WARNING,
    sentence="the route starts in {value}, the goods are dispatched from {country} ({pointer})",
    mend="Name every country of the route in order, from dispatch to destination.",
)
ROUTE_ENDS_ELSEWHERE = Rule(
    code="CAREC-R304",
    severity=Severity.WARNING,
    sentence="the route ends in {value}, the destination is {country} ({pointer})",
    mend="Name every country of the route in order, from dispatch to destination.",
)
GUARANTEE_EXCLUDES = Rule(
    code="CAREC-R305",
    severity=Severity.WARNING,
    sentence="guarantee {reference} does not hold in {value}, which is on the route",
    mend="Ask the holder for a guarantee that covers the whole route.",
)
GUARANTEE_TOO_SMALL = Rule(
    code="CAREC-R306",
    severity=Severity.WARNING,
    sentence="guarantee {reference} covers {value} {currency}, at stake are {stake} {currency}",
    mend="Ask the holder for a guarantee that covers the duties at stake.",
)
RULES = (
    NO_MEANS, DATES_OUT_OF_ORDER, ROUTE_STARTS_ELSEWHERE, ROUTE_ENDS_ELSEWHERE,
    GUARANTEE_EXCLUDES, GUARANTEE_TOO_SMALL,
)  # fmt: skip

MEANS = (
    "Declaration/BorderTransportMeans/ID",
    "Declaration/ext:FurtherTransportMeans/ext:ID",
    "Declaration/Consignment/DepartureTransportMeans/ID",
    "Declaration/Consignment/ext:FurtherTransportMeans/ext:ID",
)
_ACCEPTED = "Declaration/AcceptanceDateTime"
_RELEASED = "Declaration/ext:ReleaseDateTime"
_LIMIT = "Declaration/Consignment/ext:TransitLimitDate"
_LEFT = "Declaration/BorderTransportMeans/DepartureDateTime"
_EXPECTED = "Declaration/BorderTransportMeans/ArrivalDateTime"
_ROUTE = "Declaration/Consignment/Itinerary/RoutingCountryCode"
_DISPATCH = "Declaration/Consignment/ExportCountry/ID"
_DESTINATION = "Declaration/Consignment/Destination/CountryCode"
_GUARANTEE = "Declaration/ObligationGuarantee"
_ORDERED = (
    (_ACCEPTED, _LIMIT),
    (_ACCEPTED, _RELEASED),
    (_RELEASED, _LIMIT),
    (_LEFT, _EXPECTED),
)
"""Earlier and later; each pair holds wherever both are there."""


@dataclass(slots=True)
class _Way:
    """What one consignment says of its way."""

    route: list[Leaf] = field(default_factory=list)
    dispatch: str = ""
    destination: str = ""


def has_means(document: Document) -> bool:
    """Whether a manifest names any means of transport."""
    return any(one.strip() for path in MEANS for one in document.values(path))


def check_journey(document: Document) -> tuple[Finding, ...]:
    """Return what is wrong with means, dates, route and guarantee of a manifest."""
    findings: list[Finding] = []
    if not has_means(document):
        pointer = "Declaration/Consignment[1]/DepartureTransportMeans[1]"
        findings.append(NO_MEANS.found(pointer=pointer))
    findings += _dates(document)
    ways = _ways(document)
    for way in ways:
        findings += _route(way)
    findings += _guarantees(document, ways)
    return tuple(findings)


def _dates(document: Document) -> Iterator[Finding]:
    for earlier, later in _ORDERED:
        for first in document.at(earlier):
            for second in document.at(later):
                if _is_before(second.value, first.value):
                    yield DATES_OUT_OF_ORDER.found(
                        pointer=second.pointer,
                        value=second.value,
                        later=_tag(later),
                        earlier=_tag(earlier),
                        reference=first.value,
                    )


def _is_before(one: str, other: str) -> bool:
    """Whether `one` ends before `other` begins; a day lasts until its last moment anywhere."""
    first, second = read_moment(one), read_moment(other)
    if first is None or second is None:
        return False
    return _end(one, first) < _begin(other, second)


# A day without an offset is a day somewhere: it begins 14 hours before and ends 12 hours after
# the day of UTC, so that no zone makes a right order wrong.
def _end(text: str, moment: datetime) -> datetime:
    return moment if _has_time(text) else moment + timedelta(days=1, hours=12)


def _begin(text: str, moment: datetime) -> datetime:
    return moment if _has_time(text) else moment - timedelta(hours=14)


def _has_time(text: str) -> bool:
    return len(text) > len("2026-01-01")


def _tag(path: str) -> str:
    return path.rpartition("/")[2]


def _ways(document: Document) -> tuple[_Way, ...]:
    found: dict[str, _Way] = {}
    for leaf in document.at(_ROUTE):
        _way(found, leaf).route.append(leaf)
    for leaf in document.at(_DISPATCH):
        _way(found, leaf).dispatch = leaf.value
    for leaf in document.at(_DESTINATION):
        _way(found, leaf).destination = leaf.value
    return tuple(found[one] for one in sorted(found, key=lambda one: (len(one), one)))


def _way(found: dict[str, _Way], leaf: Leaf) -> _Way:
    return found.setdefault(leaf.pointer.split("/")[1], _Way())


def _route(way: _Way) -> Iterator[Finding]:
    if not way.route:
        return
    first, last = way.route[0], way.route[-1]
    if way.dispatch and first.value != way.dispatch:
        yield ROUTE_STARTS_ELSEWHERE.found(
            pointer=first.pointer, value=first.value, country=way.dispatch
        )
    if way.destination and last.value != way.destination:
        yield ROUTE_ENDS_ELSEWHERE.found(
            pointer=last.pointer, value=last.value, country=way.destination
        )


def _guarantees(document: Document, ways: tuple[_Way, ...]) -> Iterator[Finding]:
    countries = {leaf.value for way in ways for leaf in way.route}
    countries |= {one for way in ways for one in (way.dispatch, way.destination) if one}
    blocks: dict[str, list[Leaf]] = {}
    for name in ("ReferenceID", "AmountAmount", "ext:DutyAtStakeAmount", "ext:ExcludedCountryCode"):
        for leaf in document.at(f"{_GUARANTEE}/{name}"):
            blocks.setdefault(leaf.pointer.split("/")[1], []).append(leaf)
    for block in blocks.values():
        named = {_tag(leaf.path): leaf for leaf in block}
        reference = named["ReferenceID"].value if "ReferenceID" in named else "-"
        for leaf in block:
            if _tag(leaf.path) == "ext:ExcludedCountryCode" and leaf.value in countries:
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


def number(text: str) -> Decimal | None:
    """Return a decimal number; None for what is none, so that format findings speak of it."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
