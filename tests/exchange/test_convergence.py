"""Four administrations in bad weather: whatever is lost, doubled, late or restarted, they agree.

What happens to the goods is the same for all; what each node hears of it, and when, is drawn. What
waits longer than any weather is refused on purpose (docs/movements.md): no matter of this law.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
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

from exchange_node import node as nodes
from exchange_node.domain.errors import (
    IllegalEventError,
    UnknownRecordError,
)
from exchange_node.domain.movement import Claim, Control, Event, Paper
from exchange_node.store import inbox, outbox
from exchange_node.store.database import reading
from exchange_node.store.incoming import State
from exchange_node.store.records import manifests
from exchange_node.store.records.held import Direction
from tests.exchange.corridor import MRN, corridor
from tests.exchange.routes import FOUR, four_country_declaration, four_country_facts
from tests.exchange.weather import FATES, PATIENT, UNHURRIED, Sky, law, sky_over
from tests.world import NATIONAL, Clock, replaced

EXAMPLES = "EXCHANGE_NODE_CONVERGENCE_EXAMPLES"
Told = tuple[str, Event, str]
"""Who tells what, of which office of its own."""

OUT: tuple[Told, ...] = (("kz", Event.EXIT, "KZ550302"), ("uz", Event.ENTRY, "UZ270101"))
THROUGH: tuple[Told, ...] = (("uz", Event.EXIT, "UZ060101"), ("tm", Event.ENTRY, "TM010101"))
DONE: tuple[Told, ...] = (
    ("af", Event.ENTRY, "AF010101"),
    ("af", Event.ARRIVAL, "AF010102"),
    ("af", Event.CONFORM, "AF010102"),
    ("kz", Event.DISCHARGE, "KZ550101"),
)
STORIES: dict[str, tuple[Told, ...]] = {
    "smooth": OUT + DONE,
    "incident": (
        *OUT,
        ("uz", Event.INCIDENT, "UZ270101"),
        ("uz", Event.CONTINUATION, "UZ270101"),
        *DONE,
    ),
    "refused": (*OUT, *THROUGH, ("tm", Event.REFUSAL, "TM010102"), *DONE),
    "diverted": (
        *OUT,
        ("tm", Event.REQUEST, "TM010101"),
        ("tm", Event.ENTRY, "TM010101"),
        *DONE,
    ),
    "discrepancy": (
        *OUT,
        *DONE[:2],
        ("af", Event.DISCREPANT, "AF010102"),
        ("af", Event.SOLVED, "AF010102"),
        DONE[-1],
    ),
    "cancelled": (("kz", Event.CANCELLATION, "KZ550101"),),
    "proved": (
        *OUT,
        ("kz", Event.ENQUIRY, "KZ550101"),
        ("af", Event.REPLY, "AF010102"),
        ("kz", Event.DISCHARGE, "KZ550101"),
    ),
    "recovered": (
        *OUT,
        ("kz", Event.ENQUIRY, "KZ550101"),
        ("kz", Event.RECOVERY, "KZ550101"),
        ("kz", Event.RECOVERED, "KZ550101"),
    ),
}
ENDS = {"cancelled": "cancelled", "recovered": "closed, recovered"}
"""Where a movement ends that is not discharged."""

PROOF = Paper(type_code="730", id="0012345")
CLAIM = Claim(guarantee="25KZ00000000001X7", amount=Decimal("1250000.50"), currency="KZT")
GROUNDS = {
    Event.INCIDENT: "5",
    Event.REFUSAL: "2",
    Event.REQUEST: "2",
    Event.CANCELLATION: "2",
    Event.REPLY: "3",
    Event.RECOVERY: "1",
}
MORE: dict[Event, dict[str, Any]] = {
    Event.REPLY: {"papers": (PROOF,)},
    Event.RECOVERED: {"claims": (CLAIM,)},
}
RESULTS = {Event.CONFORM: "A1", Event.DISCREPANT: "B1", Event.SOLVED: "B3"}
APART = {"release", "amendment", "question", "standing", "request", "diversion"}
"""A manifest for each partner, and what is asked and said meanwhile: as many as there are."""


def everything(first: str, second: str, clock: Clock) -> tuple[str, ...]:
    """Return what two agree on: whoever sees something may tell the other, in both directions."""
    text = nodes.pair_agreement(first.upper(), second.upper(), on=clock().date())
    return (replaced(text, '"TM-012",\n', '"TM-012",\n  "TM-021",\n'),)


@pytest.fixture(name="sky", scope="module")
def _sky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sky]:
    folder = tmp_path_factory.mktemp("sky")
    with corridor(folder, FOUR, agree=everything, pmode=PATIENT, settings=UNHURRIED) as world:
        yield sky_over(world, folder)


class Convergence(RuleBasedStateMachine):
    """The goods go their way; the nodes hear of it through the weather."""

    sky: ClassVar[Sky]

    def __init__(self) -> None:
        super().__init__()
        self.world = self.sky.world
        self.to_happen: list[Told] = []
        self.to_tell: list[tuple[Told, datetime]] = []
        self.story: tuple[Told, ...] = ()
        self.end = ""
        self.amended = 0
        self.facts = self.joins = ""

    @initialize(name=st.sampled_from(sorted(STORIES)))
    def begin(self, name: str) -> None:
        self.sky.clear()
        self.story, self.end = STORIES[name], ENDS.get(name, "discharged")
        self.to_happen = list(self.story)
        is_diverted = name == "diverted"
        self.facts = four_country_facts(*(("UZ",) if is_diverted else ()))
        self.joins = "tm" if is_diverted else ""
        for partner in FOUR[1:]:
            if partner != self.joins:
                self.hand_in(partner, self.facts)

    def hand_in(self, partner: str, facts: str) -> None:
        """Hand the declaration in for a partner."""
        self.world.nodes["kz"].dispatch.submit(
            NATIONAL, four_country_declaration(), partner=f"customs.{partner}", facts=facts
        )

    @precondition(lambda self: self.to_happen)
    @rule(count=st.integers(1, 3))
    def something_happens(self, count: int) -> None:
        for _ in range(min(count, len(self.to_happen))):
            self.world.clock.forward(seconds=60)
            self.to_tell.append((self.to_happen.pop(0), self.world.clock()))
        self.tell()

    @rule(partner=st.sampled_from(FOUR[1:]))
    def the_manifest_is_amended(self, partner: str) -> None:
        if partner == self.joins:
            return
        self.amended += 1
        self.hand_in(partner, replaced(self.facts, "KZS0041702", f"KZS{self.amended:07d}"))

    @rule(fates=st.lists(st.sampled_from(FATES), min_size=1, max_size=6))
    def the_weather_turns(self, fates: list[str]) -> None:
        self.sky.weather.fates += fates

    @rule(order=st.permutations(FOUR), rounds=st.integers(1, 2))
    def some_work(self, order: list[str], rounds: int) -> None:
        for name in order[: 2 * rounds]:
            self.world.walk(name)
        self.tell()

    @precondition(lambda self: self.sky.weather.kept)
    @rule(data=st.data())
    def what_was_late_comes(self, data: st.DataObject) -> None:
        kept = self.sky.weather.kept
        kept.pop(data.draw(st.integers(0, len(kept) - 1)))()

    @rule(name=st.sampled_from(FOUR))
    def a_node_restarts(self, name: str) -> None:
        self.world.restart(name)
        self.sky.hang(name)

    @rule(seconds=st.sampled_from([-120, 5, 45, 1800, 7200]))
    def the_clock_jumps(self, seconds: int) -> None:
        self.world.clock.forward(seconds=seconds)

    def tell(self) -> None:
        """Let every office tell what it saw, as far as its node takes it now."""
        left = []
        for (name, event, office), at in self.to_tell:
            controls = (Control(result=RESULTS[event]),) if event in RESULTS else ()
            try:
                self.world.tell(
                    name, event, office,
                    occurred_at=min(at, self.world.clock()),
                    ground=GROUNDS.get(event, ""), controls=controls, **MORE.get(event, {}),
                )  # fmt: skip
            except (IllegalEventError, UnknownRecordError):
                left.append(((name, event, office), at))
        self.to_tell = left

    def teardown(self) -> None:
        if not self.story:
            return
        self.sky.weather.fates.clear()
        for late in self.sky.weather.kept:
            late()
        # What was tried when a clock was ahead is due again when the others have come as far.
        self.world.clock.forward(seconds=1800)
        self.to_tell += [(one, self.world.clock()) for one in self.to_happen]
        for _ in range(30):
            self.tell()
            self.world.run()
            self.world.clock.forward(seconds=31)
            if not self.to_tell and not any(self.world.walk(name) for name in FOUR):
                break
        assert self.to_tell == []
        assert set(self.world.states().values()) == {self.end}
        told = [event.value for _, event, _ in self.story if event is not Event.REQUEST]
        for name in FOUR:
            happened = [one for one in self.world.events(name) if one not in APART]
            if name == self.joins:  # it is told from then on when each of the others knows of it
                assert {"entry", "discharge"} <= set(happened) <= set(told), name
            else:
                assert sorted(happened) == sorted(told), name
            with reading(self.world.nodes[name].engine) as conn:
                assert inbox.search(conn, state=State.PARKED, limit=9) == [], name
                refused = inbox.search(conn, state=State.REFUSED, limit=50)
                assert {one.header["code"] for one in refused} <= {"TM-011"}, name
                held = [
                    one
                    for one in manifests.versions(conn, f"KZ/mrn/{MRN}")
                    if one.direction is Direction.RECEIVED
                ]
                codes = [one.exchange.code for one in reversed(held)]
                first = "TM-014" if name == self.joins else "TM-010"
                assert codes == [first, *["TM-011"] * len(codes)][: len(codes)], name
                stands = {one.seals for one in held if one.superseded_by is None}
            if name != "kz":
                assert stands == {self.last_accepted(name)}, name

    def last_accepted(self, partner: str) -> tuple[str, ...]:
        """Return the customs seals of the last text that a partner accepted from Kazakhstan."""
        with reading(self.world.nodes["kz"].engine) as conn:
            return next(
                one.seals
                for one in manifests.versions(conn, f"KZ/mrn/{MRN}")
                if one.partner == f"customs.{partner}"
                and (answer := outbox.get(conn, one.message_id).answer) is not None
                and answer.accepted
            )


def test_laws_whatever_the_weather_all_four_end_in_the_same_state(sky: Sky) -> None:
    Convergence.sky = sky
    run_state_machine_as_test(Convergence, settings=law(examples=8, steps=12))
