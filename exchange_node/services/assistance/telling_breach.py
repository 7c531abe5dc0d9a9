"""Unauthorised use of what a partner supplied → told to it in time; what partners tell → shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Agreement
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import UnknownRecordError, UnusableQueryError
from exchange_node.domain.message import Exchange
from exchange_node.domain.orders.breach import (
    BREACHED,
    MOST_STATEMENTS,
    BreachNotice,
    Misuse,
    Statement,
)
from exchange_node.domain.orders.order import MOST_RECORDS, RecordName, Which
from exchange_node.domain.releasing.release import Made
from exchange_node.domain.retention import Kept
from exchange_node.policy.gates import permit_about
from exchange_node.policy.verdict import require
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.departure.corresponding import Corresponding
from exchange_node.services.stations.letters.showing import shown
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.views import View
from exchange_node.services.stations.orders.misuse import audited, digest_of, due_at
from exchange_node.services.stations.registers.naming import Names, require_known
from exchange_node.services.stations.vocabulary import exchange_in
from exchange_node.store import inbox, outbox
from exchange_node.store.database import reading, transaction
from exchange_node.store.orders import breaches
from exchange_node.store.orders.breaches import KeptBreach
from exchange_node.store.orders.kept import Origin
from exchange_node.store.payloads import Vault
from exchange_node.store.records import alerts, manifests
from exchange_node.store.records.held import Direction
from exchange_node.store.releasing import letters
from exchange_node.wco.orders import encode_breach
from exchange_node.wco.rules.library import WcoLibrary

log = structlog.get_logger()

LONGEST_WORDS = 4_000
"""Characters of one statement of a notice (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What somebody tells of a misuse.

    Attributes:
        discovered_at: when it was found out; the clock of the agreement runs from here.
        said: what else the agreement asks for, by its word for it (`breach.content`).
    """

    misuse: Misuse
    discovered_at: datetime
    what: str
    measures: str
    occurred_at: datetime | None = None
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingBreach:
    """Tells suppliers of misuse of what they gave, and shows what is told."""

    corresponding: Corresponding
    library: WcoLibrary
    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def tell(
        self, actor: Actor, partner: str, happened: Happened, *, records: Sequence[Which] = ()
    ) -> View:
        """Tell a supplier of unauthorised use of what it gave.

        Args:
            actor: who tells.
            partner: the supplier.
            happened: what is told.
            records: what it gave and was misused, as far as it is known.

        Raises:
            RoleError: the actor is no liaison officer.
            UnusableQueryError: it lacks what the agreement asks for, or is told before it happened.
            UnknownRecordError: a record did not come from it.
            NotPermittedError: no grant lets notices go to it.
            InvalidDocumentError: a text cannot be written.
        """
        actor.require(Role.LIAISON)
        now = self.clock()
        own = str(self.corresponding.own.party)
        _require(happened, len(records), now)
        for one in records:
            name = one.subject
            if one.kind is Kept.ALERT and "/" not in name:
                name = f"{partner}/{name}"
            require_known(self.engine, actor, now, one.kind, name, action="look.breach")
        with reading(self.engine) as conn:
            named = [_named(conn, one, partner) for one in records]
            held = held_agreements(conn)
        verdict, purpose = permit_about(
            held, named[-1][1] if named else None, sender=own, recipient=partner, code=BREACHED,
            test=self.corresponding.own.test, on=day_of(now),
        )  # fmt: skip
        agreement, _ = require(verdict)
        _require_content(agreement, happened)
        notice = BreachNotice(
            breach_id=f"{own}-{now.year}-{self.new_id()[-12:]}",
            party=own,
            misuse=happened.misuse,
            at=now.replace(microsecond=0),
            discovered_at=happened.discovered_at.replace(microsecond=0),
            occurred_at=happened.occurred_at and happened.occurred_at.replace(microsecond=0),
            what=happened.what,
            measures=happened.measures,
            statements=tuple(
                Statement(about=word, text=text) for word, text in happened.said.items()
            ),
            records=tuple(name for name, _ in named),
        )
        document = encode_breach(
            notice, metadata=self.corresponding.metadata, registry=self.library.registry
        )
        prepared = self.corresponding.prepare(
            self.corresponding.checked(document, now),
            verdict,
            recipient=partner,
            code=BREACHED,
            purpose=purpose,
            conversation_id=notice.breach_id,
            at=now,
            made=Made(by=(actor.name,)),
        )
        origin = Origin(
            direction=Direction.SENT,
            partner=partner,
            message_id=prepared.message_id,
            digest=digest_of(notice),
            test=prepared.exchange.test,
            by=actor.name,
            at=now,
        )
        due = due_at(agreement, notice.discovered_at)
        with transaction(self.engine) as conn:
            under = (agreement.agreement_id, agreement.version)
            breaches.add(conn, notice, origin, under, due, self.vault)
            self.corresponding.packing.queue(conn, prepared)
            audited(conn, notice, origin, "breach.told")
        log.info("breach-told", breach=notice.breach_id, partner=partner)
        return self.show(actor, notice.breach_id)

    def show(self, actor: Actor, breach_id: str) -> View:
        """Return a notice with all that it says, and what may be done about it.

        Raises:
            RoleError: the actor is neither a liaison officer nor an operator.
            UnknownRecordError: there is none of that id.
        """
        actor.require(Role.LIAISON, Role.OPERATOR)
        now = self.clock()
        looked(self.engine, actor, now, "look.breach", "breach", breach_id)
        with reading(self.engine) as conn:
            one = breaches.get(conn, breach_id)
            names = Names(conn, actor, now)
            line = _line(conn, one, now, names)
            what, measures, statements = (
                ("", "", ()) if names.withheld else breaches.said(conn, one, self.vault)
            )
            seen = line | {
                "what": what,
                "measures": measures,
                "said": {each.about: each.text for each in statements},
                "suggested": _suggested(one),
            }
        names.log(self.engine, "look.breach", "breach", breach_id)
        return seen

    def list(
        self, actor: Actor, *, direction: str = "", partner: str = "", limit: int = 50
    ) -> View:
        """Return notices, the newest first, without their words.

        Raises:
            RoleError: the actor is neither a liaison officer nor an operator.
            UnusableQueryError: `direction` is neither sent nor received.
        """
        actor.require(Role.LIAISON, Role.OPERATOR)
        directions = {"": None, "sent": Direction.SENT, "received": Direction.RECEIVED}
        if direction not in directions:
            raise UnusableQueryError(what="direction", why="want sent or received")
        now = self.clock()
        with reading(self.engine) as conn:
            found = breaches.search(
                conn, direction=directions[direction], partner=partner, limit=limit
            )
            names = Names(conn, actor, now)
            lines = [_line(conn, one, now, names) for one in found]
        facts = {"count": str(len(found))} | names.facts
        looked(self.engine, actor, now, "look.breaches", "breach", **facts)
        return {"breaches": lines}


def _require(happened: Happened, records: int, now: datetime) -> None:
    texts = {"what": happened.what, "measures": happened.measures, **happened.said}
    for name, text in texts.items():
        if not 0 < len(text.strip()) <= LONGEST_WORDS:
            raise UnusableQueryError(what=name, why=f"want 1 to {LONGEST_WORDS} characters")
    if len(happened.said) > MOST_STATEMENTS or records > MOST_RECORDS:
        why = f"at most {MOST_STATEMENTS} statements and {MOST_RECORDS} records"
        raise UnusableQueryError(what="said", why=why)
    for name, moment in (
        ("discovered", happened.discovered_at),
        ("occurred", happened.occurred_at),
    ):
        if moment is not None and moment.tzinfo is None:
            raise UnusableQueryError(what=name, why="want a moment with its offset")
    if happened.discovered_at > now:
        raise UnusableQueryError(what="discovered", why="it lies ahead")
    if happened.occurred_at is not None and happened.occurred_at > happened.discovered_at:
        raise UnusableQueryError(what="occurred", why="it was found out before it happened")


def _require_content(agreement: Agreement, happened: Happened) -> None:
    """Pass what says all that the agreement asks for, each under the agreement's word for it."""
    wanted = agreement.breach.content if agreement.breach else ()
    said = {word.casefold() for word in happened.said}
    missing = [word for word in wanted if word.casefold() not in said]
    if missing:
        why = f"{agreement.agreement_id} asks for: {', '.join(missing)}"
        raise UnusableQueryError(what="said", why=why)


def _named(conn: Connection, which: Which, partner: str) -> tuple[RecordName, Exchange]:
    """Return a record that a partner gave, as it knows it, and what it came under."""
    if which.kind is Kept.ALERT:
        alert = alerts.by_id(conn, which.subject, issuer=partner, direction=Direction.RECEIVED)
        name = RecordName(
            kind=Kept.ALERT, subject=f"{alert.issuer}/{alert.alert_id}", version=alert.version
        )
        return name, exchange_in(inbox.get(conn, partner, alert.message_id))
    for one in manifests.versions(conn, which.subject):
        if one.direction is Direction.RECEIVED and one.partner == partner:
            name = RecordName(kind=Kept.MANIFEST, subject=one.movement, message_id=one.message_id)
            return name, one.exchange
    raise UnknownRecordError(kind=f"manifest of {partner}", key=which.subject)


def _line(conn: Connection, one: KeptBreach, now: datetime, names: Names) -> View:
    named = [each for each in one.records if names.may(each.kind, each.subject)]
    names.withheld += len(one.records) - len(named)
    told_at: datetime | None = one.recorded_at
    is_ours = one.direction is Direction.SENT
    if is_ours:
        sent = outbox.find(conn, one.message_id)
        told_at = sent.receipted_at if sent else None
    return {
        "breach_id": one.breach_id,
        "direction": one.direction.value,
        "partner": one.partner,
        "misuse": one.misuse.value,
        "message_id": one.message_id,
        "letter": shown(letters.find(conn, one.message_id) if is_ours else None),
        "discovered_at": one.discovered_at.isoformat(),
        "occurred_at": one.occurred_at.isoformat() if one.occurred_at else None,
        "due_at": one.due_at.isoformat() if one.due_at else None,
        "told_at": told_at.isoformat() if told_at else None,
        "overdue": one.due_at is not None and (told_at or now) > one.due_at,
        "agreement": one.agreement_id,
        "version": one.agreement_version,
        "records": [str(name) for name in named],
        "withheld": len(one.records) - len(named),
        "by": one.recorded_by,
        "delete_after": one.delete_after.isoformat() if one.delete_after else None,
        "disposed_at": one.disposed_at.isoformat() if one.disposed_at else None,
    }


def _suggested(one: KeptBreach) -> str:
    """Return the command that stops what was misused, for whoever supplied it."""
    if one.direction is Direction.SENT:
        return ""
    return (
        f"exchange-node agreement suspend {one.agreement_id} --version {one.agreement_version} "
        "--reason BREACH --why …"
    )
