"""What holds at home of a manifest is the text that was told: not one that nobody has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange_node.channels.channel import Notice
from exchange_node.domain.movement import Event, Report
from exchange_node.domain.transmission import ErrorArrived
from exchange_node.services.stations.traffic.settling import settle
from exchange_node.store import outbox
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import manifests
from exchange_node.store.records.held import Direction, HeldManifest, Kind
from tests.exchange.releasing import ONE, TWO, approved, asking_for, only, third_version, waiting
from tests.exchange.test_amendment import MRN, Way, amended
from tests.world import FACTS, NATIONAL, OPERATOR, POST, Pair, pair_of_nodes, replaced

FIRST_SEALS = ("KZS0041701", "KZS0041702")


@pytest.fixture(name="way")
def _way(tmp_path: Path) -> Iterator[Way]:
    with pair_of_nodes(tmp_path) as pair:
        yield Way(pair)


@pytest.fixture(name="told")
def _told(way: Way) -> Way:
    way.pair.submit()
    way.pair.run()
    return way


@pytest.fixture(name="asked")
def _asked(way: Way) -> Way:
    """Let two officers see every manifest; the first one they let go."""
    way.pair.agree_anew(asking_for("two"))
    way.pair.submit()
    approved(way.pair, ONE, TWO)
    way.pair.run()
    return way


def over_turkmenistan(seal: str = "KZS0000001") -> str:
    """Return facts with another seal, a later limit and one country more on the way."""
    return replaced(amended(seal), '["KZ", "UZ"]', '["KZ", "TM", "UZ"]')


def hand_in(way: Way) -> dict[str, Any]:
    done = way.pair.submit(facts=over_turkmenistan())
    return dict(way.pair.kz.enquiry.submission(NATIONAL, done))


def at_home(way: Way) -> HeldManifest:
    """Return what look-up finds at the departure: one text."""
    with reading(way.pair.kz.engine) as conn:
        (found,) = manifests.find(
            conn, keys={Kind.MOVEMENT: MRN}, direction=Direction.SENT, limit=9
        )
    return found


def limits_and_route(way: Way) -> tuple[Any, Any]:
    shown = way.show("kz")
    return shown["due"], shown["route"]


def told_of_it(pair: Pair) -> list[Notice]:
    return [one for one in pair.told["kz"].told.values() if one.code == "movement.not-amended"]


def stop(way: Way, message: str) -> None:
    way.pair.kz.operating.hold(OPERATOR, message, why="a typing error")
    way.pair.kz.operating.cancel(OPERATOR, message, why="a typing error")


def test_nothing_changes_while_an_amendment_waits_for_officers(asked: Way) -> None:
    before = limits_and_route(asked)

    hand_in(asked)
    asked.pair.run()

    assert limits_and_route(asked) == before
    assert at_home(asked).seals == FIRST_SEALS

    approved(asked.pair, ONE, TWO)
    asked.pair.run()

    due, route = limits_and_route(asked)
    assert all(due[one] > before[0][one] for one in ("enquiry", "recovery"))
    assert route["transit"] == ["customs.tm"]
    current = at_home(asked)
    assert (current.seals, current.exchange.code) == (("KZS0000001",), "TM-011")
    assert current.decision is not None
    assert told_of_it(asked.pair) == []


def test_what_officers_refused_changed_nothing_and_the_next_one_goes(asked: Way) -> None:
    before = limits_and_route(asked)
    hand_in(asked)
    asked.pair.kz.releasing.refuse(ONE, only(asked.pair)["message_id"], why="the wrong seal")
    asked.pair.run()

    assert limits_and_route(asked) == before
    assert at_home(asked).seals == FIRST_SEALS

    again = asked.amend("KZS0000002")
    approved(asked.pair, ONE, TWO)
    asked.pair.run()

    assert asked.pair.state_of(again["submission_id"]) == "accepted"
    assert at_home(asked).seals == ("KZS0000002",)
    assert limits_and_route(asked)[1] == before[1]


def test_of_two_that_wait_the_later_holds_whichever_is_let_out_first(asked: Way) -> None:
    first = hand_in(asked)["message_id"]
    asked.pair.clock.forward(minutes=1)
    second = asked.amend("KZS0000002")["message_id"]
    for message in (second, first):
        for officer in (ONE, TWO):
            digest = asked.pair.kz.releasing.show(officer, message)["digest"]
            asked.pair.kz.releasing.approve(officer, message, digest=digest)
        asked.pair.run()

    assert at_home(asked).message_id == second
    (theirs,) = [one for one in asked.held() if one.superseded_by is None]
    assert theirs.message_id == second


def test_after_an_amendment_was_stopped_the_text_before_it_holds_again(told: Way) -> None:
    before = limits_and_route(told)
    message = hand_in(told)["message_id"]
    assert limits_and_route(told) != before

    stop(told, message)
    told.pair.run()

    assert limits_and_route(told) == before
    assert at_home(told).seals == FIRST_SEALS
    (notice,) = told_of_it(told.pair)
    assert notice.facts["why"] == "cancelled"
    assert notice.facts["holds"] == at_home(told).message_id
    assert notice.facts["partner"] == "customs.uz"


def test_after_the_partner_refused_it_the_text_before_it_holds_again(told: Way) -> None:
    before = limits_and_route(told)
    told.tell("uz", Event.ENTRY)
    hand_in(told)
    told.pair.run()

    assert limits_and_route(told) == before
    assert at_home(told).seals == FIRST_SEALS
    (notice,) = told_of_it(told.pair)
    assert (notice.facts["why"], notice.facts["found"]) == ("rejected", "CAREC-F058")


def test_an_older_amendment_that_was_stopped_takes_nothing_from_the_newer(told: Way) -> None:
    first = hand_in(told)["message_id"]
    told.pair.kz.operating.hold(OPERATOR, first, why="a slow line")
    told.pair.clock.forward(minutes=1)
    told.amend("KZS0000002")
    told.pair.run()
    newer = limits_and_route(told)

    told.pair.kz.operating.cancel(OPERATOR, first, why="a slow line")
    told.pair.run()

    assert at_home(told).seals == ("KZS0000002",)
    assert limits_and_route(told) == newer


def test_a_limit_that_only_the_stopped_text_named_is_no_limit(way: Way) -> None:
    named = '"2026-03-07"'
    facts = "\n".join(line for line in FACTS.read_text("utf-8").splitlines() if named not in line)
    way.pair.submit(facts=facts)
    way.pair.run()
    assert way.show("kz")["due"] == {}
    message = way.amend()["message_id"]
    assert set(way.show("kz")["due"]) == {"enquiry", "recovery"}

    stop(way, message)
    way.pair.run()

    assert way.show("kz")["due"] == {}


def test_who_asks_for_the_manifest_is_given_the_text_that_was_told(asked: Way) -> None:
    hand_in(asked)
    third_version(asked.pair)  # which asks for no officers: it goes at once
    report = Report(movement=MRN, event=Event.REQUEST, office="UZ270101", ground="1")
    asked.pair.uz.movements.telling.tell(NATIONAL, report)
    asked.pair.run()

    given = asked.held()[0]
    assert (given.exchange.code, given.seals) == ("TM-014", FIRST_SEALS)


def test_an_amendment_that_is_let_out_after_an_older_copy_was_given_holds(asked: Way) -> None:
    amendment = hand_in(asked)
    asked.pair.clock.forward(minutes=5)
    report = Report(movement=MRN, event=Event.REQUEST, office="UZ270101", ground="1")
    asked.pair.uz.movements.telling.tell(NATIONAL, report)
    asked.pair.run()
    (copy,) = (one for one in waiting(asked.pair) if one["message_id"] != amendment["message_id"])

    for line in (copy, amendment):
        for officer in (ONE, TWO):
            digest = asked.pair.kz.releasing.show(officer, line["message_id"])["digest"]
            asked.pair.kz.releasing.approve(officer, line["message_id"], digest=digest)
        asked.pair.run()
        asked.pair.clock.forward(minutes=5)

    assert [one.seals for one in asked.held() if one.superseded_by is None] == [("KZS0000001",)]
    assert at_home(asked).seals == ("KZS0000001",)
    assert limits_and_route(asked)[1]["transit"] == ["customs.tm"]


@pytest.mark.parametrize("is_sent_again", [False, True])
def test_what_the_partner_refused_on_the_line_is_nobodys_text(
    told: Way, *, is_sent_again: bool
) -> None:
    before = limits_and_route(told)
    message = hand_in(told)["message_id"]
    error = ErrorArrived(told.pair.clock(), "EBMS:0103", "no such agreement")
    retry = told.pair.kz.sending.mode_of("customs.uz").retry
    with transaction(told.pair.kz.engine) as conn:
        queued = outbox.get(conn, message, lock=True)
        settle(conn, queued, error, retry, told.pair.clock(), actor="node")
    told.pair.run()

    assert at_home(told).seals == FIRST_SEALS
    assert limits_and_route(told) == before
    assert [one.facts["holds"] for one in told_of_it(told.pair)] == [told.held()[0].message_id]

    if is_sent_again:
        told.pair.kz.operating.resend(OPERATOR, message)
        told.pair.run()
        assert at_home(told).seals == told.held()[0].seals == ("KZS0000001",)


def test_of_a_first_text_that_nobody_had_no_route_stays(asked: Way, way: Way) -> None:
    number = "26KZ55010100041711"

    def facts(text: str) -> str:
        return replaced(text, MRN, number)

    way.pair.submit(facts=facts(over_turkmenistan()))
    way.pair.kz.releasing.refuse(ONE, only(way.pair)["message_id"], why="the wrong route")
    way.pair.submit(facts=facts(FACTS.read_text("utf-8")))
    approved(way.pair, ONE, TWO)
    asked.pair.run()

    found: Any = way.pair.kz.movements.timeline.show(POST, number)["movements"]
    (shown,) = found
    assert shown["route"]["transit"] == []
