from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event

from exchange_node import node as nodes
from exchange_node.domain.transmission.content import Content, whole
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.services.stations.traffic.capturing import CapturedWay
from exchange_node.store import audit, outbox
from exchange_node.store.database import reading
from exchange_node.transport.line import Answer
from exchange_node.transport.memory import MemoryLine
from exchange_node.worker import GRACE_SECONDS, Worker
from tests.world import FACTS, LIAISON, Clock, Pair, made_folder

MRNS = ("26KZ55010100041703", "26KZ55010100041711", "26KZ55010100041720", "26KZ55010100041738")
PATIENCE = 20
"""Seconds until a test is lost; nothing waits for them to pass."""


def submit(pair: Pair, number: int, partner: str = "customs.uz") -> str:
    facts = FACTS.read_text("utf-8").replace(MRNS[0], MRNS[number])
    pair.submit(facts=facts, partner=partner)
    with reading(pair.kz.engine) as conn:
        return outbox.search(conn, limit=1)[0].transmission.message_id


def issue(node: nodes.Node, office: str, *, to: str) -> str:
    alert = node.alerting.draft(
        LIAISON,
        {
            "valid_until": (node.clock() + timedelta(days=30)).isoformat(),
            "marking": "AMBER",
            "permitted_action": "documents",
            "urgency": "flash",
            "category": "TRD",
            "severity": 1,
            "summary": "Goods in transit may leave the corridor.",
            "contact_office": office,
            "subjects": [{"means_id": "017ABC02"}],
        },
    )
    alert_id = str(alert["alert_id"])
    node.alerting.send(LIAISON, alert_id, to=[to], purpose="RISK_ANALYSIS")
    return alert_id


def states_of(pair: Pair) -> set[str]:
    with reading(pair.kz.engine) as conn:
        return {one.transmission.state.value for one in outbox.search(conn, limit=99)}


class Gate:
    """Stands before a partner's door: nobody gets an answer before it is opened."""

    def __init__(self, pair: Pair, partner: str, *, holds: Callable[[int], bool]) -> None:
        self._door = pair.exchange.doors.get(partner)
        self._holds = holds
        self._open = threading.Event()
        self._lock = threading.Condition()
        self._inside = 0
        self.most_inside = 0
        self.came: list[bytes] = []
        pair.exchange.doors[partner] = self._answer

    def _answer(self, party: str, content_type: str, body: Content) -> Answer:
        with self._lock:
            self.came.append(whole(body))
            number = len(self.came)
            self._inside += 1
            self.most_inside = max(self.most_inside, self._inside)
            self._lock.notify_all()
        if self._holds(number):
            assert self._open.wait(PATIENCE)
        try:
            if self._door is None:
                return Answer(status=503, content_type="text/plain", body=b"")
            return self._door(party, content_type, body)
        finally:
            with self._lock:
                self._inside -= 1
                self._lock.notify_all()

    def wait_for(self, count: int) -> None:
        with self._lock:
            assert self._lock.wait_for(lambda: len(self.came) >= count, PATIENCE)

    def wait_until_empty(self) -> None:
        with self._lock:
            assert self._lock.wait_for(lambda: not self._inside, PATIENCE)

    def open(self) -> None:
        self._open.set()


def has_come(gate: Gate, message_id: str) -> bool:
    return any(message_id.encode() in body for body in gate.came)


@contextmanager
def working(pair: Pair, **mode: int) -> Iterator[Worker]:
    """Kazakhstan's worker, that looks only when it is woken."""
    node = pair.kz
    modes = {
        party: replace(one, **mode)  # type: ignore[arg-type]
        for party, one in node.sending.modes.items()
    }
    node.sending = replace(node.sending, modes=modes)
    node.settings = replace(node.settings, poll_seconds=3600)
    worker = Worker(node)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


@pytest.fixture(name="kyrgyzstan")
def _kyrgyzstan(pair: Pair) -> None:
    """Let Kazakhstan have a second partner, of which there is a card and an agreement alone."""
    folder = pair.kz.settings.folder
    (folder / "partners" / "customs.kg.toml").write_text(nodes.card_of(made_folder("KG")), "utf-8")
    pair.restart("kz")
    agreement = nodes.pair_agreement("KZ", "KG", on=pair.clock().date())
    pair.kz.commissioning.add_agreement(agreement, actor="test")


@pytest.mark.usefixtures("kyrgyzstan")
def test_a_partner_that_hangs_delays_no_other(pair: Pair) -> None:
    hanging = Gate(pair, "customs.kg", holds=lambda _: True)
    uzbekistan = Gate(pair, "customs.uz", holds=lambda _: False)
    with working(pair, concurrency=1):
        submit(pair, 0, partner="customs.kg")
        pair.kz.wake("sending")
        hanging.wait_for(1)

        submit(pair, 1)
        pair.kz.wake("sending")

        uzbekistan.wait_for(1)
        hanging.open()


PULLS = """
partner = "customs.{other}"
[delivery]
from_partner = "pull"
mpc_from_partner = "urn:carec:mpc:customs.kz"
"""


@pytest.mark.usefixtures("kyrgyzstan")
def test_a_partner_that_hangs_while_it_is_pulled_from_delays_no_other(pair: Pair) -> None:
    for other in ("kg", "uz"):
        mode = pair.kz.settings.folder / "pmodes" / f"customs.{other}.toml"
        mode.parent.mkdir(exist_ok=True)
        mode.write_text(PULLS.format(other=other), "utf-8")
    pair.restart("kz")
    hanging = Gate(pair, "customs.kg", holds=lambda _: True)
    uzbekistan = Gate(pair, "customs.uz", holds=lambda _: False)
    walks = pair.kz.timetable()
    walk = threading.Thread(target=walks["pulling customs.kg"])
    walk.start()
    hanging.wait_for(1)

    for _ in range(2):
        walks["pulling customs.uz"]()
        pair.clock.forward(hours=1)

    assert len(uzbekistan.came) == 2
    hanging.open()
    walk.join()


def test_an_alert_overtakes_manifests_that_hang(pair: Pair) -> None:
    alert_id = issue(pair.uz, "UZ270101", to="customs.kz")
    pair.run()
    for number in range(3):
        submit(pair, number)
    gate = Gate(pair, "customs.uz", holds=lambda number: number <= 2)
    with working(pair, concurrency=2):
        gate.wait_for(2)

        pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302")
        with reading(pair.kz.engine) as conn:
            urgent = outbox.search(conn, limit=1)[0].transmission.message_id
        pair.kz.wake("sending")

        gate.wait_for(3)
        assert has_come(gate, urgent)
        gate.open()
        gate.wait_for(4)

    assert states_of(pair) == {"receipted"}


def test_alerts_that_came_last_are_filed_first_and_keep_nothing_else_out(pair: Pair) -> None:
    for number in range(2):
        submit(pair, number)
    while pair.kz.sending.run_for("customs.uz"):
        pass
    for _ in range(5):
        issue(pair.kz, "KZ550302", to="customs.uz")
    while pair.kz.sending.run_for("customs.uz"):
        pass

    pair.uz.filing.run()

    with reading(pair.uz.engine) as conn:
        told = audit.search(conn, limit=99)
    filed = [one.facts["message"] for one in told if one.action == "message.filed"]
    alert, manifest = "RA-010", "TM-010"
    assert filed[::-1] == [alert, alert, alert, manifest, alert, alert, manifest]


def test_no_more_is_under_way_than_was_agreed(pair: Pair) -> None:
    for number in range(4):
        submit(pair, number)
    gate = Gate(pair, "customs.uz", holds=lambda number: number <= 2)

    with working(pair, concurrency=2):
        gate.wait_for(2)  # both at once: neither has its answer
        pair.kz.wake("sending")
        gate.open()
        gate.wait_for(4)

    assert gate.most_inside == 2
    assert states_of(pair) == {"receipted"}


def test_what_is_queued_while_others_hang_takes_a_free_place(pair: Pair) -> None:
    submit(pair, 0)
    gate = Gate(pair, "customs.uz", holds=lambda number: number == 1)
    with working(pair, concurrency=2):
        gate.wait_for(1)

        submit(pair, 1)
        pair.kz.wake("sending customs.uz")

        gate.wait_for(2)
        gate.open()


def test_a_pace_is_kept_and_told(pair: Pair) -> None:
    for number in range(3):
        submit(pair, number)
    slow = {"customs.uz": PartnerMode(party="customs.uz", per_minute=2)}
    sending = replace(pair.kz.sending, modes=slow)

    assert [sending.run(), sending.run()] == [1, 0]
    looked_at, goes_at = pair.clock(), pair.clock() + timedelta(seconds=30)
    assert sending.rests_until("customs.uz", looked_at) == goes_at
    pair.clock.forward(seconds=29)
    assert sending.run() == 0
    pair.clock.forward(seconds=1)
    assert sending.rests_until("customs.uz", looked_at) == goes_at, "it came after the last look"
    assert sending.rests_until("customs.uz", pair.clock()) is None
    assert sending.run() == 1
    pair.clock.forward(seconds=30)
    assert sending.run() == 1
    assert sending.rests_until("customs.uz", looked_at) is None


@dataclass(frozen=True)
class Hurrying(MemoryLine):
    """A line on which whatever hangs is let go when the node stops."""

    gate: Gate

    def hasten(self, seconds: float) -> None:
        assert seconds == GRACE_SECONDS
        self.gate.open()


def test_a_partner_that_hangs_does_not_keep_the_worker_from_stopping(pair: Pair) -> None:
    for number in range(2):
        submit(pair, number)
    gate = Gate(pair, "customs.uz", holds=lambda _: True)
    line = Hurrying(exchange=pair.exchange, party="customs.kz", gate=gate)
    pair.kz.line = CapturedWay(way=line, capturing=pair.kz.reception.capturing)

    with working(pair, concurrency=1):
        gate.wait_for(1)

    assert len(gate.came) == 1
    assert states_of(pair) == {"receipted", "queued"}


class GoesOn:
    """A clock that goes on by some seconds each time somebody looks at it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self._clock.forward(seconds=3)
            return self._clock()


def test_the_worker_comes_back_when_the_pace_lets_the_next_message_go(pair: Pair) -> None:
    for number in range(3):
        submit(pair, number)
    pair.kz.sending = replace(pair.kz.sending, clock=GoesOn(pair.clock))
    gate = Gate(pair, "customs.uz", holds=lambda _: False)

    with working(pair, per_minute=2):  # it looks by itself once an hour, and nobody wakes it
        gate.wait_for(3)

    assert states_of(pair) == {"receipted"}


def test_messages_to_a_partner_whose_card_was_taken_away_are_still_given_up(pair: Pair) -> None:
    submit(pair, 0)
    (pair.kz.settings.folder / "partners" / "customs.uz.toml").unlink()
    pair.restart("kz")

    for _ in range(40):
        pair.kz.timetable()["sending others"]()
        pair.clock.forward(hours=2)

    assert states_of(pair) == {"missing-receipt"}


def test_to_find_nothing_no_lock_is_taken(pair: Pair) -> None:
    asked: list[str] = []

    @event.listens_for(pair.kz.engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    @event.listens_for(pair.kz.engine, "checkout")
    def note_beside(connection: object, *_: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            # BEGIN IMMEDIATE goes past SQLAlchemy, and SQLite alone tells of it.
            connection.set_trace_callback(asked.append)

    assert pair.kz.sending.run_for("customs.uz") == 0

    assert any("SELECT" in one for one in asked)
    assert not any(word in one for one in asked for word in ("IMMEDIATE", "UPDATE", "INSERT"))
