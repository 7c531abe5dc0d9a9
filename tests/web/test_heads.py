from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field

import pytest
import uvicorn
from uvicorn.server import ServerState

from exchange_node.web.heads import LOOK_SECONDS, PATIENCE_SECONDS, BoundedHeadProtocol

HEAD = b"POST /as4 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
LOOKS = int(PATIENCE_SECONDS / LOOK_SECONDS) + 2


@dataclass(eq=False)
class Wall:
    """The time on the wall, and what is to be done when."""

    now: float = 1000.0
    due: list[Callable[[], None]] = field(default_factory=list)
    tasks: list[Coroutine[object, object, None]] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    def call_later(self, _seconds: float, what: Callable[[], None]) -> Wall:
        self.due.append(what)
        return self

    def cancel(self) -> None:
        self.due.clear()

    def create_task(self, task: Coroutine[object, object, None], **_: object) -> Wall:
        self.tasks.append(task)
        return self

    def add_done_callback(self, _: object) -> None:
        """Nobody is told."""

    def pass_on(self) -> None:
        """Let the time to the next look pass."""
        self.now += LOOK_SECONDS
        due, self.due = self.due, []
        for one in due:
            one()


@dataclass(eq=False)
class Socket:
    """The other end of a connection."""

    is_cut: bool = False
    waiting: int = 0

    def get_extra_info(self, _name: str, default: object = None) -> object:
        return default

    def is_closing(self) -> bool:
        return self.is_cut

    def abort(self) -> None:
        self.is_cut = True

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def pause_reading(self) -> None:
        """The buffer is full."""


@dataclass(eq=False)
class Caller:
    """A connection, as its two ends see it."""

    wall: Wall
    socket: Socket
    protocol: BoundedHeadProtocol


async def _nothing(_scope: object, _receive: object, _send: object) -> None:
    """Answer nothing."""


@pytest.fixture(name="caller")
def _caller() -> Iterator[Caller]:
    wall, socket = Wall(), Socket()
    config = uvicorn.Config(_nothing, log_config=None)
    config.load()
    # Of the loop and of the socket only what is asked of them here: time passes when we say so.
    protocol = BoundedHeadProtocol(config, ServerState(), {}, _loop=wall)  # type: ignore[arg-type]
    protocol.connection_made(socket)  # type: ignore[arg-type]
    yield Caller(wall, socket, protocol)
    for task in wall.tasks:
        task.close()


def test_a_caller_that_says_nothing_is_let_go(caller: Caller) -> None:
    for _ in range(LOOKS):
        caller.wall.pass_on()

    assert caller.socket.is_cut


def test_a_head_that_trickles_is_cut_off(caller: Caller) -> None:
    for at in range(LOOKS):
        caller.protocol.data_received(HEAD[at : at + 1])
        caller.wall.pass_on()

    assert caller.socket.is_cut


def test_blank_lines_before_a_request_do_not_keep_a_connection(caller: Caller) -> None:
    for _ in range(LOOKS):
        caller.protocol.data_received(b"\r\n")
        caller.wall.pass_on()

    assert caller.socket.is_cut


def test_a_body_that_trickles_is_cut_off(caller: Caller) -> None:
    caller.protocol.data_received(HEAD)
    for _ in range(LOOKS):
        caller.protocol.data_received(b"x" * 100)
        caller.wall.pass_on()

    assert caller.socket.is_cut


def test_a_slow_line_that_goes_on_is_borne_with(caller: Caller) -> None:
    caller.protocol.data_received(HEAD)
    for _ in range(LOOKS):
        caller.protocol.data_received(b"x" * 60_000)
        caller.wall.pass_on()

    assert not caller.socket.is_cut


def test_a_caller_is_not_to_blame_for_what_is_taken_in_slowly_here(caller: Caller) -> None:
    caller.protocol.data_received(HEAD)
    caller.protocol.flow.pause_reading()
    for _ in range(3 * LOOKS):
        caller.wall.pass_on()

    assert not caller.socket.is_cut


def test_a_request_that_is_worked_on_may_take_its_time(caller: Caller) -> None:
    caller.protocol.data_received(b"POST /as4 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")
    for _ in range(3 * LOOKS):
        caller.wall.pass_on()

    assert not caller.socket.is_cut


def test_an_answer_that_nobody_takes_in_is_given_up(caller: Caller) -> None:
    caller.protocol.data_received(b"POST /as4 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")
    caller.protocol.flow.pause_writing()
    caller.socket.waiting = 100_000
    for _ in range(LOOKS):
        caller.wall.pass_on()

    assert caller.socket.is_cut


def test_an_answer_that_is_taken_in_slowly_goes_on(caller: Caller) -> None:
    caller.protocol.data_received(b"POST /as4 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")
    caller.protocol.flow.pause_writing()
    for number in range(LOOKS):
        caller.socket.waiting = 100_000 - number
        caller.wall.pass_on()

    assert not caller.socket.is_cut


def test_a_connection_that_ends_is_looked_at_no_more(caller: Caller) -> None:
    caller.protocol.connection_lost(OSError())

    assert caller.wall.due == []
