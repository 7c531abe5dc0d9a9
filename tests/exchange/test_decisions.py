from __future__ import annotations

import hashlib
import hmac
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from exchange_node.config.shipped import shipped
from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import (
    DecisionStandsError,
    EarlyKeyError,
    RoleError,
    UnknownRecordError,
    UnusableQueryError,
)
from exchange_node.node import ruling
from exchange_node.services.ruling import Rulings
from exchange_node.store import audit
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import manifests
from exchange_node.store.records.held import HeldManifest
from tests.exchange.test_crossing import draft_of, plate_in
from tests.world import LIAISON, OPERATOR, POST, Pair, replaced

SECOND = Actor(name="another officer", roles=frozenset({Role.LIAISON}))
MOVEMENT = "KZ/mrn/26KZ55010100041703"


def draw_all(pair: Pair) -> None:
    """Let Uzbekistan draw every test movement, by rules of its own."""
    plain = shipped("config", "rules.toml").read_text("utf-8")
    rules = replaced(plain, "test_per_million = 0", "test_per_million = 1000000")
    (pair.uz.settings.folder / "rules.toml").write_text(rules, "utf-8")
    pair.restart("uz")


def received(pair: Pair) -> HeldManifest:
    with reading(pair.uz.engine) as conn:
        (held,) = manifests.current(conn, limit=2)
    return held


def ruling_of(held: HeldManifest) -> int:
    assert held.decision is not None
    return held.decision.ruling


def actions(pair: Pair) -> list[str]:
    with reading(pair.uz.engine) as conn:
        return [one.action for one in audit.search(conn, limit=200)][::-1]


@pytest.fixture(name="drawn")
def _drawn(pair: Pair) -> Rulings:
    """Uzbekistan, a day after it committed, with a movement that was drawn."""
    draw_all(pair)
    pair.run()
    pair.clock.forward(days=1)
    pair.submit()
    pair.run()
    return ruling(pair.uz)


def test_a_decision_is_made_again_after_its_alert_is_withdrawn(pair: Pair) -> None:
    submission = pair.submit()
    pair.run()
    plate = plate_in(pair, submission)
    alert_id = str(pair.uz.alerting.draft(LIAISON, draft_of(pair, plate))["alert_id"])
    pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")
    pair.run()
    rulings, held = ruling(pair.uz), received(pair)
    number = ruling_of(held)
    before = rulings.replay(LIAISON, number)

    pair.uz.alerting.withdrawing.withdraw(LIAISON, alert_id, why="the wrong truck")
    pair.run()
    after = rulings.replay(LIAISON, number)

    assert held.decision is not None
    assert held.decision.channel == "red"
    assert before["same"] is True
    assert after["same"] is True
    assert after["outcome"] == before["outcome"]
    assert hashlib.sha256(after["outcome"].encode()).hexdigest() == before["stored_digest"]
    listed = rulings.list(LIAISON, held.number)["decisions"]
    assert [one["channel"] for one in listed] == ["green", "red", "green"]
    assert alert_id in str(rulings.show(LIAISON, number)["inputs"]["hits"])


def test_what_was_altered_in_the_store_is_named(pair: Pair) -> None:
    pair.submit()
    pair.run()
    number = ruling_of(received(pair))
    with transaction(pair.uz.engine) as conn:
        if conn.dialect.name == "sqlite":
            conn.execute(text("DROP TRIGGER ruling_no_update"))
        else:
            conn.execute(text("ALTER TABLE ruling DISABLE TRIGGER USER"))
        conn.execute(text("UPDATE ruling SET outcome = REPLACE(outcome, 'green', 'blue')"))

    again = ruling(pair.uz).replay(LIAISON, number)

    assert again["same"] is False
    assert again["differs"] == ["the outcome"]


def test_anybody_checks_a_draw_when_the_day_is_over(pair: Pair, drawn: Rulings) -> None:
    held, today = received(pair), pair.clock().date()
    commitments = {one["day"]: one for one in drawn.commitments(OPERATOR)["days"]}
    with pytest.raises(EarlyKeyError) as caught:
        drawn.key(OPERATOR, today)
    pair.clock.forward(days=1)

    shown = drawn.key(OPERATOR, today)

    assert caught.value.facts["when"] == f"{today + timedelta(days=1)}T00:00:00+00:00"
    key = bytes.fromhex(shown["key"])
    assert hashlib.sha256(key).hexdigest() == commitments[today.isoformat()]["commitment"]
    assert commitments[today.isoformat()]["verifiable"] is True
    one = drawn.show(LIAISON, ruling_of(held))["inputs"]
    said = f"{MOVEMENT}|test|{one['rules']}".encode()
    assert hmac.new(key, said, hashlib.sha256).hexdigest()[:16] == one["draw"]["number"]
    assert held.decision is not None
    assert (held.decision.channel, held.decision.rule) == ("orange", "CH-80")
    assert drawn.replay(LIAISON, ruling_of(held))["same"] is True
    assert "decision.committed" in actions(pair)


def test_a_draw_on_a_day_nobody_committed_to_says_so_and_calls_the_operator(pair: Pair) -> None:
    draw_all(pair)
    pair.submit()
    pair.run()

    held = received(pair)

    assert held.decision is not None
    assert "proves nothing to others" in held.decision.reasons[-1].text
    codes = [one.code for one in pair.told["uz"].told.values()]
    assert codes.count("draw.unverifiable") == 1


def test_a_movement_keeps_its_draw_and_the_sender_learns_nothing_of_it(
    pair: Pair, drawn: Rulings
) -> None:
    first = drawn.show(LIAISON, ruling_of(received(pair)))["inputs"]["draw"]
    pair.clock.forward(days=2)
    pair.submit()
    pair.run()

    later = received(pair)

    assert later.version == 2
    assert drawn.show(LIAISON, ruling_of(later))["inputs"]["draw"] == first
    with reading(pair.kz.engine) as conn:
        told = [str(one.facts) for one in audit.search(conn, limit=200)]
        (sent,) = manifests.current(conn, limit=2)
    assert sent.decision is not None
    assert (sent.decision.channel, sent.decision.is_drawn) == ("green", False)
    assert not any("drawn" in one or "orange" in one for one in told)


def test_an_officer_puts_another_channel_in_place_and_is_counted(pair: Pair) -> None:
    pair.submit()
    pair.run()
    rulings, held = ruling(pair.uz), received(pair)
    number, today = ruling_of(held), pair.clock().date()

    done = rulings.overrule(POST, number, channel="red", reason="OTHER", words="the seal looks new")

    assert (done["channel"], done["overruled"], done["in_force"]) == ("red", "green", True)
    arrival = pair.uz.enquiry.manifest(POST, held.number)
    assert (arrival["channel"], arrival["rule"], arrival["overruled"]) == ("red", "CH-95", "green")
    (act,) = rulings.show(LIAISON, number)["acts"]
    assert (act["by"], act["words"]) == (POST.name, "the seal looks new")
    assert rulings.replay(LIAISON, number)["same"] is True
    assert "decision.overruled" in actions(pair)
    (line,) = rulings.statistics(OPERATOR, today, today + timedelta(days=1), test=True)["offices"]
    assert (line["decisions"], line["raised"], line["lowered"]) == (1, 1, 0)
    assert line["overruled_per_million"] == 1_000_000


def test_what_an_officer_raised_stays_raised_when_the_manifest_is_amended(pair: Pair) -> None:
    pair.submit()
    pair.run()
    ruling(pair.uz).overrule(POST, ruling_of(received(pair)), channel="red", reason="SUSPICION")
    pair.submit()
    pair.run()

    amended = received(pair)

    assert amended.version == 2
    assert amended.decision is not None
    assert (amended.decision.channel, amended.decision.overruled) == ("red", "green")


def test_a_random_check_is_lifted_by_two_persons_alone(pair: Pair, drawn: Rulings) -> None:
    number, today = ruling_of(received(pair)), pair.clock().date()

    first = drawn.overrule(POST, number, channel="green", reason="CAPACITY")
    with pytest.raises(DecisionStandsError):
        drawn.overrule(POST, number, channel="green", reason="CAPACITY")
    between = received(pair).decision
    second = drawn.overrule(SECOND, number, channel="green", reason="CAPACITY")

    assert (first["in_force"], first["channel"]) == (False, "orange")
    assert between is not None
    assert between.channel == "orange"
    assert (second["in_force"], second["channel"]) == (True, "green")
    (line,) = drawn.statistics(OPERATOR, today, today + timedelta(days=1), test=True)["offices"]
    assert (line["drawn"], line["lowered"], line["draws_lifted"]) == (1, 0, 1)


def test_what_cannot_be_done_to_a_decision_is_said(pair: Pair) -> None:
    pair.submit()
    pair.run()
    rulings, number = ruling(pair.uz), ruling_of(received(pair))

    with pytest.raises(RoleError):
        rulings.overrule(OPERATOR, number, channel="red", reason="SUSPICION")
    with pytest.raises(RoleError):
        rulings.replay(POST, number)
    with pytest.raises(RoleError):
        rulings.commitments(POST)
    with pytest.raises(UnknownRecordError):
        rulings.overrule(POST, number + 1, channel="red", reason="SUSPICION")
    with pytest.raises(UnknownRecordError):
        rulings.key(OPERATOR, date(2020, 1, 1))
    for channel, reason, words in (
        ("violet", "SUSPICION", ""),
        ("red", "BECAUSE", ""),
        ("red", "OTHER", " "),
        ("red", "SUSPICION", "x" * 501),
    ):
        with pytest.raises(UnusableQueryError):
            rulings.overrule(POST, number, channel=channel, reason=reason, words=words)
    with pytest.raises(DecisionStandsError):
        rulings.overrule(POST, number, channel="green", reason="SUSPICION")


def test_a_ruling_names_nobody_and_is_made_again_when_the_manifest_is_gone(pair: Pair) -> None:
    pair.submit()
    pair.run()
    rulings, held = ruling(pair.uz), received(pair)
    number = ruling_of(held)
    rulings.overrule(POST, number, channel="red", reason="OTHER", words="Иванов известен")

    pair.later(days=4000)
    for _ in range(4):
        pair.uz.disposing.run()

    with reading(pair.uz.engine) as conn:
        assert manifests.get(conn, held.number).disposed_at is not None
        rows = str(conn.execute(text("SELECT * FROM ruling")).all())
    assert not any(one in rows for one in (*held.means, *held.equipment, *held.seals))
    assert rulings.replay(LIAISON, number)["same"] is True
    (act,) = rulings.show(LIAISON, number)["acts"]
    assert (act["reason"], act["words"]) == ("OTHER", "")
