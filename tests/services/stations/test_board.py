from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from exchange_node.domain.errors import InvalidDocumentError, UnknownRecordError
from exchange_node.domain.message import EXPECTED, Exchange
from exchange_node.domain.standing import OFFICE
from exchange_node.security.vault import NodeVault
from exchange_node.services.stations.posts.board import REMEMBERED, SEARCH, Board, Telling, Told
from exchange_node.services.stations.posts.entry import read_entry, read_gone
from exchange_node.store.database import open_database, reading, transaction
from exchange_node.store.records.held import Kind
from exchange_node.store.tables import payload, pulled_entry
from tests.world import empty_store

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
MOVEMENT = "KZ/mrn/26KZ55010100041703"
PLAIN: dict[str, Any] = {
    "number": 7,
    "tag": "a1",
    "digest": "d" * 64,
    "movement": MOVEMENT,
    "partner": "customs.kz",
    "handling": "restricted",
    "purpose": "TRANSIT_CONTROL",
    "delete_after": (NOW + timedelta(days=90)).isoformat(),
    "received_at": NOW.isoformat(),
    "expected_arrival": (NOW + timedelta(hours=9)).isoformat(),
    "channel": "orange",
    "to_confirm": True,
    "offices": ["KZ550302", "UZ270101"],
    "means": ["017 ABC 02"],
    "equipment": ["ALTU2045171"],
    "seals": ["KZS0041701"],
    "keys": ["017ABC02"],
    "consignments": [],
}


@dataclass
class Office:
    """A board with its store, and messages that tell it something."""

    engine: Engine
    board: Board
    counting: Iterator[int] = field(default_factory=itertools.count)

    def telling(self, minute: int = 0, at: datetime = NOW) -> Telling:
        exchange = Exchange(
            sender="customs.uz", recipient="uz270101.uz", code=EXPECTED,
            agreement_id=OFFICE.agreement_id, agreement_version=1, agreement_digest=OFFICE.digest,
            grant=OFFICE.grant, purpose="SYSTEM", handling="restricted", test=True,
        )  # fmt: skip
        return Telling(
            partner="customs.uz",
            message_id=f"m{next(self.counting)}",
            exchange=exchange,
            stated_at=NOW + timedelta(minutes=minute),
            at=at,
        )

    def tell(self, minute: int = 0, at: datetime = NOW, **changes: object) -> Told:
        entry = read_entry(PLAIN | changes)
        with transaction(self.engine) as conn:
            return self.board.put(conn, entry, self.telling(minute, at))

    def tell_gone(self, minute: int = 0, number: int = 7) -> Told:
        with transaction(self.engine) as conn:
            return self.board.take_down(conn, number, MOVEMENT, self.telling(minute))

    def find(self, kind: Kind, value: str, *, earlier: bool = False) -> list[int]:
        with reading(self.engine) as conn:
            found = self.board.find(conn, keys={kind: value}, earlier=earlier, limit=9)
        return [one.number for one in found]

    def channel(self, number: int = 7) -> str:
        """Return the channel of a manifest; empty where it is not expected."""
        try:
            with reading(self.engine) as conn:
                decision = self.board.get(conn, number).decision
        except UnknownRecordError:
            return ""
        return decision.channel if decision else ""


@pytest.fixture(name="office")
def _office(tmp_path: Path) -> Iterator[Office]:
    shutil.copy(empty_store(), tmp_path / "node.db")
    engine = open_database(f"sqlite:///{tmp_path / 'node.db'}")
    vault = NodeVault(b"k" * 32, random_bytes=os.urandom)
    yield Office(engine=engine, board=Board(vault=vault, key=vault.derived_key(SEARCH)))
    engine.dispose()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.MOVEMENT, "26KZ55010100041703"),
        (Kind.MOVEMENT, "KZMRN26KZ55010100041703"),
        (Kind.MEANS, "017ABC02"),
        (Kind.MEANS, "ALTU2045171"),
        (Kind.EQUIPMENT, "ALTU2045171"),
        (Kind.SEAL, "KZS0041701"),
        (Kind.OFFICE, "UZ270101"),
        (Kind.OFFICE, "KZ550302"),
    ],
)
def test_an_entry_is_found_by_what_the_manifest_would_be(
    office: Office, kind: Kind, value: str
) -> None:
    assert office.tell() is Told.KEPT

    assert office.find(kind, value) == [7]
    assert office.find(Kind.SEAL if kind is not Kind.SEAL else Kind.MEANS, value) == []


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.permutations(range(5)).flatmap(
        lambda some: st.tuples(st.just(some), st.lists(st.sampled_from(some), max_size=3))
    ),
    gone=st.sets(st.integers(0, 4)),
)
def test_whatever_order_statements_come_in_and_however_often_the_last_stated_holds(
    office: Office, order: tuple[list[int], list[int]], gone: set[int]
) -> None:
    number = 1_000 + next(office.counting)
    for minute in (*order[0], *order[1]):
        if minute in gone:
            office.tell_gone(minute, number)
        else:
            office.tell(minute, number=number, channel=f"channel {minute}", tag=str(minute))

    assert office.channel(number) == ("" if 4 in gone else "channel 4")


def test_what_came_too_late_is_said_to_be_overtaken(office: Office) -> None:
    assert office.tell(5) is Told.KEPT
    assert office.tell(4, channel="red") is Told.OVERTAKEN
    assert office.tell_gone(4) is Told.OVERTAKEN
    assert office.channel() == "orange"
    assert office.tell_gone(6) is Told.GONE
    assert office.tell_gone(6) is Told.GONE
    assert office.tell(5) is Told.OVERTAKEN
    assert office.channel() == ""


def test_what_is_gone_before_it_was_told_is_not_kept_when_it_comes(office: Office) -> None:
    assert office.tell_gone(2) is Told.GONE
    assert office.tell(1) is Told.OVERTAKEN
    assert office.find(Kind.MOVEMENT, "26KZ55010100041703", earlier=True) == []
    assert office.tell(3) is Told.KEPT


def test_what_has_to_be_deleted_by_now_is_not_kept_and_takes_along_what_was(
    office: Office,
) -> None:
    office.tell(1)

    assert office.tell(2, at=NOW + timedelta(days=91)) is Told.ENDED

    assert office.channel() == ""
    with reading(office.engine) as conn:
        assert conn.execute(select(payload)).all() == []


def test_the_older_text_of_a_movement_is_known_as_long_as_there_is_a_newer(office: Office) -> None:
    office.tell(1)
    office.tell(2, number=8, digest="e" * 64)
    office.tell_gone(3)
    found = office.find(Kind.MOVEMENT, "26KZ55010100041703", earlier=True)
    with reading(office.engine) as conn:
        held = office.board.find(
            conn, keys={Kind.MOVEMENT: "26KZ55010100041703"}, earlier=True, limit=9
        )
        digests = [office.board.digest_of(conn, one)[:1] for one in held]

    assert found == [8, 7]
    assert [one.superseded_by for one in held] == [None, 8]
    assert (digests, held[1].seals) == (["e", "d"], ())
    office.tell_gone(4, 8)
    assert office.find(Kind.MOVEMENT, "26KZ55010100041703", earlier=True) == []


def test_that_one_is_gone_is_remembered_as_long_as_an_older_statement_may_come(
    office: Office,
) -> None:
    office.tell(1)
    office.tell_gone(2)

    with reading(office.engine) as conn:
        (row,) = conn.execute(select(pulled_entry)).all()
    assert row.delete_after == NOW + REMEMBERED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", 0),
        ("number", True),
        ("number", "7"),
        ("number", 2**63),
        ("tag", ""),
        ("digest", "D" * 64),
        ("movement", "26KZ55010100041703"),
        ("handling", "open-ish"),
        ("delete_after", "2026-03-01T08:00:00"),
        ("delete_after", None),
        ("received_at", "yesterday"),
        ("expected_arrival", 7),
        ("means", "017 ABC 02"),
        ("seals", [7]),
        ("channel", None),
    ],
)
def test_an_entry_that_does_not_say_what_an_office_needs_is_refused_by_its_part(
    name: str, value: object
) -> None:
    with pytest.raises(InvalidDocumentError) as caught:
        read_entry(PLAIN | {name: value})

    (found,) = caught.value.findings
    assert found.facts["name"] == name


@pytest.mark.parametrize("plain", [None, [], {"number": 7}, {"movement": MOVEMENT}])
def test_what_is_gone_has_a_number_and_a_movement(plain: object) -> None:
    with pytest.raises(InvalidDocumentError):
        read_gone(plain)


@pytest.mark.parametrize("trust", [None, "pem", [7], ["-----BEGIN CERTIFICATE-----"]])
def test_a_certificate_that_cannot_be_read_speaks_for_nobody(trust: object) -> None:
    assert read_entry(PLAIN | {"trust": trust}).trust == ()


def test_an_entry_of_a_newer_program_keeps_what_this_one_does_not_know() -> None:
    entry = read_entry(PLAIN | {"weather": "snow"})

    assert entry.plain["weather"] == "snow"
    assert replace(entry, plain=PLAIN) == read_entry(PLAIN)
