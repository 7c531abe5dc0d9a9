from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass
class Answer:
    """What the little server says at one address; `waits` holds it back until it is set."""

    octets: bytes | Callable[[bytes], bytes] = b""
    status: int = 200
    date: str = ""
    waits: threading.Event | None = None


@dataclass
class Internet:
    """A web server on this machine that plays every authority."""

    url: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    is_down: bool = False

    def at(self, path: str) -> str:
        return f"{self.url}{path}"

    def times(self, path: str) -> int:
        return self.asked.count(path)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    internet: Internet


class _Requests(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass

    def _answer(self, question: bytes) -> None:
        internet = self.server.internet
        internet.asked.append(self.path)
        if internet.is_down:
            self.close_connection = True
            return
        answer = internet.answers.get(self.path, Answer(status=404))
        if answer.waits is not None:
            answer.waits.wait()
        octets = answer.octets if isinstance(answer.octets, bytes) else answer.octets(question)
        try:
            self.send_response_only(answer.status)
            if answer.date:
                self.send_header("Date", answer.date)
            self.send_header("Content-Length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)
        except OSError:
            self.close_connection = True  # whoever asked has gone


@pytest.fixture(name="internet")
def _internet() -> Iterator[Internet]:
    with _Server(("127.0.0.1", 0), _Requests) as server:
        server.internet = Internet(url=f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.internet
        for answer in server.internet.answers.values():
            if answer.waits is not None:
                answer.waits.set()
        server.shutdown()
        thread.join()
