"""Two nodes when the clock strikes midnight: a version gives way to the next, an agreement ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta, timezone
from pathlib import Path

import pytest

from exchange_node.domain.transmission.content import Content
from exchange_node.policy.text.reading import read_agreement
from exchange_node.store.database import reading
from exchange_node.store.records import manifests
from exchange_node.transport.line import Answer
from tests.exchange.agreeing import ID, Talks
from tests.world import FACTS, NATIONAL, OPERATOR, pair_of_nodes, replaced

MIDNIGHT = datetime(2026, 3, 4, tzinfo=UTC)


@pytest.fixture(name="talks")
def _talks(tmp_path: Path) -> Iterator[Talks]:
    """Two nodes ten minutes before the midnight at which version 2 takes the place of version 1."""
    with pair_of_nodes(tmp_path, is_agreed=False) as pair:
        talks = Talks(pair)
        talks.agree(1)
        talks.agree(2, days=2)
        pair.clock.now = MIDNIGHT
        pair.clock.forward(minutes=-10)
        yield talks


def test_what_was_sealed_before_midnight_is_accepted_after_it(talks: Talks) -> None:
    submission = talks.pair.submit()
    talks.pair.clock.forward(minutes=20)

    talks.pair.run()

    assert talks.states(1) == ("superseded", "superseded")
    assert talks.pair.state_of(submission) == "accepted"


def test_what_was_sealed_before_midnight_arrives_when_the_line_is_back(talks: Talks) -> None:
    talks.pair.exchange.cut.add("customs.uz")
    submission = talks.pair.submit()
    talks.pair.run()
    talks.pair.clock.forward(hours=3)

    talks.pair.exchange.cut.clear()
    talks.pair.run()

    assert talks.pair.state_of(submission) == "accepted"


def held_since_before_midnight(talks: Talks) -> str:
    """Let a manifest wait under version 1, which Kazakhstan suspends; return its submission."""
    talks.pair.exchange.cut.add("customs.uz")
    submission = talks.pair.submit()
    talks.pair.run()
    talks.pair.exchange.cut.clear()
    talks.pair.kz.agreeing.suspend(OPERATOR, ID, 1, why="talks")
    talks.pair.clock.forward(hours=1)
    talks.pair.run()
    assert talks.pair.state_of(submission) == "held"
    return submission


def test_what_was_held_over_midnight_goes_when_the_suspension_ends(talks: Talks) -> None:
    submission = held_since_before_midnight(talks)

    talks.pair.kz.agreeing.resume(OPERATOR, ID, 1)
    for _ in range(2):
        talks.pair.clock.forward(hours=1)
        talks.pair.run()

    assert talks.pair.state_of(submission) == "accepted"


def test_what_was_held_for_too_long_is_taken_back_and_a_person_is_told_what_to_do(
    talks: Talks,
) -> None:
    submission = held_since_before_midnight(talks)

    talks.pair.clock.forward(days=31)
    talks.pair.run()

    assert talks.pair.state_of(submission) == "cancelled"
    (told,) = talks.told("kz", "transmission.cancelled")
    assert told["why"].startswith("DENY-OVERTAKEN urn:carec:maa:KZ-UZ:rehearsal version 2 decides")
    assert "Make the message anew" in told["why"]


def test_what_waits_when_the_agreement_expires_is_taken_back(talks: Talks) -> None:
    last = read_agreement(talks.text(2, days=1), "").expires_on
    talks.pair.clock.now = datetime.combine(last, time(23, 50), UTC)
    talks.pair.exchange.cut.add("customs.uz")
    submission = talks.pair.submit()
    talks.pair.run()
    talks.pair.exchange.cut.clear()

    talks.pair.clock.forward(hours=1)
    talks.pair.run()

    assert talks.pair.state_of(submission) == "cancelled"
    # The movement's enquiry, which begins on the same night, is taken back as well.
    cancelled = talks.told("kz", "transmission.cancelled")
    (told,) = (one for one in cancelled if one["message"] == "TM-010")
    assert told["why"].startswith("DENY-NOT-IN-FORCE")
    assert f"to {last} and is expired" in told["why"]


def be_off(talks: Talks, name: str, *, hours: int) -> None:
    """Let a node's clock differ by so much when it receives."""
    door = talks.pair.exchange.doors[f"customs.{name}"]

    def received(party: str, content_type: str, body: Content) -> Answer:
        talks.pair.clock.forward(hours=hours)
        try:
            return door(party, content_type, body)
        finally:
            talks.pair.clock.forward(hours=-hours)

    talks.pair.exchange.doors[f"customs.{name}"] = received


@pytest.mark.parametrize(("minutes", "hours"), [(-10, 1), (10, -1)])
def test_two_clocks_an_hour_apart_agree_on_the_version_at_midnight(
    minutes: int, hours: int, talks: Talks
) -> None:
    talks.pair.clock.now = MIDNIGHT
    talks.pair.clock.forward(minutes=minutes)
    be_off(talks, "uz", hours=hours)

    submission = talks.pair.submit()
    talks.pair.run()

    assert talks.pair.state_of(submission) == "accepted"
    assert (version_of_manifest(talks)) == (1 if minutes < 0 else 2)


def version_of_manifest(talks: Talks) -> int:
    with reading(talks.pair.uz.engine) as conn:
        (held,) = manifests.current(conn, limit=9)
    return held.exchange.agreement_version


@pytest.mark.parametrize("zone", [5, -5])
def test_at_midnight_of_the_wall_clock_nothing_ends_in_two_time_zones(
    zone: int, talks: Talks
) -> None:
    last = read_agreement(talks.text(2, days=1), "").expires_on
    offset = timezone(timedelta(hours=zone))
    talks.pair.clock.now = datetime.combine(last, time(23, 59), UTC).astimezone(offset)
    in_time = talks.pair.submit()
    talks.pair.run()
    talks.pair.clock.forward(minutes=1)
    # Another movement: of the first one an enquiry has begun, so that nothing amends it.
    other = replaced(FACTS.read_text("utf-8"), "26KZ55010100041703", "26KZ55010100041711")
    too_late = talks.pair.submit(facts=other)

    assert talks.pair.state_of(in_time) == "accepted"
    assert talks.pair.state_of(too_late) == "refused"
    answer = talks.pair.kz.enquiry.submission(NATIONAL, too_late)
    (found,) = [one for one in answer["findings"] if one["code"] == "DENY-NOT-IN-FORCE"]
    assert f"to {last} and is expired" in found["text"]
