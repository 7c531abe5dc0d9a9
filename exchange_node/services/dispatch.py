"""Declaration → outbox: the steps of every departure · seal · pack · queue.

What is refused on the way is recorded with every finding; what is taken is queued and held. Either
the message is in the outbox when `submit` returns, or in the waiting room where its grant asks for
officers, or nothing is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import ConflictingKeyError, StoreBusyError
from exchange_node.domain.finding import Finding
from exchange_node.domain.identifiers import PartyId
from exchange_node.domain.manifest import TransitManifest
from exchange_node.domain.message import AttachedFile
from exchange_node.domain.movement import MANIFEST_AMENDED
from exchange_node.domain.releasing.release import Made
from exchange_node.mapping.declaration import Mapped
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.availability.seeing import fails_at_once
from exchange_node.services.stations.clocks import advance
from exchange_node.services.stations.departure.attaching import require_attachable
from exchange_node.services.stations.departure.walking import Departure
from exchange_node.services.stations.departure.way import Ask, Way
from exchange_node.services.stations.giving import named_by
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.loss import attached, kept_report, told_of
from exchange_node.services.stations.manifests.amending import amends, is_told
from exchange_node.services.stations.movement.beginning import sealing_moment
from exchange_node.services.stations.outcomes import Counting, submission_record
from exchange_node.services.stations.outgoing import Packing
from exchange_node.services.stations.waiting import due
from exchange_node.store import audit, payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.payloads import Vault
from exchange_node.store.records import submissions
from exchange_node.store.records.held import Direction
from exchange_node.store.records.submissions import State, Submission
from exchange_node.store.sent import documents

log = structlog.get_logger()

_MOST_TRIES = 5
"""Of a manifest that others are handed in beside (our choice)."""


class _ToldMeanwhileError(Exception):
    """A text of the same manifest was let out, or refused, since this one was weighed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """One submission on its way through the stations."""

    submission_id: str
    actor: Actor
    partner: PartyId
    declaration: bytes
    idempotency_key: str | None
    purpose: str
    files: tuple[AttachedFile, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """Takes national declarations in and queues sealed manifests."""

    departure: Departure
    packing: Packing
    holding: Holding
    counting: Counting
    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    attachment_bytes: int

    def submit(  # noqa: PLR0913 - so much is said of a declaration
        self,
        actor: Actor,
        declaration: bytes,
        *,
        partner: str,
        format_name: str = "",
        facts: str = "",
        purpose: str = "TRANSIT_CONTROL",
        idempotency_key: str = "",
        files: Sequence[AttachedFile] = (),
        request: str = "",
    ) -> Submission:
        """Queue a national declaration for a partner, or record why it was refused.

        `request` is the number of the partner's request that it is given on, where its grant lets
        it go on request alone.

        Of a movement that the partner was told before it goes as an amendment (TM-011).

        A submission under a key that the same submitter used before is the earlier one.

        Raises:
            RoleError: the actor does not submit declarations.
            InputError: the declaration or the facts cannot be read, or it is of no known format.
            UnreadableInputError: a file is too large, too many, or has no media type.
            ConflictingKeyError: the key was used for another declaration, partner or file.
            MissingSettingError: no card of the partner is held.
            InvalidSettingError: no key of ours seals then, or none is encrypted for.
            StoreError: nothing could be kept; nothing was queued.
        """
        actor.require(Role.SUBMITTER)
        require_attachable(files, self.attachment_bytes)
        work = _Work(
            submission_id=self.new_id(),
            actor=actor,
            partner=PartyId.parse(partner),
            declaration=declaration,
            idempotency_key=idempotency_key or None,
            purpose=purpose,
            files=tuple(files),
            at=self.clock(),
        )
        with reading(self.engine) as conn:
            earlier = submissions.by_key(conn, actor.name, work.idempotency_key)
            held = held_agreements(conn)
            if earlier is not None:
                return self._same(conn, earlier, work)
            given_on = named_by(conn, str(work.partner), request)
        ask = Ask(
            recipient=partner,
            purpose=purpose,
            at=work.at,
            held=held,
            attachments=len(work.files),
            given_on=given_on,
            amends=amends(self.engine, self.departure.own, partner),
        )
        declared = self.departure.declared(
            declaration,
            format_name=format_name,
            facts=facts,
            at=work.at,
            reference=work.submission_id,
        )
        for _ in range(_MOST_TRIES):
            try:
                return self._take(work, self.departure.onwards(declared, ask))
            except _ToldMeanwhileError:
                continue
        raise StoreBusyError(why="others hand in texts of the same manifest at once")

    def _take(self, work: _Work, way: Way) -> Submission:
        """Queue what went its whole way, or record why it did not.

        Raises:
            _ToldMeanwhileError: another text of it was let out beside this one; nothing was kept.
        """
        partner = str(work.partner)
        mapped, manifest, told = way.mapped, way.manifest, way.told(work.files)
        assert mapped is not None  # noqa: S101 - a declaration has been mapped, or raised
        written, exchange, verdict = way.written, way.exchange, way.verdict
        document = way.document or mapped.document  # of an amendment it says that it is one
        if not way.is_open or not (manifest and written and exchange and verdict and verdict.grant):
            return self._record(work, mapped, way.findings, told, manifest)
        with reading(self.engine) as conn:
            sealed_at = sealing_moment(conn, manifest.movement, exchange, work.at)
        prepared = self.packing.prepare(
            written,
            exchange,
            at=work.at,
            sealed_at=sealed_at,
            conversation_id=str(manifest.movement),
            ref_to_message_id=verdict.given_on,
            files=work.files,
            made=Made(by=(work.actor.name,)),
            approval=verdict.grant.approval,
        )
        if not prepared.waits:  # what officers let go may find the partner back
            with reading(self.engine) as conn:
                fails = fails_at_once(conn, partner, exchange.code, work.at)
            if fails:
                return self._record(work, mapped, (*way.findings, *fails), told, manifest)
        submission = replace(
            _refused(work, mapped, way.findings, manifest),
            state=State.WAITING if prepared.waits else State.QUEUED,
            message_id=prepared.message_id,
        )
        with transaction(self.engine) as conn:
            stored = self._add(conn, submission, work, mapped, told)
            if stored.submission_id != submission.submission_id:
                return stored
            self.packing.queue(conn, prepared)
            documents.keep(conn, prepared.message_id, prepared.sealed, self.vault)
            filed = self.holding.file_manifest(
                conn,
                manifest,
                document.to_bytes(),
                direction=Direction.SENT,
                exchange=exchange,
                grant=verdict.grant,
                message_id=prepared.message_id,
                at=work.at,
                sealed_at=sealed_at,
            )
            # Filed, it is alone with its movement: whoever came sooner is seen now.
            was_told = is_told(
                conn, manifest.movement, partner, test=exchange.test, besides=filed.message_id
            )
            if was_told is not (exchange.code == MANIFEST_AMENDED):
                raise _ToldMeanwhileError
            advance.start(conn, filed, manifest, verdict.grant, work.at)
            due.start(conn, prepared, verdict.grant, sealed_at)
            self.counting.handed_in(conn, stored, mapped.report)
            audit.write(conn, submission_record(stored, purpose=work.purpose, told=told))
        log.info(
            stored.state.value,
            submission=stored.submission_id,
            movement=stored.movement,
            message_id=stored.message_id,
            partner=partner,
        )
        return stored

    def _add(
        self,
        conn: Connection,
        submission: Submission,
        work: _Work,
        mapped: Mapped,
        told: dict[str, object],
    ) -> Submission:
        """Record a submission; return the earlier one where its key was used before."""
        tried = self.counting.tried(conn, submission, mapped.document, work.declaration)
        report = kept_report(told, mapped.report)
        stored = submissions.add(conn, tried, work.declaration, report, self.vault)
        is_new = stored.submission_id == submission.submission_id
        return stored if is_new else self._same(conn, stored, work)

    def _same(self, conn: Connection, earlier: Submission, work: _Work) -> Submission:
        report = payloads.fetch(conn, earlier.report_id, self.vault) if earlier.report_id else b""
        then = (earlier.digest, earlier.partner, told_of(report).get("attachments", []))
        digest = hashlib.sha256(work.declaration).hexdigest()
        if then != (digest, str(work.partner), attached(work.files)):
            raise ConflictingKeyError(
                key=earlier.idempotency_key or "", submission=earlier.submission_id
            )
        return earlier

    def _record(
        self,
        work: _Work,
        mapped: Mapped,
        findings: tuple[Finding, ...],
        told: dict[str, object],
        manifest: TransitManifest | None = None,
    ) -> Submission:
        """Keep a refused submission with everything that was found; nothing is queued."""
        submission = _refused(work, mapped, findings, manifest)
        with transaction(self.engine) as conn:
            stored = self._add(conn, submission, work, mapped, told)
            if stored.submission_id != submission.submission_id:
                return stored
            self.counting.handed_in(conn, stored, mapped.report)
            audit.write(conn, submission_record(stored, purpose=work.purpose, told=told))
        log.warning(
            "refused",
            submission=stored.submission_id,
            partner=stored.partner,
            rules=sorted({one.code for one in findings if one.is_error}),
        )
        return stored


def _refused(
    work: _Work,
    mapped: Mapped,
    findings: tuple[Finding, ...],
    manifest: TransitManifest | None,
) -> Submission:
    return Submission(
        submission_id=work.submission_id,
        submitted_by=work.actor.name,
        partner=str(work.partner),
        format=mapped.profile,
        state=State.REFUSED,
        at=work.at,
        idempotency_key=work.idempotency_key,
        movement=str(manifest.movement) if manifest else "",
        findings=findings,
    )
