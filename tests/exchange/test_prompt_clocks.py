"""What happened is told within so many minutes: in time, late, excused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange_node import node as nodes
from exchange_node.domain.availability.outage import Function
from exchange_node.domain.movement import Event
from exchange_node.domain.movement.fallback import Fallback
from exchange_node.services.availability import Intended
from tests.exchange.several import Several, several
from tests.world import OPERATOR, Clock, replaced

LATE = "movement.told-late"


@pytest.fixture(name="text", scope="module")
def _text() -> str:
    return nodes.pair_agreement("KZ", "UZ", on=Clock()().date())


@pytest.fixture(name="two")
def _two(tmp_path: Path, text: str) -> Iterator[Several]:
    with several(tmp_path, {("kz", "uz"): text}) as world:
        world.submit()
        world.run()
        yield world


def told(two: Several, name: str) -> list[dict[str, str]]:
    return [dict(one.facts) for one in two.told[name].told.values() if one.code == LATE]


def crossed(two: Several, minutes_ago: int, **more: Any) -> str:  # noqa: ANN401 - whatever a Report takes
    """Tell in an hour that the goods came in some minutes before; return the message."""
    happened = two.clock() + timedelta(minutes=60 - minutes_ago)
    done = two.tell("uz", Event.ENTRY, occurred_at=happened, **more)
    return str(done["messages"]["customs.kz"])


def test_what_is_told_in_time_is_told_to_no_desk(two: Several) -> None:
    crossed(two, minutes_ago=14)
    two.run()
    two.clock.forward(minutes=60)
    two.run()

    assert told(two, "kz") == told(two, "uz") == []


def test_what_an_office_tells_late_is_told_to_both_desks_once_and_taken(two: Several) -> None:
    crossed(two, minutes_ago=20)
    two.run()
    two.build("uz")
    two.clock.forward(minutes=60)
    two.run()

    for name, partner in (("kz", "customs.uz"), ("uz", "customs.kz")):
        (facts,) = told(two, name)
        assert facts["message"] == "TM-020"
        assert facts["partner"] == partner
        assert facts["owed_by"] == "customs.uz"
        assert facts["late_minutes"] == "5"
        assert facts["movement"] == two.show(name)["movement"]
        assert facts["desk"] == "Duty desk of the transit node"
    assert "entry" in two.events("kz")


def test_of_several_of_one_hour_the_first_is_told(two: Several) -> None:
    crossed(two, minutes_ago=40)
    two.run()
    crossed(two, minutes_ago=95)  # five minutes after the first
    two.run()

    for name in ("kz", "uz"):
        assert [one["late_minutes"] for one in told(two, name)] == ["25"]
        assert two.events(name).count("entry") == 2


def test_what_does_not_get_through_is_told_to_its_sender_when_its_time_is_over(
    two: Several,
) -> None:
    message = crossed(two, minutes_ago=0)
    two.nodes["uz"].operating.hold(OPERATOR, message, why="the line is down")
    two.clock.forward(minutes=15)
    two.run()
    (facts,) = told(two, "uz")
    assert (facts["came"], facts["late_minutes"]) == ("", "0")
    assert told(two, "kz") == []

    two.clock.forward(minutes=10)
    two.nodes["uz"].operating.release(OPERATOR, message)
    two.run()

    assert len(told(two, "uz")) == 1
    assert told(two, "kz")[0]["late_minutes"] == "10"


def test_what_was_stopped_is_not_on_its_way(two: Several) -> None:
    message = crossed(two, minutes_ago=0)
    two.nodes["uz"].operating.cancel(OPERATOR, message, why="told by telephone")
    two.clock.forward(minutes=60)

    two.run()

    assert told(two, "uz") == []


def test_what_was_recorded_without_the_line_is_not_late(two: Several) -> None:
    now = two.clock()
    crossed(two, minutes_ago=30, fallback=Fallback(reason="no power", recorded_at=now))
    two.run()
    two.clock.forward(minutes=60)
    two.run()

    assert "entry" in two.events("kz")
    assert told(two, "kz") == told(two, "uz") == []


def test_what_waits_for_a_partner_that_said_it_is_away_is_not_late(two: Several) -> None:
    away = Intended(
        functions=(Function.TRANSIT,), ends=two.clock() + timedelta(hours=3), reason="new disks"
    )
    outage = two.nodes["kz"].availability.announce(OPERATOR, away)
    two.run()
    crossed(two, minutes_ago=0)
    two.run()
    assert "entry" not in two.events("kz")
    two.clock.forward(minutes=30)
    two.nodes["kz"].availability.withdraw(OPERATOR, str(outage["number"]))
    two.run()

    assert "entry" in two.events("kz")
    assert told(two, "kz") == told(two, "uz") == []


def test_a_manifest_counts_from_its_seal(tmp_path: Path, text: str) -> None:
    with several(tmp_path, {("kz", "uz"): text}) as two:
        two.submit()
        two.clock.forward(minutes=3)
        two.nodes["kz"].sending.run()
        two.clock.forward(minutes=60)

        two.run()

        for name in ("kz", "uz"):
            (facts,) = told(two, name)
            assert (facts["message"], facts["late_minutes"]) == ("TM-010", "2")
            assert facts["came"] == "2026-03-02T08:03:00+00:00"


def test_what_waits_for_officers_is_late_too(tmp_path: Path, text: str) -> None:
    mode = 'mode = "advance"'
    guarded = replaced(text, mode, f'{mode}\napproval = "one"')
    with several(tmp_path, {("kz", "uz"): guarded}) as two:
        two.submit()
        two.clock.forward(minutes=2)

        two.run()

        (facts,) = told(two, "kz")
        assert (facts["message"], facts["came"]) == ("TM-010", "")
        assert told(two, "uz") == []


def test_an_agreement_that_names_no_time_has_no_clock(tmp_path: Path, text: str) -> None:
    told_within = '[[grants.told_within]]\ncode = "TM-020"\nminutes = 15\n'
    plain = text.replace(told_within, "")
    assert plain != text
    with several(tmp_path, {("kz", "uz"): plain}) as two:
        two.submit()
        two.run()
        crossed(two, minutes_ago=40)
        two.run()
        two.clock.forward(minutes=60)
        two.run()

        assert "entry" in two.events("kz")
        assert told(two, "kz") == told(two, "uz") == []
