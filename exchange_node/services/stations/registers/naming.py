"""Register + who reads it → its lines, and the names of records only to whom may know of them.

A line of a register is no record: that an order or a certificate is there may be known. Which
record it is about is asked of the view gate, as ADR 24 has it: whoever may not know of the record
reads the line without its name. An operator sees no record; names he reads as a liaison officer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.retention import Kept
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.assistance.seeing import case_looked_at
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.gate import (
    Looked,
    alert_looked_at,
    manifest_looked_at,
    require_view,
    weighed,
)
from exchange_node.services.stations.looking.views import View
from exchange_node.services.stations.posts.board import without_words
from exchange_node.store.channels import entries
from exchange_node.store.database import reading
from exchange_node.store.records import alerts, manifests
from exchange_node.store.records.assistance import cases

WITHHELD = "withheld"


@dataclass(slots=True)
class Names:
    """Which records may be named to one reader, in one transaction.

    Attributes:
        withheld: how many names were kept back so far.
    """

    conn: Connection
    actor: Actor
    at: datetime
    withheld: int = 0
    _held: Sequence[HeldAgreement] | None = None
    _known: dict[tuple[Kept, str], bool] = field(default_factory=dict)

    def may(self, kind: Kept, subject: str) -> bool:
        """Whether the reader may know of every record that goes by a name."""
        if (kind, subject) not in self._known:
            self._known[kind, subject] = self._may(kind, subject)
        return self._known[kind, subject]

    def line(self, line: View, *named: str) -> View:
        """Return a line with `kind` and `subject`, emptied of what names a record if need be."""
        if self.may(Kept(line["kind"]), line["subject"]):
            return line
        self.withheld += 1
        return line | dict.fromkeys(("subject", *named), "") | {WITHHELD: True}

    def lines(self, lines: Iterable[View], *named: str, asked: str = "") -> list[View]:
        """Return the lines of a list; asked for by its name, what may not be named is not there."""
        found = [self.line(one, *named) for one in lines]
        return [one for one in found if not (asked and one.get(WITHHELD))]

    @property
    def facts(self) -> dict[str, str]:
        """What the access log is told."""
        return {WITHHELD: str(self.withheld)} if self.withheld else {}

    def counted(self, lines: Sequence[View]) -> dict[str, str]:
        """What the access log is told of a list."""
        return {"count": str(len(lines))} | self.facts

    def log(self, engine: Engine, action: str, kind: str, key: str) -> None:
        """Write into the access log that of something shown names were kept back."""
        if self.withheld:
            looked(engine, self.actor, self.at, action, kind, key, **self.facts)

    def _may(self, kind: Kept, subject: str) -> bool:
        if self._held is None:
            self._held = held_agreements(self.conn)
        eyes = replace(self.actor, roles=self.actor.roles | {Role.LIAISON})
        sights = [
            weighed(self.conn, self._held, eyes, one, purpose="", at=self.at)
            for one in named_by(self.conn, kind, subject)
        ]
        return all(one.is_permitted or one.is_explained for one in sights)


def named_by(conn: Connection, kind: Kept, subject: str) -> list[Looked]:
    """Return the records that go by a name, as the gate asks of them; the newest first."""
    match kind:
        case Kept.MANIFEST:
            told = [without_words(one) for one in entries.of_movement(conn, subject)]
            return [manifest_looked_at(one) for one in (*manifests.versions(conn, subject), *told)]
        case Kept.ALERT | Kept.FEEDBACK | Kept.ACKNOWLEDGEMENT:
            issuer, _, alert_id = subject.partition("/")
            return [alert_looked_at(one) for one in alerts.versions(conn, issuer, alert_id)]
        case Kept.ASSISTANCE:
            opener, _, reference = subject.partition("/")
            found = cases.by_reference(conn, reference, opener=opener)
            return [case_looked_at(one) for one in found]
        case _:  # the id of an order or a notice names no record
            return []


def require_known(
    engine: Engine, actor: Actor, at: datetime, kind: Kept, subject: str, *, action: str
) -> None:
    """Pass whoever may see what he names, before it is acted on; what is over or gone as well.

    Raises:
        UnknownRecordError: the actor may not know of it; said as of one that is not held.
        NotPermittedError: the actor's purposes do not cover it.
    """
    with reading(engine) as conn:
        found = named_by(conn, kind, subject)
    for one in found:
        there = replace(one, subject=replace(one.subject, disposed_at=None, is_on_hold=True))
        try:
            require_view(engine, actor, at, there, action=action, kind=kind.value, key=subject)
        except UnknownRecordError:
            raise UnknownRecordError(kind=f"received {kind.value}", key=subject) from None
