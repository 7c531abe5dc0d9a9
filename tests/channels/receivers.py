"""Servers on loopback that take mail and posts, as far as a sender can tell."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer


@dataclass
class Mailbox:
    """What a relay was given, and how it answers (RFC 5321): by verb, or by the whole line."""

    port: int = 0
    tls: ssl.SSLContext | None = None
    replies: dict[str, str] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    verbs: list[str] = field(default_factory=list)
    readers: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    protected: list[bool] = field(default_factory=list)


@contextmanager
def relay(mailbox: Mailbox) -> Iterator[Mailbox]:
    """Serve a mailbox, one connection after the other."""

    class Server(socketserver.TCPServer):
        def finish_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override] # a stream has no datagram
            del client_address
            with suppress(OSError):  # some tests are about a sender that breaks off
                _Session(mailbox, request).serve()

    with Server(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        mailbox.port = server.server_address[1]
        with _serving(server):
            yield mailbox


class _Session:
    """One connection of a sender."""

    def __init__(self, mailbox: Mailbox, line: socket.socket) -> None:
        self.mailbox, self.line, self.is_protected = mailbox, line, False
        self.said = ""
        self.lines = line.makefile("rb")

    def serve(self) -> None:
        self.say("220 relay.test ESMTP")
        while said := self.read():
            verb = said.partition(" ")[0].upper()
            self.mailbox.verbs.append(verb)
            if said.lower() in self.mailbox.lines:
                self.say(self.mailbox.lines[said.lower()])
            elif verb in self.mailbox.replies:
                self.say(self.mailbox.replies[verb])
            else:
                self.said = said
                getattr(self, f"on_{verb.lower()}", self.on_other)()
        self.lines.close()
        self.line.close()

    def say(self, *said: str) -> None:
        self.line.sendall("".join(f"{one}\r\n" for one in said).encode())

    def read(self) -> str:
        return self.lines.readline().decode().rstrip("\r\n")

    def on_other(self) -> None:
        self.say("250 ok")

    def on_ehlo(self) -> None:
        is_offered = self.mailbox.tls is not None and not self.is_protected
        self.say("250-relay.test", *(["250-STARTTLS"] if is_offered else []), "250 AUTH PLAIN")

    def on_starttls(self) -> None:
        assert self.mailbox.tls is not None
        self.say("220 go on")
        self.lines.close()
        self.line = self.mailbox.tls.wrap_socket(self.line, server_side=True)
        self.lines, self.is_protected = self.line.makefile("rb"), True

    def on_auth(self) -> None:
        self.say("235 welcome")

    def on_rcpt(self) -> None:
        self.mailbox.readers.append(self.said.partition(":")[2].strip("<> "))
        self.say("250 ok")

    def on_data(self) -> None:
        self.say("354 go on")
        lines = []
        while (one := self.read()) != ".":
            lines.append(one)
        self.mailbox.messages.append("\n".join(lines))
        self.mailbox.protected.append(self.is_protected)
        self.say("250 taken")


@dataclass
class Hook:
    """What was posted, and how it is answered."""

    port: int = 0
    status: int = 204
    location: str = ""
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/notices"


@contextmanager
def hooked(hook: Hook) -> Iterator[Hook]:
    """Serve a hook."""

    class Post(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.posts.append((dict(self.headers), body))
            self.send_response(hook.status)
            if hook.location:
                self.send_header("Location", hook.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Post) as server:
        hook.port = server.server_address[1]
        with _serving(server):
            yield hook


@contextmanager
def _serving(server: socketserver.TCPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
