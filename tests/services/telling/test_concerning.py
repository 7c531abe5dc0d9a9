from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.retention import Kept
from exchange_node.services.telling.concerning import (
    Eyes,
    Told,
    about_of,
    record_of,
)
from exchange_node.store.channels.notifications import Notification
from exchange_node.store.database import reading
from exchange_node.store.records import manifests
from tests.exchange.test_withdrawn_alerts import alerted
from tests.services.telling.conftest import Room
from tests.world import LIAISON, OPERATOR, POST, Pair

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def shown(room: Room, actor: object, **more: object) -> list[dict[str, object]]:
    listed = room.pair.kz.telling.noticing.list(actor, **more)  # type: ignore[arg-type] # an actor
    return list(listed["notices"])


def test_an_alert_that_nobody_may_know_of_is_in_no_id(room: Room) -> None:
    alert_id = alerted(room.pair)
    room.run()

    (to_liaison,) = shown(room, LIAISON)
    (to_operator,) = shown(room, OPERATOR)

    assert alert_id in str(to_liaison["notice"])
    assert alert_id not in str(to_operator)
    assert shown(room, POST) == []


def test_who_knows_the_id_and_every_moment_finds_no_opaque_id_by_trying(room: Room) -> None:
    alerted(room.pair)
    room.run()
    kz = room.pair.kz
    (shown_to_operator,) = shown(room, OPERATOR)
    (whole,) = shown(room, LIAISON)
    said = "\n".join(str(whole[name]) for name in ("notice", "number", "opened_at"))

    tried = hashlib.sha256(said.encode()).hexdigest()[:32]

    assert not str(shown_to_operator["notice"]).endswith(tried)
    other = replace(kz.telling, key=b"another node's" * 3).noticing.list(OPERATOR)["notices"]
    assert other[0]["notice"] != shown_to_operator["notice"]
    assert repr(kz.telling.key) not in f"{kz.telling!r} {kz.telling.noticing!r}"


def test_by_a_way_without_facts_goes_an_id_that_says_nothing_and_is_the_same_at_every_desk(
    room: Room,
) -> None:
    alert_id = alerted(room.pair)
    room.run()
    room.later(minutes=30)

    (by_office,), (by_duty,), (by_hook,) = (line.told for line in room.lines)
    assert alert_id not in str(by_office.as_plain())
    assert by_office.notice_id == by_duty.notice_id
    assert by_office.notice_id == shown(room, OPERATOR)[0]["notice"]
    assert alert_id in by_hook.notice_id


def test_what_is_about_a_manifest_is_told_to_whom_the_manifest_is_shown(pair: Pair) -> None:
    pair.submit()
    pair.run()
    blind = replace(POST, purposes=frozenset())
    with reading(pair.uz.engine) as conn:
        (held,) = manifests.current(conn, limit=9)
        red = happening("channel.red", movement=held.movement)
        told = [
            Eyes(conn, actor, pair.clock()).told(red) for actor in (POST, LIAISON, blind, OPERATOR)
        ]

    assert told == [Told.WHOLE, Told.WHOLE, Told.NOTHING, Told.BARE]


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("alert.untold", {"alert": "KZ-1", "partner": "customs.uz"}),
        ("channel.red", {}),
        ("movement.missing", {"movement": "26KZ1"}),
        ("assistance.overdue", {"reference": "A1", "asked_by": "customs.kz"}),
        ("transmission.refused", {"partner": "customs.uz"}),
        ("trust.revoked", {"partner": "customs.uz"}),
        ("onward.asked", {"subject": "26KZ1"}),
        ("something.new", {"movement": "26KZ1"}),
    ],
)
def test_where_no_record_answers_for_it_code_and_number_are_all_a_post_is_told(
    pair: Pair, code: str, facts: dict[str, str]
) -> None:
    with reading(pair.kz.engine) as conn:
        assert Eyes(conn, POST, pair.clock()).told(happening(code, **facts)) is Told.BARE


def test_what_an_older_node_wrote_down_is_an_alert() -> None:
    assert record_of("customs.uz/UZ-1") == (Kept.ALERT, "customs.uz/UZ-1")
    about = about_of("alert.received", {"issuer": "customs.uz", "alert": "UZ-1"})
    assert record_of(about) == (Kept.ALERT, "customs.uz/UZ-1")


def test_a_list_is_filled_behind_what_may_not_be_seen(room: Room) -> None:
    room.happens(key="1")
    room.run()
    for _ in range(3):
        alerted(room.pair)
    room.run()

    assert [one["code"] for one in shown(room, POST, limit=1)] == ["channel.red"]
    assert len(shown(room, OPERATOR, limit=2)) == 2


def test_how_many_there_are_is_told_to_operators_alone(room: Room) -> None:
    room.happens()
    room.run()
    noticing = room.pair.kz.telling.noticing

    assert noticing.list(OPERATOR)["counted"] == {"open": 1}
    assert "counted" not in noticing.list(POST)


def test_nobody_acknowledges_what_he_may_not_know_of(room: Room) -> None:
    alerted(room.pair)
    room.run()

    with pytest.raises(UnknownRecordError):
        room.pair.kz.telling.noticing.acknowledge(POST, 1)


def happening(code: str, **facts: str) -> Notification:
    return Notification(
        notice=f"{code}.secret", desk="duty", code=code, severity=1, at=AT, opened_at=AT,
        about=about_of(code, facts),
    )  # fmt: skip
