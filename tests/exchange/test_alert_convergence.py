"""Alerts in bad weather: whatever is lost, doubled, late or restarted, both ends see the same.

Desks do what they may, when they may: what a node refuses them was never said. What it took has to
arrive, once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
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

from exchange_node.domain.alert import RejectionReason, Stage
from exchange_node.domain.alerting import Event, Result, State, moved
from exchange_node.domain.errors import InvalidAlertError, UnknownRecordError
from exchange_node.services.stations.alerting.life import told_of
from exchange_node.store import inbox
from exchange_node.store.database import reading
from exchange_node.store.incoming import State as Came
from exchange_node.store.records import alerts
from tests.exchange.alarming import (
    DESKS,
    ISSUER,
    NAMED,
    PLATE,
    THREE,
    UNNAMED,
    cross,
    differing,
    issue,
    report,
    shown,
    sighted,
)
from tests.exchange.corridor import corridor
from tests.exchange.weather import FATES, PATIENT, UNHURRIED, Sky, law, sky_over
from tests.world import LIAISON

MOST_ALERTS = 2

Act = tuple[Stage | Result, int, bool]
"""What a desk says or has found, of which alert, and whether nothing more is to come."""

ACTS: st.SearchStrategy[Act] = st.tuples(
    st.sampled_from([*Result, *Stage]), st.integers(0, MOST_ALERTS - 1), st.booleans()
)


class Withdrawn:
    """The issuer takes its alert back."""


Happens = tuple[str, Stage | Result | Withdrawn]
TAKEN_BACK: Happens = (ISSUER, Withdrawn())
STORIES: dict[str, tuple[Happens, ...]] = {
    "treated": (
        (NAMED, Stage.SEEN),
        (UNNAMED, Stage.TREATMENT),
        (NAMED, Result.SIGHTED),
        (NAMED, Result.NIL),
        (UNNAMED, Result.SIGHTED),
        (NAMED, Result.HIT),
        (UNNAMED, Result.NOT_CHECKED),
    ),
    "taken back": ((NAMED, Stage.SEEN), (UNNAMED, Result.NIL), TAKEN_BACK, (NAMED, Result.HIT)),
    "rejected": ((UNNAMED, Stage.REJECTED), (NAMED, Stage.TREATMENT)),
}
"""What happens to the first alert in any case, as far as it may; more is drawn beside it."""


@pytest.fixture(name="sky", scope="module")
def _sky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sky]:
    folder = tmp_path_factory.mktemp("sky")
    with corridor(folder, THREE, agree=differing, pmode=PATIENT, settings=UNHURRIED) as world:
        cross(world)
        yield sky_over(world, folder)


class AlertConvergence(RuleBasedStateMachine):
    """Alerts are issued, treated and taken back; the nodes hear of it through the weather."""

    sky: ClassVar[Sky]

    def __init__(self) -> None:
        super().__init__()
        self.world = self.sky.world
        self.story: list[Happens] = []
        self.issued: list[str] = []
        self.withdrawn: set[str] = set()
        self.latest = self.world.clock()
        self.given: dict[tuple[str, str], list[str]] = {}
        """References of the feedback that a recipient's node took, by recipient and alert."""

    @initialize(name=st.sampled_from(sorted(STORIES)), is_known=st.booleans())
    def begin(self, name: str, *, is_known: bool) -> None:
        self.sky.clear()
        self.latest = self.world.clock()
        self.story = list(STORIES[name])
        self.issued.append(issue(self.world))
        if is_known:
            self.world.run()

    @precondition(lambda self: self.story)
    @rule(count=st.integers(1, 2))
    def the_story_goes_on(self, count: int) -> None:
        for name, what in self.story[:count]:
            if isinstance(what, Withdrawn):
                self.withdraw(self.issued[0])
            else:
                self.act(name, self.issued[0], what, is_last=what is Result.HIT)
        del self.story[:count]

    @precondition(lambda self: len(self.issued) < MOST_ALERTS)
    @rule(lasting=st.sampled_from([timedelta(hours=1), timedelta(days=30)]))
    def an_alert_is_issued(self, lasting: timedelta) -> None:
        self.issued.append(issue(self.world, lasting=lasting))

    @rule(acts=st.lists(st.tuples(st.sampled_from(sorted(DESKS)), ACTS), min_size=1, max_size=3))
    def desks_act(self, acts: list[tuple[str, Act]]) -> None:
        for name, (what, which, is_last) in acts:
            self.act(name, self.issued[which % len(self.issued)], what, is_last=is_last)

    @precondition(lambda self: len(self.withdrawn) < len(self.issued))
    @rule(data=st.data())
    def an_alert_is_withdrawn(self, data: st.DataObject) -> None:
        alert_id = data.draw(st.sampled_from(sorted(set(self.issued) - self.withdrawn)))
        self.withdraw(alert_id)

    @rule(fates=st.lists(st.sampled_from(FATES), min_size=1, max_size=6))
    def the_weather_turns(self, fates: list[str]) -> None:
        self.sky.weather.fates += fates

    @rule(order=st.permutations(THREE), rounds=st.integers(1, 2))
    def some_work(self, order: list[str], rounds: int) -> None:
        for name in order * rounds:
            self.world.walk(name)

    @precondition(lambda self: self.sky.weather.kept)
    @rule(data=st.data())
    def what_was_late_comes(self, data: st.DataObject) -> None:
        kept = self.sky.weather.kept
        kept.pop(data.draw(st.integers(0, len(kept) - 1)))()

    @rule(name=st.sampled_from(THREE))
    def a_node_restarts(self, name: str) -> None:
        self.world.restart(name)
        self.sky.hang(name)

    @rule(seconds=st.sampled_from([-120, 5, 45, 1800, 7200]))
    def the_clock_jumps(self, seconds: int) -> None:
        self.latest = max(self.latest, self.world.clock())
        self.world.clock.forward(seconds=seconds)

    def act(self, name: str, alert_id: str, what: Stage | Result, *, is_last: bool) -> None:
        # It has not come yet, or its life does not let it be said.
        with suppress(InvalidAlertError, UnknownRecordError):
            if isinstance(what, Result):
                self.tell(name, alert_id, result=what.value, last=is_last)
                return
            self.world.nodes[name].alerting.answering.say(
                LIAISON,
                alert_id,
                what,
                office=DESKS[name],
                rejection=RejectionReason.NOT_COMPETENT if what is Stage.REJECTED else None,
            )

    def tell(self, name: str, alert_id: str, **plain: object) -> None:
        is_seen = plain["result"] == Result.SIGHTED
        done = (
            sighted(self.world, name, alert_id)
            if is_seen
            else report(self.world, name, alert_id, **plain)
        )
        self.given.setdefault((name, alert_id), []).append(str(done["reference"]))

    def withdraw(self, alert_id: str) -> None:
        try:
            self.world.nodes[ISSUER].alerting.withdrawing.withdraw(
                LIAISON, alert_id, why="It was a mistake."
            )
        except InvalidAlertError:
            return  # it has expired
        self.withdrawn.add(alert_id)

    def teardown(self) -> None:
        while self.story:
            for name in THREE:
                self.world.walk(name)
            self.the_story_goes_on(1)
        self.sky.weather.fates.clear()
        self.world.clock.now = max(self.latest, self.world.clock())  # it goes right again
        for late in self.sky.weather.kept:
            late()
        for _ in range(30):
            self.world.clock.forward(seconds=31)
            if not any(self.world.walk(name) for name in THREE):
                break
        for name in THREE:
            with reading(self.world.nodes[name].engine) as conn:
                assert inbox.search(conn, state=Came.PARKED, limit=9) == [], name
                assert inbox.search(conn, state=Came.REFUSED, limit=9) == [], name
        for alert_id in self.issued:
            self.converged(alert_id)

    def converged(self, alert_id: str) -> None:
        there = shown(self.world, ISSUER, alert_id)
        now = self.world.clock()
        for name in DESKS:
            party = f"customs.{name}"
            try:
                here = shown(self.world, name, alert_id)
            except UnknownRecordError:
                # Nobody tried to send it before it was taken back.
                assert alert_id in self.withdrawn
                assert party not in there["life"]
                continue
            told = self.told_at(name, alert_id, now)
            assert there["life"][party] == told
            hits = here["hits"]
            assert here["life"]["here"] == (moved(State(told), Event.HIT) if hits else told)
            given = [one["reference"] for one in there["feedback"] if one["party"] == party]
            assert sorted(given) == sorted(self.given.get((name, alert_id), []))
            if alert_id in self.withdrawn:
                assert told == State.WITHDRAWN
                assert all(one["is_withdrawn"] for one in hits)
                assert PLATE not in str(here)
                assert here["alert"]["subjects"] == []
            else:
                assert not any(one["is_withdrawn"] for one in hits)
            if name == UNNAMED:
                assert PLATE not in str(here["alert"])

    def told_at(self, name: str, alert_id: str, now: datetime) -> State:
        """Return where an alert stands at a recipient, by what it told its issuer."""
        with reading(self.world.nodes[name].engine) as conn:
            first = alerts.find(conn, f"customs.{ISSUER}", alert_id, 1)
            assert first is not None
            return told_of(conn, first, now)


def test_laws_whatever_the_weather_issuer_and_recipients_see_the_same(sky: Sky) -> None:
    AlertConvergence.sky = sky
    run_state_machine_as_test(AlertConvergence, settings=law(examples=8, steps=12))
