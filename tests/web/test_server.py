from __future__ import annotations

import asyncio
import resource
import signal
import socket
import ssl

import pytest
from starlette.responses import PlainTextResponse

from exchange_node.config.settings import Listener
from exchange_node.domain.errors import InvalidSettingError
from exchange_node.web import server
from exchange_node.web.server import bind

PATIENCE = 20
"""Seconds until a test is lost; nothing waits for them to pass."""


def test_an_answer_does_not_wait_for_its_head_to_be_confirmed() -> None:
    with bind(Listener(host="127.0.0.1", port=0), "as4") as listening:
        with socket.create_connection(listening.getsockname()):
            connection, _ = listening.accept()

        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_that_is_taken_is_named_once() -> None:
    with bind(Listener(host="127.0.0.1", port=0), "as4") as listening:
        port = listening.getsockname()[1]

        with pytest.raises(InvalidSettingError) as caught:
            bind(Listener(host="127.0.0.1", port=port), "as4")

    assert str(caught.value) == f"as4, 127.0.0.1 port {port}: Address already in use"


def test_a_caller_that_never_shakes_hands_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HANDSHAKE_SECONDS", 0.01)

    async def call() -> bytes:
        loop = asyncio.get_running_loop()
        with bind(Listener(host="127.0.0.1", port=0), "as4") as listening:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            listener = await loop.create_server(asyncio.Protocol, sock=listening, ssl=context)
            address = listening.getsockname()
            async with listener, asyncio.timeout(PATIENCE):
                reader, writer = await asyncio.open_connection(*address)
                came = await reader.read()
                writer.close()
        return came

    with asyncio.Runner(loop_factory=server._Loop) as runner:
        assert runner.run(call()) == b""


def test_what_is_exchanged_with_partners_is_hastened_at_the_signal_itself() -> None:
    told: list[bool] = []

    with bind(Listener(host="127.0.0.1", port=0), "as4") as listening:
        one = server._server(PlainTextResponse("x"), None)
        server._run(
            ((one, listening),),
            lambda: signal.raise_signal(signal.SIGTERM),
            lambda: told.append(one.should_exit),
        )

    assert told == [False]


def test_as_many_sockets_may_be_open_as_the_machine_allows() -> None:
    before, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(before, 512), most))
    try:
        server.allow_open_files()

        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, most)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (before, most))
