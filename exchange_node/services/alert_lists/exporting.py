"""Alerts held here → a file: a list that is read back, or events in the form of MISP.

A file stays in this administration. Each alert is asked of the view gate, one of a partner's of the
export gate as well, and leaves a line in the access log; what may not stand in a file is told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration
from exchange_node.domain.alert import RiskAlert
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.finding import Finding
from exchange_node.domain.onward.wanted import Intended, Use
from exchange_node.domain.retention import Kept
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.export.listing import may_name_in_files, may_stand_in_files
from exchange_node.services.alert_lists.misp import event_of
from exchange_node.services.alert_lists.rules import (
    IN_NO_FILE,
    NOT_HELD,
    NOT_OURS,
    NOT_PERMITTED,
    TOLD_OF,
)
from exchange_node.services.alert_lists.writing import as_csv, as_json, plain_of
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.looking.access_log import look, looked
from exchange_node.services.stations.looking.gate import alert_looked_at, weighed
from exchange_node.services.stations.onward.judging import LOOK, Judged, Judging
from exchange_node.store import payloads
from exchange_node.store.database import transaction
from exchange_node.store.onward import exports
from exchange_node.store.onward.exports import Export
from exchange_node.store.records import alerts
from exchange_node.store.records.held import LIVE, AlertState, Direction, HeldAlert
from exchange_node.wco.alert_codec import decode_alert

_SHOWN = 80

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
        left: of each alert that may not stand in it, why.
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
        with transaction(self.engine) as conn:
            agreements = held_agreements(conn)
            for alert_id, held in self._meant(conn, alert_ids, issuer, now):
                if held is None:
                    made.left.append(NOT_HELD.found(value=alert_id[:_SHOWN]))
                    continue
                said = self._permitted(conn, actor, held, agreements, form, purpose, now)
                if isinstance(said, RiskAlert):
                    found.append(said)
                else:
                    made.left.append(said)
            look(
                conn, actor, now, "alert.exported", "alert-list", "",
                form=form.value, count=str(len(found)), left=str(len(made.left)),
            )  # fmt: skip
        for one in made.left:
            looked(self.engine, actor, now, LOOK, "alert", one.value, refused=one.code)
        made.content, made.count = _content(form, found), len(found)
        return made

    def _meant(
        self, conn: Connection, alert_ids: Sequence[str], issuer: str, now: datetime
    ) -> Iterator[tuple[str, HeldAlert | None]]:
        for alert_id in dict.fromkeys(alert_ids):
            try:
                yield alert_id, alerts.by_id(conn, alert_id, issuer=issuer)
            except UnknownRecordError:
                yield alert_id, None
        if not alert_ids:
            ours = alerts.search(conn, direction=Direction.SENT, limit=MOST_ALERTS)
            states = LIVE | {AlertState.DRAFTED}
            for one in reversed(ours):
                if one.state in states and one.valid_until > now and one.disposed_at is None:
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
        if not sight.is_permitted:
            if not sight.is_explained:
                return NOT_HELD.found(value=name)
            return NOT_PERMITTED.found(value=name, why=sight.text)
        if not may_stand_in_files(held.marking):
            return IN_NO_FILE.found(value=name)
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
