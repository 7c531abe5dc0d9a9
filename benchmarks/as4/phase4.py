"""phase4 to phase4 with the same document, keys and TLS: what ours is measured beside.

Both are the Java peer of the interoperability tests, each a process of its own, compiled as far as
Java compiles. What they receive and send they keep in memory, and for no longer than they need it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificates

from benchmarks.as4.nodes.pair import PASSPHRASE, Home, Pair, Suite
from benchmarks.as4.processes import Watched
from benchmarks.as4.rows import SHARES, Effort, Side
from exchange_node.ebms.message import UserMessage
from tests.interop import building
from tests.interop.identities import Held, Identity
from tests.interop.peer import Json, Peer, running

_BATCHES = 4
_MOST_TRIES = 5
_GROWTH = 1.05


class PeerFailedError(Exception):
    """A message of phase4's got no receipt from phase4."""


@dataclass
class Peers:
    """The two Java processes."""

    sender: Peer
    receiver: Peer
    header: UserMessage

    def side(self) -> Side:
        """Return them as they are measured."""
        return Side(
            sender=Watched("phase4, sending", self.sender.process),
            receiver=Watched("phase4, receiving", self.receiver.process),
        )

    def send(self, document: Path, count: int, concurrency: int) -> Json:
        """Send the document so many times, and return what was measured."""
        header = self.header
        message = {
            "service": header.service,
            "action": header.action,
            "agreement": header.agreement_ref,
            "agreement_type": header.agreement_type,
            "conversation": header.conversation_id,
            "properties": [
                {"name": name, "value": value} for name, value in header.properties.items()
            ],
            "payloads": [{"file": str(document), "charset": "UTF-8"}],
        }
        report = self.sender.ask(
            "bench",
            url=self.receiver.url,
            count=count,
            concurrency=concurrency,
            warm_up=0,
            message=message,
        )
        if report.get("count") != count:
            raise PeerFailedError(str(report)[:1000])
        return report

    def rounds(
        self, side: Side, document: Path, warm_up: int, effort: Effort, concurrency: int
    ) -> Iterator[None]:
        """Warm up at the first call, and measure a round at each that follows.

        Warm is what has had so many messages and grows no quicker with more, or has had its time.
        """
        begun, sent, quickest = time.perf_counter(), 0, 0.0
        while True:
            rate = self._batch(document, max(1, warm_up // _BATCHES), concurrency)
            sent += max(1, warm_up // _BATCHES)
            is_done = sent >= warm_up and rate < quickest * _GROWTH
            if is_done or time.perf_counter() - begun > effort.peer_seconds:
                break
            quickest = max(quickest, rate)
        while True:
            count = max(effort.least, round(rate * effort.seconds))
            yield
            self._batch(document, concurrency, concurrency)
            rate = self._batch(document, count, concurrency, side)

    def _batch(
        self, document: Path, count: int, concurrency: int, side: Side | None = None
    ) -> float:
        """Send, once more where phase4 refuses a message of its own; return how many a second.

        WSS4J answers one in a few thousand with a failure when several are under way.
        """
        for _ in range(_MOST_TRIES):
            before = side.spent() if side else []
            try:
                report = self.send(document, count, concurrency)
            except PeerFailedError as err:
                print(f"phase4 failed, its round is taken again: {err}", file=sys.stderr)
                continue
            per_s = float(report["messages_per_second"])
            if side:
                side.note_cpu(before, count, side.spent())
                shares = {share: float(report[f"p{share}_ms"]) for share in SHARES}
                side.note(count, per_s, shares)
            return per_s
        raise SystemExit(f"phase4 fails again and again:\n{self.sender.log()}")


def missing() -> list[str]:
    """Return what this machine lacks to run phase4."""
    return building.missing_tools()


@contextmanager
def peers(folder: Path, pair: Pair, suite: Suite, header: UserMessage) -> Iterator[Peers]:
    """Run both, with the keys of our two nodes."""
    classes = building.class_path()
    kz, uz = _identity(pair.kz), _identity(pair.uz)
    with ExitStack() as stack:
        sender, receiver = (
            stack.enter_context(
                running(
                    folder / f"phase4-{own.party}",
                    classes,
                    own=own,
                    partner=partner,
                    suite=suite.peers,
                    bench=True,
                )
            )
            for own, partner in ((kz, uz), (uz, kz))
        )
        yield Peers(sender, receiver, header)


def _identity(home: Home) -> Identity:
    tls, signing, encryption = (
        _held(home.folder / "keys", name) for name in ("tls", "signing", "encryption")
    )
    return Identity(party=home.party, tls=tls, signing=signing, encryption=encryption)


def _held(folder: Path, purpose: str) -> Held:
    key = load_pem_private_key(
        (folder / f"{purpose}.key.pem").read_bytes(), PASSPHRASE.encode("utf-8")
    )
    certificates = (folder / f"{purpose}.cert.pem").read_bytes()
    first, *above = load_pem_x509_certificates(certificates)
    return Held(key, first, tuple(above))  # type: ignore[arg-type]
