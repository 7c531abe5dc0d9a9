"""URL → octets, bounded in size and time: the way to revocation lists and OCSP responders."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import inf
from typing import Protocol

import httpx

MAX_LIST_BYTES = 30_000_000
"""Bytes of a revocation list; national authorities publish some of many megabytes (our choice)."""

MAX_RESPONSE_BYTES = 100_000
"""Bytes of an OCSP response: it carries one answer and a certificate or two (our choice)."""

MOST_AT_ONCE = 8
"""Fetches that may be under way at a time (our choice)."""

_STOPPING = "this node is stopping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came back; `date` is the other side's clock, where it tells."""

    octets: bytes = field(repr=False)
    date: datetime | None = None


class UnfetchedError(Exception):
    """Nothing came back that could be looked at; stays in this room."""


def longest_question(timeout_seconds: float) -> float:
    """Return for how many seconds one fetch may hold its caller: it waits for a place, and then."""
    return 2 * timeout_seconds


class Fetch(Protocol):
    """A way to the authorities."""

    def __call__(self, url: str, question: bytes | None) -> Fetched:
        """Get a URL, or post an OCSP question to it.

        Raises:
            UnfetchedError: no connection, no answer in time, too much of it, or one that is none.
        """
        ...

    def hasten(self, seconds: float) -> None:
        """Let nobody wait longer than that from now: the node is stopping."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...


class HttpFetcher:
    """Fetches over the network; one for a node, since it keeps connections."""

    def __init__(self, *, timeout_seconds: float = 5.0) -> None:
        """Take how long one fetch may last altogether."""
        self._seconds = timeout_seconds
        self._ends = inf
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._lock = threading.Lock()
        self._kept: httpx.Client | None = None

    def __call__(self, url: str, question: bytes | None) -> Fetched:
        """Fetch; see `Fetch`.

        A server may send its header a letter at a time, and a resolver may sleep: whoever waits
        here goes on when the time is over, and the thread that is stuck ends by itself.
        """
        wait = self._wait()
        if wait <= 0:
            raise UnfetchedError(_STOPPING)
        if not self._places.acquire(timeout=wait):
            raise UnfetchedError(f"{MOST_AT_ONCE} others are waiting for their authorities")
        answers: queue.SimpleQueue[Fetched | UnfetchedError] = queue.SimpleQueue()

        def work() -> None:
            try:
                answers.put(self._fetch(url, question))
            except UnfetchedError as err:
                answers.put(err)
            finally:
                self._places.release()

        threading.Thread(target=work, name="authority", daemon=True).start()
        try:
            answer = answers.get(timeout=max(0.0, self._wait()))
        except queue.Empty:
            is_late = self._wait() > 0
            why = f"no answer within {self._seconds:g} s" if is_late else _STOPPING
            raise UnfetchedError(why) from None
        if isinstance(answer, UnfetchedError):
            raise answer
        return answer

    def hasten(self, seconds: float) -> None:
        """Let nobody wait longer than that from now; a wait that is under way ends as it would."""
        self._ends = min(self._ends, time.monotonic() + seconds)

    def _wait(self) -> float:
        return min(self._seconds, self._ends - time.monotonic())

    def _fetch(self, url: str, question: bytes | None) -> Fetched:
        end = time.monotonic() + self._seconds
        most = MAX_LIST_BYTES if question is None else MAX_RESPONSE_BYTES
        method = "GET" if question is None else "POST"
        headers = {"Accept-Encoding": "identity"}
        if question is not None:
            headers["Content-Type"] = "application/ocsp-request"
        try:
            with self._client().stream(method, url, content=question, headers=headers) as response:
                if response.status_code != httpx.codes.OK:
                    raise UnfetchedError(f"HTTP {response.status_code}")
                octets = _bounded(response, most, end)
                return Fetched(octets=octets, date=_date(response.headers.get("Date")))
        except httpx.TimeoutException:
            raise UnfetchedError(f"no answer within {self._seconds:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RuntimeError) as err:
            # httpx says RuntimeError of a client that was closed meanwhile.
            raise UnfetchedError(str(err) or type(err).__name__) from None

    def close(self) -> None:
        """Give connections back."""
        with self._lock:
            if self._kept is not None:
                self._kept.close()
                self._kept = None

    def _client(self) -> httpx.Client:
        """Return the client, made when it is first needed: most nodes never ask an authority."""
        with self._lock:
            if self._kept is None:
                # No proxy out of whatever environment the node was started in.
                timeout = httpx.Timeout(self._seconds)
                self._kept = httpx.Client(timeout=timeout, trust_env=False)
            return self._kept


def _bounded(response: httpx.Response, most: int, end: float) -> bytes:
    chunks = []
    size = 0
    for chunk in response.iter_raw():
        size += len(chunk)
        if size > most:
            raise UnfetchedError(f"more than {most} bytes")
        if time.monotonic() > end:
            raise UnfetchedError("it trickles")
        chunks.append(chunk)
    return b"".join(chunks)


def _date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)
