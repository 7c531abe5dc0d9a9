"""A manifest that has to be there two hours before the goods: in time, late, kept back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exchange_node import node as nodes
from tests.exchange.several import Several, several
from tests.world import OPERATOR, Clock, replaced

LATE = "movement.manifest-late"


@pytest.fixture(name="two")
def _two(tmp_path: Path) -> Iterator[Several]:
    text = nodes.pair_agreement("KZ", "UZ", on=Clock()().date())
    with several(tmp_path, {("kz", "uz"): text}) as world:
        yield world


def told(two: Several, name: str) -> list[dict[str, str]]:
    return [dict(one.facts) for one in two.told[name].told.values() if one.code == LATE]


def at(two: Several, hour: int, minute: int) -> None:
    """Let the clocks show a time of the day on which the goods are expected, at 13:00."""
    two.clock.now = datetime(2026, 3, 3, hour, minute, tzinfo=UTC)


def test_a_manifest_that_is_there_in_time_is_told_to_nobody(two: Several) -> None:
    at(two, 10, 58)
    two.submit()
    two.run()
    at(two, 12, 0)

    two.run()

    assert told(two, "kz") == told(two, "uz") == []


def test_a_manifest_that_is_sent_late_is_told_to_both_desks_once(two: Several) -> None:
    at(two, 11, 30)
    two.submit()
    two.run()
    two.build("kz")
    at(two, 14, 0)

    two.run()

    for name in ("kz", "uz"):
        (facts,) = told(two, name)
        assert facts["owed_by"] == "customs.kz"
        assert facts["due"] == "2026-03-03T11:00:00+00:00"
        assert facts["expected"] == "2026-03-03T13:00:00+00:00"


def test_a_manifest_that_does_not_get_through_is_told_to_its_sender_when_it_is_due(
    two: Several,
) -> None:
    at(two, 10, 0)
    two.submit()
    (message,) = two.show("kz")["events"][0]["told"].values()
    two.nodes["kz"].operating.hold(OPERATOR, message["message"], why="the line is down")
    at(two, 11, 1)
    two.run()
    (facts,) = told(two, "kz")
    assert (facts["partner"], facts["came"]) == ("customs.uz", "")
    assert told(two, "uz") == []

    two.nodes["kz"].operating.release(OPERATOR, message["message"])
    two.run()

    assert len(told(two, "kz")) == 1
    assert told(two, "uz")[0]["owed_by"] == "customs.kz"


def test_an_agreement_without_a_lead_time_has_no_clock(tmp_path: Path) -> None:
    text = nodes.pair_agreement("KZ", "UZ", on=Clock()().date())
    plain = replaced(text, "road = 120\n", "")
    with several(tmp_path, {("kz", "uz"): plain}) as two:
        at(two, 12, 30)
        two.submit()

        two.run()

        assert told(two, "kz") == told(two, "uz") == []
