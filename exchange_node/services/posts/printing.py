"""A movement's manifests → rows that all its partners may read, a code under the seal key → PDF.

The paper goes along with the goods, and whoever stands at a border may read it: what one of the
countries on the route was not told is not on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Connection, Engine

from exchange_node.channels.paper import (
    MARK_ON_PAPER,
    WITHOUT_LINE,
    Heading,
    Row,
    common_rows,
    draw,
    rows_of,
)
from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Administration, Handling
from exchange_node.domain.errors import UnknownRecordError
from exchange_node.domain.identifiers import folded
from exchange_node.domain.manifest import TransitManifest
from exchange_node.domain.retention import Kept
from exchange_node.security.carried import make_code
from exchange_node.security.carried.code import MOST_DOCUMENTS
from exchange_node.security.keys import Signer
from exchange_node.services.stations.agreements import grant_under, held_agreements
from exchange_node.services.stations.holding import Holding
from exchange_node.services.stations.looking.gate import (
    manifest_looked_at,
    require_role,
    require_view,
)
from exchange_node.services.stations.looking.opened import require_kept
from exchange_node.services.stations.movement.texts import standing
from exchange_node.store import payloads
from exchange_node.store.database import reading
from exchange_node.store.records import manifests
from exchange_node.store.records.held import Direction, HeldManifest, Kind
from exchange_node.store.sent import documents as sent_documents
from exchange_node.wco.document import Document, read
from exchange_node.wco.manifest_view import read_manifest

PRINTERS = (Role.BORDER_POST, Role.LIAISON)

BEYOND_LIMIT = timedelta(days=2)
"""How long a code counts after the last day to arrive (our choice): goods that come late have to be
looked at, and can be."""

WITHOUT_LIMIT = timedelta(days=30)
"""How long a code counts where the manifest names no last day (our choice)."""

_ORIGINAL = "ext:OriginalText"
_ACTION = "look.paper"
_CLOSENESS = [one.value for one in Handling]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """An accompanying document.

    Attributes:
        code: what the square on it says.
        rows: what stands below it.
    """

    pdf: bytes
    rows: tuple[Row, ...]
    code: str
    movement: str
    valid_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """Makes accompanying documents."""

    own: Administration
    holding: Holding
    seal_key: Callable[[datetime], Signer]
    engine: Engine
    clock: Callable[[], datetime]

    def print(self, actor: Actor, movement: str, *, purpose: str = "") -> Printed:
        """Return the accompanying document of a movement, by its official number.

        What was sent counts before what was received. Every document passes the view gate, and the
        access log says that it was looked at.

        Raises:
            RoleError: the actor is at no border post.
            UnknownRecordError: nothing of that number is held that the actor may know of.
            NotPermittedError: the purpose does not cover it, or its retention has ended.
            DisposedRecordError: it was disposed of.
            InvalidSettingError: no seal key can be used now.
            BrokenSealError: the number does not fit into a code.
        """
        now = self.clock()
        require_role(
            self.engine, actor, now, *PRINTERS, action=_ACTION, kind="manifest", key=movement
        )
        with reading(self.engine) as conn:
            found = self._current(conn, movement)
        if not found:
            self._refuse(actor, now, movement, purpose)
        for held in found:
            require_view(
                self.engine,
                actor,
                now,
                manifest_looked_at(held),
                action=_ACTION,
                kind="manifest",
                key=str(held.number),
                purpose=purpose,
                movement=held.movement,
            )
            require_kept(held, "manifest", str(held.number))
        with reading(self.engine) as conn:
            documents = [self._document(conn, one) for one in found]
            digests = {self._holder(held): self._digest(conn, held) for held in found}
            marks = _marks(conn, found)
        return self._drawn(documents, digests, found, now, marks)

    def _current(self, conn: Connection, movement: str) -> list[HeldManifest]:
        for direction in (Direction.SENT, Direction.RECEIVED):
            found = manifests.find(
                conn,
                keys={Kind.MOVEMENT: folded(movement)},
                direction=direction,
                limit=MOST_DOCUMENTS,
            )
            mine = [one for one in found if one.exchange.test == self.own.test]
            if direction is Direction.SENT:
                mine = [one for one in (standing(conn, each) for each in mine) if one is not None]
            if mine:
                return mine
        return []

    def _document(self, conn: Connection, held: HeldManifest) -> Document:
        """Return what a partner was sent, or what one sent us as far as it may be read."""
        if held.direction is Direction.RECEIVED:
            return self.holding.document_of(conn, Kept.MANIFEST, held)
        sealed = sent_documents.fetch(conn, held.message_id, self.holding.vault)
        return self.holding.versions.ours(read(sealed))[0]

    def _digest(self, conn: Connection, held: HeldManifest) -> str:
        if held.direction is Direction.RECEIVED:
            return payloads.about(conn, held.document_id).digest
        return sent_documents.digest(conn, held.message_id)

    def _refuse(self, actor: Actor, now: datetime, movement: str, purpose: str) -> None:
        require_view(
            self.engine,
            actor,
            now,
            None,
            action=_ACTION,
            kind="manifest",
            key=movement,
            purpose=purpose,
        )
        raise UnknownRecordError(kind="manifest", key=movement)

    def _holder(self, held: HeldManifest) -> str:
        return held.partner if held.direction is Direction.SENT else str(self.own.party)

    def _drawn(
        self,
        documents: list[Document],
        digests: dict[str, str],
        found: list[HeldManifest],
        now: datetime,
        marks: tuple[str, ...],
    ) -> Printed:
        views = [read_manifest(one) for one in documents]
        made_at = now.astimezone(UTC).replace(microsecond=0)
        until = max(_until(view, made_at) for view in views)
        movement = views[0].movement.value
        code = make_code(
            self.seal_key(made_at),
            issuer=str(self.own.party),
            movement=movement,
            documents=digests,
            made_at=made_at,
            valid_until=until,
            test=self.own.test,
        )
        heading = Heading(
            movement=movement,
            issuer=f"{self.own.name} ({self.own.party})",
            printed_at=made_at,
            valid_until=until,
            code=code,
            handling=max((one.exchange.handling for one in found), key=_CLOSENESS.index),
            test=self.own.test,
        )
        rows = common_rows(
            [rows_of(view, _originals(one)) for view, one in zip(views, documents, strict=True)]
        )
        if marks:
            rows = (*rows, Row(WITHOUT_LINE), Row(MARK_ON_PAPER, ", ".join(marks)))
        return Printed(
            pdf=draw(heading, rows), rows=rows, code=code, movement=movement, valid_until=until
        )


def _marks(conn: Connection, found: list[HeldManifest]) -> tuple[str, ...]:
    """Return what a paper bears that stands in for messages, as each agreement has it."""
    held, marks = held_agreements(conn), list[str]()
    for one in found:
        under = one.exchange.agreement_id, one.exchange.agreement_version, one.exchange.grant
        agreed = grant_under(held, *under)
        if agreed is not None and agreed[0].agreement.fallback is not None:
            marks.append(agreed[0].agreement.fallback.special_mark)
    return tuple(dict.fromkeys(filter(None, marks)))


def _originals(document: Document) -> dict[str, str]:
    """Return, by what a document has in Latin letters, the same in its own script."""
    values = {leaf.pointer: leaf.value for leaf in document.leaves()}
    found: dict[str, str] = {}
    for leaf in document.leaves():
        parent, _, name = leaf.path.rpartition("/")
        if parent and name == _ORIGINAL:
            above = leaf.pointer.rpartition("/")[0]
            latin = values.get(f"{above}/{leaf.attributes.get('element', '')}", "")
            found.setdefault(latin, leaf.value)
    return found


def _until(view: TransitManifest, made_at: datetime) -> datetime:
    """Return until when a code counts that is made for a manifest."""
    if view.limit_date is None:
        return made_at + WITHOUT_LIMIT
    end = datetime.combine(view.limit_date, time.max, UTC).replace(microsecond=0)
    return max(end + BEYOND_LIMIT, made_at)
