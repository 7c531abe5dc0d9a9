"""Two nodes of one process with a line in memory between them, and one crossing from KZ to UZ."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from benchmarks.documents import facts_for
from exchange_node import node as nodes
from exchange_node.channels.memory import MemoryChannel
from exchange_node.domain.access import Actor, Role
from exchange_node.domain.transmission.content import Content
from exchange_node.transport.line import Answer
from exchange_node.transport.memory import Door, Exchange

PASSPHRASE = "a passphrase for benchmarks"  # noqa: S105 - of keys that live as long as the run
NATIONAL = Actor(name="national system", roles=frozenset({Role.SUBMITTER}))


@dataclass
class Pair:
    """Two administrations under an agreement that is in force."""

    kz: nodes.Node
    uz: nodes.Node
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1), repr=False)

    def cross(self, declaration: bytes) -> str:
        """Submit a declaration in KZ, file it in UZ, bring the business answer back.

        Only the walks that have something to do are taken: the empty rounds of a timetable belong
        to no document. Returns the submission's id.
        """
        submission = self.kz.dispatch.submit(
            NATIONAL, declaration, partner="customs.uz", facts=facts_for(next(self._numbers))
        )
        done = [
            self.kz.sending.run(),
            self.uz.filing.run(),
            self.uz.sending.run(),
            self.kz.filing.run(),
        ]
        if done != [1, 1, 1, 1]:
            raise SystemExit(f"a crossing broke off: {submission.state}, {submission.findings}")
        return submission.submission_id

    def require_accepted(self, submission_id: str) -> None:
        """Stop the run unless a submission was accepted: a refusal is quick, and no crossing."""
        seen = self.kz.enquiry.submission(NATIONAL, submission_id)
        if seen["state"] != "accepted":
            raise SystemExit(f"the partner did not accept the document: {seen}")


@contextmanager
def pair_of_nodes(folder: Path) -> Iterator[Pair]:
    """Make two nodes as `init` makes them (RSA-3072, SQLite), each with a folder of its own."""
    exchange = Exchange()
    names = {"kz": "uz", "uz": "kz"}
    for name in names:
        nodes.initialise(
            folder / name, country=name.upper(), passphrase=PASSPHRASE, with_samples=False
        )
    for name, other in names.items():
        card = nodes.card_of(folder / other)
        (folder / name / "partners" / f"customs.{other}.toml").write_text(card, encoding="utf-8")
    built = {
        name: nodes.build(
            folder / name,
            passphrase=PASSPHRASE,
            line=exchange.line_of(f"customs.{name}"),
            channel=MemoryChannel(),
        )
        for name in names
    }
    certificates = {
        f"customs.{name}": node.keyring.tls_at(node.clock()).certificate.public_bytes(Encoding.DER)
        for name, node in built.items()
    }
    for name, node in built.items():
        exchange.doors[f"customs.{name}"] = _door(node, certificates)
        node.commissioning.add_agreement(nodes.pair_agreement("KZ", "UZ"), actor="benchmark")
    try:
        yield Pair(kz=built["kz"], uz=built["uz"])
    finally:
        for node in built.values():
            node.close()


def _door(node: nodes.Node, certificates: dict[str, bytes]) -> Door:
    def door(party: str, content_type: str, body: Content) -> Answer:
        return node.reception.receive(certificates[party], content_type, body)

    return door
