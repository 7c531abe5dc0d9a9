"""What an alert tells of how it was done → what in it cannot be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from exchange_node.domain.alert import RiskAlert
from exchange_node.domain.finding import Finding, Rule, Severity

_ALERT = "InterGov/ext:RiskAlert"
_UN_LOCODE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")

EAST = timedelta(hours=14)
"""How far clocks on earth are ahead of UTC at the most."""

NO_PERIOD = Rule(
    code="CAREC-R526",
    severity=Severity.ERROR,
    sentence="what the alert tells of was seen until {value}: before it began, or after the alert"
    " was issued",
    mend="Give the first and the last day on which it was seen.",
)
NO_LOCODE = Rule(
    code="CAREC-R527",
    severity=Severity.ERROR,
    sentence="place {number} by which the goods went is no UN/LOCODE",
    mend="Give five signs, country and place, such as KZALA; offices and countries to look for"
    " stand in the route of a subject.",
)
ABOUT_OBSERVED = (NO_PERIOD, NO_LOCODE)


def observed(alert: RiskAlert) -> Iterator[Finding]:
    """Yield what is wrong with when and by which places it was done."""
    began, until = alert.seen_from or alert.seen_until, alert.seen_until
    # A day is one of the office that saw it, where it may be tomorrow already.
    latest = (alert.issued_at + EAST).date()
    if until and began and not began <= until <= latest:
        yield NO_PERIOD.found(pointer=f"{_ALERT}/ext:SeenUntilDate", value=until.isoformat())
    for k, place in enumerate(alert.seen_places, start=1):
        if not _UN_LOCODE.fullmatch(place):
            yield NO_LOCODE.found(pointer=f"{_ALERT}/ext:SeenPlaceCode[{k}]", number=str(k))
