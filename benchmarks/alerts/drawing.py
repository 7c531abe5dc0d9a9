"""A seed and a number → a made-up alert: what desks look for, of which little is on the road.

Most alerts look for lorries, boxes, seals and people that no movement of the traffic has; one in a
thousand takes what it looks for from a movement or from those that trade (our choice: a hit is
seldom, and nobody watches for those that half of the lorries drive for). Nothing in it is real.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from exchange_node.domain.alert import (
    Contact,
    Marking,
    PermittedAction,
    RiskAlert,
    Subject,
    Urgency,
)
from exchange_node.rehearsal.traffic import Movement, Traffic, crowd, numbers

EXACT, NAMES = "exact", "names"
"""What alerts look for: numbers and codes alone, or each for somebody by name."""

ON_THE_ROAD = 0.001
"""Share of alerts that look for what a movement of the traffic has."""

WITH_NUMBER = 0.25
"""Share of alerts with a name that give a number as well."""

_SHARES = {
    "means": 30, "container": 20, "party": 15, "trailer": 10, "seal": 10, "movement": 10,
    "goods": 5,
}  # fmt: skip
_COUNTRIES = ("AF", "AZ", "CN", "GE", "KG", "KZ", "MN", "PK", "TJ", "TM", "UZ")
_ROLES = ("", "", "30A", "27A", "18A", "57B")
_ROOTS = (
    "Абд", "Айд", "Алм", "Анв", "Арс", "Асл", "Ахм", "Бах", "Бек", "Бор", "Гал", "Дан", "Дав",
    "Дил", "Ерл", "Жан", "Жол", "Зар", "Ибр", "Исм", "Кад", "Кам", "Кар", "Кен", "Мад", "Мам",
    "Мир", "Мук", "Мус", "Наз", "Нур", "Орм", "Рах", "Руст", "Сад", "Сап", "Сейт", "Сул", "Тем",
    "Тол", "Тур", "Уль", "Фар", "Хал", "Хас", "Шам", "Шар", "Юлд", "Якуб", "Ярм",
)  # fmt: skip
_MIDDLES = (
    "али", "ама", "ан", "ар", "ат", "ахме", "бала", "бе", "гали", "гельди", "дар", "жан", "ид",
    "им", "иш", "кер", "кул", "лан", "мат", "мурат", "назар", "ор", "рах", "сары", "тай", "ум",
    "хан", "шер", "ыш", "яр",
)  # fmt: skip
_FAMILY = ("ов", "ев", "ин", "ова", "бек", "баев", "заде", "хан", "оглы", "ский")
_GIVEN = ("", "бек", "жан", "хан", "иль", "мат", "ияр", "ур", "ия", "гуль")
_LATIN = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True))
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya"}
    | {"ъ": "", "ь": ""}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Alerts of one desk against a traffic: by number, each the same for ever.

    Attributes:
        kind: `EXACT` or `NAMES`.
        movements: how many movements the traffic has had.
    """

    traffic: Traffic
    kind: str
    movements: int
    at: datetime

    def alerts(self, count: int, *, first: int = 1) -> Iterator[RiskAlert]:
        """Yield so many alerts, by number."""
        return (self.alert(number) for number in range(first, first + count))

    def alert(self, number: int, *, on_the_road: float = ON_THE_ROAD) -> RiskAlert:
        """Return the alert of a number, from 1."""
        draw = Random(f"alert {self.kind} {number}")  # noqa: S311 - no secret
        seen = None
        if draw.random() < on_the_road:
            seen = self.traffic.movement(draw.randrange(self.movements) + 1)
        subject = _named(draw, seen) if self.kind == NAMES else _exact(draw, seen, number)
        return RiskAlert(
            alert_id=f"customs.kz-{self.at.year}-{number:07d}",
            issuer="customs.kz",
            issued_at=self.at,
            valid_until=self.at + timedelta(days=90),
            marking=Marking.AMBER,
            permitted_action=PermittedAction.DOCUMENTS,
            urgency=Urgency.ROUTINE,
            category="TRD",
            severity=draw.randrange(1, 5),
            summary="A made-up alert: nothing in it is real.",
            contact=Contact(office="KZ000001"),
            subjects=(subject,),
            unverified=draw.random() < 0.5,
        )


def _exact(draw: Random, seen: Movement | None, number: int) -> Subject:
    (what,) = draw.choices(list(_SHARES), weights=list(_SHARES.values()))
    flag = draw.choice(_COUNTRIES)
    plates = [one.id for one in seen.manifest.all_means] if seen else []
    plate = plates[0] if plates else numbers.plate(draw, flag)
    box = seen.container if seen else ""
    seal = seen.seals[0] if seen else numbers.seals(draw, flag, 1)[0]
    small = crowd.trader(flag, "carrier", draw.randrange(100, crowd.CARRIERS)).id
    subjects = {
        "means": Subject(means_id=plate, means_nationality=seen.nationality if seen else flag),
        "trailer": Subject(trailer_id=plate),
        "container": Subject(equipment_id=box or numbers.container(draw, 1_000_000)),
        "party": Subject(
            party_id=small if seen else f"{draw.randrange(10**11, 10**12)}", party_role="18A"
        ),
        "seal": Subject(customs_seal=seal),
        "movement": Subject(movement=seen.mrn if seen else numbers.mrn(2026, flag, 2, number)),
        "goods": Subject(
            commodity_prefix=f"{draw.randrange(100, 9700):04d}90",
            origin=draw.choice(("CN", "TR")),
            country_of_destination="UZ",
        ),
    }
    return subjects[what]


def _named(draw: Random, seen: Movement | None) -> Subject:
    if seen:
        small = crowd.trader("UZ", "consignee", draw.randrange(100, crowd.TRADERS))
        return Subject(party_name=small.name, party_role="27A")
    number = f"{draw.randrange(10**11, 10**12)}" if draw.random() < WITH_NUMBER else ""
    name = _firm(draw) if draw.random() < 0.4 else _person(draw)
    return Subject(party_name=name, party_id=number, party_role=draw.choice(_ROLES))


def _person(draw: Random) -> str:
    family = draw.choice(_ROOTS) + draw.choice(_MIDDLES) + draw.choice(_FAMILY)
    given = draw.choice(_ROOTS) + draw.choice(_GIVEN)
    father = f"{draw.choice(_ROOTS)}{draw.choice(_MIDDLES)}ович" if draw.random() < 0.5 else ""
    return _written(draw, f"{family} {given} {father}".strip())


def _firm(draw: Random) -> str:
    first = draw.choice(_ROOTS) + draw.choice(_MIDDLES)
    second = draw.choice(("Агро", "Карго", "Логистик", "Торг", "Транс", "Импэкс", ""))
    third = draw.choice(_ROOTS) + draw.choice(_GIVEN)
    form = draw.choice(("ТОО", "ООО", "АО", "МЧЖ"))
    return _written(draw, f"{form} «{first} {third} {second}".strip() + "»")


def _written(draw: Random, name: str) -> str:
    """Return a name in the letters that somebody had: half of them in Latin ones."""
    if draw.random() < 0.5:
        return name
    return name.lower().translate(_LATIN).upper()
