"""A received record → the export gate · the supplier told where it wants to know · register · file.

As evidence goes the sealed document as it came: nothing else proves who said it; the cover note has
what its supplier corrected since. For work goes a plain view of what is read here: corrected, and
only the fields that the grant covers. What the agreement hides goes in neither.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration, Grant
from exchange_node.domain.onward.asking import Asking, OnwardRequest
from exchange_node.domain.onward.wanted import Intended, Use
from exchange_node.domain.retention import Kept
from exchange_node.policy.disposal import counting
from exchange_node.policy.export import ExportVerdict, require_export
from exchange_node.policy.minimising import unexpected
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.views import View
from exchange_node.services.stations.onward import views
from exchange_node.services.stations.onward.judging import Judged, Judging, Unseen
from exchange_node.services.stations.onward.letters import Letters
from exchange_node.services.stations.orders.showing import corrections
from exchange_node.services.stations.registers.naming import Names
from exchange_node.store import audit, payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.onward import exports, requests
from exchange_node.store.onward.exports import Export
from exchange_node.store.payloads import Vault
from exchange_node.store.records.held import Direction
from exchange_node.wco.customisation.versions import Versions
from exchange_node.wco.document import Document

log = structlog.get_logger()

UNVERIFIED = (
    "The supplier has not verified this information: no decision may rest on it alone (TFA 12.5)."
)
"""What a cover note says of a record that its supplier does not vouch for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What is handed out: a record, and the note that goes with it.

    Attributes:
        name: of the file, without a folder.
    """

    cover: View
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporting:
    """Hands received records on, as far as their supplier lets it."""

    own: Administration
    letters: Letters
    versions: Versions
    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]

    @property
    def judging(self) -> Judging:
        """What both gates are asked by, for a preview and for an export alike."""
        return Judging(letters=self.letters, versions=self.versions, vault=self.vault)

    def preview(
        self,
        actor: Actor,
        intended: Intended,
        fill: Callable[[str, Mapping[str, str]], str] | None = None,
    ) -> View:
        """Return what the export gate says to a further use; nothing is handed on.

        `fill` says a template over facts in the reader's language.

        Raises:
            RoleError: the actor is no liaison officer.
            UnusableQueryError: recipient or purpose do not look like one.
            UnknownRecordError: no such record of a partner is held, or it is held too closely.
        """
        actor.require(Role.LIAISON)
        now = self.clock()
        with transaction(self.engine) as conn:
            judged = self.judging.judge(conn, actor, intended, now)
        if isinstance(judged, Unseen):
            judged.refuse(self.engine, actor, now, intended)
        return views.verdict(judged.verdict, fill)

    def export(self, actor: Actor, intended: Intended, *, why: str = "") -> Exported:
        """Hand a record out for a further use: registered, audited, and told where it must be.

        Args:
            actor: who exports.
            intended: the record, to whom, for which use and purpose.
            why: the reason in words, for a supplier that is told.

        Raises:
            RoleError: the actor is no liaison officer.
            UnusableQueryError: recipient or purpose do not look like one.
            UnknownRecordError: no such record of a partner is held, or it is held too closely.
            NotPermittedError: a gate denies it.
        """
        actor.require(Role.LIAISON)
        now = self.clock()
        with transaction(self.engine) as conn:
            judged = self.judging.judge(conn, actor, intended, now)
            # A refusal leaves its line in the access log: it is raised when that is written.
            if isinstance(judged, Judged) and judged.verdict.is_permitted:
                return self._handed_out(conn, judged, actor, why, now)
        if isinstance(judged, Unseen):
            judged.refuse(self.engine, actor, now, intended)
        require_export(judged.verdict)
        raise AssertionError  # pragma: no cover - the verdict is a denial

    def register(
        self, actor: Actor, *, partner: str = "", subject: str = "", limit: int = 50
    ) -> View:
        """Return what was handed on, the newest first: when, to whom, by which officer.

        Raises:
            RoleError: the actor is neither a liaison officer nor an operator.
        """
        actor.require(Role.LIAISON, Role.OPERATOR)
        with reading(self.engine) as conn:
            listed = exports.search(conn, partner=partner, subject=subject, limit=limit)
            names = Names(conn, actor, self.clock())
            plain = [views.export(one) for one in listed]
            lines = names.lines(plain, "record", "document_digest", asked=subject)
        looked(self.engine, actor, names.at, "look.exports", "onward", **names.counted(lines))
        return {"exports": lines}

    def _handed_out(
        self, conn: Connection, judged: Judged, actor: Actor, why: str, now: datetime
    ) -> Exported:
        record, wanted, verdict = judged.record, judged.wanted, judged.verdict
        told = self._tell(conn, judged, actor, why, now) if verdict.tells else ""
        made = Export(
            kind=record.stamp.kind,
            record=record.stamp.number,
            subject=record.stamp.subject,
            partner=record.stamp.partner,
            record_message_id=record.stamp.message_id,
            agreement_id=record.stamp.agreement_id,
            agreement_version=record.stamp.agreement_version,
            grant_id=record.stamp.grant,
            clause=verdict.clause,
            recipient=wanted.recipient,
            use=wanted.use.value,
            purpose=wanted.purpose,
            request_id=verdict.consent.request_id if verdict.consent else "",
            told_message_id=told,
            digest=payloads.about(conn, record.document_id).digest,
            at=now,
            by=actor.name,
        )
        number = exports.add(conn, made)
        _audited(conn, made, number)
        log.info("exported", export=number, kind=made.kind.value, record=made.record)
        return self._exported(conn, judged, made, number)

    def _tell(
        self,
        conn: Connection,
        judged: Judged,
        actor: Actor,
        why: str,
        now: datetime,
    ) -> str:
        """Tell the supplier of a use under its standing consent; return the message's id."""
        request = OnwardRequest(
            request_id=self.letters.new_number(now),
            party=str(self.own.party),
            asking=Asking.NOTICE,
            wanted=judged.wanted,
            why=why.strip() or "under the standing consent",
            at=now.replace(microsecond=0),
        )
        prepared = self.letters.request(
            judged.held, request, judged.record.stamp.partner, now, actor.name
        )
        self.letters.send_request(conn, request, prepared, by=actor.name, at=now)
        return prepared.message_id

    def _exported(self, conn: Connection, judged: Judged, made: Export, number: int) -> Exported:
        record, verdict = judged.record, judged.verdict
        cover = views.export(made) | {
            "export": number,
            "supplier": made.partner,
            "handed_out_by": str(self.own.party),
            "record_message_id": made.record_message_id,
            "sent_for": record.purpose,
            "handling": record.handling.value,
            "test_data": record.test,
            "unverified": record.unverified,
            "remark": UNVERIFIED if record.unverified else "",
            "permitted": verdict.text,
            "consent_until": _until(verdict),
            "conditions": self._conditions(conn, made),
        }
        name = f"{made.kind.value}-{made.record}"
        if Use(made.use).is_evidence:
            since = corrections(conn, made.kind, made.record, self.vault)
            return Exported(
                cover=cover | {"form": "the sealed document as it came", "corrections": since},
                name=f"{name}.xml",
                media_type="application/xml",
                content=payloads.fetch(conn, record.document_id, self.vault),
            )
        (_, grant), *_ = counting(judged.held, record.stamp, made.at)
        plain = json.dumps(_plain(judged.seen.document, grant), ensure_ascii=False, indent=2)
        return Exported(
            cover=cover | {"form": "a plain view of the fields that the grant covers"},
            name=f"{name}.json",
            media_type="application/json",
            content=plain.encode(),
        )

    def _conditions(self, conn: Connection, made: Export) -> str:
        """Return what the supplier attached to the consent that an export rests on."""
        if not made.request_id:
            return ""
        asked = requests.get(conn, made.request_id, direction=Direction.SENT, partner=made.partner)
        last = max(asked.answers, key=lambda one: one.answer.ordinal)
        return views.conditions_of(conn, last, self.vault) or ""


def _plain(document: Document, grant: Grant) -> View:
    """Return the fields of a document that its grant covers."""
    hidden = {one.pointer for one in unexpected(document, grant)}
    seen = (one for one in document.leaves() if one.pointer not in hidden)
    fields = [{"pointer": one.pointer, "value": one.value} | dict(one.attributes) for one in seen]
    return {"fields": fields}


def _until(verdict: ExportVerdict) -> str | None:
    until = verdict.consent.until if verdict.consent else None
    return until.isoformat() if until else None


def _audited(conn: Connection, made: Export, number: int) -> None:
    audit.write(
        conn,
        audit.AuditRecord(
            at=made.at,
            actor=made.by,
            action="onward.exported",
            subject_kind=made.kind.value,
            subject_key=str(made.record),
            movement=made.subject if made.kind is Kept.MANIFEST else "",
            message_id=made.record_message_id,
            partner=made.partner,
            facts={
                "export": str(number),
                "recipient": made.recipient,
                "use": made.use,
                "purpose": made.purpose,
                "clause": made.clause,
                "consent": made.request_id,
                "told": made.told_message_id,
                "digest": made.digest,
            },
        ),
    )
