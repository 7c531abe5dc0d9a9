"""Who may see what: role and handling → the record, and a line in the access log for every look.

What is given out is plain values for a door to show; what an actor may not see is not found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import SEES, Actor, Role
from exchange_node.domain.agreement import Administration, Handling
from exchange_node.domain.errors import UnknownRecordError, UnusableQueryError
from exchange_node.domain.identifiers import folded
from exchange_node.domain.message import AttachedFile
from exchange_node.domain.moments import window
from exchange_node.domain.transmission import State
from exchange_node.domain.transmission.content import NewSpool
from exchange_node.services.stations.holding import Holding, require_kept
from exchange_node.services.stations.looking import views
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.views import View
from exchange_node.services.stations.loss import told_of, visible
from exchange_node.store import audit, outbox, payloads
from exchange_node.store.database import reading, schema_version
from exchange_node.store.payloads import Vault
from exchange_node.store.records import (
    alerts,
    attachments,
    hits,
    manifests,
    recipients,
)
from exchange_node.store.records.held import Direction, HeldAlert, HeldManifest, Kind
from exchange_node.store.releasing import releases


@dataclass(frozen=True, slots=True, kw_only=True)
class Enquiry:
    """Answers questions about what the node holds."""

    own: Administration
    holding: Holding
    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]
    new_spool: NewSpool

    def submission(self, actor: Actor, submission_id: str) -> View:
        """Return what became of a submission: losses, permission, withheld fields, receipt, answer.

        Of its report it tells the numbers; `losses` tells the rest. A submitter sees its own
        submissions, an operator all.

        Raises:
            RoleError: the actor neither submits nor operates.
            UnknownRecordError: there is none of that id, or it is somebody else's.
        """
        with reading(self.engine) as conn:
            one = visible(conn, actor, submission_id)
            kept = payloads.fetch(conn, one.report_id, self.vault) if one.report_id else b""
            sent = outbox.find(conn, one.message_id) if one.message_id else None
            waits = releases.find(conn, one.message_id) if one.message_id else None
            held = (
                manifests.get_by_message(conn, Direction.SENT, one.partner, one.message_id)
                if one.message_id
                else None
            )
        self._looked(actor, "look.submission", "submission", submission_id, movement=one.movement)
        return views.submission(one, told_of(kept), sent, held, waits)

    def prearrival(
        self,
        actor: Actor,
        *,
        office: str = "",
        plate: str = "",
        container: str = "",
        mrn: str = "",
        begin: datetime | None = None,
        end: datetime | None = None,
        limit: int = 50,
        after: str = "",
    ) -> View:
        """Return the received manifests that fit every key given, the newest first.

        Raises:
            RoleError: the actor is at no border post.
            UnusableQueryError: a moment has no offset, or `after` is no number.
        """
        actor.require(Role.BORDER_POST, Role.LIAISON)
        expected = window(begin, end)
        if after and not (after.isascii() and after.isdigit() and len(after) < 19):
            raise UnusableQueryError(what="after", why="want the `next` of the page before")
        keys = {
            Kind.OFFICE: folded(office),
            Kind.MEANS: folded(plate),
            Kind.EQUIPMENT: folded(container),
            Kind.MOVEMENT: folded(mrn),
        }
        with reading(self.engine) as conn:
            found = manifests.find(
                conn,
                keys={kind: value for kind, value in keys.items() if value},
                window=expected,
                handling=self._handlings(actor),
                after=int(after) if after else 0,
                limit=limit,
            )
        # Who asks in vain has looked too: one line for the question, one for each answer.
        asked = ", ".join(f"{kind.value} {value}" for kind, value in keys.items() if value)
        count = str(len(found))
        self._looked(actor, "look.prearrival", "manifest", count=count, asked=asked)
        for one in found:
            self._looked(
                actor, "look.prearrival", "manifest", str(one.number), movement=one.movement
            )
        return {
            "arrivals": [views.arrival(one) for one in found],
            "next": str(found[-1].number) if len(found) == limit else None,
        }

    def manifest(self, actor: Actor, number: int) -> View:
        """Return one manifest as it may be seen, with its decision and the reasons.

        Raises:
            RoleError: the actor is at no border post.
            UnknownRecordError: there is none of that number, or it is held too closely.
        """
        actor.require(Role.BORDER_POST, Role.LIAISON)
        with reading(self.engine) as conn:
            held = manifests.get(conn, number)
            if held.exchange.handling not in self._handlings(actor):
                raise UnknownRecordError(kind="manifest", key=str(number))
        self._looked(actor, "look.manifest", "manifest", str(number), movement=held.movement)
        with reading(self.engine) as conn:
            view = self.holding.manifest_of(conn, held)
            files = _attached(conn, held)
        return views.arrival(held) | {
            "manifest": views.manifest(view),
            "attachments": [views.attachment(one) for one in files],
        }

    def attachment(self, actor: Actor, number: int, position: int) -> AttachedFile:
        """Return a file that came with a manifest; positions count from 1.

        Raises:
            RoleError: the actor is at no border post.
            UnknownRecordError: there is none, or the manifest is held too closely.
        """
        actor.require(Role.BORDER_POST, Role.LIAISON)
        with reading(self.engine) as conn:
            held = manifests.get(conn, number)
            found = [one for one in _attached(conn, held) if one.position == position]
            if held.exchange.handling not in self._handlings(actor) or not found:
                raise UnknownRecordError(kind="attachment", key=f"{number}/{position}")
        of = {"movement": held.movement, "digest": found[0].digest}
        self._looked(actor, "look.attachment", "manifest", str(number), **of)
        require_kept(held, "attachment", f"{number}/{position}")
        payload_id = found[0].payload_id
        content = payloads.fetch_content(self.engine, payload_id, self.vault, self.new_spool)
        return AttachedFile(name=found[0].name, mime_type=found[0].mime_type, content=content)

    def alerts(self, actor: Actor, *, direction: str = "", limit: int = 50) -> View:
        """Return alerts, the newest first, without their names.

        Raises:
            RoleError: the actor is no liaison officer.
            UnusableQueryError: `direction` is neither issued nor received.
        """
        actor.require(Role.LIAISON)
        directions = {"": None, "issued": Direction.SENT, "received": Direction.RECEIVED}
        if direction not in directions:
            raise UnusableQueryError(what="direction", why="want issued or received")
        with reading(self.engine) as conn:
            found = alerts.search(
                conn,
                direction=directions[direction],
                handling=self._handlings(actor),
                limit=limit,
            )
        self._looked(actor, "look.alerts", "alert", count=str(len(found)))
        return {"alerts": [views.alert_line(one) for one in found]}

    def alert(self, actor: Actor, alert_id: str, *, issuer: str = "") -> View:
        """Return one alert with its recipients and hits; `issuer` where two gave the same id.

        Raises:
            RoleError: the actor is no liaison officer.
            UnknownRecordError: it is not held, or held too closely.
            UnusableQueryError: several issuers gave the id, and none was named.
        """
        actor.require(Role.LIAISON)
        with reading(self.engine) as conn:
            held = alerts.by_id(conn, alert_id, issuer=issuer)
            if held.handling not in self._handlings(actor):
                raise UnknownRecordError(kind="alert", key=alert_id)
        self._looked(actor, "look.alert", "alert", alert_id)
        with reading(self.engine) as conn:
            plain = views.alert(
                held,
                self.holding.alert_of(conn, held),
                recipients.of_alert(conn, held.number),
                recipients.acknowledged(
                    conn,
                    held.alert_id,
                    direction=(
                        Direction.RECEIVED if held.direction is Direction.SENT else Direction.SENT
                    ),
                ),
            )
            plain["hits"] = self._hits(conn, actor, held)
        return plain

    def messages(
        self, actor: Actor, *, state: str = "", partner: str = "", limit: int = 50
    ) -> View:
        """Return messages to partners, the newest first; no content.

        Raises:
            RoleError: the actor does not operate the node.
            UnusableQueryError: there is no such state.
        """
        actor.require(Role.OPERATOR)
        try:
            wanted = State(state) if state else None
        except ValueError:
            known = ", ".join(State)
            raise UnusableQueryError(what="state", why=f"want one of {known}") from None
        with reading(self.engine) as conn:
            found = outbox.search(conn, partner=partner, state=wanted, limit=limit)
        self._looked(
            actor,
            "look.messages",
            "message",
            count=str(len(found)),
            partner=partner,
        )
        return {"messages": [views.message(one) for one in found]}

    def audit(self, actor: Actor, *, movement: str = "", limit: int = 100) -> View:
        """Return the audit, the newest first, after its chain was found whole.

        Raises:
            RoleError: the actor does not operate the node.
            AlteredRecordError: a record was altered or taken out.
        """
        actor.require(Role.OPERATOR)
        with reading(self.engine) as conn:
            head = audit.verify_chain(conn)
            found = audit.search(conn, movement=movement, limit=limit)
        self._looked(
            actor,
            "look.audit",
            "audit",
            movement=movement,
            count=str(len(found)),
        )
        return {
            "records": head.number,
            "digest": head.digest,
            "audit": [views.audit_record(one) for one in found],
        }

    def health(self) -> View:
        """Return whether node and database answer.

        Raises:
            StoreError: the database does not.
        """
        return {
            "party": str(self.own.party),
            "test": self.own.test,
            "schema": schema_version(self.engine),
            "at": self.clock().isoformat(),
        }

    def _hits(self, conn: Connection, actor: Actor, held: HeldAlert) -> list[View]:
        found = [
            (one.hit, manifests.get(conn, one.manifest)) for one in hits.of_alert(conn, held.number)
        ]
        seen = self._handlings(actor)
        return [views.hit(hit, one) for hit, one in found if one.exchange.handling in seen]

    def _handlings(self, actor: Actor) -> frozenset[Handling]:
        return frozenset(one for role in actor.roles for one in SEES[role])

    def _looked(self, actor: Actor, action: str, kind: str, key: str = "", **of: str) -> None:
        looked(self.engine, actor, self.clock(), action, kind, key, **of)


def _attached(conn: Connection, held: HeldManifest) -> list[attachments.KeptAttachment]:
    if held.direction is Direction.SENT:
        return []
    return attachments.of_message(conn, held.partner, held.message_id)
