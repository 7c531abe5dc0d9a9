"""Record + who looks → the view gate → shown, or refused; and either way a line in the access log.

A walk that shows a record calls `require_view`, one that shows a list `sifted`. What an officer may
not know of is answered as if there were none; a purpose that does not cover it is explained.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, NoReturn, TypeVar

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.agreement import Handling
from exchange_node.domain.errors import (
    DisposedRecordError,
    NotPermittedError,
    RoleError,
    UnknownRecordError,
)
from exchange_node.domain.retention import Kept
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.verdict import NO_CLAUSE
from exchange_node.policy.viewing import VIEW_CHECKS, Came, Sight, Subject, ViewCode, permit_view
from exchange_node.services.stations.agreements import held_agreements, standing_under
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.store.database import reading
from exchange_node.store.records.held import Direction, HeldAlert, HeldManifest
from exchange_node.store.retention import holds

MOST_WEIGHED = 2_000
"""Records that one question for a list weighs at most (our choice): ten pages of the longest."""

T = TypeVar("T")

UNKNOWN = "UNKNOWN"
"""What the access log says where nothing of that key is held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A record that somebody wants to see.

    Attributes:
        subject: what the gate has to know of it.
        kept, held_as: how a legal hold would name it; None where none can.
        under: the standing agreement that it came under; None where people agreed on one.
    """

    subject: Subject
    kept: Kept | None = None
    held_as: str = ""
    under: HeldAgreement | None = None


def manifest_looked_at(held: HeldManifest) -> Looked:
    """Return a manifest as the gate asks of it."""
    exchange = held.exchange
    came = Came(
        agreement_id=exchange.agreement_id,
        version=exchange.agreement_version,
        grant=exchange.grant,
        purpose=exchange.purpose,
        kept_since=held.stored_at,
        delete_after=held.delete_after,
    )
    subject = Subject(
        kind="manifest",
        key=str(held.number),
        handling=Handling(exchange.handling),
        came=came if held.direction is Direction.RECEIVED else None,
        disposed_at=held.disposed_at,
    )
    under = standing_under(exchange)
    return Looked(subject=subject, kept=Kept.MANIFEST, held_as=held.movement, under=under)


def alert_looked_at(held: HeldAlert) -> Looked:
    """Return an alert as the gate asks of it.

    One that was filed before alerts were stamped came under nothing that is known.
    """
    came = (
        Came(
            agreement_id=held.agreement_id,
            version=held.agreement_version,
            grant=held.grant,
            purpose=held.purpose,
            kept_since=held.kept_since or held.stored_at,
            delete_after=held.delete_after,
        )
        if held.direction is Direction.RECEIVED and held.agreement_id and held.delete_after
        else None
    )
    subject = Subject(
        kind="alert",
        key=held.alert_id,
        handling=held.handling,
        came=came,
        disposed_at=held.disposed_at,
    )
    return Looked(subject=subject, kept=Kept.ALERT, held_as=f"{held.issuer}/{held.alert_id}")


def weighed(
    conn: Connection,
    held: Iterable[HeldAgreement],
    actor: Actor,
    one: Looked,
    *,
    purpose: str,
    at: datetime,
) -> Sight:
    """Return what the view gate says; a legal hold is looked for only where it decides."""
    agreements = (*held, *((one.under,) if one.under is not None else ()))
    sight = permit_view(agreements, actor, one.subject, purpose=purpose, at=at)
    if sight.code is not ViewCode.ENDED or one.kept is None:
        return sight
    if holds.standing(conn, one.kept, one.held_as) is None:
        return sight
    on_hold = replace(one.subject, is_on_hold=True)
    return permit_view(agreements, actor, on_hold, purpose=purpose, at=at)


def require_view(
    engine: Engine,
    actor: Actor,
    at: datetime,
    one: Looked | None,
    *,
    action: str,
    kind: str,
    key: str,
    purpose: str = "",
    **facts: str,
) -> Sight:
    """Pass whoever may see a record now, and write the look down: the refused one as well.

    Args:
        engine: the store.
        actor: who looks.
        at: now.
        one: the record; None where there is none of that key.
        action: what the access log says: `look.manifest`, …
        kind, key: how the record is named to people, and there.
        purpose: what it is looked at for, where the actor says so.
        facts: more for the line of a look that is permitted; of a refused one nothing is told.

    Raises:
        UnknownRecordError: there is none, or the actor may not know of it.
        NotPermittedError: the purpose does not cover it, or its retention has ended.
        DisposedRecordError: it was disposed of.
        StoreError: the line could not be written; then nothing may be shown.
    """
    sight = None
    if one is not None:
        with reading(engine) as conn:
            sight = weighed(conn, held_agreements(conn), actor, one, purpose=purpose, at=at)
    if one is None or sight is None or not sight.is_permitted:
        refuse(engine, actor, at, one, sight, action=action, kind=kind, key=key, purpose=purpose)
    said = {"purpose": sight.purpose} if sight.purpose else {}
    looked(engine, actor, at, action, kind, key, **facts, **said)
    return sight


def refuse(
    engine: Engine,
    actor: Actor,
    at: datetime,
    one: Looked | None,
    sight: Sight | None,
    *,
    action: str,
    kind: str,
    key: str,
    purpose: str = "",
) -> NoReturn:
    """Write a refused look down, and say no more of it than the actor may know.

    Raises:
        UnknownRecordError, NotPermittedError, DisposedRecordError, StoreError: as `require_view`.
    """
    code = sight.code.value if sight is not None else UNKNOWN
    asked = {"purpose": purpose} if purpose else {}
    looked(engine, actor, at, action, kind, key, refused=code, **asked)
    if one is None or sight is None or not sight.is_explained:
        raise UnknownRecordError(kind=kind, key=key)
    if one.subject.disposed_at is not None and sight.code is ViewCode.DISPOSED:
        raise DisposedRecordError(
            kind=one.subject.kind, key=key, day=one.subject.disposed_at.date().isoformat()
        )
    raise NotPermittedError(denial=sight.code.value, clause=sight.clause, reason=sight.text)


def require_role(
    engine: Engine, actor: Actor, at: datetime, *roles: Role, action: str, kind: str, key: str = ""
) -> None:
    """Pass an actor that has one of the roles; whoever has none leaves a line too.

    Raises:
        RoleError: it has none of them.
        StoreError: the line could not be written.
    """
    try:
        actor.require(*roles)
    except RoleError as err:
        looked(engine, actor, at, action, kind, key, refused=err.code)
        raise


def require_purpose(
    engine: Engine, actor: Actor, at: datetime, purpose: str, *, action: str, kind: str
) -> None:
    """Pass an actor that works for the purpose it names, before a list is looked for.

    Raises:
        NotPermittedError: its token does not carry it.
        StoreError: the line could not be written.
    """
    if not purpose or purpose in actor.works_for:
        return
    code = ViewCode.NOT_YOUR_PURPOSE
    looked(engine, actor, at, action, kind, refused=code.value, purpose=purpose)
    works_for = ", ".join(sorted(actor.works_for)) or "none"
    said = {"actor": actor.name, "works_for": works_for, "purpose": purpose}
    reason = VIEW_CHECKS[code].denial.format_map(said)
    raise NotPermittedError(denial=code.value, clause=NO_CLAUSE, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted(Generic[T]):
    """What of a list may be shown, and what became of the rest, without who or what.

    Attributes:
        shown: what the gate lets through.
        refused: by the code of the denial, how many were left out.
        last: the last that was weighed, for the next page; None where the list is at its end.
    """

    shown: tuple[T, ...]
    refused: Counter[ViewCode] = field(default_factory=Counter)
    last: T | None = None

    @property
    def not_covered(self) -> int:
        """How many an officer is told of: what the purpose alone keeps from being shown."""
        return self.refused[ViewCode.PURPOSE] + self.refused[ViewCode.NOT_YOUR_PURPOSE]

    @property
    def facts(self) -> dict[str, str]:
        """What the access log is told: how many were shown, and how many refused for what."""
        refused = ", ".join(f"{code.value} {self.refused[code]}" for code in sorted(self.refused))
        return {"count": str(len(self.shown))} | ({"refused": refused} if refused else {})


def sifted(
    conn: Connection,
    actor: Actor,
    at: datetime,
    page: Callable[[T | None], Sequence[T]],
    looked_at: Callable[[T], Looked],
    *,
    limit: int,
    purpose: str = "",
) -> Sifted[T]:
    """Return as many records of a list as may be shown, up to a limit; the caller logs the look.

    What was disposed of is shown as far as a list has it: its content is gone from there as well.

    Args:
        conn: the connection.
        actor: who looks.
        at: now.
        page: gives what comes behind a record, at most `limit`; behind None the first.
        looked_at: gives a record as the gate asks of it.
        limit: of what is shown.
        purpose: what is looked for, where the actor says so.
    """
    held = held_agreements(conn)
    shown: list[T] = []
    refused: Counter[ViewCode] = Counter()
    last: T | None = None
    for _ in range(-(-MOST_WEIGHED // limit)):
        found = page(last)
        for one in found:
            last = one
            sight = weighed(conn, held, actor, looked_at(one), purpose=purpose, at=at)
            if sight.may_be_listed:
                shown.append(one)
            else:
                refused[sight.code] += 1
            if len(shown) == limit:
                return Sifted(shown=tuple(shown), refused=refused, last=last)
        if len(found) < limit:
            return Sifted(shown=tuple(shown), refused=refused)
    return Sifted(shown=tuple(shown), refused=refused, last=last)
