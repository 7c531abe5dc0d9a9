"""A held record → what it says, as far as its grant lets it be read."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from exchange_node.domain.alert import RiskAlert
from exchange_node.domain.errors import DisposedRecordError
from exchange_node.domain.manifest import TransitManifest
from exchange_node.policy.minimising import Readable
from exchange_node.services.stations.looking.origin import Agreements, readable_of
from exchange_node.store.payloads import Vault
from exchange_node.store.records.held import HeldAlert, HeldManifest
from exchange_node.wco.alert_codec import decode_alert
from exchange_node.wco.customisation.versions import Versions
from exchange_node.wco.manifest_view import read_manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Opens what is held."""

    vault: Vault
    versions: Versions

    def alert_of(
        self, conn: Connection, held: HeldAlert, agreements: Agreements = None
    ) -> RiskAlert:
        """Return a held alert, as far as its grant lets it be read.

        `agreements`: those that are held, where the caller has read them.

        Raises:
            DisposedRecordError: its retention has ended.
        """
        require_kept(held, "alert", held.alert_id)
        return decode_alert(self.readable(conn, held, agreements).document)

    def manifest_of(
        self, conn: Connection, held: HeldManifest, agreements: Agreements = None
    ) -> TransitManifest:
        """Return the view of a held manifest, as far as its grant lets it be read.

        `agreements`: those that are held, where the caller has read them.

        Raises:
            DisposedRecordError: its retention has ended.
        """
        require_kept(held, "manifest", str(held.number))
        return read_manifest(self.readable(conn, held, agreements).document)

    def readable(
        self, conn: Connection, held: HeldManifest | HeldAlert, agreements: Agreements = None
    ) -> Readable:
        """Return what may be read of a record's document."""
        return readable_of(conn, held, self.vault, self.versions, agreements)


def require_kept(held: HeldManifest | HeldAlert, kind: str, key: str) -> None:
    """Pass a record whose content is still held.

    Raises:
        DisposedRecordError: its retention has ended.
    """
    if held.disposed_at is not None:
        day = held.disposed_at.date().isoformat()
        raise DisposedRecordError(kind=kind, key=key, day=day)
