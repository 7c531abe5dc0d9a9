"""Who trades in what: companies by rank, goods by weight, lorries by carrier. All of it made up."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from exchange_node.rehearsal.traffic.movement import Goods, Trader
from exchange_node.rehearsal.traffic.numbers import SHAPES, plate

if TYPE_CHECKING:
    from collections.abc import Sequence

TRADERS, CARRIERS, LORRIES = 4_000, 600, 36_000
"""Companies of a country, carriers and lorries of a corridor (our choice): a million movements give
a lorry some thirty journeys. Who carries more has more lorries, not faster ones."""

EXPONENT = 1.07
"""Of Zipf's law over traders and carriers (our choice, near what trade registers show: a tenth of
the traders has most of the declarations)."""

MOST_GOODS = 12
MORE_GOODS = 0.45
"""Chance of one more line of goods (our choice): half of the lorries carry one kind, a few many."""

FLAGS = {"home": 0.55, "partner": 0.25}
"""Share of lorries of the sending and of the receiving country; the other members share the rest
(our choice)."""

_ROOTS = (
    "Аб", "Айга", "Ала", "Алты", "Ар", "Аса", "Бай", "Бала", "Бес", "Бола", "Гул", "Дала", "Дос",
    "Ер", "Жай", "Жана", "Жети", "Жул", "Зер", "Кай", "Кара", "Кас", "Кер", "Кок", "Кун", "Мак",
    "Мер", "Мун", "Ной", "Ор", "От", "Пай", "Рау", "Сай", "Сары", "Сау", "Сун", "Тал", "Тас", "Тол",
    "Тул", "Тур", "Ул", "Хан", "Шал", "Шам", "Шо", "Ян",
)  # fmt: skip
_ENDS = (
    "бек", "бура", "гер", "гыз", "дана", "дар", "дыз", "зат", "кент", "кем", "лан", "лык", "мар",
    "мыс", "нар", "пар", "рам", "сай", "су", "тау", "тем", "тос", "хат", "шак",
)  # fmt: skip
_TRADES = (
    "Агро", "Альянс", "Груп", "Импорт", "Инвест", "Импэкс", "Карго", "Линия", "Логистик", "Маркет",
    "Мотив", "Ойл", "Пласт", "Пром", "Ресурс", "Сауда", "Сервис", "Снаб", "Строй", "Текстиль",
    "Техно", "Торг", "Транзит", "Транс", "Фуд", "Холдинг", "Экспорт", "Электро",
)  # fmt: skip
_CITIES = {
    "AF": "Мазари-Шариф", "AZ": "Баку", "CN": "Урумчи", "GE": "Тбилиси", "KG": "Бишкек",
    "KZ": "Алматы", "MN": "Улан-Батор", "PK": "Пешавар", "TJ": "Душанбе", "TM": "Ашхабад",
    "UZ": "Ташкент",
}  # fmt: skip

# HS 2022 subheading and four digits · what it is · share · kilograms of a line · dollars a kilogram
_GOODS = (
    ("0808108000", "Яблоки свежие, в картонных коробках", 8, 9000, "1.4", "CT", 15),
    ("1101001500", "Мука пшеничная хлебопекарная, в мешках", 9, 12000, "0.4", "BG", 50),
    ("1001990000", "Пшеница продовольственная, навалом в мешках", 6, 20000, "0.3", "BG", 1000),
    ("1512119100", "Масло подсолнечное, в бутылках", 6, 10000, "1.3", "CT", 12),
    ("1905909000", "Изделия хлебобулочные и мучные кондитерские", 4, 4000, "2.1", "CT", 8),
    ("2202100000", "Воды газированные с добавлением сахара", 4, 14000, "0.6", "CT", 10),
    ("2523290000", "Портландцемент, в мешках", 5, 20000, "0.1", "BG", 50),
    ("3004900002", "Лекарственные средства, расфасованные для розницы", 3, 900, "48", "CT", 6),
    ("3105201000", "Удобрения минеральные, в мешках", 4, 20000, "0.5", "BG", 50),
    ("3402909000", "Средства моющие, расфасованные", 4, 6000, "1.7", "CT", 12),
    ("3923100000", "Коробки и ящики из пластмасс", 3, 3500, "2.8", "PX", 220),
    ("3926909709", "Изделия из пластмасс прочие", 4, 3000, "4.2", "CT", 14),
    ("4011201000", "Шины пневматические новые для грузовых автомобилей", 3, 9000, "3.1", "PX", 450),
    ("4412330000", "Фанера клееная", 2, 15000, "0.9", "PX", 900),
    ("5205120000", "Пряжа хлопчатобумажная однониточная", 5, 15000, "2.9", "CT", 25),
    ("6109100000", "Майки и фуфайки трикотажные из хлопка", 6, 3000, "14", "CT", 12),
    ("6403990000", "Обувь с верхом из кожи", 4, 2500, "19", "CT", 15),
    ("7208510000", "Прокат плоский горячекатаный", 4, 20000, "0.8", "PX", 2000),
    ("7214200000", "Прутки из нелегированной стали для арматуры", 4, 20000, "0.7", "PX", 2000),
    ("8418108000", "Холодильники-морозильники бытовые", 4, 5000, "6", "CT", 65),
    ("8471300000", "Машины вычислительные портативные", 2, 800, "210", "CT", 9),
    ("8504310000", "Трансформаторы измерительные", 2, 1500, "24", "BX", 20),
    ("8517130000", "Телефоны (смартфоны)", 2, 400, "900", "CT", 7),
    ("8708999309", "Части и принадлежности автомобилей", 5, 4500, "8", "BX", 25),
    ("9403609000", "Мебель деревянная", 5, 4000, "3.4", "CT", 35),
)
_SHARES = tuple(itertools.accumulate(one[2] for one in _GOODS))


@cache
def _ranks(number: int) -> tuple[float, ...]:
    return tuple(itertools.accumulate(1 / rank**EXPONENT for rank in range(1, number + 1)))


def rank(draw: Random, number: int) -> int:
    """Return a rank from 0 by Zipf's law, out of so many."""
    ranks = _ranks(number)
    return bisect_left(ranks, draw.random() * ranks[-1])


def fleet(carrier: int) -> int:
    """Return how many lorries the carrier of a rank has: its share, as it has of the journeys."""
    share: float = 1 / (carrier + 1) ** EXPONENT / _ranks(CARRIERS)[-1]
    return max(1, round(LORRIES * share))


def trader(country: str, kind: str, at: int) -> Trader:
    """Return the company of a rank; the same for ever."""
    return _trader(country, kind, at)


@cache
def _trader(country: str, kind: str, at: int) -> Trader:
    own = Random(f"{country} {kind} {at}")  # noqa: S311 - no secret
    return Trader(
        name=f"ООО «{own.choice(_ROOTS)}{own.choice(_ENDS)} {own.choice(_TRADES)}»",
        id=f"{own.randrange(25, 100):02d}0140{at:06d}",
        country=country,
        city=_CITIES[country],
        street=f"улица Примерная, {own.randrange(1, 300)}",
    )


@dataclass(frozen=True, slots=True)
class Lorry:
    """A tractor with its trailer, and the country they are registered in."""

    tractor: str
    trailer: str
    nationality: str


def lorry(sender: str, recipient: str, carrier: int, at: int) -> Lorry:
    """Return a lorry of a carrier's fleet; the same for ever."""
    own = Random(f"{sender}{recipient} {carrier} {at}")  # noqa: S311 - no secret
    flag = own.random()
    if flag < FLAGS["home"]:
        nationality = sender
    elif flag < FLAGS["home"] + FLAGS["partner"]:
        nationality = recipient
    else:
        nationality = own.choice(sorted(set(SHAPES) - {sender, recipient}))
    return Lorry(plate(own, nationality), plate(own, nationality), nationality)


def goods(draw: Random, origins: Sequence[str]) -> tuple[Goods, ...]:
    """Return what is loaded: one kind on half of the lorries, twelve at most."""
    lines = 1
    while lines < MOST_GOODS and draw.random() < MORE_GOODS:
        lines += 1
    return tuple(_line(draw, lines, origins) for _ in range(lines))


def _line(draw: Random, lines: int, origins: Sequence[str]) -> Goods:
    at = bisect_left(_SHARES, draw.random() * _SHARES[-1])
    code, description, _, usual, price, kind, package_kg = _GOODS[at]
    load = min(20_000.0, usual * draw.lognormvariate(0, 0.4)) / lines
    packages = max(1, round(load / package_kg))
    net = Decimal(packages * package_kg)
    gross = (net * Decimal("1.04")).quantize(Decimal("0.001"))
    return Goods(
        code=code,
        description=description,
        origin=draw.choice(origins),
        packages=packages,
        package_kind=kind,
        net_kg=net.quantize(Decimal("0.001")),
        gross_kg=gross,
        value=(net * Decimal(price)).quantize(Decimal("0.01")),
    )
