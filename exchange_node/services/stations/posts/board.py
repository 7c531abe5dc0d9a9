"""What an office's own node was told is expected there: kept, found and told as manifests are.

Such a node holds no manifests. What it was told of one lies here instead, under the number that the
manifest has at the node of the administration, and is gone when that one says so or when its
retention ends. Everything that is asked of manifests is asked of this alike.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from sqlalchemy import Connection

from exchange_node.domain.decision import Decision
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.message import Exchange
from exchange_node.domain.standing import OFFICE
from exchange_node.services.stations.looking.views import View
from exchange_node.services.stations.posts.ending import forget_message, is_on_hold
from exchange_node.services.stations.posts.entry import (
    Entry,
    keys_of,
    movement_keys,
    read_entry,
)
from exchange_node.store import payloads
from exchange_node.store.channels import entries, lines, statements
from exchange_node.store.channels.entries import Pulled
from exchange_node.store.payloads import Vault
from exchange_node.store.records.held import Direction, HeldManifest, Kind

SEARCH = "office search"
"""What the key is derived for under which is hashed what entries are found by."""

REMEMBERED = timedelta(days=OFFICE.retention_days)
"""How long it is known of a manifest that it is gone: older than that no statement comes."""


MOST_TRUSTED = 50
"""Entries of a movement whose senders' papers are believed (our choice)."""


class Told(StrEnum):
    """What became of what was told of a manifest."""

    KEPT = "kept"
    OVERTAKEN = "overtaken"
    ENDED = "ended"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """The message that tells something.

    Attributes:
        partner: who tells it.
        stated_at: when it was stated there.
        at: now.
    """

    partner: str
    message_id: str
    exchange: Exchange
    stated_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What is expected here, as it was told last.

    Attributes:
        key: under which is hashed what entries are found by.
    """

    vault: Vault
    key: bytes

    def put(self, conn: Connection, entry: Entry, telling: Telling) -> Told:
        """Keep what is told of a manifest; what was stated before what is known changes nothing.

        What has to be deleted by now is not kept, and what was kept of it goes.
        """
        if entry.delete_after <= telling.at:
            self.take_down(conn, entry.number, entry.movement, telling)
            return Told.ENDED
        new = Pulled(
            partner=telling.partner,
            manifest=entry.number,
            movement=entry.movement,
            message_id=telling.message_id,
            tag=entry.tag,
            digest=entry.digest,
            exchange=replace(
                telling.exchange, purpose=entry.purpose, handling=entry.handling.value
            ),
            stated_at=telling.stated_at,
            received_at=entry.received_at,
            expected_arrival=entry.expected_arrival,
            due_at=entry.due_at,
            delete_after=entry.delete_after,
            passed=entry.passed,
        )
        words = json.dumps(dict(entry.plain), ensure_ascii=False, separators=(",", ":")).encode()
        done = self._write(conn, new, words, keys_of(entry), telling)
        return Told.KEPT if done else Told.OVERTAKEN

    def take_down(self, conn: Connection, number: int, movement: str, telling: Telling) -> Told:
        """Take in that a manifest is expected no longer: its words go, unless a hold keeps them."""
        kept = entries.locked(conn, telling.partner, number)
        if kept is not None and kept.stated_at > telling.stated_at:
            return Told.OVERTAKEN
        if kept is not None and (kept.gone_at is not None or is_on_hold(conn, kept)):
            entries.hide(conn, kept, telling.stated_at, kept.gone_at or telling.at)
            return Told.GONE
        gone = Pulled(
            partner=telling.partner,
            manifest=number,
            movement=movement,
            message_id=telling.message_id,
            tag="",
            digest=kept.digest if kept else "",
            exchange=kept.exchange if kept else telling.exchange,
            stated_at=telling.stated_at,
            received_at=kept.received_at if kept else telling.at,
            expected_arrival=None,
            due_at=telling.at,
            delete_after=telling.at + REMEMBERED,
            gone_at=telling.at,
        )
        done = self._write(conn, gone, b"", movement_keys(movement), telling)
        return Told.GONE if done else Told.OVERTAKEN

    def find(
        self,
        conn: Connection,
        *,
        keys: Mapping[Kind, str],
        window: tuple[datetime, datetime] | None = None,
        earlier: bool = False,
        after: int = 0,
        limit: int,
    ) -> list[HeldManifest]:
        """Return what fits every key, as `records.manifests.find` does.

        With `earlier`, what is gone and another entry of the movement took the place of is found as
        well: without its words.
        """
        hashed = [self._hashed(kind, value) for kind, value in keys.items()]
        found = entries.find(
            conn, keys=hashed, window=window, earlier=earlier, after=after, limit=limit
        )
        current = {one.movement: one.manifest for one in reversed(found) if one.gone_at is None}
        return [
            self._held(conn, one, superseded_by=current.get(one.movement) if one.gone_at else None)
            for one in found
            if one.gone_at is None or one.movement in current
        ]

    def expected(
        self,
        conn: Connection,
        office: str,
        *,
        window: tuple[datetime, datetime],
        after: tuple[datetime, int] | None = None,
        limit: int,
    ) -> list[tuple[datetime, HeldManifest]]:
        """Return what is expected at an office (folded), as `records.manifests.expected` does."""
        hashed = self._hashed(Kind.OFFICE, office)
        found = entries.expected(conn, hashed, window=window, after=after, limit=limit)
        return [(one.due_at, self._held(conn, one)) for one in found]

    def get(self, conn: Connection, number: int) -> HeldManifest:
        """Return what was told of a manifest, by its number.

        Raises:
            UnknownRecordError: nothing is told of one of that number, or it is gone.
        """
        return self._held(conn, self._numbered(conn, number))

    def as_of(self, conn: Connection) -> datetime | None:
        """Return up to when all is here that was told; None where nobody was ever asked.

        What came and is not filed yet shows nothing.
        """
        emptied = [one.emptied_at for one in lines.known(conn) if one.emptied_at is not None]
        waiting = statements.waiting_since(conn)
        return min([*emptied, *([waiting] if waiting else [])]) if emptied else None

    def digest_of(self, conn: Connection, held: HeldManifest) -> str:
        """Return the SHA-256 of the sealed document of a manifest, as it was told."""
        partner, number = held.exchange.sender, held.number
        return entries.digest_of(conn, partner, number)

    def trusted(self, conn: Connection, movement: str) -> Mapping[str, Sequence[x509.Certificate]]:
        """Return, by party id, the seal certificates of who sent what is expected of a movement.

        `movement` is its folded number. A paper may have been made by them, and this node holds no
        card but its administration's.
        """
        hashed = self._hashed(Kind.MOVEMENT, movement)
        found = [
            self._entry(conn, one) for one in entries.find(conn, keys=[hashed], limit=MOST_TRUSTED)
        ]
        return {one.partner: one.trust for one in reversed(found)}

    def shown(self, conn: Connection, number: int) -> View:
        """Return what was told of a manifest in its own words, beside what lists have of it.

        Raises:
            UnknownRecordError: as `get`.
        """
        plain = self._entry(conn, self._numbered(conn, number)).plain
        return {name: plain[name] for name in _SHOWN if name in plain}

    def _write(
        self,
        conn: Connection,
        new: Pulled,
        words: bytes,
        keys: Iterable[tuple[Kind, str]],
        telling: Telling,
    ) -> bool:
        """Keep what is new unless something later is known; return whether it was kept."""
        hashed = [self._hashed(kind, value) for kind, value in keys if value]
        kept = entries.locked(conn, new.partner, new.manifest)
        if kept is None and entries.add(conn, new, words, hashed, self.vault) is not None:
            return True
        # Another worker may just have filed the first.
        kept = kept or entries.locked(conn, new.partner, new.manifest)
        if kept is None or kept.stated_at > new.stated_at:
            return False
        entries.replace(conn, kept, new, words, hashed, self.vault)
        if not is_on_hold(conn, kept):
            forget_message(conn, kept, telling.at)
        return True

    def _hashed(self, kind: Kind, value: str) -> str:
        return hmac.digest(self.key, f"{kind.value} {value}".encode(), "sha256").hex()

    def _numbered(self, conn: Connection, number: int) -> Pulled:
        found = entries.numbered(conn, number)
        if found is None:
            raise UnknownRecordError(kind="manifest", key=str(number))
        return found

    def _entry(self, conn: Connection, one: Pulled) -> Entry:
        assert one.document_id is not None  # noqa: S101 - what is not gone has its words
        return read_entry(json.loads(payloads.fetch(conn, one.document_id, self.vault)))

    def _held(
        self, conn: Connection, one: Pulled, *, superseded_by: int | None = None
    ) -> HeldManifest:
        if one.gone_at is not None:
            return replace(without_words(one), superseded_by=superseded_by)
        entry = self._entry(conn, one)
        decision = Decision(channel=entry.channel, rule="", to_confirm=entry.to_confirm)
        return replace(
            without_words(one),
            partner=entry.partner,
            offices=entry.offices,
            means=entry.means,
            equipment=entry.equipment,
            seals=entry.seals,
            mrn=entry.mrn,
            decision=decision if entry.channel else None,
        )


_SHOWN = ("passed", "limit_date", "gross_mass_kg", "packages", "consignments")
"""What of an entry an officer reads beside what lists have of it."""


def without_words(one: Pulled) -> HeldManifest:
    """Return what was told of a manifest as far as its row knows: enough for the view gate."""
    return HeldManifest(
        direction=Direction.RECEIVED,
        partner=one.partner,
        message_id=one.message_id,
        movement=one.movement,
        functional_reference="",
        exchange=one.exchange,
        offices=(),
        means=(),
        equipment=(),
        seals=(),
        stored_at=one.received_at,
        delete_after=one.delete_after,
        expected_arrival=one.expected_arrival,
        number=one.manifest,
        stated_at=one.stated_at,
    )
