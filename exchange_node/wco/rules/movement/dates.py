"""Dates in order: what cannot be otherwise is an error, what hardly can be is a warning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.wco.document import Document, Leaf
from exchange_node.wco.notation import read_moment

DATES_OUT_OF_ORDER = Rule(
    code="CAREC-R302",
    severity=Severity.ERROR,
    sentence="{later} is {value}, before {earlier} on {reference} ({pointer})",
    mend="Check both dates at their source; one of them is wrong.",
)
DATES_UNLIKELY = Rule(
    code="CAREC-R311",
    severity=Severity.WARNING,
    sentence="{later} is {value}, before {earlier} on {reference} ({pointer})",
    mend="Check both dates at their source; the order is unusual.",
)
IN_THE_FUTURE = Rule(
    code="CAREC-R312",
    severity=Severity.WARNING,
    sentence="{name} is {value}, after the day on which the document was checked, {on} ({pointer})",
    mend="Check the date and its offset; and the clock of whoever wrote it.",
)
RULES = (DATES_OUT_OF_ORDER, DATES_UNLIKELY, IN_THE_FUTURE)

_ISSUED = "Declaration/IssueDateTime"
_ACCEPTED = "Declaration/AcceptanceDateTime"
_RELEASED = "Declaration/ext:ReleaseDateTime"
_CONTROLLED = "Declaration/ext:DepartureControlResultDate"
_LIMIT = "Declaration/Consignment/ext:TransitLimitDate"
_LEFT = "Declaration/BorderTransportMeans/DepartureDateTime"
_EXPECTED = "Declaration/BorderTransportMeans/ArrivalDateTime"
_LOADED = "Declaration/Consignment/LoadingLocation/LoadingDateTime"
_CONTRACT = "Declaration/Consignment/TransportContractDocument/IssueDateTime"
_AT_OFFICE = "Declaration/Consignment/ext:TransitOffice/ext:EstimatedArrivalDateTime"
_GUARANTEED = "Declaration/ObligationGuarantee/ext:GuaranteeDate"
_TOLD = "InterGov/IssueDateTime"
_ORDERED = (
    (_ACCEPTED, _RELEASED),
    (_ACCEPTED, _LIMIT),
    (_RELEASED, _LIMIT),
    (_LEFT, _EXPECTED),
)
"""Earlier and later; each pair holds wherever both are there."""
_LIKELY = (
    (_ISSUED, _LIMIT),
    (_CONTROLLED, _RELEASED),
    (_GUARANTEED, _RELEASED),
    (_RELEASED, _LEFT),
    (_LOADED, _LEFT),
    (_CONTRACT, _LEFT),
    (_LEFT, _LIMIT),
    (_EXPECTED, _LIMIT),
    (_AT_OFFICE, _LIMIT),
    ("InterGov/Status/EffectiveDateTime", _TOLD),
    ("InterGov/Control/ControlDateTime", _TOLD),
    ("InterGov/ext:AlertFeedback/ext:ControlDateTime", _TOLD),
)
"""The same, where a right document may break it.

Issue and acceptance have no order: one national format writes when the declarant made the
declaration, another when customs sent the message on.
"""
_PAST = (_ACCEPTED, _ISSUED, _RELEASED, _TOLD)
_CONSIGNMENT = "Declaration/Consignment/"


def check_dates(document: Document, on: date) -> tuple[Finding, ...]:
    """Return the dates of a document that are not in order; `on` is today."""
    findings: list[Finding] = []
    for rule, pairs in ((DATES_OUT_OF_ORDER, _ORDERED), (DATES_UNLIKELY, _LIKELY)):
        for earlier, later in pairs:
            befores = document.at(earlier)
            afters = document.at(later) if befores else ()
            if afters:
                findings += _pair(rule, befores, afters)
    today = on.isoformat()
    findings += (
        IN_THE_FUTURE.found(pointer=one.pointer, value=one.value, name=_tag(one), on=today)
        for path in _PAST
        for one in document.at(path)
        if _is_before(today, one.value)
    )
    return tuple(findings)


def _pair(rule: Rule, befores: Sequence[Leaf], afters: Sequence[Leaf]) -> Iterator[Finding]:
    """Hold each later date to the earlier ones; both of a consignment: of the same one."""
    of_one = befores[0].path.startswith(_CONSIGNMENT) and afters[0].path.startswith(_CONSIGNMENT)
    by_place: dict[str, list[Leaf]] = {}
    for one in befores:
        by_place.setdefault(one.pointer.split("/")[1] if of_one else "", []).append(one)
    for second in afters:
        for first in by_place.get(second.pointer.split("/")[1] if of_one else "", ()):
            if _is_before(second.value, first.value):
                yield rule.found(
                    pointer=second.pointer,
                    value=second.value,
                    later=_tag(second),
                    earlier=_tag(first),
                    reference=first.value,
                )
                break


def _tag(leaf: Leaf) -> str:
    return leaf.path.rpartition("/")[2]


# At the ends of the calendar there is no further day to begin before or to end after.
_FIRST, _LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)

_moment = lru_cache(maxsize=256)(read_moment)
"""A date stands in several pairs."""


def _is_before(one: str, other: str) -> bool:
    """Whether `one` ends before `other` begins; a day lasts until its last moment anywhere."""
    first, second = _moment(one), _moment(other)
    if first is None or second is None:
        return False
    return _end(one, first) < _begin(other, second)


# A day without an offset is a day somewhere: it begins 14 hours before and ends 12 hours after
# the day of UTC, so that no zone makes a right order wrong.
def _end(text: str, moment: datetime) -> datetime:
    return moment if _has_time(text) else min(moment, _LAST) + timedelta(days=1, hours=12)


def _begin(text: str, moment: datetime) -> datetime:
    return moment if _has_time(text) else max(moment, _FIRST) - timedelta(hours=14)


def _has_time(text: str) -> bool:
    return len(text) > len("2026-01-01")
