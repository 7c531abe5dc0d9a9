"""TM-010, TM-011, TM-014: a manifest of a partner is filed and matched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.finding import Finding
from exchange_node.domain.manifest import TransitManifest
from exchange_node.domain.movement import CODES_OF, MANIFEST_AMENDED, MANIFEST_GIVEN, Event
from exchange_node.services.stations.arrival.movements import Notices
from exchange_node.services.stations.arrival.opening import Opened
from exchange_node.services.stations.clocks import advance, prompt
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.movement.faults import (
    MANIFEST_TAKEN,
    NOT_ASKED_FOR,
    OVERTAKEN,
    refused,
)
from exchange_node.store import outbox
from exchange_node.store.records import manifests
from exchange_node.store.records.held import Direction
from exchange_node.wco.manifest_view import read_manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifests:
    """Takes transit manifests."""

    holding: Holding
    notices: Notices

    def take(self, conn: Connection, opened: Opened, now: datetime) -> tuple[Finding, ...]:
        """File a manifest and match it against every live alert; say if a later text holds.

        Raises:
            InvalidDocumentError: the node cannot read of it what it must, or it comes as asked for
                and was not; or another is held that it does not amend, or that can be amended
                no more.
            EarlyNoticeError: what it amends has not come.
        """
        manifest = read_manifest(opened.document)
        if opened.exchange.code == MANIFEST_GIVEN:
            _require_asked(conn, opened, manifest)
        elif opened.exchange.code == MANIFEST_AMENDED:
            self.notices.require_amendable(conn, opened, manifest, now)
        else:
            _require_first(conn, opened, manifest)
        held = self.holding.file_manifest(
            conn,
            manifest,
            opened.content,
            direction=Direction.RECEIVED,
            exchange=opened.exchange,
            grant=opened.grant,
            message_id=opened.incoming.message_id,
            at=now,
            sealed_at=opened.sealed_at,
        )
        advance.start(conn, held, manifest, opened.grant, opened.incoming.received_at)
        prompt.weigh(
            conn, opened.incoming, opened.exchange, opened.grant, held.movement, opened.sealed_at,
            now,
        )  # fmt: skip
        if held.superseded_by is None:
            return ()
        later = manifests.get(conn, held.superseded_by).message_id
        number = manifest.movement.value
        return (OVERTAKEN.found(pointer="Declaration/ID", value=number, message=later),)


def _require_first(conn: Connection, opened: Opened, manifest: TransitManifest) -> None:
    """Pass a manifest of a movement of which its sender has told none; one that was asked for is.

    Whoever has the first text does not know which of two is meant: a change says that it is one.
    """
    for one in manifests.versions(conn, str(manifest.movement)):
        is_told = (
            one.direction is Direction.RECEIVED
            and one.partner == opened.incoming.sender
            and one.message_id != opened.incoming.message_id
            and one.exchange.test == opened.exchange.test
            and one.exchange.code != MANIFEST_GIVEN
        )
        if is_told:
            number = manifest.movement.value
            found = MANIFEST_TAKEN.found(
                pointer="Declaration/ID", value=number, message=one.message_id
            )
            raise refused(found)


def _require_asked(conn: Connection, opened: Opened, manifest: TransitManifest) -> None:
    """Pass a manifest that this node asked that partner for."""
    try:
        asked = outbox.get(conn, opened.incoming.header.get("refTo", ""))
    except UnknownRecordError:
        asked = None
    if (
        asked is None
        or asked.transmission.partner != opened.incoming.sender
        or asked.exchange.code != CODES_OF[Event.REQUEST]
        or asked.exchange.test != opened.exchange.test
        or asked.conversation_id != str(manifest.movement)
    ):
        number = manifest.movement.value
        party = opened.incoming.sender
        raise refused(NOT_ASKED_FOR.found(pointer="Declaration/ID", value=number, party=party))
