"""SY-095: what a partner says went between the two is held against what is known here.

What it sent, and is not held here, is asked for again. What it wants again goes once more, the same
bytes under the same MessageId: who holds them already only repeats its receipt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.accounting.account import Account, Gap, Side
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.transmission import AskedAgain, State
from exchange_node.services.stations.accounting.giving import Giving, record
from exchange_node.services.stations.arrival.opening import Opened
from exchange_node.services.stations.faults import NOT_THE_SAME
from exchange_node.services.stations.notices import leave_notice
from exchange_node.services.stations.traffic.settling import settle
from exchange_node.store import outbox, payloads
from exchange_node.store.accounting import gaps, progress
from exchange_node.store.outgoing import Outgoing
from exchange_node.wco.system_codec.account import decode_account

_RECEIPTED = (State.RECEIPTED, State.RECEIPTED_LATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Takes accounts."""

    giving: Giving

    def take(self, conn: Connection, opened: Opened, now: datetime) -> None:
        """Note what does not agree, and let it be mended.

        Raises:
            InvalidDocumentError: it is no account that can be read, or one of somebody else's.
        """
        account = decode_account(opened.document)
        partner = opened.incoming.sender
        if account.party != partner:
            wrong = NOT_THE_SAME.found(field="Submitter/ID", sealed=account.party, header=partner)
            raise InvalidDocumentError((wrong,))
        compare = {
            Side.SENT: self._sent,
            Side.RECEIVED: self._received,
            Side.WANTED: self._wanted,
        }[account.side]
        found = compare(conn, account, now)
        told = {gap.value: str(count) for gap, count in found.items() if count}
        message_id = opened.incoming.message_id
        record(conn, "taken", account, partner, now, message_id=message_id, **told)

    def _sent(self, conn: Connection, account: Account, now: datetime) -> dict[Gap, int]:
        missing = progress.not_held(conn, account.party, account.message_ids)
        if missing:
            self.giving.give(
                conn,
                account.party,
                Side.WANTED,
                missing,
                begins=account.begins,
                ends=account.ends,
                at=now,
            )
        return {Gap.MISSING_HERE: _noted(conn, Gap.MISSING_HERE, account, missing, now)}

    def _received(self, conn: Connection, account: Account, now: datetime) -> dict[Gap, int]:
        unknown = progress.not_sent(conn, account.party, account.message_ids)
        return {Gap.UNKNOWN: _noted(conn, Gap.UNKNOWN, account, unknown, now)}

    def _wanted(self, conn: Connection, account: Account, now: datetime) -> dict[Gap, int]:
        found: dict[Gap, list[str]] = {Gap.UNKNOWN: [], Gap.GONE: [], Gap.MISSING_THERE: []}
        for message_id in account.message_ids:
            outgoing = outbox.find(conn, message_id)
            if outgoing is None or outgoing.transmission.partner != account.party:
                found[Gap.UNKNOWN].append(message_id)
            elif outgoing.transmission.state not in _RECEIPTED:
                continue  # it is on its way, or was never receipted: that is told elsewhere
            elif payloads.about(conn, outgoing.payload_id).disposed_at is not None or self._is_old(
                outgoing, now
            ):
                found[Gap.GONE].append(message_id)
            else:
                self._again(conn, outgoing, now)
                found[Gap.MISSING_THERE].append(message_id)
        return {gap: _noted(conn, gap, account, ids, now) for gap, ids in found.items()}

    def _is_old(self, outgoing: Outgoing, now: datetime) -> bool:
        """Return whether the partner would not take those bytes any more: it would refuse them."""
        mode = self.giving.mail.packing.modes[outgoing.transmission.partner]
        return outgoing.queued_at + mode.window < now

    def _again(self, conn: Connection, outgoing: Outgoing, now: datetime) -> None:
        party = outgoing.transmission.partner
        retry = self.giving.mail.packing.modes[party].retry
        settle(conn, outgoing, AskedAgain(now), retry, now, actor=party)


def _noted(
    conn: Connection, gap: Gap, account: Account, message_ids: list[str], now: datetime
) -> int:
    """Keep what does not agree and tell the operator once of what is new; return how much it is."""
    if gaps.note(conn, gap, account.party, message_ids, account.account_id, now):
        leave_notice(
            conn,
            f"account.{gap.value}",
            f"{account.party}.{account.account_id}",
            now,
            partner=account.party,
            messages=str(len(message_ids)),
            begins=account.begins.isoformat(),
            ends=account.ends.isoformat(),
        )
    return len(message_ids)
