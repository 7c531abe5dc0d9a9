"""A business answer comes in the time that is agreed, or an operator of the sender hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange_node import node as nodes
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.store.database import reading
from tests.exchange.several import Several, several
from tests.world import OPERATOR, Clock, replaced

UNANSWERED = "transmission.unanswered"
AGREED_SECONDS = 300


@pytest.fixture(name="text", scope="module")
def _text() -> str:
    return nodes.pair_agreement("KZ", "UZ", on=Clock()().date())


@pytest.fixture(name="two")
def _two(tmp_path: Path, text: str) -> Iterator[Several]:
    with several(tmp_path, {("kz", "uz"): text}) as world:
        yield world


def receipted(two: Several) -> str:
    """Let Uzbekistan keep the manifest, and give its receipt, and do no more; return its id."""
    two.submit()
    two.nodes["kz"].sending.run()
    (message,) = two.show("kz")["events"][0]["told"].values()
    assert message["state"] == "receipted"
    return str(message["message"])


def ran(two: Several, seconds: int) -> list[dict[str, str]]:
    """Let Kazakhstan's node work alone when so many seconds have passed; return what was told."""
    two.clock.forward(seconds=seconds)
    for _ in range(3):
        for walk in two.nodes["kz"].timetable().values():
            walk()
    told = two.told["kz"].told.values()
    return [dict(one.facts) for one in told if one.code == UNANSWERED]


def test_an_answer_that_does_not_come_in_time_is_told_once(two: Several) -> None:
    message = receipted(two)

    assert ran(two, AGREED_SECONDS - 1) == []
    (facts,) = ran(two, 1)
    two.build("kz")
    assert len(ran(two, AGREED_SECONDS)) == 1

    assert (facts["partner"], facts["message"]) == ("customs.uz", "TM-010")
    assert facts["due"] == "2026-03-02T08:05:00+00:00"
    assert facts["message_id"] == message


def test_the_time_counts_from_the_receipt(two: Several) -> None:
    two.submit()
    kz, line = two.nodes["kz"], two.exchange.doors.pop("customs.uz")
    kz.sending.run()
    two.clock.forward(seconds=AGREED_SECONDS - 10)
    two.exchange.doors["customs.uz"] = line
    kz.sending.run()

    assert ran(two, AGREED_SECONDS - 1) == []
    assert len(ran(two, 1)) == 1


def test_an_answer_that_came_in_time_is_told_to_nobody(two: Several) -> None:
    receipted(two)
    two.run()

    assert ran(two, AGREED_SECONDS) == []


@pytest.mark.parametrize("grants", [(), ("manifests-kz-uz",)], ids=["the whole", "a grant"])
def test_while_what_it_went_under_is_suspended_answers_wait(
    grants: tuple[str, ...], two: Several
) -> None:
    receipted(two)
    kz = two.nodes["kz"]
    with reading(kz.engine) as conn:
        (one,) = held_agreements(conn)
    kz.agreeing.suspend(OPERATOR, one.agreement.agreement_id, 1, why="a leak", grants=grants)

    assert ran(two, AGREED_SECONDS) == []


def test_an_agreement_that_names_no_time_has_no_clock(tmp_path: Path, text: str) -> None:
    plain = replaced(text, "status_seconds = 300\n", "")
    with several(tmp_path, {("kz", "uz"): plain}) as two:
        receipted(two)

        assert ran(two, 86_400) == []
