"""Sealed → kept for officers → taken out again as it was, and what is said of it meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.releasing.release import Release, SealedFile, State, ends_at
from exchange_node.domain.transmission.content import Content
from exchange_node.ebms.message import Payload
from exchange_node.ebms.pmodes.pmode import PMode
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.store.payloads import Vault, digest_of
from exchange_node.store.releasing import releases


def keep_waiting(conn: Connection, prepared: Prepared, longest: timedelta, vault: Vault) -> None:
    """Keep a sealed message for officers, and leave word that it waits."""
    message_id, made = prepared.message_id, prepared.made
    waiting = Release(
        message_id=message_id,
        exchange=prepared.exchange,
        conversation_id=prepared.conversation_id,
        ref_to_message_id=prepared.ref_to_message_id,
        makers=tuple(dict.fromkeys(made.by)),
        urgency=made.urgency,
        needed=prepared.officers,
        made_at=prepared.at,
        until=ends_at(made, prepared.at, longest),
        digest=digest_of(prepared.sealed),
        document_id=releases.document_id_of(message_id),
        files=tuple(
            SealedFile(
                content_id=one.content_id,
                mime_type=one.mime_type,
                payload_id=releases.file_id_of(message_id, number),
            )
            for number, one in enumerate(prepared.files, start=1)
        ),
    )
    contents = [one.content for one in prepared.files]
    releases.add(conn, waiting, prepared.sealed, contents, vault)
    tell(conn, "release.waiting", waiting, prepared.at)


def taken_out(one: Release, pmode: PMode, document: bytes, files: Sequence[Content]) -> Prepared:
    """Return a message as it was kept, still to be packed."""
    return Prepared(
        message_id=one.message_id,
        exchange=one.exchange,
        pmode=pmode,
        conversation_id=one.conversation_id,
        ref_to_message_id=one.ref_to_message_id,
        sealed=document,
        packed=None,
        at=one.made_at,
        files=tuple(
            Payload(
                content=content,
                content_id=named.content_id,
                mime_type=named.mime_type,
                character_set=None,
            )
            for named, content in zip(one.files, files, strict=True)
        ),
        officers=one.needed,
    )


def tell(conn: Connection, code: str, one: Release, at: datetime) -> None:
    """Leave a notice about a message of the waiting room; nothing of its content."""
    facts = {
        "partner": one.exchange.recipient,
        "message": one.exchange.code,
        "conversation": one.conversation_id,
        "missing": str(one.missing),
        "until": one.until.isoformat(),
    }
    facts |= {"urgency": one.urgency} if one.urgency else {}
    facts |= {"why": one.why} if one.state is not State.WAITING else {}
    leave_notice(conn, code, one.message_id, at, **facts)
