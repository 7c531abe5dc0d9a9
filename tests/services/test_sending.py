from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from exchange_node.domain.errors import (
    InvalidHeaderError,
    NodeError,
    PartnerUnreachableError,
    StoreFullError,
)
from exchange_node.domain.lanes import Lane
from exchange_node.domain.transmission import Retry
from exchange_node.domain.transmission.content import CHUNK_BYTES, Content, chunks_of
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.ebms.signals import error_for
from exchange_node.ebms.unpack import peek
from exchange_node.node import pair_agreement
from exchange_node.services.sending import LEASE
from exchange_node.store import outbox, payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.outgoing import Outgoing
from exchange_node.transport.line import MAX_ANSWER_BYTES, Answer, nothing
from tests.world import FACTS, OPERATOR, Pair

MRN = "26KZ55010100041703"
LOST = (
    "EBMS:0301 MissingReceipt: transport.unreachable: "
    "customs.uz at memory: is out of reach: the line is cut"
)
OTHER_MRN = "26KZ55010100041711"


class LineThatDiesError(Exception):
    pass


class DeadlyLine:
    """Brings the worker down at every post."""

    def post(self, *_: object, **__: object) -> Answer:
        raise LineThatDiesError

    def close(self) -> None:
        pass


class FullLine(DeadlyLine):
    def post(self, *_: object, **__: object) -> Answer:
        raise StoreFullError(why="the disk is full")


class StoppingLine:
    """The node is asked to stop while it posts; what is read takes its time."""

    def __init__(self, wait: Callable[[], object] = lambda: None) -> None:
        self.is_stopped = False
        self._wait = wait

    def post(
        self,
        partner: str,
        content_type: str,
        body: Content,
        *,
        most_bytes: int = MAX_ANSWER_BYTES,
        as_it_comes: Callable[[], None] = nothing,
    ) -> Answer:
        del content_type, most_bytes, as_it_comes
        for _chunk in chunks_of(body):
            self._wait()
        self.is_stopped = True
        raise PartnerUnreachableError(partner=partner, url="x", why="this node is stopping")

    def close(self) -> None:
        pass


def two_queued(pair: Pair) -> None:
    pair.submit()
    pair.submit(facts=FACTS.read_text("utf-8").replace(MRN, OTHER_MRN))


def queued(pair: Pair) -> list[Outgoing]:
    """What lies in Kazakhstan's outbox, the first that was queued first."""
    with reading(pair.kz.engine) as conn:
        return list(reversed(outbox.search(conn, limit=9)))


def states_of(pair: Pair) -> list[str]:
    return [one.transmission.state.value for one in queued(pair)]


def test_a_message_whose_partner_has_no_card_any_more_waits(pair: Pair) -> None:
    pair.submit()

    replace(pair.kz.sending, partners={}).run()

    (one,) = queued(pair)
    assert (one.transmission.state.value, one.transmission.tries) == ("queued", 1)
    assert "customs.uz" in one.transmission.last_error
    assert pair.exchange.posts == 0


def test_a_packed_message_that_cannot_be_opened_keeps_no_other_back(pair: Pair) -> None:
    two_queued(pair)
    (first, _) = queued(pair)
    with transaction(pair.kz.engine) as conn:
        conn.execute(
            text("UPDATE payload SET digest = :none WHERE payload_id = :id"),
            {"none": "0" * 64, "id": first.payload_id},
        )

    pair.kz.sending.run()
    pair.kz.sending.run()

    assert states_of(pair) == ["queued", "receipted"]


def test_what_brings_the_worker_down_leases_that_message_alone(pair: Pair) -> None:
    two_queued(pair)
    with pytest.raises(LineThatDiesError):
        replace(pair.kz.sending, line=DeadlyLine()).run()

    with transaction(pair.kz.engine) as conn:
        free = outbox.claim_next(conn, "customs.uz", pair.clock(), LEASE, concurrency=9)

    assert free is not None
    assert (free[0].number, free[1]) == (queued(pair)[1].number, False)


def test_a_full_store_ends_the_walk_and_counts_no_try(pair: Pair) -> None:
    pair.submit()

    with pytest.raises(StoreFullError):
        replace(pair.kz.sending, line=FullLine()).run()

    (one,) = queued(pair)
    assert one.transmission.tries == 0


def test_what_a_stop_of_the_node_breaks_off_is_no_try_and_goes_again_at_once(pair: Pair) -> None:
    pair.submit()
    line = StoppingLine()

    tried = replace(pair.kz.sending, line=line, is_stopping=lambda: line.is_stopped).run()

    (one,) = queued(pair)
    assert (tried, one.transmission.tries, one.transmission.last_error) == (1, 0, "")
    pair.kz.sending.run()
    assert states_of(pair) == ["receipted"]


def test_a_large_message_that_a_stop_breaks_off_keeps_no_lease(pair: Pair) -> None:
    pair.submit()
    (one,) = queued(pair)
    with transaction(pair.kz.engine) as conn:
        vault = pair.kz.sending.vault
        payloads.keep(conn, "large", os.urandom(2 * CHUNK_BYTES), vault)
        conn.execute(text("UPDATE outbox SET payload_id = 'large'"))
    line = StoppingLine(lambda: pair.clock.forward(minutes=2))

    replace(pair.kz.sending, line=line, is_stopping=lambda: line.is_stopped).run()

    with transaction(pair.kz.engine) as conn:
        free = outbox.claim_next(conn, "customs.uz", pair.clock(), LEASE, concurrency=9)
    assert free is not None
    assert free[0].transmission == one.transmission


def test_a_walk_sends_all_that_is_due(pair: Pair) -> None:
    two_queued(pair)

    tried = pair.kz.sending.run()

    assert (tried, states_of(pair)) == (2, ["receipted", "receipted"])
    assert pair.kz.sending.run() == 0


def test_a_held_message_of_which_more_tries_were_allowed_once_is_released(pair: Pair) -> None:
    pair.submit()
    pair.exchange.cut.add("customs.uz")
    for _ in range(3):
        pair.kz.sending.run()
        pair.clock.forward(hours=2)
    (one,) = queued(pair)
    commissioning = pair.kz.commissioning
    pair.kz.agreeing.suspend(
        OPERATOR, one.exchange.agreement_id, one.exchange.agreement_version, why="talks"
    )
    pair.kz.sending.run()
    assert states_of(pair) == ["held"]
    agreement = pair_agreement("KZ", "UZ", on=date(2026, 3, 2))
    commissioning.add_agreement(agreement, actor="test")
    pair.clock.forward(hours=2)

    pair.exchange.cut.clear()
    once = PartnerMode(party="customs.uz", retry=Retry(max_retries=1))
    replace(pair.kz.sending, modes={"customs.uz": once}).run()

    assert states_of(pair) == ["missing-receipt"]


def answered_with(pair: Pair, error: NodeError, *, ref: str = "", severity: str = "") -> None:
    """Let Uzbekistan answer the next message with a signed error."""

    def door(_party: str, content_type: str, body: Content) -> Answer:
        packed = error_for(
            error,
            ref_to=ref or peek(content_type, body),
            message_id="e-1@customs.uz",
            at=pair.clock(),
            random_bytes=os.urandom,
            keys=pair.uz.reception.taking.keys,
            partner=None if severity else pair.uz.reception.taking.partners["customs.kz"],
            explains=True,
        )
        said = packed.octets
        if severity:
            said = said.replace(b'severity="failure"', f'severity="{severity}"'.encode())
        return Answer(status=200, content_type=packed.content_type, body=said)

    pair.exchange.doors["customs.uz"] = door
    pair.submit()
    pair.kz.sending.run()


def stands(pair: Pair) -> tuple[str, str]:
    (one,) = queued(pair)
    return one.transmission.state.value, one.transmission.last_error


def test_an_error_ends_the_matter(pair: Pair) -> None:
    answered_with(pair, InvalidHeaderError(why="To is missing"))

    state, why = stands(pair)
    assert state == "refused"
    assert why.startswith("EBMS:0009")
    assert "To is missing" in why


def test_an_error_that_the_settings_name_is_tried_again(pair: Pair) -> None:
    pair.kz.sending = replace(pair.kz.sending, repeats=frozenset({"EBMS:0009"}))

    answered_with(pair, InvalidHeaderError(why="To is missing"))

    assert stands(pair)[0] == "queued"


def test_an_error_about_another_message_says_nothing_of_this_one(pair: Pair) -> None:
    answered_with(pair, InvalidHeaderError(why="To is missing"), ref="other@customs.kz")

    state, why = stands(pair)
    assert state == "queued"
    assert "about other@customs.kz" in why


def test_a_warning_is_no_failure(pair: Pair) -> None:
    answered_with(pair, InvalidHeaderError(why="an odd header"), severity="warning")

    state, why = stands(pair)
    assert state == "awaiting-receipt"
    assert why.startswith("a warning and no receipt: EBMS:0009")


def test_a_partner_of_its_own_patience_is_tried_by_it(pair: Pair) -> None:
    pair.submit()
    pair.exchange.cut.add("customs.uz")
    hasty = Retry(first=timedelta(seconds=1), max_retries=1)
    mode = PartnerMode(party="customs.uz", retry=hasty)
    pair.kz.sending = replace(pair.kz.sending, modes={"customs.uz": mode})

    for _ in range(3):
        pair.kz.sending.run()
        pair.clock.forward(seconds=2)
    pair.kz.telling.run()

    assert stands(pair) == ("missing-receipt", LOST)
    told = {one.code: one.facts for one in pair.told["kz"].told.values()}
    assert told["transmission.missing-receipt"]["why"] == LOST


def receipt_of_another(pair: Pair) -> None:
    """Let Uzbekistan answer the second message with the receipt of the first."""
    door = pair.exchange.doors["customs.uz"]
    receipts: list[Answer] = []

    def keeping(party: str, content_type: str, body: Content) -> Answer:
        receipts.append(door(party, content_type, body))
        return receipts[0]

    pair.exchange.doors["customs.uz"] = keeping


def test_a_receipt_that_proves_nothing_ends_the_tries_and_is_told(pair: Pair) -> None:
    receipt_of_another(pair)
    two_queued(pair)

    pair.kz.sending.run()
    pair.clock.forward(hours=9)
    assert pair.kz.sending.run() == 0
    pair.kz.telling.run()

    assert states_of(pair) == ["receipted", "missing-receipt"]
    assert queued(pair)[1].transmission.last_error.startswith("EBMS:0302")
    codes = [one.code for one in pair.told["kz"].told.values()]
    assert codes == ["transmission.invalid-receipt"]


def test_where_the_settings_say_so_it_is_tried_again(pair: Pair) -> None:
    receipt_of_another(pair)
    two_queued(pair)
    pair.kz.sending = replace(pair.kz.sending, repeats=frozenset({"EBMS:0302"}))

    pair.kz.sending.run()

    assert states_of(pair) == ["receipted", "awaiting-receipt"]


def test_what_waited_for_a_partner_goes_as_soon_as_one_message_gets_through(pair: Pair) -> None:
    two_queued(pair)
    pair.exchange.cut.add("customs.uz")
    for _ in range(6):
        pair.kz.sending.run()
        pair.clock.forward(hours=1)
    assert states_of(pair) == ["queued", "queued"]
    with transaction(pair.kz.engine) as conn:  # the second would wait for another hour
        later = pair.clock() + timedelta(hours=1)
        (_, second) = queued(pair)
        conn.execute(
            text("UPDATE outbox SET due_at = :at WHERE number = :number"),
            {"at": f"{later:%Y-%m-%d %H:%M:%S.%f}", "number": second.number},
        )
    pair.exchange.cut.clear()

    assert pair.kz.sending.run() == 2

    assert states_of(pair) == ["receipted", "receipted"]
    assert queued(pair)[1].lane is Lane.BACKLOG
