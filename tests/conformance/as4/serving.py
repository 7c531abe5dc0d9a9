"""The node's listener on a socket of this machine, and a caller who writes what octets it likes."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from exchange_node.node import Node
from exchange_node.node.connections import tls_key
from exchange_node.transport.tls import load_key, pinned
from exchange_node.web.as4 import as4_application
from exchange_node.web.server import _server


@dataclass(frozen=True, kw_only=True)
class Listener:
    """Where the node listens, and how a partner's TLS calls there."""

    port: int
    caller: Node
    served: Node

    def context(self) -> ssl.SSLContext:
        """Return the TLS context of the caller's node."""
        pem = next(one.tls_pem for one in self.caller.cards)
        context = pinned(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), pem, "test")
        load_key(context, tls_key(self.caller.keyring, self.caller.clock()))
        context.check_hostname = False
        return context

    @contextmanager
    def connection(self, context: ssl.SSLContext | None = None) -> Iterator[ssl.SSLSocket]:
        """Connect as the caller."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as plain:
            with (context or self.context()).wrap_socket(plain) as line:
                yield line

    def ask(self, *pieces: bytes) -> bytes:
        """Write the pieces of one request, and return the whole answer."""
        with self.connection() as line:
            for piece in pieces:
                line.sendall(piece)
            return b"".join(iter(lambda: line.recv(65_536), b""))


@contextmanager
def serving(served: Node, caller: Node) -> Iterator[Listener]:
    """Serve the node's AS4 endpoint until the block ends."""
    bound = socket.create_server(("127.0.0.1", 0))
    server = _server(as4_application(served), served.tls_context())
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < deadline, "the listener does not start"
            threading.Event().wait(0.01)
        yield Listener(port=bound.getsockname()[1], caller=caller, served=served)
    finally:
        server.should_exit = True
        thread.join()
        bound.close()
