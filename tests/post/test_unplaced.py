from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from exchange_node.cli import cli
from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import (
    OfficeError,
    RoleError,
    UnknownRecordError,
    UnusableQueryError,
)
from exchange_node.node import Offline, merging, placing
from exchange_node.post import Observation
from exchange_node.security.carried import read_statement
from exchange_node.services.stations.posts.unplaced import POST_DUE
from exchange_node.store import audit, duties, outbox, tables
from exchange_node.store.database import reading
from exchange_node.web.api import api_application
from tests.post.conftest import MRN, OFFICE, Border
from tests.world import LIAISON, NATIONAL, PASSPHRASE, Pair

WRONG = "26KZ55010100041711"
GATE = Actor(name="anna", roles=frozenset({Role.BORDER_POST}), offices=frozenset({OFFICE}))
ELSEWHERE = replace(GATE, offices=frozenset({"UZ270102"}))


def recorded(border: Border, movement: str = WRONG) -> str:
    """Record a crossing at the post; return the id of its record."""
    return border.post.record(
        Observation(
            kind="crossing", movement=movement, operator="anna", reason="line down",
            direction="entry",
        )
    ).record_id  # fmt: skip


def met(border: Border) -> list[str]:
    """Let the post meet its node; return what became of what it handed over."""
    return [one["state"] for one in border.post.sync(border.wire)["records"]]


def three_days_later(border: Border) -> None:
    border.pair.clock.forward(hours=73)
    border.clock.forward(hours=73)
    border.pair.run()


def lines(pair: Pair, record_id: str) -> list[audit.AuditRecord]:
    with reading(pair.uz.engine) as conn:
        return audit.search(conn, subject=("post-record", record_id), limit=9)


def asked(pair: Pair) -> list[str]:
    """Return whom Uzbekistan asked where a movement stands."""
    with reading(pair.uz.engine) as conn:
        rows = conn.execute(tables.outbox.select().where(tables.outbox.c.code == "TM-050")).all()
        return [outbox.get(conn, row.message_id).transmission.partner for row in rows]


def test_a_number_that_nobody_knows_is_asked_for_once_and_ends_as_unknown(crossed: Border) -> None:
    record_id = recorded(crossed)
    assert met(crossed) == []
    crossed.pair.run()
    assert met(crossed) == []
    crossed.pair.run()
    assert asked(crossed.pair) == ["customs.kz"]
    (waits,) = placing(crossed.pair.uz).waiting(GATE)
    assert (waits["state"], waits["recorded_as"]) == ("waiting", WRONG)

    three_days_later(crossed)

    assert met(crossed) == ["unknown"]
    assert met(crossed) == []  # it is asked after, and that is no news
    (kept,) = crossed.post.status()["unknown"]
    assert kept["answer"]["code"] == "post.unknown-movement"
    (told,) = [one for one in crossed.pair.told["uz"].told.values() if one.code == "post.unknown"]
    assert (told.facts["office"], told.facts["recorded_as"]) == (OFFICE, WRONG)
    assert told.facts["record"] == record_id
    assert asked(crossed.pair) == ["customs.kz"]


@pytest.mark.parametrize("is_late", [False, True])
def test_an_officer_puts_the_number_right_and_both_are_kept(
    crossed: Border, *, is_late: bool
) -> None:
    record_id = recorded(crossed)
    met(crossed)
    happened = crossed.pair.clock()
    if is_late:
        three_days_later(crossed)
        met(crossed)
    node = crossed.pair.uz

    done = placing(node).correct(GATE, record_id, MRN, why="a 1 read as a 7")

    assert (done["state"], done["recorded_as"]) == ("merged", WRONG)
    shown: Any = node.movements.timeline.show(GATE, MRN)["movements"]
    (entry,) = [one for one in shown[0]["events"] if one["event"] == "entry"]
    assert entry["occurred_at"] == happened.isoformat()
    (line,) = lines(crossed.pair, record_id)
    assert line.facts["recorded_as"] == WRONG
    assert (line.facts["movement"], line.facts["settled_by"]) == (MRN, "anna")
    assert line.facts["reason"] == "a 1 read as a 7"
    assert placing(node).waiting(GATE) == []
    assert met(crossed) == ["merged"]
    assert crossed.post.status()["unknown"] == []
    with reading(node.engine) as conn:
        assert duties.waiting(conn, POST_DUE) == []


def test_a_record_that_is_dropped_is_told_to_nobody_and_stays_in_the_audit(
    crossed: Border,
) -> None:
    record_id = recorded(crossed)
    met(crossed)

    placing(crossed.pair.uz).drop(GATE, record_id, why="tried out by mistake")

    assert met(crossed) == ["refused"]
    (refused,) = crossed.post.status()["refused"]
    assert refused["answer"]["code"] == "post.dropped"
    assert "tried out by mistake" in refused["answer"]["why"]
    (line,) = lines(crossed.pair, record_id)
    assert (line.facts["settled_by"], line.facts["movement"]) == ("anna", WRONG)
    with pytest.raises(UnknownRecordError):
        placing(crossed.pair.uz).drop(GATE, record_id, why="again")


def test_what_was_corrected_is_not_told_again_of_its_first_number(crossed: Border) -> None:
    record_id = recorded(crossed)
    met(crossed)
    placing(crossed.pair.uz).correct(GATE, record_id, MRN, why="misread")
    (record,) = crossed.post.store.records("waiting")
    one = Offline(
        record_id=record_id, sequence=1, kind="crossing", movement=MRN, operator="anna",
        reason="line down", occurred_at=crossed.clock(), direction="exit",
    )  # fmt: skip

    now = crossed.pair.clock()
    octets = merging(crossed.pair.uz).merge(GATE, OFFICE, [one], sent_at=now)

    seals = [each.certificate for each in crossed.pair.uz.keyring.seals]
    (answer,) = read_statement(octets, "receipt", seals).content["records"]
    assert (answer["state"], answer["recorded_as"]) == ("merged", WRONG)
    assert len(lines(crossed.pair, record_id)) == 1
    assert record.state == "waiting"


def test_a_movement_that_becomes_known_in_time_is_no_case_for_anybody(border: Border) -> None:
    recorded(border, MRN)
    assert met(border) == []
    border.pair.submit()
    border.pair.run()

    assert met(border) == ["merged"]

    assert placing(border.pair.uz).waiting(GATE) == []
    three_days_later(border)
    assert not [one for one in border.pair.told["uz"].told.values() if one.code == "post.unknown"]


def test_only_who_stands_at_the_office_settles_and_says_why(crossed: Border) -> None:
    record_id = recorded(crossed)
    met(crossed)
    desk = placing(crossed.pair.uz)

    assert desk.waiting(ELSEWHERE) == []
    assert len(desk.waiting(LIAISON)) == 1
    with pytest.raises(RoleError):
        desk.waiting(NATIONAL)
    with pytest.raises(OfficeError):
        desk.correct(ELSEWHERE, record_id, MRN, why="misread")
    with pytest.raises(RoleError):
        desk.drop(LIAISON, record_id, why="misread")
    with pytest.raises(UnusableQueryError):
        desk.drop(GATE, record_id, why="  ")
    with pytest.raises(UnknownRecordError):
        desk.correct(GATE, record_id, "26KZ55010100041720", why="misread")
    assert len(desk.waiting(GATE)) == 1


def test_the_record_of_another_office_is_refused_and_its_id_stays_free(crossed: Border) -> None:
    node, now = crossed.pair.uz, crossed.pair.clock()
    one = Offline(
        record_id=f"UZ270102-{7:032x}", sequence=1, kind="seal-check", movement=MRN,
        operator="eve", reason="line down", occurred_at=now, seals=(("1", ""),),
    )  # fmt: skip
    seals = [each.certificate for each in node.keyring.seals]

    def states(actor: Actor, office: str) -> list[tuple[str, object]]:
        octets = merging(node).merge(actor, office, [one], sent_at=now)
        told = read_statement(octets, "receipt", seals).content["records"]
        return [(each["state"], each.get("code")) for each in told]

    assert states(GATE, OFFICE) == [("refused", "post.foreign-record")]
    assert states(GATE, OFFICE) == [("refused", "post.foreign-record")]
    assert lines(crossed.pair, one.record_id) == []
    assert states(ELSEWHERE, "UZ270102") == [("merged", None)]
    assert [each.actor for each in lines(crossed.pair, one.record_id)] == ["anna"]


def test_what_waits_is_settled_over_the_api_and_by_the_command(
    crossed: Border, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = recorded(crossed), recorded(crossed)
    met(crossed)
    client = TestClient(api_application(crossed.pair.uz))
    headers = {"Authorization": f"Bearer {crossed.wire.token}"}
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)

    listed = client.get("/api/v1/post-records", headers=headers).json()["records"]
    corrected = client.post(
        f"/api/v1/post-records/{first}/corrections",
        headers=headers,
        json={"movement": MRN, "why": "misread"},
    )
    dropped = client.post(
        f"/api/v1/post-records/{second}/dropping", headers=headers, json={"why": "twice"}
    )
    third = recorded(crossed)
    met(crossed)
    folder = str(crossed.pair.uz.settings.folder)
    shown = CliRunner().invoke(cli, ["--folder", folder, "post-record", "list"])
    done = CliRunner().invoke(
        cli, ["--folder", folder, "post-record", "drop", third, "--why", "a test"]
    )

    assert [one["id"] for one in listed] == [first, second]
    assert corrected.json()["state"] == "merged"
    assert dropped.json()["code"] == "post.dropped"
    assert [one["id"] for one in json.loads(shown.stdout)["records"]] == [third]
    assert json.loads(done.stdout)["state"] == "refused"
