"""What every answer is made from: what is held, where it lies, what time it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor
from exchange_node.domain.agreement import Handling
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.transmission.content import NewSpool
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.looking.access_log import line_of, looked, write_looks
from exchange_node.services.stations.posts.board import REMEMBERED, Board
from exchange_node.store import payloads
from exchange_node.store.channels import statements
from exchange_node.store.payloads import Vault
from exchange_node.store.records import manifests
from exchange_node.store.records.held import HeldManifest, Kind

EVERY = frozenset(Handling)
"""Handlings that a list is looked for with: what is secret is seen by those its grant names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where questions are answered.

    Attributes:
        board: what an office's own node was told of manifests; None where they are held here.
    """

    holding: Holding
    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]
    new_spool: NewSpool
    board: Board | None = None

    def find(
        self,
        conn: Connection,
        keys: Mapping[Kind, str],
        *,
        window: tuple[datetime, datetime] | None = None,
        earlier: bool = False,
        after: int = 0,
        limit: int,
    ) -> Sequence[HeldManifest]:
        """Return what was received and fits every key, as `manifests.find`."""
        if self.board is not None:
            return self.board.find(
                conn, keys=keys, window=window, earlier=earlier, after=after, limit=limit
            )
        return manifests.find(
            conn,
            keys=keys,
            window=window,
            handling=None if earlier else EVERY,
            earlier=earlier,
            after=after,
            limit=limit,
        )

    def expected(
        self,
        conn: Connection,
        office: str,
        *,
        window: tuple[datetime, datetime],
        after: tuple[datetime, int] | None,
        limit: int,
    ) -> Sequence[tuple[datetime, HeldManifest]]:
        """Return what is expected at an office (folded), as `manifests.expected`."""
        source = manifests if self.board is None else self.board
        return source.expected(conn, office, window=window, after=after, limit=limit)

    def manifest(self, conn: Connection, number: int) -> HeldManifest | None:
        """Return a manifest by its number; None where there is none."""
        try:
            return (manifests if self.board is None else self.board).get(conn, number)
        except UnknownRecordError:
            return None

    def digest_of(self, conn: Connection, held: HeldManifest) -> str:
        """Return the SHA-256 of the sealed document of a manifest, lower-case hex."""
        if self.board is not None:
            return self.board.digest_of(conn, held)
        return payloads.about(conn, held.document_id).digest

    def age(self, conn: Connection) -> dict[str, str | None]:
        """Return up to when what an office's own node was told is all there is to tell.

        Nothing is said where manifests are held here.
        """
        if self.board is None:
            return {}
        as_of = self.board.as_of(conn)
        return {"as_of": as_of.isoformat() if as_of else None}

    def missing(self, conn: Connection) -> dict[str, object]:
        """Return how many statements an office's own node refused that nothing made good, if any.

        Each may tell of somebody who is expected and not shown.
        """
        if self.board is None:
            return {}
        found = statements.refused(conn, self.clock() - REMEMBERED)
        if found is None:
            return {}
        return {"refused": {"count": found.count, "since": found.since.isoformat()}}

    def looked(self, actor: Actor, action: str, kind: str, key: str = "", **of: str) -> None:
        """Write into the access log that somebody looked at something."""
        looked(self.engine, actor, self.clock(), action, kind, key, **of)

    def listed(
        self, actor: Actor, action: str, shown: Iterable[HeldManifest], **asked: str
    ) -> None:
        """Write down who asked for a list of manifests, and each that was shown; all or none.

        Who asks in vain has looked too: one line for the question, one for each answer.
        """
        now = self.clock()
        lines = [line_of(actor, now, action, "manifest", "", asked)]
        lines += (
            line_of(actor, now, action, "manifest", str(one.number), {}, movement=one.movement)
            for one in shown
        )
        write_looks(self.engine, lines)
