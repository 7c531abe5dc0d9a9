from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from exchange_node.domain.availability.pulse import HeldText, Pulse
from exchange_node.store.availability import pulses
from exchange_node.store.database import transaction

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SAID = Pulse(
    number="uz1",
    party="customs.uz",
    at=AT + timedelta(seconds=5),
    answers="",
    program="0.1.0",
    schemas=("1.0",),
    agreements=(HeldText("urn:carec:maa:kz-uz:transit", 1, "a" * 64),),
)


def test_of_several_who_would_ask_one_does(database: Engine) -> None:
    with transaction(database) as conn:
        pulses.begin(conn, "customs.uz", AT)
        assert not pulses.claim_ping(conn, "customs.uz", "kz1", AT, MINUTE)
        assert pulses.claim_ping(conn, "customs.uz", "kz1", AT + MINUTE, MINUTE)
        assert not pulses.claim_ping(conn, "customs.uz", "kz2", AT + MINUTE, MINUTE)


def test_what_was_said_last_is_kept_and_a_repeat_changes_nothing(database: Engine) -> None:
    with transaction(database) as conn:
        assert pulses.note(conn, SAID, AT, unknown=["9.9"], owes=True)
        assert pulses.claim_owed(conn, "customs.uz", "uz1")
        assert not pulses.note(conn, SAID, AT, unknown=[], owes=True)
        assert not pulses.claim_owed(conn, "customs.uz", "uz1")
        found = pulses.get(conn, "customs.uz")
    assert found is not None
    assert (found.clock_seconds, found.unknown_schemas, found.owed) == (5, ("9.9",), "")
    assert found.agreements == SAID.agreements


def test_silence_is_counted_from_the_first_ping_without_a_sign(database: Engine) -> None:
    with transaction(database) as conn:
        pulses.note(conn, SAID, AT, unknown=[], owes=False)
        pulses.missed(conn, "customs.uz", AT + MINUTE, "no answer")
        pulses.missed(conn, "customs.uz", AT + 2 * MINUTE, "no answer")
        found = pulses.get(conn, "customs.uz")
        pulses.note(conn, replace(SAID, number="uz2"), AT + 3 * MINUTE, unknown=[], owes=False)
        again = pulses.get(conn, "customs.uz")
    assert found is not None
    assert again is not None
    assert found.silent_since == AT + MINUTE
    assert found.is_silent(AT + 11 * MINUTE)
    assert not found.is_silent(AT + 10 * MINUTE)
    assert again.silent_since is None
