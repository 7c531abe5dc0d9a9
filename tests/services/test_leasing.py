from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from exchange_node.domain.errors import OvertakenError, PartnerUnreachableError, StoreBusyError
from exchange_node.domain.message import AttachedFile
from exchange_node.domain.transmission.content import (
    CHUNK_BYTES,
    SMALL_BYTES,
    Content,
    InMemory,
    chunks_of,
    whole,
)
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.services.sending import LEASE
from exchange_node.services.stations.traffic.capturing import CapturedWay, Capturing
from exchange_node.services.stations.traffic.leasing import LeasedContent
from exchange_node.store import outbox
from exchange_node.store.database import reading
from exchange_node.store.records import captures
from exchange_node.store.records.captures import Direction
from exchange_node.transport.line import BYTES_A_SECOND, Answer
from exchange_node.transport.probe import Way
from tests.world import OPERATOR, Clock, Pair

LARGE = random.Random(20260302).randbytes(SMALL_BYTES + 200_000)
MOST_CHUNKS = len(LARGE) // CHUNK_BYTES + 2


class ProcessEndsError(Exception):
    pass


@dataclass
class SlowLine:
    """A line that takes a message piece by piece; something happens before it takes the next."""

    pair: Pair
    happens: Callable[[int], object]
    taken: list[bytes] = field(default_factory=list)

    def post(
        self,
        partner: str,
        content_type: str,
        body: Content,
        *,
        most_bytes: int = SMALL_BYTES,
        **_: object,
    ) -> Answer:
        for number, chunk in enumerate(chunks_of(body), start=1):
            self.taken.append(chunk)
            self.happens(number)
        line = self.pair.exchange.line_of("customs.kz")
        return line.post(partner, content_type, b"".join(self.taken), most_bytes=most_bytes)

    def close(self) -> None:
        pass


@pytest.fixture(name="queued")
def _queued(pair: Pair) -> Pair:
    """A manifest with a large attachment lies in Kazakhstan's outbox."""
    pair.permit_attachments()
    pair.submit(files=[AttachedFile(name="a.png", mime_type="image/png", content=LARGE)])
    return pair


def send_on(pair: Pair, happens: Callable[[int], object]) -> SlowLine:
    line = SlowLine(pair, happens)
    replace(pair.kz.sending, line=line).run()
    return line


def stands(pair: Pair) -> tuple[str, int]:
    with reading(pair.kz.engine) as conn:
        (one,) = outbox.search(conn, limit=2)
    return one.transmission.state.value, one.transmission.tries


def test_a_large_message_on_a_slow_line_is_on_its_way_once(queued: Pair) -> None:
    taken_up = []

    def happens(_number: int) -> None:
        queued.clock.now += LEASE * 0.8
        taken_up.append(queued.kz.sending.run())

    line = send_on(queued, happens)

    assert len(line.taken) >= 4
    assert set(taken_up) == {0}
    assert (stands(queued), queued.exchange.posts) == (("receipted", 1), 1)


def test_a_post_that_hangs_is_another_workers_when_its_lease_has_ended(queued: Pair) -> None:
    def happens(number: int) -> None:
        if number == 2:
            queued.clock.now += 2 * LEASE
            assert queued.kz.sending.run() == 1

    line = send_on(queued, happens)

    assert len(line.taken) == 2
    assert (stands(queued), queued.exchange.posts) == (("receipted", 1), 1)


def test_a_line_that_is_cut_in_the_midst_gives_the_message_back(queued: Pair) -> None:
    def happens(number: int) -> None:
        queued.clock.now += LEASE / 2
        if number == 3:
            raise PartnerUnreachableError(partner="customs.uz", url="memory:", why="cut")

    send_on(queued, happens)
    assert stands(queued) == ("queued", 1)
    queued.clock.forward(seconds=30)

    queued.kz.sending.run()

    assert stands(queued) == ("receipted", 2)


def test_a_process_that_ends_in_the_midst_keeps_its_message_for_one_lease(queued: Pair) -> None:
    def happens(number: int) -> None:
        queued.clock.now += LEASE / 2
        if number == 3:
            raise ProcessEndsError

    with pytest.raises(ProcessEndsError):
        send_on(queued, happens)

    queued.clock.now += LEASE / 4
    assert queued.kz.sending.run() == 0
    queued.clock.now += LEASE / 2
    assert queued.kz.sending.run() == 1
    assert stands(queued) == ("receipted", 1)


def test_what_is_cancelled_while_it_leaves_is_broken_off(queued: Pair) -> None:
    with reading(queued.kz.engine) as conn:
        (one,) = outbox.search(conn, limit=2)
    message_id = one.transmission.message_id

    def happens(number: int) -> None:
        queued.clock.now += LEASE / 2
        if number == 2:
            queued.kz.operating.cancel(OPERATOR, message_id, why="sent by mistake")

    line = send_on(queued, happens)

    assert len(line.taken) == 2
    assert (stands(queued), queued.exchange.posts) == (("cancelled", 0), 0)


@dataclass
class Store:
    """Where a lease is kept: it answers what it is told to."""

    answers: bool | StoreBusyError = True
    renewals: list[datetime] = field(default_factory=list)

    def renew(self, _until: datetime, new: datetime) -> bool:
        if isinstance(self.answers, StoreBusyError):
            raise self.answers
        self.renewals.append(new)
        return self.answers


NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


def leased(store: Store, clock: Clock, content: bytes = LARGE) -> LeasedContent:
    return LeasedContent(
        content,
        message_id="m1@kz",
        until=NOW + LEASE,
        lease=LEASE,
        renew=store.renew,
        clock=clock,
    )


def test_a_post_that_is_quick_writes_nothing() -> None:
    store = Store()

    assert whole(leased(store, Clock(NOW))) == LARGE

    assert store.renewals == []


def test_a_line_that_keeps_asking_renews_no_more_often_than_there_are_pieces() -> None:
    store, clock = Store(), Clock(NOW)

    for _ in leased(store, clock).chunks():
        clock.now += LEASE / 2

    assert 3 < len(store.renewals) <= MOST_CHUNKS
    assert store.renewals == sorted(store.renewals)


def test_the_larger_a_message_the_longer_its_answer_may_take() -> None:
    store, clock = Store(), Clock(NOW)
    clock.now += LEASE / 2

    whole(leased(store, clock))

    more = timedelta(seconds=2 * len(LARGE) / BYTES_A_SECOND)
    assert store.renewals == [clock.now + LEASE + more]


def test_what_is_read_after_the_post_is_all_there_though_the_lease_is_gone() -> None:
    store, clock = Store(answers=False), Clock(NOW)
    content = leased(store, clock)
    whole(content)
    clock.now += 2 * LEASE

    assert whole(content) == LARGE
    assert whole(content.part(5, 9)) == LARGE[5:9]
    assert not isinstance(content, bytes)
    assert content.size == len(LARGE)


def test_a_store_that_is_busy_breaks_a_post_off_only_when_the_lease_has_ended() -> None:
    store, clock = Store(answers=StoreBusyError(why="locked")), Clock(NOW)
    chunks = leased(store, clock).chunks()

    clock.now += LEASE / 2
    assert next(chunks)
    clock.now += LEASE / 2
    with pytest.raises(StoreBusyError):
        next(chunks)


def test_who_has_lost_a_lease_sends_no_more() -> None:
    store, clock = Store(answers=False), Clock(NOW)
    chunks = leased(store, clock).chunks()
    next(chunks)

    clock.now += LEASE / 2

    with pytest.raises(OvertakenError, match="m1@kz"):
        next(chunks)


class DeadLine:
    """A line that takes nothing."""

    def post(self, partner: str, *_: object, **__: object) -> Answer:
        raise PartnerUnreachableError(partner=partner, url="", why="refused")


def test_what_is_captured_of_a_post_that_took_nothing_renews_nothing(pair: Pair) -> None:
    renewed: list[datetime] = []

    def renew(_: datetime, until: datetime) -> bool:
        renewed.append(until)
        return True

    body = LeasedContent(
        LARGE,
        message_id="m@kz",
        until=pair.clock(),
        lease=LEASE,
        renew=renew,
        clock=pair.clock,
    )
    kz = pair.kz
    capturing = Capturing(
        engine=kz.engine,
        vault=kz.sending.vault,
        modes={"customs.uz": PartnerMode(party="customs.uz", captures=True)},
        clock=pair.clock,
        new_id=lambda: "capture/1",
        new_spool=InMemory,
        newest=9,
        days=9,
    )
    way = CapturedWay(way=cast("Way", DeadLine()), capturing=capturing)

    with pytest.raises(PartnerUnreachableError):
        way.post("customs.uz", "text/plain", body)

    assert renewed == []
    with reading(kz.engine) as conn:
        assert [one.direction for one in captures.search(conn, limit=9)] == [Direction.SENT]
