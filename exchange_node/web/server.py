"""Both listeners in one process, until a signal asks them to stop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from exchange_node.config.settings import Listener
from exchange_node.domain.errors import InvalidSettingError
from exchange_node.node import Node
from exchange_node.web.api import api_application
from exchange_node.web.as4 import MutualTlsProtocol, as4_application
from exchange_node.web.heads import BoundedHeadProtocol

GRACE_SECONDS = 10
"""How long requests in flight may finish once the node is asked to stop (our choice)."""

HANDSHAKE_SECONDS = 10.0
"""How long a caller's TLS handshake may take (our choice): until it is over, a caller costs a
socket and nobody knows who it is."""


class _Loop(asyncio.SelectorEventLoop):
    """A loop that waits less long for handshakes than its own minute, which uvicorn leaves."""

    async def create_server(self, *args: Any, **given: Any) -> asyncio.Server:  # noqa: ANN401 - as asyncio has it
        """Listen; see `HANDSHAKE_SECONDS`."""
        if given.get("ssl") is not None:
            given.setdefault("ssl_handshake_timeout", HANDSHAKE_SECONDS)
        return await super().create_server(*args, **given)


class _Server(uvicorn.Server):
    """A server that leaves the process's signals to `serve`, which stops both servers at once."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


def bind(listener: Listener, name: str) -> socket.socket:
    """Return a listening socket; port 0 lets the machine choose a free one.

    Raises:
        InvalidSettingError: the address is taken, or is not this machine's.
    """
    try:
        bound = socket.create_server((listener.host, listener.port), backlog=256)
    except OSError as err:
        # `create_server` adds the address to the system's words; a name's error has a number < 0.
        number = err.errno or 0
        why = os.strerror(number) if number > 0 else err.strerror or str(err)
        raise InvalidSettingError(
            where=f"{name}, {listener.host} port {listener.port}", why=why
        ) from None
    # Connections have it from here: asyncio sets it only where it has made the socket. Without it
    # an answer's body waits for the caller to confirm its head, which callers put off for 40 ms.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound


def allow_open_files() -> None:
    """Let this process hold as many sockets open as the machine's settings let it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):  # then as many as before
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def serve(node: Node, ready: Callable[[int, int], None]) -> None:
    """Serve partners and our own people until SIGTERM or SIGINT; then finish what is in flight.

    `ready` is called once, with the ports of AS4 and API, after both are bound and a signal stops
    the node cleanly.

    Raises:
        InvalidSettingError: an address cannot be bound, or the TLS files are unusable.
    """
    allow_open_files()
    as4_socket = bind(node.settings.as4, "as4")
    api_socket = bind(node.settings.api, "api")
    context = node.tls_context()
    servers = (
        (_server(as4_application(node), context), as4_socket),
        (_server(api_application(node), None), api_socket),
    )
    _run(
        servers,
        lambda: ready(as4_socket.getsockname()[1], api_socket.getsockname()[1]),
        lambda: node.hasten(GRACE_SECONDS),
    )


def _run(
    servers: tuple[tuple[_Server, socket.socket], ...],
    listening: Callable[[], None],
    stopping: Callable[[], None],
) -> None:
    """Run the servers in one loop and stop them together; say when each of both begins."""

    async def run() -> None:
        loop = asyncio.get_running_loop()

        def stop() -> None:
            stopping()  # what is exchanged with partners ends while the servers do, not after them
            for server, _ in servers:
                server.should_exit = True

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        listening()
        await asyncio.gather(*(server.serve(sockets=[bound]) for server, bound in servers))

    with asyncio.Runner(loop_factory=_Loop) as runner:
        runner.run(run())


def _server(application: ASGIApp, context: ssl.SSLContext | None) -> _Server:
    config = uvicorn.Config(
        application,
        http=MutualTlsProtocol if context is not None else BoundedHeadProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        ssl_context_factory=(lambda _config, _default: context) if context is not None else None,
    )
    return _Server(config)
