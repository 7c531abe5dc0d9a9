"""Two administrations over months in which nothing is told: their clocks act, each time once.

The weather takes, doubles and delays what they send, nodes restart, and days go by, or back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from exchange_node import node as nodes
from exchange_node.domain.errors import IllegalEventError
from exchange_node.domain.movement import Event, Paper
from exchange_node.store import inbox
from exchange_node.store.database import reading
from exchange_node.store.incoming import State
from tests.exchange.corridor import corridor
from tests.exchange.weather import FATES, PATIENT, UNHURRIED, Sky, law, sky_over
from tests.world import Clock, replaced

TWO = ("kz", "uz")
SPAN = timedelta(days=280)
"""Until when the clocks of an unended movement have all run: seven months and some days."""

WEATHER_DAYS = 7

PROOF = Paper(type_code="730", id="0012345")
SILENT = ["movement.enquiry", "movement.overdue", "movement.recovery", "movement.unanswered"]
"""What the desk of the departure is told, in turn, of a movement that nobody says anything of."""


def lasting(first: str, second: str, clock: Clock) -> tuple[str, ...]:
    text = nodes.pair_agreement(first.upper(), second.upper(), on=clock().date())
    return (replaced(text, "expires_on = 2026-04-01", "expires_on = 2028-04-01"),)


@pytest.fixture(name="sky", scope="module")
def _sky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sky]:
    folder = tmp_path_factory.mktemp("months")
    with corridor(folder, TWO, agree=lasting, pmode=PATIENT, settings=UNHURRIED) as world:
        yield sky_over(world, folder)


class Months(RuleBasedStateMachine):
    """A manifest goes out, leaves its country, and is heard of no more, or late."""

    sky: ClassVar[Sky]

    def __init__(self) -> None:
        super().__init__()
        self.world = self.sky.world
        self.has_begun = self.is_proved = self.was_proved = False
        self.end = self.sky.begin

    @initialize(is_proved=st.booleans())
    def begin(self, *, is_proved: bool) -> None:
        self.sky.clear()
        for told in self.world.told.values():
            told.told.clear()
        self.has_begun, self.is_proved = True, is_proved
        self.end = self.sky.begin + SPAN
        self.world.submit("kz", "uz")
        self.world.run()
        self.world.tell("kz", Event.EXIT, "KZ550302")

    @rule(fates=st.lists(st.sampled_from(FATES), min_size=1, max_size=6))
    def the_weather_turns(self, fates: list[str]) -> None:
        self.sky.weather.fates += fates

    @rule(order=st.permutations(TWO))
    def some_work(self, order: list[str]) -> None:
        for name in order:
            self.world.walk(name)

    @precondition(lambda self: self.sky.weather.kept)
    @rule(data=st.data())
    def what_was_late_comes(self, data: st.DataObject) -> None:
        kept = self.sky.weather.kept
        kept.pop(data.draw(st.integers(0, len(kept) - 1)))()

    @rule(name=st.sampled_from(TWO))
    def a_node_restarts(self, name: str) -> None:
        self.world.restart(name)
        self.sky.hang(name)

    @precondition(lambda self: self.world.clock() < self.end - timedelta(days=60))
    @rule(days=st.sampled_from([-1, 1, 3, 12, 33, 50]))
    def days_go_by(self, days: int) -> None:
        while days:
            step = min(days, WEATHER_DAYS)
            days -= step
            self.world.clock.forward(days=step)
            for name in TWO:
                self.world.walk(name)
            if days:  # no weather lasts for weeks: a partner refuses what is a month old
                self.sky.weather.fates.clear()

    def prove(self) -> None:
        """Let the destination answer the enquiry when it has come there, and be believed."""
        if not self.is_proved or self.was_proved:
            return
        try:
            self.world.tell("uz", Event.REPLY, "UZ270101", ground="3", papers=(PROOF,))
        except IllegalEventError:
            return
        self.world.run(rounds=30)
        self.world.tell("kz", Event.DISCHARGE, "KZ550101")
        self.world.run(rounds=30)
        self.was_proved = True

    def teardown(self) -> None:
        if not self.has_begun:
            return
        self.sky.weather.fates.clear()
        for late in self.sky.weather.kept:
            late()
        while self.world.clock() < self.end:
            self.world.clock.forward(days=7)
            self.world.run(rounds=30)
            self.prove()
        assert set(self.world.states().values()) == {"discharged" if self.is_proved else "recovery"}
        for name in TWO:
            happened = Counter(self.world.events(name))
            assert happened["enquiry"] == 1, name
            assert happened["discharge"] == happened["reply"] == self.is_proved, name
            assert happened["recovery"] <= 1, name
            assert self.is_proved or happened["recovery"], name
        codes = [one.code for one in self.world.told["kz"].told.values()]
        told = [one for one in codes if one in SILENT]
        assert told == SILENT or (self.is_proved and told == SILENT[: len(told)])
        for name in TWO:
            with reading(self.world.nodes[name].engine) as conn:
                assert inbox.search(conn, state=State.PARKED, limit=9) == [], name
                assert inbox.search(conn, state=State.REFUSED, limit=9) == [], name


def test_clocks_of_months_act_once_whatever_the_weather(sky: Sky) -> None:
    Months.sky = sky
    run_state_machine_as_test(Months, settings=law(examples=5, steps=12))
