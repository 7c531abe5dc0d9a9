"""A question about what the node holds → plain values for a door to show, and who has looked.

What was received passes the view gate (`stations/looking/gate.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration
from exchange_node.domain.errors import UnusableQueryError
from exchange_node.domain.message import AttachedFile
from exchange_node.domain.transmission import State
from exchange_node.domain.transmission.content import NewSpool
from exchange_node.services.enquiry import alerts, border, manifests, scanning, why
from exchange_node.services.enquiry.border import Page
from exchange_node.services.enquiry.desk import Desk
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.looking import views
from exchange_node.services.stations.looking.views import View
from exchange_node.services.stations.loss import told_of, visible
from exchange_node.services.stations.posts.board import Board
from exchange_node.store import audit, outbox, payloads
from exchange_node.store.database import reading, schema_version
from exchange_node.store.payloads import Vault
from exchange_node.store.records import manifests as held_manifests
from exchange_node.store.records.held import Direction, Kind
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
    board: Board | None = None

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
                held_manifests.get_by_message(conn, Direction.SENT, one.partner, one.message_id)
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
        seal: str = "",
        begin: datetime | None = None,
        end: datetime | None = None,
        limit: int = 50,
        after: str = "",
        purpose: str = "",
    ) -> View:
        """Return the received manifests that fit every key and may be shown, the newest first.

        What the purpose alone keeps from being shown is counted as `not_covered`.

        Raises:
            RoleError: the actor is at no border post.
            NotPermittedError: the actor does not work for the purpose.
            UnusableQueryError: a moment has no offset, or `after` is no number.
        """
        keys = {
            Kind.OFFICE: office,
            Kind.MEANS: plate,
            Kind.EQUIPMENT: container,
            Kind.MOVEMENT: mrn,
            Kind.SEAL: seal,
        }
        return manifests.prearrival(
            self._desk,
            actor,
            keys,
            begin=begin,
            end=end,
            limit=limit,
            after=after,
            purpose=purpose,
        )

    def expected(
        self,
        actor: Actor,
        *,
        office: str,
        begin: datetime | None = None,
        end: datetime | None = None,
        limit: int = 20,
        after: str = "",
        known: Collection[str] = (),
        purpose: str = "",
    ) -> Page:
        """Return what is expected at an office, the earliest first, in small pages.

        Without moments: from a day ago to two days ahead. Of a page that the asker has (`known`,
        its tags) only the tag is given again.

        Raises:
            RoleError: the actor is at no border post.
            NotPermittedError: the actor does not work for the purpose.
            UnusableQueryError: no office is named, a moment has no offset, or `after` is no `next`.
        """
        return border.expected(
            self._desk,
            actor,
            office,
            begin=begin,
            end=end,
            limit=limit,
            after=after,
            known=known,
            purpose=purpose,
        )

    def scanned(self, actor: Actor, *, mrn: str, digest: str, purpose: str = "") -> View:
        """Return what is held of the movement on a paper, and whether the paper tells of it.

        `digest`: SHA-256 of the sealed document, in hex, as the paper's code has it.

        Raises:
            RoleError: the actor is at no border post.
            NotPermittedError: the actor does not work for the purpose.
            UnusableQueryError: number or digest is none.
        """
        return scanning.scanned(self._desk, actor, mrn=mrn, digest=digest, purpose=purpose)

    def manifest(self, actor: Actor, number: int, *, purpose: str = "") -> View:
        """Return one manifest as it may be seen, with its decision and the reasons.

        Raises:
            RoleError: the actor is at no border post.
            UnknownRecordError: there is none of that number, or the actor may not know of it.
            NotPermittedError: the purpose does not cover it, or its retention has ended.
            DisposedRecordError: it was disposed of.
        """
        return manifests.manifest(self._desk, actor, number, purpose=purpose)

    def attachment(
        self, actor: Actor, number: int, position: int, *, purpose: str = ""
    ) -> AttachedFile:
        """Return a file that came with a manifest; positions count from 1.

        Raises:
            RoleError: the actor is at no border post.
            UnknownRecordError: there is none, or the actor may not know of the manifest.
            NotPermittedError, DisposedRecordError: as `manifest`.
        """
        return manifests.attachment(self._desk, actor, number, position, purpose=purpose)

    def alerts(
        self, actor: Actor, *, direction: str = "", limit: int = 50, purpose: str = ""
    ) -> View:
        """Return the alerts that may be shown, the newest first, without their names.

        Raises:
            RoleError: the actor is no liaison officer.
            NotPermittedError: the actor does not work for the purpose.
            UnusableQueryError: `direction` is neither issued nor received.
        """
        return alerts.alerts(self._desk, actor, direction=direction, limit=limit, purpose=purpose)

    def alert(self, actor: Actor, alert_id: str, *, issuer: str = "", purpose: str = "") -> View:
        """Return one alert with its recipients and hits; `issuer` where two gave the same id.

        Raises:
            RoleError: the actor is no liaison officer.
            UnknownRecordError: it is not held, or the actor may not know of it.
            NotPermittedError: the purpose does not cover it, or its retention has ended.
            DisposedRecordError: it was disposed of.
            UnusableQueryError: several issuers gave the id, and none was named.
        """
        return alerts.alert(self._desk, actor, alert_id, issuer=issuer, purpose=purpose)

    def why(self, actor: Actor, hit_id: str, *, purpose: str = "") -> View:
        """Return why a hit is one: both values of each field, the score, the alert's worth.

        Raises:
            RoleError: the actor is no liaison officer.
            UnknownRecordError: there is none, or the actor may not know of its alert or manifest.
            NotPermittedError: the purpose does not cover one of them, or its retention has ended.
            DisposedRecordError: the alert was disposed of.
        """
        return why.why(self._desk, actor, hit_id, purpose=purpose)

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

    @property
    def _desk(self) -> Desk:
        return Desk(
            holding=self.holding,
            engine=self.engine,
            vault=self.vault,
            clock=self.clock,
            new_spool=self.new_spool,
            board=self.board,
        )

    def _looked(self, actor: Actor, action: str, kind: str, key: str = "", **of: str) -> None:
        self._desk.looked(actor, action, kind, key, **of)
