"""Account → finished message, queued and audited in the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection

from exchange_node.domain.accounting.account import Account, Side
from exchange_node.domain.message import ACCOUNT
from exchange_node.domain.standing import ACCOUNTING
from exchange_node.services.stations.departure.standing import StandingMail
from exchange_node.store import audit
from exchange_node.wco.registry import Registry
from exchange_node.wco.system_codec.account import encode_account

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """Gives partners accounts."""

    mail: StandingMail
    registry: Registry
    new_id: Callable[[], str]

    def give(
        self,
        conn: Connection,
        partner: str,
        side: Side,
        message_ids: Sequence[str],
        *,
        begins: datetime,
        ends: datetime,
        at: datetime,
    ) -> str:
        """Queue an account of a period; return its number.

        Raises:
            MissingSettingError: no card of the partner is held.
            InvalidDocumentError: a MessageId has characters that XML has no room for.
        """
        account = Account(
            account_id=self.new_id(),
            party=str(self.mail.own.party),
            at=at.replace(microsecond=0),
            side=side,
            begins=begins,
            ends=ends,
            message_ids=tuple(message_ids),
        )
        document = encode_account(account, metadata=self.mail.metadata, registry=self.registry)
        prepared = self.mail.prepare(
            document,
            ACCOUNTING,
            code=ACCOUNT,
            partner=partner,
            conversation_id=account.account_id,
            at=at,
        )
        self.mail.packing.queue(conn, prepared)
        record(conn, "given", account, partner, at, message_id=prepared.message_id)
        return account.account_id


def record(
    conn: Connection,
    what: str,
    account: Account,
    partner: str,
    at: datetime,
    *,
    message_id: str,
    **facts: str,
) -> None:
    """Write into audit and log that an account was given or taken."""
    audit.write(
        conn,
        audit.AuditRecord(
            at=at,
            actor="accounting",
            action=f"account.{what}",
            subject_kind="account",
            subject_key=account.account_id,
            message_id=message_id,
            partner=partner,
            facts={
                "side": account.side.value,
                "begins": account.begins.isoformat(),
                "ends": account.ends.isoformat(),
                "messages": str(len(account.message_ids)),
                **facts,
            },
        ),
    )
    log.info(
        "account",
        what=what,
        side=account.side.value,
        partner=partner,
        messages=len(account.message_ids),
    )
