"""SY-060: an office's own node takes what its administration's tells it.

The statement inside is signed a second time with the seal key, so that it can be handed on within
the office and checked there without the message. It lies with the message, as it came; the line in
the audit says of which manifest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.agreement import Administration
from exchange_node.domain.errors import BrokenSealError
from exchange_node.ebms.pmodes.partner_mode import serves_office
from exchange_node.security.carried import read_statement
from exchange_node.security.trust import Trust
from exchange_node.services.stations.arrival.opening import Opened
from exchange_node.services.stations.posts.guarding import STATEMENT
from exchange_node.store import audit
from exchange_node.wco.system_codec.office import decode_statement


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeStatements:
    """Takes what is expected at the office whose node this is."""

    own: Administration
    trust: Trust

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """Check a statement and note of which manifests it speaks.

        Raises:
            InvalidDocumentError: it cannot be read.
            BrokenSealError: it is not signed by the administration, or not for this office.
        """
        sender = opened.incoming.sender
        statement = decode_statement(opened.document)
        stated = read_statement(statement.octets, STATEMENT, self.trust.partner(sender).seal)
        office = self.own.party.office
        wanted: Mapping[str, object] = {
            "office": office,
            "party": sender,
            "test": self.own.test,
        }
        is_ours = serves_office(sender, str(self.own.party)) and statement.office == office
        for name, value in wanted.items():
            if not is_ours or stated.content.get(name) != value:
                raise BrokenSealError(why=f"the statement is for another {name}")
        for kind in ("entries", "gone"):
            said = stated.content.get(kind)
            for one in said if isinstance(said, list) else ():
                if isinstance(one, dict):
                    self._note(conn, opened, kind, one, now)

    def _note(
        self,
        conn: Connection,
        opened: Opened,
        kind: str,
        entry: Mapping[str, object],
        now: datetime,
    ) -> None:
        incoming = opened.incoming
        audit.write(
            conn,
            audit.AuditRecord(
                at=now,
                actor=incoming.sender,
                action="office.expected" if kind == "entries" else "office.gone",
                subject_kind="manifest",
                subject_key=str(entry.get("number", ""))[:40],
                movement=str(entry.get("movement", ""))[:255],
                message_id=incoming.message_id,
                partner=incoming.sender,
            ),
        )
