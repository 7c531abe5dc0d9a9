"""Finished document → packed, queued, posted → receipt verified and committed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.as4.loop import Watch, receipted
from benchmarks.as4.nodes.pair import KZ, Pair
from benchmarks.as4.processes import Watched


@dataclass
class Exchange:
    """The `Way` of a finished document from the one node's outbox into the other's inbox.

    Attributes:
        document: the file of what is sent next.
    """

    sender: Watched
    receiver: Watched
    _watch: Watch = field(repr=False)
    document: Path = Path()

    def begin(self, key: str) -> None:
        """Tell the sender of a message."""
        pipe = self.sender.process.stdin
        assert pipe is not None  # noqa: S101 - PIPE was asked for
        pipe.write(f"{self._id(key)} {self.document}\n")
        pipe.flush()

    def through(self, keys: Collection[str]) -> Iterable[str]:
        """Return those whose receipt was verified and committed."""
        ids = {self._id(key): key for key in keys}
        return [ids[one] for one in self._watch.found(ids)]

    def settle(self) -> None:
        """Wait for nothing: who has sent the receipt has nothing left to do."""

    def require_alive(self) -> None:
        """Stop the run if a process ended."""
        self.sender.require_alive()
        self.receiver.require_alive()

    def _id(self, key: str) -> str:
        return f"{self.document.stem}.{key}@{KZ}"


@contextmanager
def exchanging(pair: Pair, profiles: Path | None) -> Iterator[Exchange]:
    """Run a sender, and a receiver that files nothing."""
    served = "benchmarks.as4.nodes.served"
    with ExitStack() as stack:
        door, _ = stack.enter_context(
            pair.uz.running("receiver", [served, "door", str(pair.uz.folder)], profiles)
        )
        sender, _ = stack.enter_context(
            pair.kz.running("sender", [served, "sender", str(pair.kz.folder)], profiles)
        )
        watch = Watch(pair.kz.database, receipted)
        stack.callback(watch.close)
        yield Exchange(sender=sender, receiver=door, _watch=watch)
