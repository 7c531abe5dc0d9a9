"""Manifests and alerts are filed and weighed against each other, in the caller's transaction.

A new manifest meets every live alert that shares a key with it, a new alert every held manifest; an
alert and a manifest of one pair of test and production never meet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypedDict

from sqlalchemy import Connection

from exchange_node.domain.agreement import Grant
from exchange_node.domain.alert import RiskAlert
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.manifest import TransitManifest
from exchange_node.domain.message import Exchange
from exchange_node.domain.retention import Kept
from exchange_node.risk.keys import keys_of_manifest
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.clocks.feedback import start_of_hit
from exchange_node.services.stations.clocks.force import overtaken_by
from exchange_node.services.stations.deciding.judging import Judging
from exchange_node.services.stations.faults import VERSION_TAKEN
from exchange_node.services.stations.looking.names import (
    keys_by_subject,
    keys_in_store,
    learn,
    pairs,
    roles_by_key,
)
from exchange_node.services.stations.looking.opened import Records, require_kept
from exchange_node.services.stations.looking.origin import Agreements
from exchange_node.services.stations.matching.meeting import meet
from exchange_node.services.stations.matching.searching import Searching
from exchange_node.services.stations.movement.beginning import begin, holds_before
from exchange_node.store.orders import renewal
from exchange_node.store.payloads import Vault
from exchange_node.store.records import alerts, hits, manifests
from exchange_node.store.records.alerts import Origin
from exchange_node.store.records.held import LIVE, Direction, HeldAlert, HeldManifest
from exchange_node.store.records.search.names import Bearer
from exchange_node.wco.customisation.versions import Versions
from exchange_node.wco.document import Document

VERSION = "InterGov/VersionID"


class _Listed(TypedDict):
    offices: tuple[str, ...]
    means: tuple[str, ...]
    equipment: tuple[str, ...]
    seals: tuple[str, ...]
    expected_arrival: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What the node holds of manifests and alerts, and what fits what."""

    vault: Vault
    versions: Versions
    judging: Judging

    def file_manifest(  # noqa: PLR0913 - so much is said of a manifest
        self,
        conn: Connection,
        manifest: TransitManifest,
        document: bytes,
        *,
        direction: Direction,
        exchange: Exchange,
        grant: Grant,
        message_id: str,
        at: datetime,
        sealed_at: datetime | None = None,
    ) -> HeldManifest:
        """File a manifest: match it against every live alert, decide, begin its movement.

        One that was sealed before the text that holds is filed as superseded by it, and neither
        matched nor decided on. `sealed_at` is when its seal says, to the second; None for `at`.
        """
        sealed = (sealed_at or at).replace(microsecond=0)
        # The gate goes first: an alert that is being filed beside this would otherwise not be seen.
        hits.queue_as_manifest(conn)
        keys = keys_of_manifest(manifest)
        new = HeldManifest(
            direction=direction,
            partner=exchange.recipient if direction is Direction.SENT else exchange.sender,
            message_id=message_id,
            movement=str(manifest.movement),
            functional_reference=manifest.functional_reference,
            exchange=exchange,
            stored_at=at,
            delete_after=grant.retention.begins(at) + timedelta(days=grant.retention_days),
            mrn=manifest.movement.value if manifest.movement.scheme == "mrn" else "",
            **_listed(manifest),
        )
        held = manifests.file(
            conn,
            replace(new, superseded_by=holds_before(conn, new, manifest.movement, sealed)),
            pairs(keys),
            document,
            self.vault,
            roles_by_key(manifest),
        )
        learn(conn, Bearer.MANIFEST, pairs(keys))
        agreements = held_agreements(conn)
        if held.superseded_by is not None:
            begin(conn, held, manifest, agreements, at, sealed)
            return held
        for candidate in alerts.by_keys(conn, keys_in_store(conn, Bearer.ALERT, keys), at):
            if candidate.test == exchange.test:
                alert = self.alert_of(conn, candidate, agreements)
                if meet(conn, candidate, alert, held, manifest, at):
                    start_of_hit(conn, candidate, at, agreements)
        office = _office_of(manifest, direction)
        self.judging.judge(conn, held, at, agreements, office=office)
        begin(conn, held, manifest, agreements, at, sealed)
        return manifests.get(conn, held.number)

    def file_alert(
        self, conn: Connection, alert: RiskAlert, origin: Origin, document: bytes
    ) -> HeldAlert:
        """File an alert; `match_alert` weighs it once it is in force.

        Raises:
            InvalidDocumentError: another text is held under this id and version.
        """
        keys = keys_by_subject(alert)
        held = alerts.file(conn, alert, origin, keys, document, self.vault)
        learn(conn, Bearer.ALERT, (key[:2] for key in keys))
        if _of_another(held, origin) and (
            held.test != origin.test or not self._is_text_of(conn, held, alert)
        ):
            # Answered as accepted it would be lost: what is held is the first text.
            version = str(alert.version)
            found = VERSION_TAKEN.found(pointer=VERSION, value=version, alert=alert.alert_id)
            raise InvalidDocumentError((found,))
        return held

    def _is_text_of(self, conn: Connection, held: HeldAlert, alert: RiskAlert) -> bool:
        """Whether a version that is held says what another text does, as far as it is known still.

        Of one whose content is gone there is what lists have of it.
        """
        if held.disposed_at is None:
            return self.alert_of(conn, held) == alert
        known = alerts.listed(alert) | {"summary": held.summary}  # gone with the content
        return all(getattr(held, name) == value for name, value in known.items())

    def match_alert(self, conn: Connection, held: HeldAlert, at: datetime) -> int:
        """Hold an alert against the newest held manifests; return how many it fits of them.

        What is left is held against it in portions (`services.matching`).
        """
        return self.searching.begin(conn, held, at)

    def alert_of(
        self, conn: Connection, held: HeldAlert, agreements: Agreements = None
    ) -> RiskAlert:
        """Return a held alert, as `Records.alert_of`."""
        return self.records.alert_of(conn, held, agreements)

    def manifest_of(
        self, conn: Connection, held: HeldManifest, agreements: Agreements = None
    ) -> TransitManifest:
        """Return the view of a held manifest, as `Records.manifest_of`."""
        return self.records.manifest_of(conn, held, agreements)

    @property
    def records(self) -> Records:
        """What opens held records."""
        return Records(vault=self.vault, versions=self.versions)

    @property
    def searching(self) -> Searching:
        """What holds new alerts against what was here before them."""
        return Searching(records=self.records, judging=self.judging)

    def hidden_in(self, conn: Connection, held: HeldManifest | HeldAlert) -> tuple[str, ...]:
        """Return the paths that the grant hides of a record's document; never a value.

        Raises:
            DisposedRecordError: its retention has ended.
        """
        key = str(held.number) if isinstance(held, HeldManifest) else held.alert_id
        require_kept(held, "manifest" if isinstance(held, HeldManifest) else "alert", key)
        return self.records.readable(conn, held).hidden

    def document_of(self, conn: Connection, kind: Kept, held: HeldManifest | HeldAlert) -> Document:
        """Return a held document as it is read: corrected, and without what its grant hides."""
        del kind
        return self.records.readable(conn, held).document

    def renew_manifest(self, conn: Connection, held: HeldManifest, at: datetime) -> None:
        """Read a manifest anew: what it is found by, what it fits, which channel follows.

        One that a later text took the place of fits nothing more, and keeps its channel.
        """
        hits.queue_as_alert(conn)
        manifest = self.manifest_of(conn, held)
        keys = keys_of_manifest(manifest)
        now = replace(held, **_listed(manifest))
        renewal.of_manifest(conn, now, pairs(keys), at, roles_by_key(manifest))
        learn(conn, Bearer.MANIFEST, pairs(keys))
        if held.superseded_by is not None:
            return
        for candidate in alerts.by_keys(conn, keys_in_store(conn, Bearer.ALERT, keys), at):
            if candidate.test != held.exchange.test:
                continue
            if meet(conn, candidate, self.alert_of(conn, candidate), held, manifest, at):
                start_of_hit(conn, candidate, at)
        self.judging.judge(conn, held, at)

    def renew_alert(self, conn: Connection, held: HeldAlert, at: datetime) -> None:
        """Read an alert anew: what it is found by, and what it fits now and no longer."""
        hits.queue_as_alert(conn)
        alert = self.alert_of(conn, held)
        keys = keys_by_subject(alert)
        is_live = held.state in LIVE and alert.valid_until > at and not overtaken_by(conn, held)
        fitted = renewal.of_alert(conn, held.number, alert, keys, is_matched=is_live)
        learn(conn, Bearer.ALERT, (key[:2] for key in keys))
        for number in fitted:
            self.judging.judge(conn, manifests.get(conn, number), at)
        if is_live:
            self.match_alert(conn, alerts.by_number(conn, held.number), at)


def _of_another(held: HeldAlert, origin: Origin) -> bool:
    """Whether what is held under a version came from elsewhere than what is filed under it."""
    if origin.direction is Direction.SENT:  # ours come by no message
        return (held.stored_by, held.stored_at) != (origin.by, origin.at)
    return held.message_id != origin.message_id


def _listed(manifest: TransitManifest) -> _Listed:
    """Return what lists have of a manifest."""
    return {
        "offices": manifest.offices,
        "means": tuple(dict.fromkeys(one.id for one in manifest.all_means)),
        "equipment": tuple(dict.fromkeys(one.id for one in manifest.all_equipment)),
        "seals": tuple(seal for one in manifest.all_equipment for seal in one.customs_seals),
        "expected_arrival": manifest.expected_arrival,
    }


def _office_of(manifest: TransitManifest, direction: Direction) -> str:
    """Return the office whose officers the channel is for: where it comes in, or goes out."""
    if direction is Direction.RECEIVED:
        return manifest.entry_office or ""
    return manifest.exit_office or manifest.declaration_office or ""
