"""National declaration over the API → mapped, sealed, sent → filed at the partner.

Both nodes are `exchange-node serve` as they are. The partner's answer goes back meanwhile, as it
always does; a round is over when the last one is there.
"""

from __future__ import annotations

import http.client
import itertools
import json
import time
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.as4.loop import LOOK_SECONDS, MOST_SECONDS, Watch, accepted, filed
from benchmarks.as4.nodes.pair import UZ, Home, Pair
from benchmarks.as4.processes import Watched
from benchmarks.documents import facts_for
from exchange_node.domain.access import Role

_TAKEN = 202


@dataclass
class Corridor:
    """The `Way` of a declaration from the one node's API into the other's records.

    Attributes:
        declaration: what is submitted next.
    """

    sender: Watched
    receiver: Watched
    declaration: bytes = b""
    _submit: _Submitting = field(repr=False, kw_only=True)
    _filed: Watch = field(repr=False, kw_only=True)
    _accepted: Watch = field(repr=False, kw_only=True)
    _keys: dict[str, str] = field(default_factory=dict, repr=False)
    _under_way: dict[str, Future[str]] = field(default_factory=dict, repr=False)
    _unanswered: set[str] = field(default_factory=set, repr=False)

    def begin(self, key: str) -> None:
        """Submit the declaration."""
        self._under_way[key] = self._submit(self.declaration)

    def through(self, keys: Collection[str]) -> Iterable[str]:
        """Return those whose manifest was filed at the partner."""
        for key in [key for key in keys if key in self._under_way]:
            if self._under_way[key].done():
                message_id = self._under_way.pop(key).result()
                self._keys[message_id] = key
                self._unanswered.add(message_id)
        return [self._keys.pop(one) for one in self._filed.found(self._keys)]

    def settle(self) -> None:
        """Wait until every answer is there."""
        end = time.monotonic() + MOST_SECONDS
        while self._unanswered:
            self._unanswered.difference_update(self._accepted.found(self._unanswered))
            self.require_alive()
            if time.monotonic() > end:
                raise SystemExit(f"{len(self._unanswered)} manifests were not accepted")
            time.sleep(LOOK_SECONDS)

    def require_alive(self) -> None:
        """Stop the run if a process ended."""
        self.sender.require_alive()
        self.receiver.require_alive()


class _Submitting:
    """Threads that post declarations, each on a connection of its own."""

    def __init__(self, home: Home, port: int, threads: int) -> None:
        self._headers = {
            "Authorization": f"Bearer {home.tokens[Role.SUBMITTER]}",
            "Content-Type": "application/json",
        }
        self._port = port
        self._pool = ThreadPoolExecutor(threads)
        self._numbers = itertools.count(1)

    def __call__(self, declaration: bytes) -> Future[str]:
        """Submit a declaration under an MRN of its own; the result is the message's id."""
        return self._pool.submit(self._post, declaration, facts_for(next(self._numbers)))

    def close(self) -> None:
        """Wait for what is under way."""
        self._pool.shutdown()

    def _post(self, declaration: bytes, facts: str) -> str:
        body = {"to": UZ, "declaration": declaration.decode("utf-8"), "facts_text": facts}
        client = http.client.HTTPConnection("127.0.0.1", self._port)
        try:
            client.request("POST", "/api/v1/submissions", json.dumps(body), self._headers)
            response = client.getresponse()
            answer = response.read()
        finally:
            client.close()
        if response.status != _TAKEN:
            raise SystemExit(f"the declaration was not taken: {response.status} {answer[:2000]!r}")
        return str(json.loads(answer)["message_id"])


@contextmanager
def crossing(pair: Pair, concurrency: int, profiles: Path | None) -> Iterator[Corridor]:
    """Run both nodes."""
    with ExitStack() as stack:
        (receiver, _), (sender, ports) = (
            stack.enter_context(
                home.running(
                    f"node-{home.party}",
                    ["exchange_node", "--folder", str(home.folder), "serve"],
                    profiles,
                )
            )
            for home in (pair.uz, pair.kz)
        )
        submit = _Submitting(pair.kz, ports["api"], concurrency)
        stack.callback(submit.close)
        watches = Watch(pair.uz.database, filed), Watch(pair.kz.database, accepted)
        for one in watches:
            stack.callback(one.close)
        yield Corridor(sender, receiver, _submit=submit, _filed=watches[0], _accepted=watches[1])
