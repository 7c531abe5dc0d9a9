from __future__ import annotations

from dataclasses import replace
from datetime import UTC, time

import pytest
from sqlalchemy import select

from exchange_node.domain.desks.desk import Desk, Desks, Route, Way
from exchange_node.domain.desks.hours import Hours
from exchange_node.domain.errors import RoleError, UnknownRecordError, UnusableQueryError
from exchange_node.store import duties
from exchange_node.store.channels import notifications
from exchange_node.store.database import reading, transaction
from exchange_node.store.tables import audit
from tests.exchange.test_alert_feedback import UNCHECKED, report
from tests.exchange.test_feedback_clocks import DUE, OVERDUE
from tests.exchange.test_feedback_clocks import alerted as asking
from tests.exchange.test_withdrawn_alerts import alerted
from tests.services.telling.conftest import SOON, Line, Room
from tests.world import LIAISON, NATIONAL, OPERATOR, POST

NIGHT = Hours(zone=UTC, days=frozenset(range(7)), begin=time(20), end=time(6))


def test_a_happening_is_told_once_to_the_first_desk_and_to_the_folder(room: Room) -> None:
    room.happens()
    room.happens()  # the same once more
    room.run()
    room.happens()
    room.run()

    assert room.codes == (["channel.red"], [], [])
    assert list(room.pair.told["kz"].told) == ["channel.red.1"]


def test_what_no_route_takes_goes_to_the_folder_alone(room: Room) -> None:
    room.happens("pull.failing")
    room.run()

    assert room.codes == ([], [], [])
    assert list(room.pair.told["kz"].told) == ["pull.failing.1"]


def test_only_a_way_that_may_is_told_the_facts(room: Room) -> None:
    room.happens("movement.missing", movement="KZ/mrn/1", why="a name")
    room.run()

    (by_mail,), (by_hook,) = room.duty.told, room.hook.told
    assert by_mail.facts == {}
    assert (by_mail.severity, by_mail.link) == (3, "https://desk.example/1")
    assert by_hook.facts == {"movement": "KZ/mrn/1", "why": "a name"}
    assert room.states() == [("duty", "told")]
    with reading(room.pair.kz.engine) as conn:
        assert notifications.get(conn, 1).facts == {}  # nobody has to be told any more


def test_a_desk_that_does_not_answer_is_followed_by_the_next_and_the_last_by_a_word(
    room: Room,
) -> None:
    room.happens()
    room.run()
    room.later(minutes=29)
    assert room.codes == (["channel.red"], [], [])

    room.later(minutes=1)
    room.run()
    assert room.codes == (["channel.red"], ["channel.red"], ["channel.red"])
    assert room.states() == [("office", "passed-on"), ("duty", "open")]

    room.later(minutes=30)
    assert room.states()[1] == ("duty", "unanswered")
    assert "notice.unanswered.2" in room.pair.told["kz"].told
    room.later(days=1)
    assert len(room.duty.told) == 1


def test_what_somebody_has_seen_goes_to_no_other_desk(room: Room) -> None:
    room.happens()
    room.run()

    first = room.pair.kz.telling.noticing.acknowledge(POST, 1)
    again = room.pair.kz.telling.noticing.acknowledge(LIAISON, 1)
    room.later(hours=5)

    assert first == again
    assert (first["state"], first["settled_by"]) == ("acknowledged", POST.name)
    assert room.codes == (["channel.red"], [], [])


def test_a_word_that_comes_late_ends_it_at_every_desk(room: Room) -> None:
    room.happens()
    room.run()
    room.later(minutes=30)

    room.pair.kz.telling.noticing.acknowledge(LIAISON, 1)
    room.later(hours=5)

    assert room.states() == [("office", "acknowledged"), ("duty", "acknowledged")]
    assert "notice.unanswered.2" not in room.pair.told["kz"].told


def test_who_acknowledges_the_alert_itself_has_seen_it(room: Room) -> None:
    alert_id = alerted(room.pair)
    room.run()
    room.pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302")
    room.later(minutes=30)

    assert room.codes[0] == ["alert.received"]
    assert room.office.told[0].severity == 1
    assert room.states() == [("office", "acknowledged")]


def owed(room: Room) -> set[tuple[str, str, str]]:
    shown = room.pair.kz.telling.noticing.list(LIAISON)["notices"]
    return {
        (one["code"], one["desk"], one["state"]) for one in shown if one["code"] in {DUE, OVERDUE}
    }


def test_who_says_what_came_of_an_alert_needs_to_be_reminded_no_more(room: Room) -> None:
    alert_id = asking(room.pair)
    room.later(days=22)
    assert owed(room) == {(DUE, "office", "open"), (OVERDUE, "office", "open")}

    report(room.pair, alert_id, UNCHECKED)
    room.later(minutes=30)

    assert owed(room) == {(DUE, "office", "acknowledged"), (OVERDUE, "office", "acknowledged")}


def test_what_came_of_an_alert_goes_up_while_nobody_says_it(room: Room) -> None:
    asking(room.pair)
    room.later(days=22)
    room.later(minutes=30)

    assert {(OVERDUE, "office", "passed-on"), (OVERDUE, "duty", "open")} < owed(room)


def test_a_way_that_is_down_is_tried_again_and_holds_up_no_other(room: Room) -> None:
    room.duty.is_down = True
    room.happens("movement.missing")
    room.run()
    assert room.codes == ([], [], ["movement.missing"])

    room.duty.is_down = False
    room.later(seconds=59)
    assert room.codes[1] == []
    room.later(seconds=1)

    assert room.codes == ([], ["movement.missing"], ["movement.missing"])
    assert room.states() == [("duty", "told")]


def test_a_way_that_stays_down_is_given_up_aloud_and_the_next_desk_is_told_at_once(
    room: Room,
) -> None:
    room.office.is_down = True
    room.happens()
    room.run()
    room.later(minutes=1)
    assert "notice.given-up.1.office.mail" not in room.pair.told["kz"].told

    room.later(minutes=2)
    room.run()

    assert room.codes == ([], ["channel.red"], ["channel.red"])
    told = room.pair.told["kz"].told["notice.given-up.1.office.mail"]
    assert (
        told.facts["why"]
        == ("channel.failed: the notice could not be handed over to the line: it is down")
        or "it is down" in told.facts["why"]
    )
    room.later(days=1)  # that it was given up is given up in its turn, and tells nobody more
    given_up = [one for one in room.pair.told["kz"].told if one.startswith("notice.given-up")]
    assert given_up == ["notice.given-up.1.office.mail"]


def test_what_was_told_before_a_restart_is_not_told_again(room: Room) -> None:
    room.happens()
    room.run()
    telling = room.pair.kz.telling
    room.pair.restart("kz")
    room.pair.kz.telling = replace(telling, engine=room.pair.kz.engine)
    room.run()

    assert room.codes == (["channel.red"], [], [])


def test_a_duty_that_is_left_over_tells_nothing_twice(room: Room) -> None:
    room.happens()
    room.run()
    with transaction(room.pair.kz.engine) as conn:
        duties.leave(conn, "notify", "office/mail 1", room.pair.clock())
    room.run()

    assert room.codes == (["channel.red"], [], [])
    with reading(room.pair.kz.engine) as conn:
        assert duties.waiting(conn, "notify") == []


def test_what_waits_for_a_way_that_is_gone_is_given_up(room: Room) -> None:
    room.duty.is_down = True
    room.happens("movement.missing")
    room.run()
    ways = {"office/mail": room.office, "duty/hook": room.hook}
    room.pair.kz.telling = replace(room.pair.kz.telling, ways=ways)
    room.later(hours=23)  # another machine may have it
    assert room.states() == [("duty", "open")]

    room.later(days=1)  # once a day somebody looks

    assert room.states()[0] == ("duty", "told")
    assert "notice.given-up.1.duty.mail" in room.pair.told["kz"].told


def test_a_way_that_waits_for_the_desk_to_open_does(room: Room) -> None:
    desk = Desk(name="night", hours=NIGHT, ways=(Way(name="mail", waits=True),), acknowledge=SOON)
    room.pair.kz.telling = replace(
        room.pair.kz.telling,
        desks=Desks(desks={"night": desk}, routes=(Route(codes=("*",), desks=("night",)),)),
        ways={"night/mail": room.office},
    )
    room.happens(severity="1")
    room.later(hours=11, minutes=59)
    assert room.codes[0] == []

    room.later(minutes=1)
    assert room.codes[0] == ["channel.red"]
    assert room.states() == [("night", "open")]


def test_what_was_settled_long_ago_is_forgotten(room: Room) -> None:
    room.happens("movement.missing")
    room.run()
    room.later(days=89)
    assert room.states() == [("duty", "told")]

    room.later(days=2)
    assert room.states() == []


def test_who_may_not_see_an_alert_is_not_told_that_a_desk_was_told_of_it(room: Room) -> None:
    alerted(room.pair)
    room.run()
    noticing = room.pair.kz.telling.noticing
    assert len(noticing.list(LIAISON)["notices"]) == 1
    assert noticing.list(POST)["notices"] == []
    with pytest.raises(UnknownRecordError):
        noticing.acknowledge(POST, 1)


def test_who_is_told_of_nothing_sees_nothing_and_every_look_leaves_a_line(room: Room) -> None:
    noticing = room.pair.kz.telling.noticing
    with pytest.raises(RoleError):
        noticing.list(NATIONAL)
    with pytest.raises(UnusableQueryError):
        noticing.list(OPERATOR, state="nowhere")
    with pytest.raises(UnknownRecordError):
        noticing.acknowledge(OPERATOR, 7)
    noticing.list(OPERATOR)

    with reading(room.pair.kz.engine) as conn:
        query = select(audit).order_by(audit.c.number)
        lines = [(one.actor, one.action) for one in conn.execute(query)]
    assert (NATIONAL.name, "look.notices") in lines
    assert (OPERATOR.name, "look.notices") in lines
    assert (OPERATOR.name, "notice.acknowledged") in lines


def test_a_trial_says_of_each_way_whether_it_takes_a_notice(room: Room) -> None:
    room.hook.is_down = True
    noticing = room.pair.kz.telling.noticing

    tried = noticing.try_out(OPERATOR, "duty", "t1")

    assert tried["ways"]["mail"] == "told"
    assert "it is down" in tried["ways"]["hook"]
    with pytest.raises(UnknownRecordError):
        noticing.try_out(OPERATOR, "nobody", "t1")
    with pytest.raises(RoleError):
        noticing.try_out(LIAISON, "duty", "t1")


def test_the_folder_that_cannot_be_written_keeps_no_desk_from_being_told(room: Room) -> None:
    folder = Line(is_down=True)
    room.pair.kz.telling = replace(room.pair.kz.telling, channel=folder)
    room.happens()
    room.run()
    assert room.codes[0] == ["channel.red"]

    folder.is_down = False
    room.later(seconds=30)

    assert [one.code for one in folder.told] == ["channel.red"]
    assert room.codes[0] == ["channel.red"]
