"""A manifest → the rows of its accompanying document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from exchange_node.domain.manifest import Consignment, Party, TransitManifest, TransportMeans

MOST_ITEMS = 300
"""Lines of goods that are printed (our choice, ten pages); the rest is in the manifest itself."""

ROLES = {
    "Consignor": "Consignor / Отправитель",
    "Consignee": "Consignee / Получатель",
    "Carrier": "Carrier / Перевозчик",
    "Declarant": "Declarant / Декларант",
}


WITHOUT_LINE = "Without the line / Без линии связи"
MARK_ON_PAPER = "Mark on the paper / Отметка на бумаге"

NO_ORIGINALS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Row:
    """A caption and what stands behind it; one without a value opens a section."""

    caption: str
    value: str = ""


def rows_of(
    manifest: TransitManifest, originals: Mapping[str, str] = NO_ORIGINALS
) -> tuple[Row, ...]:
    """Return what is printed of a manifest, in the order of the page.

    `originals`: by what the manifest has in Latin letters, the same in its own script.
    """
    return tuple(_rows(manifest, originals))


def common_rows(documents: Sequence[tuple[Row, ...]]) -> tuple[Row, ...]:
    """Return the rows that every one of some documents has, in the order of the first.

    Each country of a route may be told something else; who reads the paper may be any of them.
    """
    first, *others = documents
    kept = [set(other) for other in others]
    rows = [row for row in first if not row.value or all(row in one for one in kept)]
    return tuple(
        row
        for row, following in zip(rows, [*rows[1:], Row("")], strict=True)
        if row.value or following.value
    )


def _rows(manifest: TransitManifest, originals: Mapping[str, str]) -> Iterator[Row]:
    limit = manifest.limit_date.isoformat() if manifest.limit_date else ""
    arrival = manifest.expected_arrival.isoformat() if manifest.expected_arrival else ""
    yield from _section(
        "Movement / Перевозка",
        ("Issued / Выдано", manifest.issued_at.isoformat()),
        ("To arrive by / Срок доставки", limit),
        ("Expected at the border / Ожидается на границе", arrival),
        ("Office of declaration / Таможня оформления", manifest.declaration_office),
        ("Exit office / Таможня выезда", manifest.exit_office),
        ("Offices of transit / Транзитные таможни", ", ".join(manifest.offices_of_transit)),
        ("Entry office / Таможня въезда", manifest.entry_office),
        ("Guarantees / Гарантии", ", ".join(manifest.guarantee_references)),
        ("Gross mass, kg / Масса брутто, кг", _number(manifest.gross_mass_kg)),
        ("Packages / Мест", _number(manifest.package_count)),
    )
    if manifest.declarant:
        yield from _section("Declarant / Декларант", _party(manifest.declarant, originals))
    if manifest.border_means:
        yield from _section("At the border / На границе", _means(manifest.border_means))
    left = MOST_ITEMS
    for one in manifest.consignments:
        yield from _consignment(one, originals, left)
        left = max(0, left - len(one.items))


def _consignment(one: Consignment, originals: Mapping[str, str], most: int) -> Iterator[Row]:
    yield from _section(
        f"Consignment {one.number} / Партия {one.number}",
        ("Office of departure / Таможня отправления", one.office_of_departure),
        ("Office of destination / Таможня назначения", one.office_of_destination),
        ("From / Из", one.country_of_dispatch),
        ("To / В", one.country_of_destination),
        ("Through / Через", ", ".join(one.itinerary)),
        *(_party(party, originals) for party in one.parties),
        *(_means(means) for means in one.means),
        *(
            (f"Container, seals {unit.id} / Контейнер, пломбы", _seals(unit.customs_seals))
            for unit in one.equipment
        ),
        ("Transport documents / Документы", ", ".join(one.transport_documents)),
    )
    goods = [
        (
            f"{item.number}",
            " · ".join(
                part
                for part in (
                    item.commodity_code,
                    _both(item.description, originals),
                    f"{_number(item.gross_mass_kg)} kg" if item.gross_mass_kg else "",
                    f"{item.package_count} pkg" if item.package_count else "",
                    item.origin,
                )
                if part
            ),
        )
        for item in one.items[:most]
    ]
    rest = len(one.items) - len(goods)
    if rest:
        goods.append(("…", f"{rest} more in the manifest / ещё {rest} в манифесте"))
    yield from _section(f"Goods {one.number} / Товары {one.number}", *goods)


def _section(title: str, *rows: tuple[str, str]) -> Iterator[Row]:
    filled: Iterable[tuple[str, str]] = [row for row in rows if row[1].strip()]
    if filled:
        yield Row(title)
        yield from (Row(caption, value) for caption, value in filled)


def _party(one: Party, originals: Mapping[str, str]) -> tuple[str, str]:
    name = _both(one.name, originals)
    return ROLES.get(one.role, one.role), ", ".join(
        part for part in (name, one.id, one.country) if part
    )


def _both(text: str, originals: Mapping[str, str]) -> str:
    """Return a text with the same in its own script behind it."""
    original = originals.get(text, "")
    return f"{text} / {original}" if original and original != text else text


def _means(one: TransportMeans) -> tuple[str, str]:
    return "Vehicle / Транспорт", ", ".join(part for part in (one.id, one.nationality) if part)


def _seals(seals: tuple[str, ...]) -> str:
    return ", ".join(seals) or "no seal / без пломб"


def _number(value: object) -> str:
    return f"{value}" if value else ""
