"""Alerts held here → a file: a list that is read back, or events in the form of MISP.

A file stays in this administration. Each alert is asked of the view gate, one of a partner's of the
export gate as well, and leaves a line in the access log; what may not stand in a file is told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration
from exchange_node.domain.alert import Attachment, RiskAlert
from exchange_node.domain.finding import Finding
from exchange_node.domain.onward.wanted import Intended, Use
from exchange_node.domain.retention import Kept
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.export.listing import may_name_in_files, may_stand_in_files
from exchange_node.policy.viewing import Sight
from exchange_node.services.alert_lists.misp import event_of
from exchange_node.services.alert_lists.rules import (
    FILE_LEFT_OUT,
    IN_NO_FILE,
    NOT_HELD,
    NOT_OURS,
    NOT_PERMITTED,
    OVER,
    TOLD_OF,
    TOO_MANY,
)
from exchange_node.services.alert_lists.writing import as_csv, as_json, plain_of
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.clocks.force import standing
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.looking.access_log import look, looked
from exchange_node.services.stations.looking.gate import alert_looked_at, weighed
from exchange_node.services.stations.looking.naming import by_id_shown
from exchange_node.services.stations.onward.judging import LOOK, Judged, Judging
from exchange_node.store import payloads
from exchange_node.store.database import transaction
from exchange_node.store.onward import exports
from exchange_node.store.onward.exports import Export
from exchange_node.store.records.held import AlertState, Direction, HeldAlert
from exchange_node.store.records.search.alerts import ours_to_export
from exchange_node.wco.alert_codec import decode_alert

_SHOWN = 80

_OVER = frozenset({AlertState.WITHDRAWN, AlertState.DISCARDED})
"""States in which nothing of an alert is left to be read from a file."""

MOST_ALERTS = 1_000
"""Alerts in one file (our choice); more are asked for by their ids."""


class Form(StrEnum):
    """What a file is: a list that the import reads, or events for MISP."""

    CSV = "csv"
    JSON = "json"
    MISP = "misp"


@dataclass(slots=True)
class Exported:
    """A file, and what is not in it.

    Attributes:
        left: of each alert that may not stand in it, or not whole, why.
    """

    content: bytes
    count: int
    left: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporting:
    """Writes alerts into files."""

    own: Administration
    holding: Holding
    judging: Judging
    engine: Engine
    clock: Callable[[], datetime]

    def run(
        self,
        actor: Actor,
        form: Form,
        alert_ids: Sequence[str] = (),
        *,
        issuer: str = "",
        purpose: str = "RISK_ANALYSIS",
    ) -> Exported:
        """Return alerts as a file: those named, else ours that have not come to their end.

        Args:
            actor: who exports.
            form: of the file. Lists hold alerts of ours alone: one of a partner's would be read
                back as ours.
            alert_ids: which alerts.
            issuer: who gave these ids; empty where one alone did.
            purpose: what the file is used for.

        Raises:
            RoleError: the actor is no liaison officer.
            UnusableQueryError: two issuers gave an id, or the purpose looks like none.
        """
        actor.require(Role.LIAISON)
        now = self.clock()
        made = Exported(b"", 0)
        found: list[RiskAlert] = []
        kept_back: list[Finding] = []
        with transaction(self.engine) as conn:
            agreements = held_agreements(conn)
            meant = list(self._meant(conn, actor, agreements, alert_ids, issuer, now))
            if not alert_ids and len(meant) > MOST_ALERTS:
                meant = meant[:MOST_ALERTS]
                kept_back.append(TOO_MANY.found(most=MOST_ALERTS))
            for alert_id, held in reversed(meant) if not alert_ids else meant:
                if held is None:
                    made.left.append(NOT_HELD.found(value=alert_id[:_SHOWN]))
                    continue
                said = self._permitted(conn, actor, held, agreements, form, purpose, now)
                if isinstance(said, Finding):
                    made.left.append(said)
                    continue
                whole = _without_red(said)
                found.append(whole)
                if form is not Form.MISP and (
                    cut := len(said.attachments) - len(whole.attachments)
                ):
                    kept_back.append(FILE_LEFT_OUT.found(value=alert_id, count=cut))
            look(
                conn, actor, now, "alert.exported", "alert-list", "",
                form=form.value, count=str(len(found)), left=str(len(made.left)),
            )  # fmt: skip
        for one in made.left:
            looked(self.engine, actor, now, LOOK, "alert", one.value, refused=one.code)
        made.left += kept_back
        made.content, made.count = _content(form, found), len(found)
        return made

    def _meant(
        self,
        conn: Connection,
        actor: Actor,
        agreements: Sequence[HeldAgreement],
        alert_ids: Sequence[str],
        issuer: str,
        now: datetime,
    ) -> Iterator[tuple[str, HeldAlert | None]]:
        """Yield each alert that is meant by the one version that counts; ours the newest first."""
        for alert_id in dict.fromkeys(alert_ids):
            held = by_id_shown(conn, agreements, actor, alert_id, issuer=issuer, purpose="", at=now)
            # A correction that was drafted counts for nothing before it is sent.
            yield alert_id, held and (standing(conn, held.issuer, alert_id) or held)
        if not alert_ids:
            for one in ours_to_export(conn, now, limit=MOST_ALERTS + 1):
                yield one.alert_id, one

    def _permitted(
        self,
        conn: Connection,
        actor: Actor,
        held: HeldAlert,
        agreements: Sequence[HeldAgreement],
        form: Form,
        purpose: str,
        now: datetime,
    ) -> RiskAlert | Finding:
        """Return an alert that may stand in the file, else why it may not."""
        name = held.alert_id
        one = alert_looked_at(held)
        sight = weighed(conn, agreements, actor, one, purpose="", at=now)
        if (refused := _refused(held, sight)) is not None:
            return refused
        if held.direction is Direction.SENT:
            look(conn, actor, now, LOOK, "alert", held.alert_id, recipient=str(self.own.party))
            return self.holding.alert_of(conn, held, agreements)
        if form is not Form.MISP:
            return NOT_OURS.found(value=name)
        return self._of_partner(conn, actor, held, purpose, now)

    def _of_partner(
        self, conn: Connection, actor: Actor, held: HeldAlert, purpose: str, now: datetime
    ) -> RiskAlert | Finding:
        name = held.alert_id
        intended = Intended(
            kind=Kept.ALERT,
            subject=f"{held.issuer}/{held.alert_id}",
            recipient=str(self.own.party),
            use=Use.WORK,
            purpose=purpose,
        )
        judged = self.judging.judge(conn, actor, intended, now)
        if not isinstance(judged, Judged):
            return NOT_HELD.found(value=name)
        if not judged.verdict.is_permitted:
            return NOT_PERMITTED.found(value=name, why=judged.verdict.text)
        if judged.verdict.tells:
            return TOLD_OF.found(value=name)
        exports.add(conn, _registered(conn, judged, actor, now))
        return decode_alert(judged.seen.document)


def _refused(held: HeldAlert, sight: Sight) -> Finding | None:
    """Return why an alert stands in no file; of what may not be seen it is not said why."""
    name = held.alert_id
    if not sight.is_explained and not sight.is_permitted:
        return NOT_HELD.found(value=name)
    if not sight.is_permitted:
        return NOT_PERMITTED.found(value=name, why=sight.text)
    if held.state in _OVER:
        return OVER.found(value=name, state=held.state.value)
    return None if may_stand_in_files(held.marking) else IN_NO_FILE.found(value=name)


def _without_red(alert: RiskAlert) -> RiskAlert:
    """Return an alert without the files that may stand in no file: digest and words of them."""
    kept = tuple(one for one in alert.attachments if _may_stand(one))
    return replace(alert, attachments=kept)


def _may_stand(one: Attachment) -> bool:
    return one.marking is None or may_stand_in_files(one.marking)


def _content(form: Form, found: Sequence[RiskAlert]) -> bytes:
    match form:
        case Form.CSV:
            return as_csv(map(plain_of, found))
        case Form.JSON:
            return as_json(map(plain_of, found))
        case Form.MISP:
            events: list[dict[str, Any]] = [
                event_of(one, names=may_name_in_files(one.permitted_action)) for one in found
            ]
            return json.dumps({"response": events}, ensure_ascii=False, indent=2).encode()


def _registered(conn: Connection, judged: Judged, actor: Actor, now: datetime) -> Export:
    record, wanted, verdict = judged.record, judged.wanted, judged.verdict
    return Export(
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
        told_message_id="",
        digest=payloads.about(conn, record.document_id).digest,
        at=now,
        by=actor.name,
    )
