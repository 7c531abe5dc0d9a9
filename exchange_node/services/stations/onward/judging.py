"""Officer + what is intended with a record → what the view gate and the export gate say of it.

Both are asked in the caller's transaction, over the same record and the same agreements: what a
preview says is what an export does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.onward.wanted import Intended, Wanted
from exchange_node.domain.retention import Kept
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.export import ExportVerdict, permit_export
from exchange_node.policy.minimising import Readable
from exchange_node.policy.viewing import Sight
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.looking.access_log import look
from exchange_node.services.stations.looking.gate import Looked, refuse
from exchange_node.services.stations.looking.gate import weighed as sighted
from exchange_node.services.stations.looking.origin import readable_of
from exchange_node.services.stations.onward.intended import (
    consents_held,
    found,
    looked_at,
    require_named,
    wanted_with,
)
from exchange_node.services.stations.onward.letters import Letters
from exchange_node.store.payloads import Vault
from exchange_node.store.records import alerts, manifests
from exchange_node.store.retention.received import Received
from exchange_node.wco.customisation.versions import Versions

LOOK = "look.export"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What both gates say.

    Attributes:
        held: every version that this node holds, as both gates saw them.
        seen: what an officer sees of the record: corrected, without what its grant hides.
    """

    record: Received
    wanted: Wanted
    held: Sequence[HeldAgreement]
    seen: Readable
    verdict: ExportVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """A record that is not there, or that the view gate keeps from who asks."""

    looked_at: Looked | None = None
    sight: Sight | None = None

    def refuse(self, engine: Engine, actor: Actor, at: datetime, intended: Intended) -> NoReturn:
        """Write the look down, and say no more than the actor may know.

        Raises:
            UnknownRecordError: none is held, not any more, or the actor may not know of it.
            NotPermittedError: the actor's purposes do not cover it, or its retention has ended.
        """
        # Named as it was asked for: our own number would tell that it is held.
        refuse(
            engine, actor, at, self.looked_at, self.sight,
            action=LOOK, kind=intended.kind.value, key=intended.subject,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """Asks the two gates of a further use, in one transaction."""

    letters: Letters
    versions: Versions
    vault: Vault

    def judge(
        self, conn: Connection, actor: Actor, intended: Intended, at: datetime
    ) -> Judged | Unseen:
        """Return what both gates say; the record is locked, and a permitted look written down.

        A refused look is not: `Unseen.refuse` does it, outside of a transaction that is undone.

        Raises:
            UnusableQueryError: recipient or purpose do not look like one, or it is no kind that can
                be furthered.
        """
        require_named(intended)
        try:
            record = found(conn, intended)
        except UnknownRecordError:
            return Unseen()
        held = held_agreements(conn)
        asked = looked_at(record)
        sight = sighted(conn, held, actor, asked, purpose="", at=at)
        if not sight.is_permitted:
            return Unseen(looked_at=asked, sight=sight)
        said = {"purpose": sight.purpose} if sight.purpose else {}
        key = {"kind": intended.kind.value, "key": intended.subject}
        look(conn, actor, at, LOOK, **key, recipient=intended.recipient, **said)
        wanted = wanted_with(record, intended)
        seen = self._seen(conn, held, record)
        verdict = permit_export(
            held,
            record.stamp,
            wanted,
            consents_held(conn, record, at),
            at,
            hides=bool(seen.hidden),
            can_tell=self.letters.can_ask(held, record.stamp.partner, at),
        )
        return Judged(record=record, wanted=wanted, held=held, seen=seen, verdict=verdict)

    def _seen(self, conn: Connection, held: Sequence[HeldAgreement], record: Received) -> Readable:
        number = record.stamp.number
        kept = (
            manifests.get(conn, number)
            if record.stamp.kind is Kept.MANIFEST
            else alerts.by_number(conn, number)
        )
        return readable_of(conn, kept, self.vault, self.versions, held)
