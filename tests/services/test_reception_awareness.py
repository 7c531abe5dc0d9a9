"""One message that is pushed and one that is pulled, and everything that can befall either."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from exchange_node.domain.lanes import Lane
from exchange_node.domain.message import Exchange
from exchange_node.domain.transmission import (
    FINAL,
    Cancelled,
    ErrorArrived,
    Event,
    Failed,
    GaveUp,
    Held,
    ReceiptArrived,
    Released,
    Resent,
    Retry,
    Sent,
    State,
    Transmission,
)
from exchange_node.services.stations.traffic.settling import settle
from exchange_node.store import inbox, outbox
from exchange_node.store.channels import waiting
from exchange_node.store.database import open_database, reading, transaction
from exchange_node.store.incoming import Incoming, Reply
from exchange_node.store.outgoing import PULL, PUSH, Outgoing
from exchange_node.store.upgrade import migrate

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
LEASE = timedelta(minutes=3)
RETRY = Retry(first=timedelta(minutes=2), factor=1, max_retries=2)
WINDOW = timedelta(hours=1)
PUSHED, PULLED = "pushed@customs.kz", "pulled@customs.kz"
MPC = "urn:carec:mpc:customs.uz"
EXCHANGE = Exchange(
    sender="customs.kz",
    recipient="customs.uz",
    code="TM-010",
    agreement_id="kz-uz",
    agreement_version=1,
    agreement_digest="d" * 64,
    grant="manifests",
    purpose="transit-control",
    handling="restricted",
    test=True,
)


class OpenVault:
    """Locks nothing: what is kept is not what is tested here."""

    def lock(self, plain: bytes, context: str) -> bytes:
        return context.encode() + plain

    def unlock(self, locked: bytes, context: str) -> bytes:
        return locked.removeprefix(context.encode())


@cache
def empty_database() -> Path:
    path = Path(tempfile.mkdtemp(prefix="exchange-node-test-")) / "empty.db"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


class Awareness(RuleBasedStateMachine):
    """Workers claim, stall and finish late; receipts are lost, doubled and late."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="exchange-node-test-"))
        shutil.copy(empty_database(), self.folder / "node.db")
        self.engine = open_database(f"sqlite:///{self.folder / 'node.db'}")
        self.vault = OpenVault()
        self.now = NOW
        self.under_way: list[Outgoing] = []
        self.receipts: list[str] = []
        self.settled: dict[str, State] = {}
        self.ended_without_receipt: set[str] = set()
        self.resent: set[str] = set()
        self.numbers = itertools.count(1)
        with transaction(self.engine) as conn:
            for message_id, binding in ((PUSHED, PUSH), (PULLED, PULL)):
                outgoing = Outgoing(
                    transmission=Transmission(
                        message_id=message_id, partner="customs.uz", due_at=NOW
                    ),
                    exchange=EXCHANGE,
                    lane=Lane.MANIFEST,
                    conversation_id="KZ/mrn/1",
                    content_type="text/plain",
                    references="[]",
                    queued_at=NOW,
                    binding=binding,
                    mpc=MPC if binding == PULL else "",
                )
                outbox.add(conn, outgoing, b"packed", self.vault)

    def teardown(self) -> None:
        self.engine.dispose()
        shutil.rmtree(self.folder)

    def settle(self, outgoing: Outgoing, event: Event) -> None:
        message_id = outgoing.transmission.message_id
        with transaction(self.engine) as conn:
            if isinstance(event, ReceiptArrived):
                outbox.keep_receipt(conn, message_id, b"receipt", self.vault, self.now)
            settle(conn, outgoing, event, RETRY, self.now, actor="test")
            after = outbox.get(conn, message_id).transmission
        if isinstance(event, GaveUp | Cancelled):
            self.ended_without_receipt.add(message_id)
        if after.is_final:
            self.settled.setdefault(message_id, after.state)
            if after.state is State.RECEIPTED_LATE:
                assert message_id in self.ended_without_receipt
                self.settled[message_id] = after.state

    def arrive(self, message_id: str) -> None:
        """Let the receiver take a message: once, and with one receipt for every time."""
        reply = Reply(status=200, content_type="text/plain", content=b"%d" % next(self.numbers))
        incoming = Incoming(
            sender="customs.kz",
            message_id=message_id,
            digest="a" * 64,
            header={},
            received_at=self.now,
        )
        with transaction(self.engine) as conn:
            earlier = inbox.keep(conn, incoming, b"document", reply, self.vault)
        is_first = message_id not in self.receipts
        assert (earlier is None) is is_first
        self.receipts.append(message_id)

    def of(self, message_id: str) -> Outgoing:
        with reading(self.engine) as conn:
            return outbox.get(conn, message_id)

    @rule(is_permitted=st.booleans())
    def a_worker_claims_what_is_due(self, *, is_permitted: bool) -> None:
        with transaction(self.engine) as conn:
            claimed = outbox.claim_next(conn, "customs.uz", self.now, LEASE, concurrency=4)
        for one in (claimed[0],) if claimed else ():
            transmission = one.transmission
            assert transmission.message_id == PUSHED
            assert not transmission.is_final
            is_held = transmission.state is State.HELD
            if RETRY.is_spent(transmission.tries) and not is_held:
                self.settle(one, GaveUp(self.now))
            elif not is_permitted:
                self.settle(one, Held(self.now, "suspended"))
            elif is_held:
                self.settle(one, Released(self.now))
            else:
                self.under_way.append(one)

    @precondition(lambda self: self.under_way)
    @rule(
        which=st.integers(min_value=0, max_value=9),
        arrives=st.booleans(),
        comes=st.sampled_from(["receipt", "nothing", "error"]),
    )
    def a_post_ends_sooner_or_later(self, which: int, comes: str, *, arrives: bool) -> None:
        one = self.under_way.pop(which % len(self.under_way))
        if not arrives:
            self.settle(one, Failed(self.now, "unreachable"))
        elif comes == "error":
            self.settle(one, ErrorArrived(self.now, "EBMS:0102"))
        else:
            self.arrive(PUSHED)
            event = ReceiptArrived(self.now) if comes == "receipt" else Sent(self.now, "no answer")
            self.settle(one, event)

    @rule(is_permitted=st.booleans(), arrives=st.booleans())
    def the_partner_pulls(self, *, is_permitted: bool, arrives: bool) -> None:
        with transaction(self.engine) as conn:
            one = waiting.next_in(
                conn,
                MPC,
                self.now,
                max_retries=RETRY.max_retries,
                due_after=self.now - WINDOW,
            )
            if one is None:
                return
            assert one.transmission.message_id == PULLED
            event = Sent(self.now) if is_permitted else Held(self.now, "suspended")
            settle(conn, one, event, RETRY, self.now, actor="test")
        if is_permitted and arrives:
            self.arrive(PULLED)

    @rule(is_permitted=st.booleans())
    def the_timetable_looks_after_what_is_not_pulled(self, *, is_permitted: bool) -> None:
        with transaction(self.engine) as conn:
            found = waiting.forgotten(
                conn,
                "customs.uz",
                self.now,
                max_retries=RETRY.max_retries,
                due_after=self.now - WINDOW,
                limit=9,
            )
        for one in found:
            if one.transmission.state is not State.HELD:
                self.settle(one, GaveUp(self.now))
            elif is_permitted:
                self.settle(one, Released(self.now))
            else:
                self.settle(one, Held(self.now, "suspended"))

    @precondition(lambda self: self.receipts)
    @rule(which=st.integers(min_value=0, max_value=9))
    def a_receipt_comes_by_itself(self, which: int) -> None:
        message_id = self.receipts[which % len(self.receipts)]
        self.settle(self.of(message_id), ReceiptArrived(self.now, by_itself=True))

        after = self.of(message_id).transmission.state
        assert after in {State.RECEIPTED, State.RECEIPTED_LATE, State.REFUSED}

    @precondition(lambda self: len(self.settled) < 2)
    @rule(message_id=st.sampled_from([PUSHED, PULLED]))
    def an_operator_takes_back_what_has_no_end(self, message_id: str) -> None:
        one = self.of(message_id)
        if not one.transmission.is_final:
            self.settle(one, Cancelled(self.now, "operator", "sent by mistake"))

    @precondition(lambda self: self.settled)
    @rule(message_id=st.sampled_from([PUSHED, PULLED]))
    def an_operator_lets_what_failed_go_again(self, message_id: str) -> None:
        one = self.of(message_id)
        if one.transmission.state in {State.REFUSED, State.MISSING_RECEIPT}:
            del self.settled[message_id]
            self.resent.add(message_id)
            self.settle(one, Resent(self.now, "operator"))
            assert self.of(message_id).transmission.tries == 0

    @rule(message_id=st.sampled_from([PUSHED, PULLED]))
    def an_error_comes_by_itself(self, message_id: str) -> None:
        self.settle(self.of(message_id), ErrorArrived(self.now, "EBMS:0101", by_itself=True))

    @rule(minutes=st.sampled_from([1, 2, 4, 70]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def what_is_settled_stays_so(self) -> None:
        for message_id in (PUSHED, PULLED):
            one = self.of(message_id)
            transmission = one.transmission
            assert transmission.is_final == (message_id in self.settled)
            if transmission.is_final:
                assert transmission.state is self.settled[message_id]
                assert transmission.due_at is None
            if one.receipt_id is None:
                assert transmission.state not in {State.RECEIPTED, State.RECEIPTED_LATE}
            elif message_id not in self.resent:
                assert transmission.state in FINAL - {State.MISSING_RECEIPT}


Awareness.TestCase.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
TestLawsOfReceptionAwareness = Awareness.TestCase
