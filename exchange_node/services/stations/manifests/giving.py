"""A movement of ours → its manifest, for a partner that asked for it and may have it (TM-014).

It takes the steps that every manifest takes on its way out: permitted, minimised, in the partner's
version, checked again. What is kept of it is what is kept of one that was sent unasked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.agreement import Grant
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.message import CODES
from exchange_node.domain.movement import MANIFEST_GIVEN
from exchange_node.domain.releasing.release import Made
from exchange_node.domain.retention import Kept
from exchange_node.policy.verdict import Verdict
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.departure.walking import FINISHED, Departure
from exchange_node.services.stations.departure.way import Ask, Stage, Way
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.movement.faults import NOT_TO_BE_GIVEN, refused
from exchange_node.services.stations.movement.texts import is_standing
from exchange_node.store import outbox
from exchange_node.store.movements.views import KeptMovement
from exchange_node.store.records import manifests, submissions
from exchange_node.store.records.held import Direction, HeldManifest
from exchange_node.store.sent import documents
from exchange_node.wco.movement_codec import under_function

_KEPT_IN = frozenset(
    {submissions.State.WAITING, submissions.State.REFUSED, submissions.State.CANCELLED}
)
"""Of a declaration whose manifest officers or the operator did not let out, or not yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A manifest that was given: its message, and the offices that it plans."""

    message_id: str
    offices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestGiving:
    """Gives manifests of our movements to who asks for them."""

    departure: Departure
    holding: Holding

    def give(
        self,
        conn: Connection,
        kept: KeptMovement,
        partner: str,
        *,
        purpose: str,
        asked: str,
        at: datetime,
    ) -> Given:
        """Queue the manifest of a movement for a partner, in the caller's transaction.

        `asked` is the MessageId of its request.

        Raises:
            InvalidDocumentError: no grant lets it have it, or what may be let out is no manifest;
                or none is held any more, or officers have not let the last one out.
            MissingSettingError: no card of the partner is held.
        """
        held = _last_sent(conn, kept)
        handed_in = submissions.by_message(conn, held.message_id)
        if handed_in is None or handed_in.state in _KEPT_IN:
            raise _not_given(kept, "its last version was not let out")
        whole = self.holding.document_of(conn, Kept.MANIFEST, held)
        document = under_function(whole, CODES[MANIFEST_GIVEN].function)
        ask = Ask(recipient=partner, purpose=purpose, at=at, held=held_agreements(conn))
        begun = Way(code=MANIFEST_GIVEN, format=FINISHED, document=document)
        way = self.departure.onwards(begun, ask)
        written, exchange, manifest = way.written, way.exchange, way.manifest
        if not way.is_open or not (written and exchange and manifest):
            raise _not_given(kept, _why(way))
        grant = _granted(way.verdict)
        packing = self.departure.packing
        prepared = packing.prepare(
            written,
            exchange,
            at=at,
            conversation_id=kept.movement,
            ref_to_message_id=asked,
            # Whoever handed the declaration in does not let it go alone to the next partner either.
            made=Made(by=(handed_in.submitted_by,)),
            approval=grant.approval,
        )
        packing.queue(conn, prepared)
        documents.keep(conn, prepared.message_id, prepared.sealed, packing.vault)
        self.holding.file_manifest(
            conn,
            manifest,
            document.to_bytes(),
            direction=Direction.SENT,
            exchange=exchange,
            grant=grant,
            message_id=prepared.message_id,
            at=at,
        )
        return Given(message_id=prepared.message_id, offices=manifest.offices)


def _last_sent(conn: Connection, kept: KeptMovement) -> HeldManifest:
    """Return the last version that was told, else the last that was handed in here.

    What was given since is a copy of one. While the next one waits for officers, or once it was
    stopped or refused, the text before it is the one that partners have.

    Raises:
        InvalidDocumentError: none is held, or not any more.
    """
    ours = [
        one
        for one in manifests.versions(conn, kept.movement)
        if one.direction is Direction.SENT
        and one.exchange.test == kept.test
        and one.exchange.code != MANIFEST_GIVEN
    ]
    if not ours:
        raise _not_given(kept, "none of ours is held")
    there = [one for one in ours if one.disposed_at is None]
    if not there:
        raise _not_given(kept, "its retention has ended")
    told = (one for one in there if is_standing(outbox.find(conn, one.message_id)))
    return next(told, there[0])


def _not_given(kept: KeptMovement, why: str) -> InvalidDocumentError:
    return refused(NOT_TO_BE_GIVEN.found(value=kept.official_number, why=why))


def _why(way: Way) -> str:
    """Return what stands against it, without a word of what stands in it."""
    last = way.steps[-1]
    if last.stage is Stage.PERMIT and way.verdict is not None:
        return f"{way.verdict.code.value} {way.verdict.text}"
    return ", ".join(dict.fromkeys(one.code for one in last.findings if one.is_error))


def _granted(verdict: Verdict | None) -> Grant:
    assert verdict is not None and verdict.grant is not None  # noqa: S101, PT018 - it was permitted
    return verdict.grant
