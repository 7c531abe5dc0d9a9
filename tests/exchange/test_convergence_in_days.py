"""Four administrations while months go by: their clocks act once each, and they still agree.

What the clocks of an agreement do by themselves meets what people do, bad weather, and a clock on a
wall that goes wrong. What waits on a line for longer than a week is refused on purpose
(docs/movements.md): before more days than that go by, what was sent has come.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from exchange_node.domain.errors import IllegalEventError, UnknownRecordError
from exchange_node.domain.movement import Control, Event
from exchange_node.domain.movement import State as Stands
from exchange_node.store import inbox
from exchange_node.store.database import reading
from exchange_node.store.incoming import State
from tests.exchange.corridor import corridor
from tests.exchange.reckoning import CLOCKED, RECOVERED, Reckoning, View, unheard, view_of
from tests.exchange.routes import FOUR, four_country_declaration, four_country_facts
from tests.exchange.test_convergence import (
    CLAIM,
    DONE,
    GROUNDS,
    MORE,
    OUT,
    RESULTS,
    STORIES,
    Told,
    everything,
)
from tests.exchange.weather import FATES, UNHURRIED, Sky, law, sky_over
from tests.world import NATIONAL, OPERATOR, Clock, replaced

PATIENT_FOR_MONTHS = """
partner = "customs.{other}"
accounts = false
[retry]
first_seconds = 43200
factor = 1.0
most_seconds = 43200
max_retries = 1000
[duplicates]
window_days = 366
"""
A_TRY = timedelta(hours=12, seconds=1)
ON_THE_LINE = timedelta(days=5)
"""Days that may go by while something is on the way; with the tries meanwhile below a week."""
RETENTION = timedelta(days=1095 + 366)
"""After this nothing keeps a movement, not even one whose end nobody told."""
MONTHS = timedelta(days=280)
"""How far time goes before the last of the story."""

GOODS: dict[str, tuple[Told, ...]] = {
    "never left": (),
    "lost": OUT,
    "came and no word": OUT + DONE[:2],
    **{
        name: STORIES[name][:-1]
        for name in ("smooth", "incident", "refused", "diverted", "discrepancy")
    },
}
"""What happens to the goods; who closes the movement, and how, is drawn."""

DESKS: tuple[tuple[Told, dict[str, Any]], ...] = (
    (("kz", Event.ENQUIRY, "KZ550101"), {}),
    (("kz", Event.WITHDRAWAL, "KZ550101"), {"ground": "2"}),
    (("kz", Event.DISCHARGE, "KZ550101"), {}),
    (("af", Event.REPLY, "AF010102"), {"ground": "1"}),
    (("tm", Event.REPLY, "TM010101"), {"ground": "1"}),
    (("uz", Event.REPLY, "UZ270101"), {"ground": "1"}),
    (("af", Event.REPLY, "AF010102"), {"ground": "9"}),
    (("uz", Event.COMPETENCE, "UZ270101"), {"ground": "2", "claims": (CLAIM,)}),
)


def for_years(first: str, second: str, clock: Clock) -> tuple[str, ...]:
    """Return what two agree on, in force longer than any clock in it runs."""
    (text,) = everything(first, second, clock)
    return (replaced(text, "expires_on = 2026-04-01", "expires_on = 2029-04-01"),)


@pytest.fixture(name="sky", scope="module")
def _sky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sky]:
    folder = tmp_path_factory.mktemp("sky")
    with corridor(
        folder, FOUR, agree=for_years, pmode=PATIENT_FOR_MONTHS, settings=UNHURRIED
    ) as world:
        yield sky_over(world, folder)


class InDays(RuleBasedStateMachine):
    """The goods go their way or do not; months go by at all nodes, and wrongly at one."""

    sky: ClassVar[Sky]

    def __init__(self) -> None:
        super().__init__()
        self.world = self.sky.world
        self.name = ""
        self.to_happen: list[Told] = []
        self.to_tell: list[tuple[Told, datetime]] = []

    @initialize(name=st.sampled_from(sorted(GOODS)))
    def begin(self, name: str) -> None:
        self.sky.clear()
        for told in self.world.told.values():
            told.told.clear()
        self.name, self.to_happen = name, list(GOODS[name])
        self.reckoning = Reckoning(self.world)
        self.end, self.since = self.world.clock() + MONTHS, self.world.clock()
        facts = four_country_facts(*(("UZ",) if name == "diverted" else ()))
        for partner in FOUR[1:]:
            if partner != "tm" or name != "diverted":
                self.world.nodes["kz"].dispatch.submit(
                    NATIONAL, four_country_declaration(), partner=f"customs.{partner}", facts=facts
                )
        self.calm()

    @precondition(lambda self: self.to_happen)
    @rule(count=st.integers(1, 3))
    def something_happens(self, count: int) -> None:
        for _ in range(min(count, len(self.to_happen))):
            self.world.clock.forward(seconds=60)
            self.to_tell.append((self.to_happen.pop(0), self.world.clock()))
        self.tell()

    @rule(does=st.sampled_from(DESKS))
    def a_desk_acts(self, does: tuple[Told, dict[str, Any]]) -> None:
        (name, event, office), more = does
        view = view_of(self.world, name)
        if event is Event.DISCHARGE and view is not None and view.state is Stands.REFUSED:
            return  # goods that came back go on nowhere: that would be another story
        self.world.clock.forward(seconds=60)
        with suppress(IllegalEventError, UnknownRecordError):  # it may not be the time for it
            self.world.tell(name, event, office, occurred_at=self.world.clock(), **more)

    @rule(fates=st.lists(st.sampled_from(FATES), min_size=1, max_size=6))
    def the_weather_turns(self, fates: list[str]) -> None:
        self.sky.weather.fates += fates

    @rule(order=st.permutations(FOUR), count=st.integers(2, 4))
    def some_work(self, order: list[str], count: int) -> None:
        for name in order[:count]:
            self.walk(name)
        self.tell()

    @rule(name=st.sampled_from(FOUR))
    def a_node_restarts(self, name: str) -> None:
        self.world.restart(name)
        self.sky.hang(name)

    @rule(days=st.sampled_from([1, 2, 5, 9, 30, 100, 225]), does_work=st.booleans())
    def days_go_by(self, days: int, *, does_work: bool) -> None:
        by = timedelta(days=days)
        if self.world.clock() + by > self.end:
            return
        if self.world.clock() + by - self.since > ON_THE_LINE:
            self.calm()
        self.world.clock.now += by
        if does_work:
            for name in FOUR:
                self.walk(name)

    @rule(
        name=st.sampled_from(FOUR),
        days=st.sampled_from([-100, -9, 4, 30, 240]),
        restarts=st.booleans(),
    )
    def a_clock_is_wrong_for_a_while(self, name: str, days: int, *, restarts: bool) -> None:
        """Let one node work by a wrong clock; it was seen before anything left the house."""
        self.calm()
        wall = self.world.walls[name]
        # Before the agreements there is nothing that a node may do.
        wall.wrong = max(timedelta(days=days), self.sky.begin - self.world.clock())
        self.sky.weather.is_down = True
        if restarts:
            self.a_node_restarts(name)
        for _ in range(2):
            self.walk(name)
        wall.wrong, self.sky.weather.is_down = timedelta(), False

    def walk(self, name: str) -> int:
        done = self.world.walk(name)
        self.reckoning.note(name)
        return done

    def work(self) -> None:
        """Let all work until nothing is left, and tell what they can tell by then."""
        for _ in range(30):
            self.tell()
            if not sum(self.walk(name) for name in FOUR):
                return
        pytest.fail("there is no end to the work")

    def calm(self) -> None:
        """Let everything come that is on the way."""
        self.sky.weather.fates.clear()
        while self.sky.weather.kept:
            self.sky.weather.kept.pop()()
        for wait in (timedelta(), A_TRY, timedelta(minutes=11)):
            self.world.clock.now += wait
            self.work()
        self.since = self.world.clock()

    def tell(self) -> None:
        """Let every office tell what it saw, as far as its node takes it now."""
        left = []
        for (name, event, office), at in self.to_tell:
            controls = (Control(result=RESULTS[event]),) if event in RESULTS else ()
            try:
                self.world.tell(
                    name, event, office,
                    occurred_at=at, ground=GROUNDS.get(event, ""), controls=controls,
                    **MORE.get(event, {}),
                )  # fmt: skip
            except (IllegalEventError, UnknownRecordError):
                left.append(((name, event, office), at))
        self.to_tell = left

    def teardown(self) -> None:
        if not self.name:
            return
        self.calm()
        for one in self.to_happen:
            self.world.clock.forward(seconds=60)
            self.to_tell.append((one, self.world.clock()))
        self.calm()
        assert self.to_tell == []
        # What a clock that was ahead has left is due when time has come as far: until then all
        # wait, and then until the last of what that began has run out too.
        latest = max(*self.reckoning.latest.values(), RECOVERED)
        for days in (0, 41, 41, 41):
            self.world.clock.now = max(self.world.clock(), latest) + timedelta(days=days)
            self.work()
        self.reckoning.require()
        self.close()
        # Who joined was not told what was told before: what follows on that is refused there.
        joins = "tm" if self.name == "diverted" else ""
        assert [one for one in unheard(self.world) if one[2] != f"customs.{joins}"] == []
        states = {name: view.state for name in FOUR if (view := view_of(self.world, name))}
        assert len(set(states.values())) == 1, states
        for name in FOUR:
            with reading(self.world.nodes[name].engine) as conn:
                assert inbox.search(conn, state=State.PARKED, limit=9) == [], name
                refused = inbox.search(conn, state=State.REFUSED, limit=9)
                of = {one.header["code"] for one in refused}
                assert of <= ({"TM-040", "TM-041", "TM-042"} if name == joins else set()), name
        self.erase()

    def close(self) -> None:
        """Close what no person closed: by a proof if it comes to that, or by the money."""
        self.world.clock.forward(days=1)
        for event, more in ((Event.RECOVERED, {"claims": (CLAIM,)}), (Event.DISCHARGE, {})):
            try:
                self.world.tell("kz", event, "KZ550101", **more)
            except IllegalEventError:
                continue
        self.calm()

    def erase(self) -> None:
        """Let the years of retention go by: what happened is erased, and where it ended stays."""
        before = {name: (view_of(self.world, name), self.reckoning.heard(name)) for name in FOUR}
        self.world.clock.now += RETENTION
        for name, node in self.world.nodes.items():
            stood, _ = before[name]
            assert stood is not None
            node.disposing.run()  # nobody vouches for a clock that leapt: nothing goes by it
            assert view_of(self.world, name) == stood, name
            node.keeping.confirm_clock(OPERATOR, self.world.clock().date(), why="a test")
            self.world.clock.forward(hours=1)
            node.disposing.run()
            self.walk(name)
            left = view_of(self.world, name)
            assert left is not None
            kept = [one for one in stood.happened if name == "kz" and one.party == "customs.kz"]
            assert left == View(stood.state, kept), name
            heard = self.reckoning.heard(name)
            assert {code: heard[code] for code in CLOCKED} == {
                code: before[name][1][code] for code in CLOCKED
            }, name


def test_laws_whatever_days_go_by_each_clock_acts_once_and_all_agree(sky: Sky) -> None:
    InDays.sky = sky
    run_state_machine_as_test(InDays, settings=law(examples=6, steps=12))
