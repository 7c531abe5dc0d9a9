"""Alerts in bad weather: whatever is lost, doubled, late or restarted, both ends see the same.

Desks do what they may, when they may: what a node refuses them was never said. What it took has to
arrive, once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import ClassVar, cast

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
from exchange_node.domain.alerting import Result
from exchange_node.domain.errors import InvalidAlertError, UnknownRecordError
from exchange_node.store import inbox
from exchange_node.store.database import reading
from exchange_node.store.incoming import State as Came
from tests.exchange.alarming import (
    DESKS,
    ISSUER,
    THREE,
    cross,
    differing,
    issue,
    plain,
    report,
    sighted,
)
from tests.exchange.alert_stories import STORIES, ComesLate, Corrects, Does, Happens, Withdraws
from tests.exchange.converging import TEXTS, Issued, Said, channels_rest_on, converged
from tests.exchange.corridor import corridor
from tests.exchange.weather import FATES, PATIENT, UNHURRIED, Sky, law, sky_over
from tests.world import LIAISON

MOST_ALERTS = 2
MOST_VERSIONS = 4
LONG = timedelta(days=30)
LASTING = st.sampled_from([timedelta(hours=1), LONG])

Act = tuple[Stage | Result, int, bool, int | None]
"""What a desk says or has found, of which alert, whether it is the last word, of which version."""

ACTS: st.SearchStrategy[Act] = st.tuples(
    st.sampled_from([*Result, *Stage]),
    st.integers(0, MOST_ALERTS - 1),
    st.booleans(),
    st.sampled_from([None, None, 1, 2]),
)


@pytest.fixture(name="sky", scope="module")
def _sky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sky]:
    folder = tmp_path_factory.mktemp("sky")
    with corridor(folder, THREE, agree=differing, pmode=PATIENT, settings=UNHURRIED) as world:
        cross(world)
        yield sky_over(world, folder)


class AlertConvergence(RuleBasedStateMachine):
    """Alerts are issued, treated, corrected, taken back; the nodes hear of it in the weather."""

    sky: ClassVar[Sky]
    first: ClassVar[Sequence[Happens]]
    """What happens to the first alert in any case."""

    def __init__(self) -> None:
        super().__init__()
        self.world = self.sky.world
        self.story: list[Happens] = []
        self.issued: list[Issued] = []
        self.latest = self.world.clock()
        self.given: dict[tuple[str, str], list[tuple[str, object]]] = {}
        """Reference and version of the feedback that a node took, by recipient and alert."""

    @initialize(is_known=st.booleans())
    def begin(self, *, is_known: bool) -> None:
        self.sky.clear()
        self.latest = self.world.clock()
        self.story = list(self.first)
        self.issue(LONG)
        if is_known:
            self.world.run()

    @precondition(lambda self: self.story)
    @rule(count=st.integers(1, 2))
    def the_story_goes_on(self, count: int) -> None:
        first = self.issued[0]
        for one in self.story[:count]:
            match one:
                case Does(name, what, version):
                    self.act(name, first, what, is_last=what is Result.HIT, version=version)
                case Corrects(text, is_sent):
                    self.correct(first, text, LONG, is_sent=is_sent)
                case Withdraws():
                    self.withdraw(first)
                case ComesLate():
                    self.sky.weather.fates[:0] = ["kept"] * len(DESKS)
                    self.world.walk(ISSUER)
        del self.story[:count]

    @precondition(lambda self: len(self.issued) < MOST_ALERTS)
    @rule(lasting=LASTING)
    def an_alert_is_issued(self, lasting: timedelta) -> None:
        self.issue(lasting)

    @rule(acts=st.lists(st.tuples(st.sampled_from(sorted(DESKS)), ACTS), min_size=1, max_size=3))
    def desks_act(self, acts: list[tuple[str, Act]]) -> None:
        for name, (what, which, is_last, version) in acts:
            of = self.issued[which % len(self.issued)]
            self.act(name, of, what, is_last=is_last, version=version)

    @rule(
        which=st.integers(0, MOST_ALERTS - 1),
        texts=st.lists(st.sampled_from(sorted(TEXTS)), min_size=1, max_size=2),
        lasting=LASTING,
        is_sent=st.booleans(),
    )
    def an_alert_is_corrected(
        self, which: int, texts: list[str], lasting: timedelta, *, is_sent: bool
    ) -> None:
        of = self.issued[which % len(self.issued)]
        for text in texts:
            if of.last < MOST_VERSIONS:
                self.correct(of, text, lasting, is_sent=is_sent)

    @precondition(lambda self: any(one.draft for one in self.issued))
    @rule()
    def corrections_are_sent(self) -> None:
        for one in self.issued:
            self.send(one)

    @precondition(lambda self: self.left_to_withdraw())
    @rule(data=st.data())
    def an_alert_is_withdrawn(self, data: st.DataObject) -> None:
        self.withdraw(data.draw(st.sampled_from(self.left_to_withdraw())))

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

    def issue(self, lasting: timedelta) -> None:
        said = Said(self.world.clock() + lasting)
        self.issued.append(Issued(issue(self.world, lasting=lasting), {1: said}))

    def left_to_withdraw(self) -> list[Issued]:
        # Nothing more comes of what was taken back: the story is told first.
        told = self.issued[1:] if self.story else self.issued
        return [one for one in told if not one.is_withdrawn]

    def act(
        self, name: str, of: Issued, what: Stage | Result, *, is_last: bool, version: int | None
    ) -> None:
        # It has not come yet, or its life does not let it be said.
        with suppress(InvalidAlertError, UnknownRecordError):
            if isinstance(what, Result):
                named = {} if version is None else {"version": version}
                self.tell(name, of.alert_id, result=what.value, last=is_last, **named)
                return
            self.world.nodes[name].alerting.answering.say(
                LIAISON,
                of.alert_id,
                what,
                office=DESKS[name],
                rejection=RejectionReason.NOT_COMPETENT if what is Stage.REJECTED else None,
            )

    def tell(self, name: str, alert_id: str, **said: object) -> None:
        is_seen = said["result"] == Result.SIGHTED
        named = {key: said[key] for key in said if key == "version"}
        done = (
            sighted(self.world, name, alert_id, **named)
            if is_seen
            else report(self.world, name, alert_id, **said)
        )
        assert done["version"] == said.get("version", done["version"])
        told = (str(done["reference"]), done["version"])
        self.given.setdefault((name, alert_id), []).append(told)

    def correct(self, of: Issued, text: str, lasting: timedelta, *, is_sent: bool) -> None:
        said = Said(self.world.clock() + lasting, TEXTS[text])
        node = self.world.nodes[ISSUER].alerting
        try:
            drafted = node.correcting.correct(
                LIAISON,
                of.alert_id,
                plain(self.world, *said.sought, lasting=lasting),
                why="A word was read wrong.",
            )
        except InvalidAlertError:
            return  # it was taken back, or has ended
        of.draft = (cast("int", drafted["version"]), said)
        if is_sent:
            self.send(of)

    def send(self, of: Issued) -> None:
        if of.draft is None:
            return
        version, said = of.draft
        try:
            self.world.nodes[ISSUER].alerting.send(LIAISON, of.alert_id)
        except InvalidAlertError:
            return  # what it corrects has ended meanwhile
        of.said[version], of.draft = said, None

    def withdraw(self, of: Issued) -> None:
        try:
            self.world.nodes[ISSUER].alerting.withdrawing.withdraw(
                LIAISON, of.alert_id, why="It was a mistake."
            )
        except InvalidAlertError:
            return  # it has expired
        of.is_withdrawn, of.draft = True, None

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
        for one in self.issued:
            converged(
                self.world, one, {name: self.given.get((name, one.alert_id), ()) for name in DESKS}
            )
        channels_rest_on(self.world, self.issued)


@pytest.mark.parametrize("story", STORIES)
def test_laws_whatever_the_weather_issuer_and_recipients_see_the_same(story: str, sky: Sky) -> None:
    AlertConvergence.sky, AlertConvergence.first = sky, STORIES[story]
    run_state_machine_as_test(AlertConvergence, settings=law(examples=2, steps=10))
