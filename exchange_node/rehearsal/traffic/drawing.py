"""Seed and number → a movement: the same whatever was drawn before it, and however many follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from exchange_node.rehearsal.traffic import crowd, numbers
from exchange_node.rehearsal.traffic.movement import Movement, Trader
from exchange_node.rehearsal.traffic.routes import Office, Ways, ways

CONTAINER_SHARE = 0.35
"""Of the lorries that carry a container (our choice); of the others the trailer is sealed."""

SEAL_SHARES = (1, 1, 1, 2, 2, 4)
"""How many seals a lorry carries, each as likely (our choice)."""

HOURS = (1, 1, 1, 1, 1, 2, 3, 5, 8, 10, 10, 9, 7, 8, 9, 9, 8, 6, 4, 3, 2, 2, 1, 1)
"""Releases by hour of the day (our choice): offices let go when they work."""

CONTAINER_SERIALS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Made-up traffic between two neighbours by road.

    Attributes:
        begin: midnight of the first day, with an offset; a day has `daily` releases.
        daily: releases a day.
    """

    seed: int
    sender: str
    recipient: str
    offices: tuple[Office, ...]
    begin: datetime
    daily: int = 1_500
    _ways: Ways = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Find the ways there are.

        Raises:
            RehearsalError: there is none.
        """
        object.__setattr__(self, "_ways", ways(self.offices, self.sender, self.recipient))

    def movements(self, count: int, *, first: int = 1) -> Iterator[Movement]:
        """Yield so many movements, by number."""
        return (self.movement(number) for number in range(first, first + count))

    def movement(self, number: int) -> Movement:
        """Return the movement of a number, from 1."""
        draw = Random(f"{self.seed} {self.sender}{self.recipient} {number}")  # noqa: S311 - no secret
        way = self._ways
        released = self._released(draw, number)
        arrival = released + timedelta(minutes=round(60 * _hours_of_journey(draw)))
        carrier = crowd.rank(draw, crowd.CARRIERS)
        lorry = draw.randrange(crowd.fleet(carrier))
        vehicle = crowd.lorry(self.sender, self.recipient, carrier, lorry)
        in_container = draw.random() < CONTAINER_SHARE
        stamp = f"{draw.getrandbits(128):032X}"
        # A border has one post that most lorries take.
        exit_office = way.exits[crowd.rank(draw, len(way.exits))]
        entry_office = way.entries[crowd.rank(draw, len(way.entries))]
        return Movement(
            number=number,
            mrn=numbers.mrn(released.year, self.sender, self.seed, number),
            stamp=stamp,
            sender=self.sender,
            recipient=self.recipient,
            departure=way.departures[crowd.rank(draw, len(way.departures))].code,
            exit=exit_office.code,
            entry=entry_office.code,
            destination=way.destinations[crowd.rank(draw, len(way.destinations))].code,
            released_at=released,
            expected_arrival=arrival,
            limit=released + timedelta(days=5),
            consignor=self._trader(draw, self.sender, "consignor"),
            consignee=self._trader(draw, self.recipient, "consignee"),
            declarant=self._trader(draw, self.sender, "declarant"),
            carrier=crowd.trader(vehicle.nationality, "carrier", carrier),
            tractor=vehicle.tractor,
            trailer=vehicle.trailer,
            nationality=vehicle.nationality,
            container=numbers.container(draw, CONTAINER_SERIALS) if in_container else "",
            seals=numbers.seals(draw, self.sender, draw.choice(SEAL_SHARES)),
            goods=crowd.goods(draw, (self.sender, self.sender, "CN", "TR", "RU")),
            waybill=f"{self.sender}-{released.year}-{number:07d}",
            guarantee=f"39855/{released:%d%m%y}/G{number:07d}",
        )

    def _released(self, draw: Random, number: int) -> datetime:
        day = (number - 1) // self.daily
        (hour,) = draw.choices(range(24), weights=HOURS)
        minutes = timedelta(hours=hour, minutes=draw.randrange(60), seconds=draw.randrange(60))
        return self.begin + timedelta(days=day) + minutes

    @staticmethod
    def _trader(draw: Random, country: str, kind: str) -> Trader:
        return crowd.trader(country, kind, crowd.rank(draw, crowd.TRADERS))


def _hours_of_journey(draw: Random) -> float:
    """Return how long a lorry drives to the border: 14 hours at the middle, four days at most."""
    return min(96.0, max(1.5, draw.lognormvariate(2.64, 0.6)))
