"""Notices to a system of ours over HTTP: one signed POST each, taken when the answer is 2xx."""

from __future__ import annotations

import hashlib
import hmac
import json
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from ssl import SSLContext, create_default_context

import httpx

from exchange_node.channels.channel import Notice
from exchange_node.domain.errors import ChannelError

SIGNATURE = "X-Exchange-Node-Signature"
"""The header `t=<seconds since 1970>,v1=<HMAC-SHA-256 of "t.body" in hex>`."""

MOST_ANSWER_BYTES = 65_536
"""Bytes of an answer that are read, and thrown away (our choice)."""


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """Posts each notice to one URL.

    The same notice has the same `Idempotency-Key`: where an answer was lost on the way and it is
    posted once more, the other side can tell.

    Attributes:
        secret: shared with the other side; it signs what is posted.
        seconds: that one notice may take altogether.
        ca_file: a PEM file of authorities to believe instead of the machine's own.
    """

    url: str
    secret: bytes = field(repr=False)
    clock: Callable[[], datetime]
    seconds: float = 20.0
    ca_file: str = ""

    def tell(self, notice: Notice) -> None:
        """Post the notice; see `Channel.tell`."""
        answers: queue.SimpleQueue[ChannelError | None] = queue.SimpleQueue()

        def work() -> None:
            try:
                self._post(notice)
            except ChannelError as err:
                answers.put(err)
            else:
                answers.put(None)

        # A server may send its header a letter at a time, and a resolver may sleep: whoever waits
        # here goes on when the time is over, and the thread that is stuck ends by itself.
        threading.Thread(target=work, name="webhook", daemon=True).start()
        try:
            failed = answers.get(timeout=self.seconds)
        except queue.Empty:
            failed = self._failed(f"no answer within {self.seconds:g} s")
        if failed is not None:
            raise failed

    def _post(self, notice: Notice) -> None:
        body = json.dumps(notice.as_plain(), ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            "Idempotency-Key": hashlib.sha256(notice.notice_id.encode()).hexdigest(),
            SIGNATURE: signature(self.secret, body, int(self.clock().timestamp())),
        }
        end = time.monotonic() + self.seconds
        try:
            with (
                # No proxy and no password out of whatever environment the node was started in.
                httpx.Client(
                    timeout=self.seconds,
                    trust_env=False,
                    follow_redirects=False,
                    verify=self._verify(),
                ) as client,
                client.stream("POST", self.url, content=body, headers=headers) as answer,
            ):
                _read_away(answer, end)
                status = answer.status_code
        except httpx.TimeoutException:
            raise self._failed(f"no answer within {self.seconds:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as err:
            raise self._failed(str(err) or type(err).__name__) from None
        if not 200 <= status < 300:  # RFC 9110, 15.3
            raise self._failed(f"HTTP {status}")

    def _verify(self) -> SSLContext:
        return create_default_context(cafile=self.ca_file or None)

    def _failed(self, why: str) -> ChannelError:
        # A path or a query may hold what only the other side should know.
        return ChannelError(where=httpx.URL(self.url).host, why=why[:300])


def signature(secret: bytes, body: bytes, seconds: int) -> str:
    """Return what stands in the header of a body that is posted at a second."""
    signed = hmac.new(secret, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={signed}"


def _read_away(answer: httpx.Response, end: float) -> None:
    size = 0
    for chunk in answer.iter_raw():
        size += len(chunk)
        if size > MOST_ANSWER_BYTES:
            raise ValueError(f"an answer of more than {MOST_ANSWER_BYTES} bytes")
        if time.monotonic() > end:
            raise ValueError("the answer trickles")
