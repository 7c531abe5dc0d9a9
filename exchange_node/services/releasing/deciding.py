"""What waits for officers: listed · looked at · approved or refused; and the round that sees to it.

What officers approve is named by its digest, and leaves as they saw it. Two who decide at once do
so one after the other: the row is locked, and the last approval and the outbox row are one
transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import (
    AlteredRecordError,
    DisposedRecordError,
    NodeError,
    StoreBusyError,
    StoreFullError,
    UnknownRecordError,
    UnusableQueryError,
)
from exchange_node.domain.releasing.release import Release, State
from exchange_node.domain.transmission.content import Content
from exchange_node.services.releasing.leaving import Leaving, way_of
from exchange_node.services.releasing.showing import Preview, line, whole
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.letters.kept_back import record
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.views import View
from exchange_node.services.stations.outgoing import Packing
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.services.stations.waiting.room import tell
from exchange_node.store import payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.releasing import releases
from exchange_node.wco.rules.library import WcoLibrary

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Releasing:
    """What officers do with messages that wait for them."""

    packing: Packing
    engine: Engine
    library: WcoLibrary
    clock: Callable[[], datetime]

    @property
    def leaving(self) -> Leaving:
        """How messages leave the waiting room."""
        return Leaving(packing=self.packing, engine=self.engine)

    def list(self, actor: Actor, *, state: str = "", limit: int = 50) -> View:
        """Return what waits, flash first; or what left the waiting room in another way.

        Nothing of any content is shown.

        Raises:
            RoleError: the actor neither lets messages go, nor is a liaison officer or operator.
            UnusableQueryError: there is no such state.
        """
        actor.require(Role.RELEASER, Role.LIAISON, Role.OPERATOR)
        now = self.clock()
        if state and state not in set(State):
            raise UnusableQueryError(what="state", why=f"want one of {', '.join(State)}")
        wanted = State(state or State.WAITING)
        with reading(self.engine) as conn:
            found = (
                releases.waiting(conn, limit=limit)
                if wanted is State.WAITING
                else releases.search(conn, wanted, limit=limit)
            )
            held = held_agreements(conn)
            ways = [way_of(conn, one, held, now) for one in found]
        looked(self.engine, actor, now, "look.releases", "release", count=str(len(found)))
        return {"releases": [line(one, way) for one, way in zip(found, ways, strict=True)]}

    def show(self, actor: Actor, message_id: str) -> View:
        """Return exactly what the partner will see, while it waits, and who is awaited.

        Raises:
            RoleError: the actor does not let messages go.
            UnknownRecordError: no such message ever waited.
        """
        actor.require(Role.RELEASER)
        now = self.clock()
        with reading(self.engine) as conn:
            one = releases.get(conn, message_id)
            way = way_of(conn, one, held_agreements(conn), now)
            document = (
                payloads.fetch(conn, one.document_id, self.packing.vault)
                if one.state is State.WAITING
                else b""
            )
        looked(
            self.engine,
            actor,
            now,
            "look.release",
            "release",
            message_id,
            message_id=message_id,
            partner=one.exchange.recipient,
            digest=one.digest,
        )
        preview = Preview.of(document, self.library) if document else None
        return whole(one, way, preview)

    def file(self, actor: Actor, message_id: str, number: int) -> tuple[dict[str, str], Content]:
        """Return one file as it leaves, and what the sealed document says of it; while it waits.

        The document names the digest of each file, and officers approve the digest of the document:
        what is looked at here is what an approval covers.

        Args:
            actor: who looks; each look is written down.
            message_id: the message that waits.
            number: which of its files, counted from 1.

        Raises:
            RoleError: the actor does not let messages go.
            UnknownRecordError: no such message ever waited, or it has no such file.
            DisposedRecordError: it waits no longer.
            AlteredRecordError: the file is not the one that the document names.
        """
        actor.require(Role.RELEASER)
        now = self.clock()
        with reading(self.engine) as conn:
            one = releases.get(conn, message_id)
            if not 0 < number <= len(one.files):
                raise UnknownRecordError(kind="attached file", key=f"{message_id}/{number}")
            if one.state is not State.WAITING:
                day = one.settled_at.date().isoformat() if one.settled_at else ""
                raise DisposedRecordError(kind="attached file", key=message_id, day=day)
            document = payloads.fetch(conn, one.document_id, self.packing.vault)
        named = Preview.of(document, self.library).files[number - 1]
        looked(
            self.engine,
            actor,
            now,
            "look.release-file",
            "release",
            message_id,
            message_id=message_id,
            partner=one.exchange.recipient,
            digest=named["digest"],
        )
        content = payloads.fetch_content(
            self.engine, one.files[number - 1].payload_id, self.packing.vault,
            self.packing.new_spool,
        )  # fmt: skip
        if payloads.digest_of(content) != named["digest"]:
            raise AlteredRecordError(what=f"attached file {number} of {message_id}")
        return {name: str(value) for name, value in named.items()}, content

    def approve(self, actor: Actor, message_id: str, *, digest: str) -> View:
        """Approve the document of that digest; the last officer's approval lets the message go.

        While the agreement is suspended it waits on, approved; where another version decides now,
        it lapses instead.

        Raises:
            RoleError: the actor does not let messages go.
            UnknownRecordError: no such message ever waited.
            OwnWorkError: the actor had a hand in making it.
            OtherDocumentError: the digest is that of another document.
            ReleaseNotNowError: it waits no longer, or the actor approved it before.
        """
        actor.require(Role.RELEASER)
        now = self.clock()
        with reading(self.engine) as conn:
            held = held_agreements(conn)
            before = releases.get(conn, message_id).approved(actor.name, digest, now)
            is_last = before.is_approved and way_of(conn, before, held, now).is_open
        # What takes its time is done before anybody is kept from writing.
        packed = self.leaving.packed(before, now) if is_last else None
        with transaction(self.engine) as conn:
            one = releases.get(conn, message_id, lock=True).approved(actor.name, digest, now)
            releases.vote(conn, one, one.votes[-1])
            record(conn, one, now, "release.approved", actor=actor.name, missing=str(one.missing))
            way = way_of(conn, one, held_agreements(conn), now)
            if way.over:
                one = self.leaving.lapse(conn, one, way.over, now)
            elif packed is not None and one.is_approved and way.is_open:
                one = self.leaving.let_go(conn, one, packed, now)
        return line(one, way)

    def refuse(self, actor: Actor, message_id: str, *, why: str) -> View:
        """Keep a message back for good; one officer is enough, and who made it may too.

        Raises:
            RoleError: the actor neither lets messages go, nor had a hand in this one.
            UnknownRecordError: no such message ever waited.
            ReleaseNotNowError: it waits no longer.
        """
        now = self.clock()
        with transaction(self.engine) as conn:
            one = releases.find(conn, message_id, lock=True)
            if one is None or actor.name not in one.makers:
                actor.require(Role.RELEASER)
            one = releases.get(conn, message_id)
            one = self.leaving.refuse(conn, one, actor.name, why, now)
            way = way_of(conn, one, (), now)
        return line(one, way)

    def run(self) -> int:
        """Let go what may leave now, end what can leave no more, tell of clocks that are near.

        What cannot be packed for want of a setting is tried again at the next round.
        """
        with reading(self.engine) as conn:
            waiting = releases.waiting(conn)
        return sum(self._seen_to(one) for one in waiting)

    def _seen_to(self, one: Release) -> bool:
        try:
            return self._see_to(one)
        except (StoreFullError, StoreBusyError):
            raise
        except NodeError as err:
            log.warning("release-stuck", message_id=one.message_id, why=f"{err.code}: {err}")
            return False

    def _see_to(self, one: Release) -> bool:
        now = self.clock()
        with reading(self.engine) as conn:
            way = way_of(conn, one, held_agreements(conn), now)
        if not (way.over or (one.is_approved and way.is_open) or _is_near(one, now)):
            return False
        packed = self.leaving.packed(one, now) if one.is_approved and way.is_open else None
        return self._moved(one.message_id, packed, now)

    def _moved(self, message_id: str, packed: Prepared | None, now: datetime) -> bool:
        with transaction(self.engine) as conn:
            one = releases.get(conn, message_id, lock=True)
            if one.state is not State.WAITING:
                return False
            way = way_of(conn, one, held_agreements(conn), now)
            if way.over:
                self.leaving.lapse(conn, one, way.over, now)
            elif packed is not None and one.is_approved and way.is_open:
                self.leaving.let_go(conn, one, packed, now)
            elif _is_near(one, now):
                releases.reminded(conn, one, now)
                tell(conn, "release.due", one, now)
            else:
                return False
        return True


def _is_near(one: Release, now: datetime) -> bool:
    return one.reminded_at is None and now >= one.remind_at
