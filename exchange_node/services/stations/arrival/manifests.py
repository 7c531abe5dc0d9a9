"""TM-010: a manifest of a partner is filed and matched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.services.stations.arrival.opening import Opened
from exchange_node.services.stations.holding import Holding
from exchange_node.store.records.held import Direction
from exchange_node.wco.manifest_view import read_manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifests:
    """Takes transit manifests."""

    holding: Holding

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """File a manifest and match it against every live alert.

        Raises:
            InvalidDocumentError: the node cannot read of it what it must.
        """
        self.holding.file_manifest(
            conn,
            read_manifest(opened.document),
            opened.content,
            direction=Direction.RECEIVED,
            exchange=opened.exchange,
            grant=opened.grant,
            message_id=opened.incoming.message_id,
            at=now,
        )
