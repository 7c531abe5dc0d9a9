from __future__ import annotations

from dataclasses import dataclass, field

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.transport.pace import HEAD_BYTES, LEAST_BYTES_A_SECOND, Allowance, longest
from exchange_node.transport.streams import BoundedBackend, BoundedStream, Exchanges

SECONDS = 60.0


@dataclass
class Watch:
    """A clock that the test moves."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Partner(httpcore.NetworkStream):
    """Takes and gives bytes; each piece takes its time by the test's clock, or the wait ends."""

    watch: Watch
    seconds: float
    size: int = 1
    waits: list[float | None] = field(default_factory=list)

    def _take(self, timeout: float | None, late: type[Exception]) -> None:
        self.waits.append(timeout)
        if timeout is not None and timeout < self.seconds:
            self.watch.now += timeout
            raise late("timed out")
        self.watch.now += self.seconds

    def read(self, _max_bytes: int, timeout: float | None = None) -> bytes:
        self._take(timeout, httpcore.ReadTimeout)
        return b"x" * self.size

    def write(self, _buffer: bytes, timeout: float | None = None) -> None:
        self._take(timeout, httpcore.WriteTimeout)

    def get_extra_info(self, _info: str) -> None:
        return None


def read_until_late(partner: Partner, *, most_bytes: int = 4_000_000) -> int:
    """Read without end; return how many reads it took to be cut."""
    exchanges = Exchanges()
    stream = BoundedStream(partner, exchanges)
    allowance = Allowance(b"m", most_bytes, SECONDS, partner.watch)
    with exchanges.held(allowance, lambda _: None):
        for reads in range(10_000):
            try:
                stream.read(65_536, SECONDS)
            except httpcore.ReadTimeout:
                return reads
    raise AssertionError("it was never cut")


def test_a_byte_within_each_wait_is_cut_when_the_time_is_over() -> None:
    partner = Partner(Watch(), seconds=SECONDS - 1)

    assert read_until_late(partner) == 1
    assert partner.watch.now < SECONDS + 1
    assert partner.waits[-1] is not None
    assert partner.waits[-1] < 2


def test_a_flood_without_end_earns_no_time_beyond_what_an_answer_may_have() -> None:
    partner = Partner(Watch(), seconds=1, size=LEAST_BYTES_A_SECOND)

    read_until_late(partner, most_bytes=0)

    assert partner.watch.now <= SECONDS + 2 + HEAD_BYTES / LEAST_BYTES_A_SECOND


@given(st.integers(1, 2_000_000), st.integers(0, 4_000_000), st.floats(0, 120))
def test_laws_who_keeps_the_least_pace_is_never_cut(size: int, answer: int, asked: float) -> None:
    watch = Watch()
    body = b"m" * size
    allowance = Allowance(body, answer, SECONDS, watch, asking=120)
    with allowance.spared():
        watch.now += asked
    for moved in (size, answer):
        for start in range(0, moved, 50_000):
            count = min(50_000, moved - start)
            assert allowance.left > count / LEAST_BYTES_A_SECOND
            watch.now += count / LEAST_BYTES_A_SECOND
            allowance.moved(count)
        watch.now += SECONDS - 1
        assert allowance.left > 0
        allowance.awaits()

    assert watch.now <= longest(body, answer, SECONDS, asking=120)


def test_what_authorities_are_asked_is_not_the_partners_time() -> None:
    partner = Partner(Watch(), seconds=1)
    allowance = Allowance(b"m", 0, SECONDS, partner.watch, asking=120)

    with allowance.spared():
        partner.watch.now += 100

    assert allowance.left == SECONDS


def test_an_exchange_whose_authorities_are_asked_for_too_long_is_broken_off() -> None:
    watch = Watch()
    allowance = Allowance(b"m", 0, SECONDS, watch, asking=120)

    with allowance.spared():
        watch.now += 120 + SECONDS

    assert allowance.left <= 0
    assert allowance.why.startswith("its authorities were asked for too long")


def test_a_slow_partner_about_whom_nobody_is_asked_is_said_to_be_slow() -> None:
    watch = Watch()
    allowance = Allowance(b"m", 0, SECONDS, watch)
    with allowance.spared():
        watch.now += 0.001

    watch.now += SECONDS

    assert allowance.why == "what is sent is not taken after 60 s"


def test_what_is_sent_quickly_leaves_the_answer_no_more_time() -> None:
    watch = Watch()
    allowance = Allowance(b"m", 0, SECONDS, watch)
    allowance.moved(100 * LEAST_BYTES_A_SECOND)

    allowance.awaits()
    watch.now += SECONDS + 1

    assert allowance.left <= 0
    assert allowance.why == "the answer is not there after 60 s"


def test_what_moved_quickly_is_not_saved_up_to_dawdle_later() -> None:
    watch = Watch()
    allowance = Allowance(b"m" * 100 * LEAST_BYTES_A_SECOND, 0, SECONDS, watch)
    for _ in range(50):
        allowance.moved(LEAST_BYTES_A_SECOND)

    watch.now += SECONDS + 1

    assert allowance.left <= 0
    assert allowance.why == "what is sent is not taken after 60 s"


def test_a_partner_that_takes_nothing_is_cut() -> None:
    partner = Partner(Watch(), seconds=20)
    exchanges = Exchanges()
    stream = BoundedStream(partner, exchanges)
    allowance = Allowance(b"", 0, SECONDS, partner.watch)

    with exchanges.held(allowance, lambda _: None), pytest.raises(httpcore.WriteTimeout):
        stream.write(b"m" * 1_000_000, SECONDS)

    assert partner.watch.now <= SECONDS + 10


def test_all_addresses_and_the_handshake_share_the_time() -> None:
    watch = Watch()

    class Nowhere(httpcore.NetworkBackend):
        # It never connects: it returns nothing, and the other arguments say nothing to it.
        def connect_tcp(self, _host: str, _port: int, timeout: float | None, *_: object) -> None:  # type: ignore[override]
            watch.now += timeout or 0
            raise httpcore.ConnectTimeout("timed out")

    exchanges = Exchanges()
    backend = BoundedBackend(exchanges, Nowhere())

    with exchanges.held(Allowance(b"", 0, SECONDS, watch), lambda _: None):
        for _ in range(9):
            with pytest.raises(httpcore.ConnectTimeout):
                backend.connect_tcp("127.0.0.1", 9, 10)

    assert watch.now <= SECONDS


def test_what_was_written_and_is_under_way_yet_has_its_time_beside_the_answer() -> None:
    watch = Watch()
    body = b"m" * 2_000_000
    allowance = Allowance(body, 1_000, SECONDS, watch)
    allowance.moved(len(body))  # into this machine's own buffer, in no time

    allowance.awaits()

    assert allowance.left >= SECONDS + len(body) / LEAST_BYTES_A_SECOND
