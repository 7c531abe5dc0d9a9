"""What a subject is drawn up of → what in it can fit nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from exchange_node.domain.alert import Subject
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.domain.identifiers import folded

_SHORTEST_PLACE = 2  # letters of a country; an office has more

NO_DAY = Rule(
    code="CAREC-R518",
    severity=Severity.ERROR,
    sentence="the day of birth of subject {value} is no day",
    mend="Write it as ISO 8601 does: 1980-02-29.",
)
NO_PLACE = Rule(
    code="CAREC-R519",
    severity=Severity.ERROR,
    sentence="place {number} on the route of subject {value} is neither an office nor a country",
    mend="Give codes of offices, and countries by two letters (ISO 3166), in the order in which"
    " they are passed.",
)
ABOUT_SUBJECTS = (NO_DAY, NO_PLACE)


def drawn_up(subject: Subject, number: int, at: str) -> Iterator[Finding]:
    """Yield what is wrong with the person and the route of a subject, which stands at `at`."""
    if subject.person_born:
        try:
            is_day = date.fromisoformat(subject.person_born).isoformat() == subject.person_born
        except ValueError:
            is_day = False
        if not is_day:
            yield NO_DAY.found(pointer=f"{at}/ext:PersonBirthDate", value=str(number))
    for k, place in enumerate(subject.route, start=1):
        if len(folded(place)) < _SHORTEST_PLACE:
            yield NO_PLACE.found(
                pointer=f"{at}/ext:RoutePlaceID[{k}]", value=str(number), number=str(k)
            )
