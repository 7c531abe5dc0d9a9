"""A file and an alert that names it by hash → kept here, or told whether it is the one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.alert import Attachment
from exchange_node.domain.errors import InvalidAlertError, UnknownRecordError
from exchange_node.domain.message import AttachedFile
from exchange_node.domain.transmission.content import Content, NewSpool, size_of
from exchange_node.services.alerting.answering import audited
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.looking.gate import (
    alert_looked_at,
    require_role,
    require_view,
)
from exchange_node.services.stations.looking.naming import by_id_shown
from exchange_node.store import payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import alerts
from exchange_node.store.records.held import Direction, HeldAlert


@dataclass(frozen=True, slots=True, kw_only=True)
class Attaching:
    """Keeps the files of our alerts, sealed; at a partner, says whether a file is the one named.

    A file goes to nobody by this node: a partner gets its hash, and the file by another way.
    """

    holding: Holding
    engine: Engine
    clock: Callable[[], datetime]
    new_spool: NewSpool

    def hand_in(
        self, actor: Actor, alert_id: str, content: Content, *, issuer: str = "", purpose: str = ""
    ) -> dict[str, object]:
        """Keep a file that a version of an alert of ours names; of a partner's say which it is.

        Raises:
            RoleError, UnknownRecordError, NotPermittedError, DisposedRecordError: as a look.
            InvalidAlertError: the alert names no file of this hash and size.
        """
        held, named = self._named(actor, alert_id, issuer, purpose, "hand-in.file")
        digest, size = payloads.digest_of(content), size_of(content)
        one = next((each for each in named if each.digest == digest), None)
        if one is None or one.size_bytes != size:
            expected = ", ".join(f"{each.digest} ({each.size_bytes} bytes)" for each in named)
            raise InvalidAlertError(
                why=f"{alert_id} names no file of SHA-256 {digest} and {size} bytes; it names"
                f" {expected or 'none'}"
            )
        is_ours = held.direction is Direction.SENT
        if is_ours:
            with transaction(self.engine) as conn:
                payloads.keep(conn, _payload_of(held, digest), content, self.holding.vault)
                audited(conn, held, actor, self.clock(), "alert.file-kept", digest=digest)
        return {"alert_id": alert_id, "digest": digest, "size": size, "kept": is_ours}

    def fetch(self, actor: Actor, alert_id: str, digest: str) -> AttachedFile:
        """Return a file of an alert of ours that was handed in.

        Raises:
            RoleError, UnknownRecordError, NotPermittedError, DisposedRecordError: as a look.
        """
        held, named = self._named(actor, alert_id, "", "", "look.file")
        one = next((each for each in named if each.digest == digest), None)
        if one is None or held.direction is not Direction.SENT:
            raise UnknownRecordError(kind="attachment", key=f"{alert_id}/{digest}")
        content = payloads.fetch_content(
            self.engine, _payload_of(held, digest), self.holding.vault, self.new_spool
        )
        return AttachedFile(name=digest, mime_type=one.media_type, content=content)

    def _named(
        self, actor: Actor, alert_id: str, issuer: str, purpose: str, action: str
    ) -> tuple[HeldAlert, tuple[Attachment, ...]]:
        now, kind = self.clock(), "alert"
        require_role(self.engine, actor, now, Role.LIAISON, action=action, kind=kind, key=alert_id)
        with reading(self.engine) as conn:
            held = by_id_shown(
                conn, held_agreements(conn), actor, alert_id, issuer=issuer, purpose=purpose, at=now
            )
        require_view(
            self.engine, actor, now, alert_looked_at(held) if held else None,
            action=action, kind=kind, key=alert_id, purpose=purpose,
        )  # fmt: skip
        assert held is not None  # noqa: S101 - the gate lets nothing through that is not there
        with reading(self.engine) as conn:
            # A correction or a withdrawal takes no file away from the version that named it.
            of = [held]
            if held.direction is Direction.SENT:
                of = alerts.versions(conn, held.issuer, held.alert_id)
            named = (each for one in of for each in self.holding.alert_of(conn, one).attachments)
            return held, tuple({each.digest: each for each in named}.values())


def _payload_of(held: HeldAlert, digest: str) -> str:
    return f"alert-file/{held.issuer}/{held.alert_id}/{digest}"
