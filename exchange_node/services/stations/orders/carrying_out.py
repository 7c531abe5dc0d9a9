"""One record of a partner's order → corrected or deleted, or why not: in the caller's transaction.

Only what the partner itself supplied is touched; a legal hold delays a deletion. What is deleted
goes as disposal has it; what is corrected stays sealed as it came and is read with its new values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.agreement import Administration
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.finding import Finding, has_errors
from exchange_node.domain.orders.order import Certified, Kind, Outcome, Refusal
from exchange_node.domain.retention import Kept
from exchange_node.policy.disposal import permit_ordered
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.arrival.taking import NODE
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.looking.origin import corrected_of, sifted_of
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store import audit
from exchange_node.store.onward import exports
from exchange_node.store.orders import copies, orders
from exchange_node.store.orders.kept import KeptItem, KeptOrder
from exchange_node.store.records import alerts, hits, manifests
from exchange_node.store.records.held import HeldAlert, HeldManifest
from exchange_node.store.retention import disposals, due, holds
from exchange_node.store.retention.due import Found
from exchange_node.wco.alert_codec import decode_alert
from exchange_node.wco.document import Document
from exchange_node.wco.manifest_view import read_manifest
from exchange_node.wco.orders import corrected
from exchange_node.wco.orders.correcting import NO_SUCH_VALUE, NOT_CORRECTABLE, OTHER_VALUE
from exchange_node.wco.rules import validate
from exchange_node.wco.rules.library import WcoLibrary

_GROUNDS = {
    NO_SUCH_VALUE.code: Refusal.NO_SUCH_VALUE,
    OTHER_VALUE.code: Refusal.OTHER_VALUE,
    NOT_CORRECTABLE.code: Refusal.NOT_CORRECTABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryingOut:
    """Does what a supplier ordered of what it supplied."""

    own: Administration
    holding: Holding
    library: WcoLibrary

    def carry_out(
        self, conn: Connection, order: KeptOrder, item: KeptItem, certificate_id: str, now: datetime
    ) -> Certified:
        """Do to one record what was ordered and write down what became of it."""
        hits.queue_as_alert(conn)  # the gate before the rows, as where things are filed
        found = due.named(conn, item.name, order.partner)
        record = found.stamp.number if found is not None else None
        certified = self._refusal(conn, order, item, found, now)
        is_correction = order.kind is Kind.CORRECTION
        if certified is None and found is not None:
            certified = (
                self._correct(conn, item, found, now)
                if is_correction
                else self._delete(conn, order, item, found, now)
            )
        assert certified is not None  # noqa: S101 - what is not found is refused
        orders.certify(conn, item, certified, certificate_id, record=record)
        if certified.outcome is Outcome.DONE and is_correction and record is not None:
            if item.name.kind is Kept.MANIFEST:
                self.holding.renew_manifest(conn, manifests.get(conn, record), now)
            else:
                self.holding.renew_alert(conn, alerts.by_number(conn, record), now)
        self._audited(conn, order, item, certified, now)
        return certified

    def _refusal(
        self, conn: Connection, order: KeptOrder, item: KeptItem, found: Found | None, at: datetime
    ) -> Certified | None:
        """Return why nothing can be done to a record; None where something can.

        Whether somebody else supplied a manifest is said to the desk alone: to a partner it looks
        like one that is not held. Of an alert its very name says whose it is.
        """
        if found is None or found.test != order.test:
            is_anothers = copies.is_anothers(conn, item.name, order.partner)
            if is_anothers:
                leave_notice(
                    conn, "order.not-theirs", f"{order.partner}.{order.order_id}.{item.position}",
                    at, partner=order.partner, order=order.order_id, record=str(item.name),
                )  # fmt: skip
            if is_anothers and item.name.kind is Kept.ALERT:
                return _not_done(item, Outcome.REFUSED, at, Refusal.NOT_YOURS)
            return _not_done(item, Outcome.UNKNOWN, at, Refusal.NOT_HELD)
        if found.gone_at is not None or not due.lock(conn, found.stamp):
            return self._done(conn, item, found, found.gone_at or at, Outcome.GONE)
        return None

    def _done(
        self,
        conn: Connection,
        item: KeptItem,
        found: Found,
        at: datetime,
        outcome: Outcome = Outcome.DONE,
    ) -> Certified:
        """Return what is certified of a record that was held, with who else had got it."""
        stamp = found.stamp
        handed_to = exports.recipients(conn, stamp.kind, stamp.number)
        return Certified(
            record=item.name,
            outcome=outcome,
            at=at,
            digest=found.digest,
            handed_to=tuple(one for one in handed_to if one != str(self.own.party)),
        )

    def _delete(
        self, conn: Connection, order: KeptOrder, item: KeptItem, found: Found, at: datetime
    ) -> Certified:
        stamp = found.stamp
        hold = holds.standing(conn, stamp.kind, stamp.subject)
        verdict = permit_ordered(held_agreements(conn), stamp, hold, at)
        if not verdict.is_permitted:
            return _not_done(item, Outcome.HELD, at, Refusal.LEGAL_HOLD)
        disposals.dispose(
            conn, stamp, clause=f"{verdict.clause}; ordered: {order.order_id}",
            due_at=order.ordered_at, at=at,
        )  # fmt: skip
        return self._done(conn, item, found, at)

    def _correct(self, conn: Connection, item: KeptItem, found: Found, at: datetime) -> Certified:
        values = orders.corrections_in(conn, item, self.holding.vault)
        number = found.stamp.number
        held: HeldManifest | HeldAlert = (
            manifests.get(conn, number)
            if item.name.kind is Kept.MANIFEST
            else alerts.by_number(conn, number)
        )
        document = corrected_of(conn, held, self.holding.vault, self.holding.versions)
        try:
            # By the places of the whole document; the rules hold for what is read of it.
            read = [
                sifted_of(conn, held, one).document
                for one in (document, corrected(document, values))
            ]
            self._require(read[0], read[1], item.name.kind, at)
        except InvalidDocumentError as err:
            return _not_done(item, Outcome.REFUSED, at, _ground(err.findings))
        return self._done(conn, item, found, at)

    def _require(self, before: Document, after: Document, kind: Kept, at: datetime) -> None:
        """Pass corrections that leave a record which can be read and has no error more.

        Raises:
            InvalidDocumentError: they do not.
        """
        was = {(one.code, one.pointer) for one in validate(before, self.library, at.date())}
        findings = tuple(
            one
            for one in validate(after, self.library, at.date())
            if (one.code, one.pointer) not in was
        )
        if has_errors(findings):
            raise InvalidDocumentError(findings)
        if kind is Kept.MANIFEST:
            read_manifest(after)
        else:
            decode_alert(after)

    def _audited(
        self, conn: Connection, order: KeptOrder, item: KeptItem, done: Certified, at: datetime
    ) -> None:
        audit.write(
            conn,
            audit.AuditRecord(
                at=at,
                actor=NODE,
                action=f"order.{order.kind.value}",
                subject_kind=item.name.kind.value,
                subject_key=str(item.record or item.name.subject),
                movement=item.name.subject if item.name.kind is Kept.MANIFEST else "",
                message_id=item.name.message_id,
                partner=order.partner,
                facts={
                    "order": order.order_id,
                    "outcome": done.outcome.value,
                    "ground": done.ground.value if done.ground else "",
                    "digest": done.digest,
                },
            ),
        )


def _not_done(item: KeptItem, outcome: Outcome, at: datetime, ground: Refusal) -> Certified:
    return Certified(record=item.name, outcome=outcome, at=at, ground=ground)


def _ground(findings: Sequence[Finding]) -> Refusal:
    return next((_GROUNDS[one.code] for one in findings if one.code in _GROUNDS), Refusal.NOT_VALID)
