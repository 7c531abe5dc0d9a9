from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange_node.domain.availability.outage import (
    LONGEST_QUEUED,
    Function,
    Meanwhile,
    Outage,
)
from exchange_node.domain.errors import InvalidOutageError, RoleError, UnknownRecordError
from exchange_node.domain.transmission import Cancelled, Held, State, Transmission
from exchange_node.node import Intended
from exchange_node.services.stations.availability import taking
from exchange_node.services.stations.availability.seeing import kept_for
from exchange_node.store import audit, duties, outbox
from exchange_node.store.availability import outages
from exchange_node.store.database import reading, transaction
from exchange_node.transport.memory import Door
from tests.exchange.test_lanes import MRNS, submit
from tests.world import NATIONAL, OPERATOR, POST, PULLS, Pair, pair_of_nodes

TRY_LATER = timedelta(minutes=1)


@pytest.fixture(name="pair")
def _pair(tmp_path: Path) -> Iterator[Pair]:
    with pair_of_nodes(tmp_path) as pair:
        yield pair


def announce(pair: Pair, hours: float = 4, **more: object) -> dict[str, Any]:
    """Let Uzbekistan say that it is away from now on, and both walk."""
    plain: dict[str, Any] = {
        "functions": [Function.TRANSIT],
        "ends": pair.clock() + timedelta(hours=hours),
        "reason": "the data centre moves",
        **more,
    }
    done = dict(pair.uz.availability.announce(OPERATOR, Intended(**plain)))
    pair.run()
    return done


def sent(pair: Pair, message_id: str) -> Transmission:
    with reading(pair.kz.engine) as conn:
        return outbox.get(conn, message_id).transmission


def told(pair: Pair) -> list[str]:
    return [one.code for one in pair.told["kz"].told.values()]


def away(pair: Pair) -> list[dict[str, Any]]:
    return list(pair.kz.availability.show(OPERATOR)["partners"])


def shut(pair: Pair) -> Door:
    """Let nothing get through to Uzbekistan any more; return its door."""
    return pair.exchange.doors.pop("customs.uz")


def test_what_is_for_a_partner_that_is_away_waits_without_a_try_and_goes_when_it_is_back(
    pair: Pair,
) -> None:
    announce(pair, paper=True)
    door = shut(pair)

    message_id = submit(pair, 0)
    pair.run()
    for _ in range(4):
        pair.clock.forward(minutes=50)
        pair.run()

    waiting = sent(pair, message_id)
    assert (waiting.state, waiting.tries) == (State.HELD, 0)
    assert "customs.uz is away until 2026-03-02 12:00 UTC (the data centre moves)" in (
        waiting.last_error
    )
    assert told(pair) == ["partner.away"]

    pair.exchange.doors["customs.uz"] = door
    pair.clock.forward(minutes=41)
    pair.run()
    assert sent(pair, message_id).state is State.RECEIPTED
    assert sent(pair, message_id).tries == 1
    assert away(pair) == []


def test_whoever_asks_is_told_who_is_away_until_when_and_why(pair: Pair) -> None:
    submit(pair, 0)
    pair.run()
    done = announce(pair, functions=[Function.TRANSIT, Function.RISK])

    (one,) = away(pair)
    assert one == {
        "number": done["number"],
        "party": "customs.uz",
        "functions": ["transit", "risk"],
        "begins": "2026-03-02T08:00:00+00:00",
        "ends": "2026-03-02T12:00:00+00:00",
        "planned": False,
        "reason": "the data centre moves",
        "meanwhile": "queue",
        "paper": False,
        "now": True,
    }
    assert pair.uz.availability.show(POST)["ours"] == [one]
    shown: Any = pair.kz.movements.timeline.show(POST, MRNS[0])
    assert [at["party"] for at in shown["movements"][0]["away"]] == ["customs.uz"]


def test_where_messages_are_to_fail_the_officer_is_told_at_once_and_whether_paper_is_taken(
    pair: Pair,
) -> None:
    begins = pair.clock() + timedelta(hours=1)
    announce(pair, begins=begins, is_planned=True, meanwhile=Meanwhile.FAIL, paper=True)

    message_id = submit(pair, 0)
    pair.clock.forward(hours=2)
    pair.run()

    assert sent(pair, message_id).state is State.CANCELLED
    notices = pair.told["kz"].told.values()
    (notice,) = [one for one in notices if one.code == "transmission.cancelled"]
    assert "the data centre moves" in notice.facts["why"]
    assert "it takes paper meanwhile" in notice.facts["why"]


def test_what_would_fail_is_refused_when_it_is_submitted_and_says_why(pair: Pair) -> None:
    announce(pair, meanwhile=Meanwhile.FAIL, paper=True)

    submission_id = pair.submit()

    shown = pair.kz.enquiry.submission(NATIONAL, submission_id)
    assert shown["state"] == "refused"
    (found,) = [one for one in shown["findings"] if one["code"] == "AVAIL-04"]
    assert found["facts"]["reason"] == "the data centre moves"
    assert found["facts"]["paper"] == "taken"
    with reading(pair.kz.engine) as conn:
        assert outbox.search(conn, limit=1) == []
    pair.clock.forward(hours=5)
    assert pair.state_of(pair.submit()) == "queued"


def test_what_may_have_been_posted_is_not_cancelled_whatever_the_partner_asks_for(
    pair: Pair,
) -> None:
    begins = pair.clock() + timedelta(hours=1)
    announce(pair, begins=begins, is_planned=True, meanwhile=Meanwhile.FAIL)
    message_id = submit(pair, 0)
    pair.clock.forward(hours=2)
    now = pair.clock()

    with reading(pair.kz.engine) as conn:
        new = outbox.get(conn, message_id)
        older = replace(new, queued_at=now - timedelta(hours=3))

        assert isinstance(kept_for(conn, new, now), Cancelled)
        assert isinstance(kept_for(conn, replace(new, was_leased=True), now), Held)
        assert isinstance(kept_for(conn, older, now), Held)


def test_outages_without_end_keep_nothing_for_longer_than_its_age_is_believed(pair: Pair) -> None:
    announce(pair, hours=LONGEST_QUEUED / timedelta(hours=1))
    message_id = submit(pair, 0)
    queued_at = pair.clock()
    with transaction(pair.kz.engine) as conn:
        (first,) = outages.ahead(conn, "customs.uz", queued_at)
        for times in range(1, 5):
            later = first.begins + times * LONGEST_QUEUED
            more = replace(first, number=f"again {times}", begins=later)
            outages.note(conn, replace(more, ends=later + LONGEST_QUEUED))
        outgoing = outbox.get(conn, message_id)

        kept = kept_for(conn, outgoing, queued_at)

        assert isinstance(kept, Held)
        assert kept.until == outgoing.queued_at + LONGEST_QUEUED
        assert kept_for(conn, outgoing, outgoing.queued_at + LONGEST_QUEUED) is None


def test_a_withdrawal_by_a_clock_that_lags_counts(pair: Pair) -> None:
    number = announce(pair)["number"]
    pair.clock.now -= timedelta(seconds=3)

    pair.uz.availability.withdraw(OPERATOR, number)
    pair.clock.now += timedelta(seconds=4)
    pair.run()

    assert not away(pair)
    assert not pair.uz.availability.show(OPERATOR)["ours"]


def test_what_answers_waits_although_messages_are_to_fail(pair: Pair) -> None:
    submit(pair, 0)
    pair.kz.timetable()["sending customs.uz"]()
    intended = Intended(
        functions=[Function.RECEIVE],
        ends=pair.clock() + timedelta(hours=1),
        reason="x",
        meanwhile=Meanwhile.FAIL,
    )
    pair.kz.availability.announce(OPERATOR, intended)
    pair.run()
    with reading(pair.uz.engine) as conn:
        (answer,) = outbox.search(conn, limit=9)
    assert answer.exchange.code == "SY-002"
    assert answer.transmission.state in {State.HELD, State.RECEIPTED}

    pair.clock.forward(hours=1)
    pair.run()
    with reading(pair.uz.engine) as conn:
        assert outbox.get(conn, answer.transmission.message_id).transmission.state is (
            State.RECEIPTED
        )


def test_what_is_not_concerned_goes_as_ever(pair: Pair) -> None:
    announce(pair, functions=[Function.RISK, Function.RELEASE])

    message_id = submit(pair, 0)
    pair.run()

    assert sent(pair, message_id).state is State.RECEIPTED


def test_a_withdrawal_ends_it_and_what_waits_goes_at_once(pair: Pair) -> None:
    done = announce(pair)
    message_id = submit(pair, 0)
    pair.run()
    assert sent(pair, message_id).state is State.HELD

    pair.clock.forward(minutes=1)
    pair.uz.availability.withdraw(OPERATOR, done["number"])
    pair.run()

    assert sent(pair, message_id).state is State.RECEIPTED
    assert told(pair) == ["partner.away", "partner.back"]
    with pytest.raises(UnknownRecordError):
        pair.uz.availability.withdraw(OPERATOR, done["number"])


def test_outages_that_touch_are_one(pair: Pair) -> None:
    announce(pair, hours=2)
    announce(
        pair,
        begins=pair.clock() + timedelta(hours=1),
        ends=pair.clock() + timedelta(hours=5),
        is_planned=True,
    )

    message_id = submit(pair, 0)
    pair.run()

    assert sent(pair, message_id).due_at == pair.clock() + timedelta(hours=5)


def test_a_schedule_withdraws_what_it_does_not_list(pair: Pair) -> None:
    begins = pair.clock() + timedelta(days=60)
    plan: dict[str, Any] = {"begins": begins, "ends": begins + timedelta(hours=1)}
    kept = announce(pair, is_planned=True, **plan)
    lost = announce(pair, is_planned=True, **plan)
    assert kept["findings"] == []
    pair.clock.forward(minutes=1)
    with transaction(pair.uz.engine) as conn:  # it was withdrawn, and the notice of that was lost
        held = outages.get(conn, "customs.uz", lost["number"])
        assert held is not None
        outages.note(conn, replace(held, is_withdrawn=True, told_at=pair.clock()))

    done = pair.uz.availability.schedule(OPERATOR)
    pair.run()

    assert done["told"] == ["customs.kz"]
    assert [one["number"] for one in away(pair)] == [kept["number"]]


def test_nobody_speaks_of_another_ones_work(pair: Pair) -> None:
    telling = pair.uz.availability.telling
    foreign = Outage(
        number="uz1",
        party="customs.kz",
        functions=(Function.TRANSIT,),
        begins=pair.clock(),
        ends=pair.clock() + timedelta(hours=1),
        reason="x",
        meanwhile=Meanwhile.QUEUE,
        paper=False,
        is_planned=False,
        told_at=pair.clock(),
    )
    with transaction(pair.uz.engine) as conn:
        message_id = telling.tell(conn, "customs.kz", [foreign], code="SY-070", at=pair.clock())

    pair.run()

    assert away(pair) == []
    with reading(pair.kz.engine) as conn:
        assert outages.ahead(conn, "customs.kz", pair.clock()) == []
        lines = audit.search(conn, limit=99)
    (line,) = [one for one in lines if one.action == "message.rejected"]
    assert line.message_id == message_id
    assert line.facts["rules"] == "CAREC-F001"


def test_a_notice_gets_no_business_answer_and_its_repeat_changes_nothing(pair: Pair) -> None:
    announce(pair)
    with reading(pair.kz.engine) as conn:
        assert outbox.search(conn, limit=9) == []
        assert duties.waiting(conn, "tell") == []


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"ends": timedelta(hours=-1)}, "has to end after"),
        ({"ends": timedelta(days=31), "meanwhile": Meanwhile.FAIL}, "more than 30 days"),
        ({"ends": timedelta(days=7)}, "cannot wait for more than 6 days"),
        ({"functions": []}, "names no function"),
        ({"begins": timedelta(hours=1), "ends": timedelta(hours=2)}, "is planned"),
        ({"reason": "x" * 257}, "256 characters"),
    ],
)
def test_what_partners_could_not_go_by_is_told_to_nobody(
    pair: Pair, wrong: dict[str, Any], why: str
) -> None:
    moments: dict[str, Any] = {
        name: pair.clock() + value if isinstance(value, timedelta) else value
        for name, value in wrong.items()
    }
    with pytest.raises(InvalidOutageError, match=why):
        announce(pair, **moments)
    assert away(pair) == []


def test_what_is_announced_late_is_told_and_remarked(pair: Pair) -> None:
    begins = pair.clock() + timedelta(days=2)
    plan = announce(pair, begins=begins, ends=begins + timedelta(hours=8), is_planned=True)
    since = announce(pair, begins=pair.clock() - timedelta(minutes=31))

    assert [one["code"] for one in plan["findings"]] == ["AVAIL-05"]
    assert [one["code"] for one in since["findings"]] == ["AVAIL-02"]
    assert len(away(pair)) == 2


def test_operators_alone_announce(pair: Pair) -> None:
    intended = Intended(functions=[Function.RISK], ends=pair.clock() + TRY_LATER, reason="x")
    with pytest.raises(RoleError):
        pair.uz.availability.announce(POST, intended)


def test_what_waits_to_be_pulled_is_not_given_up_while_its_receiver_is_away(
    tmp_path: Path,
) -> None:
    with pair_of_nodes(tmp_path, PULLS) as pair:
        announce(pair)
        message_id = submit(pair, 0)
        pair.kz.timetable()["filing"]()
        pair.clock.forward(hours=2)
        pair.kz.timetable()["handing-out"]()
        assert sent(pair, message_id).state is State.HELD

        pair.clock.forward(hours=2)
        pair.run()
        assert sent(pair, message_id).state is State.RECEIPTED


def test_a_partner_with_other_software_is_told_nothing(tmp_path: Path) -> None:
    foreign = 'partner = "customs.kz"\navailability = false\n'
    with pair_of_nodes(tmp_path, {"uz": foreign}) as pair:
        done = announce(pair)

        assert done["told"] == []
        assert [one["code"] for one in done["findings"]] == ["AVAIL-03"]
        assert away(pair) == []


def audited(pair: Pair, action: str) -> int:
    with reading(pair.kz.engine) as conn:
        return len([one for one in audit.search(conn, limit=999) if one.action == action])


def test_what_is_said_again_is_told_once_and_moves_nothing_that_waits(pair: Pair) -> None:
    announce(pair)
    message_id = submit(pair, 0)
    pair.run()
    before = (audited(pair, "transmission.held"), audited(pair, "outage.announced-there"))

    for _ in range(3):
        pair.clock.forward(minutes=1)
        pair.uz.availability.schedule(OPERATOR)
        pair.run()

    assert told(pair) == ["partner.away"]
    assert (audited(pair, "transmission.held"), audited(pair, "outage.announced-there")) == before
    assert sent(pair, message_id).due_at == pair.clock() + timedelta(hours=4, minutes=-3)


def test_what_is_held_on_for_the_very_reason_is_not_audited_again(pair: Pair) -> None:
    announce(pair)
    submit(pair, 0)
    pair.run()
    before = audited(pair, "transmission.held")
    with transaction(pair.kz.engine) as conn:
        assert outbox.look_again(conn, "customs.uz", pair.clock()) == 1
    pair.run()

    assert audited(pair, "transmission.held") == before == 1


def test_an_outage_that_is_shortened_lets_go_what_waits(pair: Pair) -> None:
    done = announce(pair)
    message_id = submit(pair, 0)
    pair.run()
    with transaction(pair.uz.engine) as conn:
        held = outages.get(conn, "customs.uz", done["number"], lock=True)
        assert held is not None
        sooner = replace(
            held, ends=pair.clock() + timedelta(hours=1), told_at=pair.clock() + TRY_LATER
        )
        pair.clock.forward(minutes=1)
        pair.uz.availability.telling.tell(
            conn, "customs.kz", [sooner], code="SY-070", at=pair.clock()
        )
    pair.run()

    assert sent(pair, message_id).due_at == sooner.ends
    assert told(pair) == ["partner.away", "partner.away"]


def test_what_cannot_be_taken_of_a_partner_is_told_to_the_operator_once_a_day(pair: Pair) -> None:
    telling = pair.uz.availability.telling
    for number in ("uz1", "uz2"):
        wrong = Outage(
            number=number, party="customs.uz", functions=(Function.TRANSIT,),
            begins=pair.clock() + timedelta(days=401), ends=pair.clock() + timedelta(days=402),
            reason="x", meanwhile=Meanwhile.QUEUE, paper=False, is_planned=True,
            told_at=pair.clock(),
        )  # fmt: skip
        with transaction(pair.uz.engine) as conn:
            telling.tell(conn, "customs.kz", [wrong], code="SY-070", at=pair.clock())
        pair.run()

    (notice,) = pair.told["kz"].told.values()
    assert notice.notice_id == "partner.outage-refused.customs.uz.2026-03-02"
    assert "begins in more than 400 days" in notice.facts["why"]


def test_a_partner_that_has_said_too_much_may_still_take_it_back(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = announce(pair, hours=1)
    monkeypatch.setattr(taking, "MOST_KEPT", 1)
    announce(pair, hours=2)
    assert [one["number"] for one in away(pair)] == [first["number"]]

    pair.clock.forward(minutes=1)
    pair.uz.availability.withdraw(OPERATOR, first["number"])
    pair.run()

    assert away(pair) == []
    assert told(pair) == ["partner.away", "partner.outage-refused", "partner.back"]
    pair.clock.forward(days=31)
    announce(pair, hours=1)
    assert len(away(pair)) == 1


def test_a_schedule_is_no_older_than_what_it_lists(pair: Pair) -> None:
    pair.clock.forward(minutes=3)
    kept = announce(pair)
    pair.clock.now -= timedelta(minutes=3)

    pair.uz.availability.schedule(OPERATOR)
    pair.run()

    assert [one["number"] for one in away(pair)] == [kept["number"]]
