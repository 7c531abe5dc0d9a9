from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from exchange_node import node as nodes
from exchange_node.cli import cli
from exchange_node.domain.availability.outage import Function, Meanwhile, Outage
from exchange_node.domain.availability.pulse import SILENT_AFTER, HeldText, Presence
from exchange_node.domain.finding import Severity
from exchange_node.node import Intended
from exchange_node.node.surroundings import program_version
from exchange_node.services.availability import Pulsing
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.availability.presence import presence_findings
from exchange_node.services.stations.availability.silence import SILENCE
from exchange_node.store import audit, duties, outbox, tables
from exchange_node.store.availability import outages, pulses
from exchange_node.store.database import reading, transaction
from exchange_node.wco.building import CUSTOMIZATION_VERSION
from tests.exchange.test_lanes import submit
from tests.world import OPERATOR, PASSPHRASE, PULLS, Pair, pair_of_nodes

MINUTE = timedelta(minutes=1)


@pytest.fixture(name="pair")
def _pair(tmp_path: Path) -> Iterator[Pair]:
    with pair_of_nodes(tmp_path) as pair:
        yield pair


def pulsing(pair: Pair, name: str) -> tuple[Pulsing, str]:
    """Return what asks at one of the two nodes, every minute, and the partner that it asks."""
    node: nodes.Node = getattr(pair, name)
    (partner,) = node.accounting.giving.mail.packing.partners
    return replace(node.pulsing, interval=MINUTE), partner


def minute(pair: Pair, *names: str) -> int:
    """Let a minute pass, ask, and answer; return how many pulses were sent."""
    pair.clock.forward(minutes=1)
    asking = [pulsing(pair, name) for name in names]
    answering = [pulsing(pair, name) for name in ("kz", "uz")]
    sent = sum(one.run_for(partner) for one, partner in asking)
    return sent + sum(
        replace(one, interval=timedelta()).run_for(partner) for one, partner in answering
    )


def known(pair: Pair, name: str) -> Presence:
    _, partner = pulsing(pair, name)
    with reading(getattr(pair, name).engine) as conn:
        found = pulses.get(conn, partner)
    assert found is not None
    return found


def remarked(pair: Pair, name: str) -> list[str]:
    shown: Any = getattr(pair, name).availability.show(OPERATOR)
    return [one["code"] for one in shown["findings"]]


def begun(pair: Pair) -> None:
    """Let Kazakhstan know that it will ask, and ask for the first time."""
    one, partner = pulsing(pair, "kz")
    assert one.run_for(partner) == 0
    assert minute(pair, "kz") == 2


def counted(pair: Pair) -> dict[str, int]:
    with reading(pair.kz.engine) as ours, reading(pair.uz.engine) as theirs:
        return {
            f"{at} {table.name}": len(conn.execute(table.select()).all())
            for at, conn in (("kz", ours), ("uz", theirs))
            for table in (tables.inbox, tables.outbox, tables.audit, tables.payload, tables.pulse)
        }


def test_either_learns_of_the_other_what_it_runs_and_holds(pair: Pair) -> None:
    begun(pair)

    for name in ("kz", "uz"):
        found = known(pair, name)
        assert found.heard_at == pair.clock()
        assert (found.clock_seconds, found.silent_since, found.owed) == (0, None, "")
        assert found.program == program_version()
        assert found.schemas == (CUSTOMIZATION_VERSION,)
        (held,) = found.agreements
        assert (held.version, len(held.digest)) == (1, 64)
        assert remarked(pair, name) == []


def test_nothing_is_kept_of_pings_but_the_last_word(pair: Pair) -> None:
    begun(pair)
    before = counted(pair)

    for _ in range(5):
        assert minute(pair, "kz", "uz") == 4

    assert counted(pair) == before
    assert before["kz pulse"] == before["uz pulse"] == 1


def test_a_partner_is_asked_once_in_the_interval(pair: Pair) -> None:
    begun(pair)
    one, partner = pulsing(pair, "kz")

    assert one.run_for(partner) == 0


def test_a_clock_that_is_wrong_is_remarked_at_both(pair: Pair) -> None:
    one, partner = pulsing(pair, "uz")
    ahead = replace(one, clock=lambda: pair.clock() + timedelta(seconds=90))
    ahead.run_for(partner)
    pair.clock.forward(minutes=2)

    ahead.run_for(partner)

    assert known(pair, "kz").clock_seconds == 90
    assert remarked(pair, "kz") == ["PULSE-02"]


def test_a_partner_that_gives_no_sign_is_silent_and_is_sent_to_all_the_same(pair: Pair) -> None:
    begun(pair)
    door = pair.exchange.doors.pop("customs.uz")
    minute(pair, "kz")
    since = pair.clock()
    assert remarked(pair, "kz") == []

    pair.clock.forward(seconds=SILENT_AFTER.total_seconds())
    minute(pair, "kz")

    assert known(pair, "kz").silent_since == since
    assert remarked(pair, "kz") == ["PULSE-01"]
    pair.exchange.doors["customs.uz"] = door
    message_id = submit(pair, 0)
    pair.run()
    with reading(pair.kz.engine) as conn:
        assert outbox.get(conn, message_id).receipted_at is not None
    assert minute(pair, "kz") == 2
    assert remarked(pair, "kz") == []


def test_who_has_said_that_it_takes_nothing_in_is_not_asked_and_not_called_silent(
    pair: Pair,
) -> None:
    begun(pair)
    ends = pair.clock() + timedelta(hours=1)
    intended = Intended(functions=[Function.RECEIVE], ends=ends, reason="x")
    pair.uz.availability.announce(OPERATOR, intended)
    pair.run()

    assert minute(pair, "kz") == 0
    pair.clock.forward(hours=1)
    assert minute(pair, "kz") == 2


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"unknown_schemas": ("9.9",)}, ["PULSE-03"]),
        ({"digest": "0" * 64}, ["PULSE-04"]),
        ({"agreements": ()}, ["PULSE-05"]),
        ({"version": 7}, ["PULSE-05", "PULSE-05"]),
        ({"last_error": "EBMS:0001 ValueNotRecognized"}, ["PULSE-06"]),
    ],
)
def test_what_differs_is_remarked(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], codes: list[str]
) -> None:
    begun(pair)
    found = known(pair, "kz")
    (held,) = found.agreements
    texts = {
        "digest": lambda value: (HeldText(held.agreement_id, 1, value),),
        "version": lambda value: (HeldText(held.agreement_id, value, held.digest),),
    }
    plain: dict[str, Any] = {
        "agreements" if name in texts else name: texts[name](value) if name in texts else value
        for name, value in changes.items()
    }
    other = dataclasses.replace(found, **plain)
    monkeypatch.setattr(pulses, "get", lambda *_: other)
    with reading(pair.kz.engine) as conn:
        remarks = presence_findings(
            conn, ["customs.uz"], held_agreements(conn), "customs.kz", pair.clock()
        )

    assert [one.code for one in remarks] == codes


def test_an_answer_that_nobody_asked_for_is_not_believed(pair: Pair) -> None:
    begun(pair)
    before = known(pair, "kz")
    one, partner = pulsing(pair, "uz")
    with transaction(pair.uz.engine) as conn:
        conn.execute(tables.pulse.update().values(owed="another"))
    pair.clock.forward(minutes=1)

    replace(one, interval=timedelta(), program="9.9").run_for(partner)

    assert known(pair, "kz") == before


def test_nobody_pings_whom_nobody_can_call(tmp_path: Path) -> None:
    with pair_of_nodes(tmp_path, PULLS) as pair:
        one, partner = pulsing(pair, "kz")
        one.run_for(partner)
        pair.clock.forward(minutes=1)
        assert one.run_for(partner) == 0


def test_what_was_said_of_a_ping_stands_in_no_audit(pair: Pair) -> None:
    begun(pair)
    with reading(pair.uz.engine) as conn:
        actions = {one.action for one in audit.search(conn, limit=99)}
    assert not {one for one in actions if "message" in one or "outage" in one}


def silences(pair: Pair) -> list[str]:
    pair.run()
    told = pair.told["kz"].told.values()
    return [one.facts["since"] for one in told if one.code == "partner.silent"]


def test_a_silence_that_lasts_is_told_once_and_a_new_one_once_more(pair: Pair) -> None:
    begun(pair)
    door = pair.exchange.doors.pop("customs.uz")
    minute(pair, "kz")
    first = pair.clock()
    pair.clock.forward(minutes=58)
    minute(pair, "kz")
    assert silences(pair) == []

    for _ in range(3):
        minute(pair, "kz")
    assert silences(pair) == [first.isoformat()]

    pair.exchange.doors["customs.uz"] = door
    minute(pair, "kz")
    pair.exchange.doors.pop("customs.uz")
    minute(pair, "kz")
    second = pair.clock()
    pair.clock.forward(minutes=60)
    minute(pair, "kz")
    assert silences(pair) == [first.isoformat(), second.isoformat()]


def test_a_silence_that_ends_in_time_is_told_to_nobody(pair: Pair) -> None:
    begun(pair)
    door = pair.exchange.doors.pop("customs.uz")
    minute(pair, "kz")
    pair.exchange.doors["customs.uz"] = door
    minute(pair, "kz")
    pair.clock.forward(hours=2)
    pair.exchange.doors.pop("customs.uz")
    minute(pair, "kz")

    assert silences(pair) == []


def test_who_does_not_want_to_be_told_of_silences_is_not(pair: Pair) -> None:
    begun(pair)
    pair.exchange.doors.pop("customs.uz")
    one, partner = pulsing(pair, "kz")
    for _ in range(3):
        pair.clock.forward(hours=1)
        replace(one, tell_after=timedelta()).run_for(partner)

    assert silences(pair) == []


def test_who_said_that_it_is_away_is_not_told_as_silent(pair: Pair) -> None:
    begun(pair)
    pair.exchange.doors.pop("customs.uz")
    minute(pair, "kz")
    now = pair.clock()
    away = Outage(
        number="uz1", party="customs.uz", functions=(Function.RECEIVE,), begins=now,
        ends=now + timedelta(hours=3), reason="x", meanwhile=Meanwhile.QUEUE, paper=False,
        is_planned=False, told_at=now,
    )  # fmt: skip
    with transaction(pair.kz.engine) as conn:
        outages.note(conn, away)
    pair.clock.forward(hours=2)
    minute(pair, "kz")
    assert silences(pair) == []

    pair.clock.forward(hours=1)
    minute(pair, "kz")
    assert silences(pair) == []
    back = pair.clock()
    pair.clock.forward(hours=1)
    minute(pair, "kz")
    assert silences(pair) == [back.isoformat()]


def test_a_silence_that_began_before_anybody_was_told_of_any_is_told_once(pair: Pair) -> None:
    begun(pair)
    pair.exchange.doors.pop("customs.uz")
    minute(pair, "kz")
    since = pair.clock()
    with transaction(pair.kz.engine) as conn:  # as an older program left it
        duties.drop(conn, SILENCE, "customs.uz")
    pair.clock.forward(hours=9)

    for _ in range(4):
        minute(pair, "kz")

    assert silences(pair) == [since.isoformat()]


def test_check_says_what_is_remarked_of_a_partner(pair: Pair) -> None:
    begun(pair)
    pair.exchange.doors.pop("customs.uz")
    minute(pair, "kz")
    pair.clock.forward(seconds=SILENT_AFTER.total_seconds())

    folder = pair.kz.settings.folder
    found = [one for one in nodes.check(folder) if one.code == "PULSE-01"]

    assert [(one.value, one.severity) for one in found] == [("customs.uz", Severity.WARNING)]


def test_what_was_heard_of_partners_is_shown_by_the_command(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(pair)
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)
    words = ["--folder", str(pair.kz.settings.folder), "availability", "show"]

    shown = json.loads(CliRunner().invoke(cli, words).stdout)

    (heard,) = shown["heard"]
    assert (heard["partner"], heard["program"]) == ("customs.uz", program_version())
    assert heard["heard_at"] == pair.clock().isoformat()
    assert (heard["clock_seconds"], heard["schemas"]) == (0, [CUSTOMIZATION_VERSION])
