from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from exchange_node.domain.errors import AlteredRecordError, RoleError, UnusableQueryError
from exchange_node.services.retention import Disposing, Watch
from exchange_node.services.retention.disposing import CAREFUL_SECONDS
from exchange_node.services.stations.notices import TELL, notice_of
from exchange_node.store import audit
from exchange_node.store.database import reading, transaction
from exchange_node.store.tables import duty, manifest, node_meta
from tests.exchange.test_retention import THREE_YEARS, arrived, certificates
from tests.world import LIAISON, OPERATOR, POST, Pair

DAY_SECONDS = 24 * 3600


@dataclass
class Seconds:
    """Seconds that run on whatever the clock is set to."""

    passed: float = 0.0

    def __call__(self) -> float:
        return self.passed


@dataclass
class Machine:
    """Uzbekistan's node as one process after another, with a clock that somebody may set."""

    pair: Pair
    seconds: Seconds
    disposing: Disposing

    def pass_by(self, **by: float) -> None:
        """Let time pass, on the clock and in fact."""
        self.pair.clock.forward(**by)
        self.seconds.passed += timedelta(**by).total_seconds()

    def set_forward(self, **by: float) -> None:
        """Set the clock, while no time passes."""
        self.pair.clock.forward(**by)

    def restart(self) -> None:
        engine = self.pair.uz.engine
        watch = Watch(engine, self.seconds)
        self.disposing = Disposing(
            own="customs.uz", engine=engine, clock=self.pair.clock, watch=watch
        )

    def run(self) -> int:
        return self.disposing.run()


@pytest.fixture(name="machine")
def _machine(pair: Pair) -> Machine:
    """A node that holds one manifest and has begun to watch its clock."""
    arrived(pair)
    seconds = Seconds()
    watch = Watch(pair.uz.engine, seconds)
    machine = Machine(
        pair=pair,
        seconds=seconds,
        disposing=Disposing(own="customs.uz", engine=pair.uz.engine, clock=pair.clock, watch=watch),
    )
    machine.run()
    return machine


def is_held(machine: Machine) -> bool:
    return not certificates(machine.pair)


def notices(machine: Machine, code: str) -> list[dict[str, str]]:
    with reading(machine.pair.uz.engine) as conn:
        refs = conn.execute(
            duty.select().with_only_columns(duty.c.ref).where(duty.c.kind == TELL)
        ).scalars()
        found = [notice_of(ref) for ref in refs]
    return [dict(one.facts) for one in found if one.code == code]


def actions(machine: Machine) -> list[str]:
    with reading(machine.pair.uz.engine) as conn:
        lines = audit.search(conn, limit=50)
    return [one.action for one in reversed(lines) if one.subject_kind == "clock"]


def shorten_to(machine: Machine, days: int) -> None:
    """Let what is held end so many days after it came."""
    with transaction(machine.pair.uz.engine) as conn:
        conn.execute(
            update(manifest).values(delete_after=machine.pair.clock() + timedelta(days=days))
        )


def test_a_clock_in_the_wrong_year_disposes_of_nothing_and_an_operator_is_told_how_to_mend_it(
    machine: Machine,
) -> None:
    machine.set_forward(days=THREE_YEARS)

    gone = [machine.run() for _ in range(5)]

    assert gone == [0] * 5
    assert is_held(machine)
    (told,) = notices(machine, "disposal.clock")
    assert told["witness"] == "2026-03-02T08:00:00+00:00"
    assert told["command"] == "exchange-node disposal confirm-clock 2029-03-01 --why …"
    assert actions(machine) == ["retention.clock-refused"]


def test_a_restart_makes_a_wrong_clock_no_better(machine: Machine) -> None:
    machine.set_forward(days=THREE_YEARS)
    machine.restart()

    assert machine.run() == 0
    assert is_held(machine)


def test_a_clock_that_was_set_right_again_is_believed_by_itself(machine: Machine) -> None:
    machine.set_forward(days=THREE_YEARS)
    machine.run()
    machine.set_forward(days=-THREE_YEARS)
    machine.run()

    assert machine.pair.uz.keeping.clock_state(OPERATOR)["trust"] == "believed"
    assert actions(machine)[-2:] == ["retention.clock-believed", "look.clock"]


def test_three_years_that_really_pass_need_nobody(machine: Machine) -> None:
    for _ in range(THREE_YEARS):
        machine.pass_by(days=1)
        machine.run()

    assert not is_held(machine)
    assert actions(machine) == []


def test_a_clock_that_is_set_forward_again_and_again_is_seen_by_the_seconds(
    machine: Machine,
) -> None:
    for _ in range(THREE_YEARS // 10 + 1):
        machine.set_forward(days=10)
        machine.pass_by(seconds=2)
        machine.run()

    assert is_held(machine)
    assert notices(machine, "disposal.clock") != []


def test_after_a_week_of_downtime_little_goes_at_a_time_and_after_a_day_all_is_as_ever(
    machine: Machine,
) -> None:
    machine.pass_by(days=8)
    machine.restart()
    machine.run()  # the batch of this hour
    shorten_to(machine, -1)

    assert machine.run() == 0
    machine.pass_by(seconds=CAREFUL_SECONDS)
    assert machine.run() == 1
    (told,) = notices(machine, "disposal.careful")
    assert told["trust"] == "careful"
    machine.pass_by(seconds=DAY_SECONDS)
    machine.run()
    machine.run()
    assert machine.pair.uz.keeping.clock_state(OPERATOR)["trust"] == "believed"


def test_two_months_of_downtime_wait_for_an_operator_who_says_what_day_it_is(
    machine: Machine,
) -> None:
    shorten_to(machine, 7)
    machine.pass_by(days=60)
    machine.restart()
    assert machine.run() == 0
    keeping = machine.pair.uz.keeping
    state = keeping.clock_state(OPERATOR)
    assert (state["trust"], state["due"]) == ("ahead", 1)

    keeping.confirm_clock(OPERATOR, date(2026, 5, 1), why="the machine room was rebuilt")

    assert machine.run() == 1
    with reading(machine.pair.uz.engine) as conn:
        (line,) = [
            one for one in audit.search(conn, limit=9) if one.action == "retention.clock-confirmed"
        ]
    assert (line.actor, line.facts["why"]) == (OPERATOR.name, "the machine room was rebuilt")


def test_two_months_of_downtime_end_by_themselves_when_a_partner_is_heard(
    machine: Machine,
) -> None:
    shorten_to(machine, 7)
    machine.pass_by(days=60)
    machine.restart()
    assert machine.run() == 0

    machine.pair.agree_anew(lambda text: text)
    machine.pair.submit()
    for _ in range(6):
        for node in (machine.pair.kz, machine.pair.uz):
            for name, walk in node.timetable().items():
                if name != "disposing":
                    walk()

    assert machine.run() == 1


def test_a_clock_that_nobody_vouches_for_is_not_confirmed_with_another_day(
    machine: Machine,
) -> None:
    machine.set_forward(days=THREE_YEARS)
    keeping = machine.pair.uz.keeping

    with pytest.raises(UnusableQueryError, match="the clock has 2029-03-01; set it right first"):
        keeping.confirm_clock(OPERATOR, date(2026, 3, 2), why="my watch says so")
    with pytest.raises(UnusableQueryError, match="want 1 to 500"):
        keeping.confirm_clock(OPERATOR, date(2029, 3, 1), why=" ")
    for actor in (LIAISON, POST):
        with pytest.raises(RoleError):
            keeping.confirm_clock(actor, date(2029, 3, 1), why="no business of theirs")

    assert machine.run() == 0


def test_a_clock_far_behind_is_told_and_a_wrong_confirmation_can_be_taken_back(
    machine: Machine,
) -> None:
    keeping = machine.pair.uz.keeping
    machine.set_forward(days=5)
    keeping.confirm_clock(OPERATOR, machine.pair.clock().date(), why="by mistake")
    machine.set_forward(days=95)
    keeping.confirm_clock(OPERATOR, machine.pair.clock().date(), why="by mistake")
    machine.set_forward(days=-30)

    assert machine.run() == 0
    (told,) = notices(machine, "disposal.clock")
    assert told["trust"] == "behind"
    keeping.confirm_clock(OPERATOR, machine.pair.clock().date(), why="set right")
    shorten_to(machine, -1)
    assert machine.run() == 1


def test_what_somebody_wrote_over_the_moment_stops_disposal(machine: Machine) -> None:
    with transaction(machine.pair.uz.engine) as conn:
        conn.execute(
            update(node_meta).where(node_meta.c.name == "clock_believed_at").values(value="soon")
        )
    machine.set_forward(days=THREE_YEARS)

    with pytest.raises(AlteredRecordError):
        machine.run()
    assert is_held(machine)


def test_the_desk_is_told_once_a_day_and_not_at_every_round(machine: Machine) -> None:
    machine.set_forward(days=THREE_YEARS)
    for _ in range(3):
        machine.pass_by(seconds=2)
        machine.run()
    assert len(notices(machine, "disposal.clock")) == 1

    machine.pass_by(days=1)
    machine.run()

    assert len(notices(machine, "disposal.clock")) == 2
