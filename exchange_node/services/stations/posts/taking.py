"""SY-060: an office's own node takes what its administration's tells it.

The statement inside is signed a second time with the seal key, so that it can be handed on within
the office and checked there without the message. What it says of each manifest is kept to be looked
up (`board`); the line in the audit says of which, and what became of it.
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
from exchange_node.services.stations.posts.board import Board, Telling, Told
from exchange_node.services.stations.posts.entry import read_entry, read_gone, read_moment
from exchange_node.services.stations.posts.guarding import STATEMENT
from exchange_node.store import audit
from exchange_node.wco.system_codec.office import decode_statement


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeStatements:
    """Takes what is expected at the office whose node this is."""

    own: Administration
    trust: Trust
    board: Board

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """Check a statement and keep what it says of each manifest, or that one is gone.

        Raises:
            InvalidDocumentError: it cannot be read, or does not say of a manifest what an office
                needs.
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
        telling = Telling(
            partner=sender,
            message_id=opened.incoming.message_id,
            exchange=opened.exchange,
            stated_at=read_moment(stated.content, "at"),
            at=now,
        )
        for one in _listed(stated.content, "entries"):
            entry = read_entry(one)
            told = self.board.put(conn, entry, telling)
            _note(conn, "office.expected", entry.number, entry.movement, telling, told)
        for one in _listed(stated.content, "gone"):
            number, movement = read_gone(one)
            told = self.board.take_down(conn, number, movement, telling)
            _note(conn, "office.gone", number, movement, telling, told)


def _listed(content: Mapping[str, object], name: str) -> list[object]:
    said = content.get(name)
    return said if isinstance(said, list) else []


def _note(
    conn: Connection, action: str, number: int, movement: str, telling: Telling, told: Told
) -> None:
    audit.write(
        conn,
        audit.AuditRecord(
            at=telling.at,
            actor=telling.partner,
            action=action,
            subject_kind="manifest",
            subject_key=str(number),
            movement=movement[:255],
            message_id=telling.message_id,
            partner=telling.partner,
            facts={"told": told.value, "stated": telling.stated_at.isoformat()},
        ),
    )
