"""Every decision as it was made: inputs and outcome byte for byte, the rules by their digest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select

from exchange_node.domain.errors import UnknownRecordError
from exchange_node.store.database import add_once
from exchange_node.store.tables import rule_set as rules_table
from exchange_node.store.tables import ruling as table

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection, Row

# Made once: making a statement costs several times what running it does.
_RULES_OF = select(rules_table.c.number).where(rules_table.c.digest == bindparam("of"))
_ADD = insert(table).returning(table)
_LATEST = (
    select(table)
    .where(table.c.manifest == bindparam("of"))
    .order_by(table.c.number.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRuling:
    """One decision.

    Attributes:
        manifest: number of the manifest that was decided on.
        office: folded code of the office it was made for; empty where the manifest named none.
        rules: digest of the rule set.
        inputs, outcome: canonical JSON.
        digest: SHA-256 of the outcome, lower-case hex.
        number: `add` gives it.
    """

    manifest: int
    movement: str
    test: bool
    direction: str
    office: str
    rules: str
    channel: str
    drawn: bool
    inputs: bytes
    outcome: bytes
    digest: str
    at: datetime
    number: int = 0


def keep_rules(conn: Connection, digest: str, octets: bytes, at: datetime) -> None:
    """Keep a rule set, the first time that it decides."""
    if conn.execute(_RULES_OF, {"of": digest}).first() is None:
        values = {"digest": digest, "text": octets.decode("utf-8"), "kept_at": at}
        add_once(conn, rules_table, values)


def rules(conn: Connection, digest: str) -> bytes:
    """Return the canonical JSON of a rule set that decided.

    Raises:
        UnknownRecordError: none of that digest ever did.
    """
    query = select(rules_table.c.text).where(rules_table.c.digest == digest)
    text = conn.execute(query).scalar_one_or_none()
    if text is None:
        raise UnknownRecordError(kind="rule set", key=digest)
    return str(text).encode("utf-8")


def add(conn: Connection, one: KeptRuling, last: KeptRuling | None) -> KeptRuling:
    """Keep a decision; the same once more, with nothing else in between, is the one that is kept.

    `last`: the latest on that manifest, as `latest` returns it. Returns it with its number.
    """
    if last is not None and (last.inputs, last.outcome) == (one.inputs, one.outcome):
        return last
    values = {
        "manifest": one.manifest,
        "movement": one.movement,
        "test": one.test,
        "direction": one.direction,
        "office": one.office,
        "rules": one.rules,
        "channel": one.channel,
        "drawn": one.drawn,
        "inputs": one.inputs.decode("utf-8"),
        "outcome": one.outcome.decode("utf-8"),
        "digest": one.digest,
        "at": one.at,
    }
    return _ruling(conn.execute(_ADD, values).one())


def latest(conn: Connection, manifest: int) -> KeptRuling | None:
    """Return the last decision on a manifest; None where there was none."""
    row = conn.execute(_LATEST, {"of": manifest}).one_or_none()
    return _ruling(row) if row is not None else None


def get(conn: Connection, number: int) -> KeptRuling:
    """Return a decision by its number.

    Raises:
        UnknownRecordError: there is none.
    """
    row = conn.execute(select(table).where(table.c.number == number)).one_or_none()
    if row is None:
        raise UnknownRecordError(kind="decision", key=str(number))
    return _ruling(row)


def of_manifest(conn: Connection, manifest: int) -> list[KeptRuling]:
    """Return the decisions on a manifest, the first first."""
    query = select(table).where(table.c.manifest == manifest).order_by(table.c.number)
    return [_ruling(row) for row in conn.execute(query)]


def of_manifests(conn: Connection, numbers: Collection[int]) -> list[KeptRuling]:
    """Return the decisions on several manifests, of each the first first."""
    query = select(table).where(table.c.manifest.in_(numbers)).order_by(table.c.number)
    return [_ruling(row) for row in conn.execute(query)] if numbers else []


def counted(
    conn: Connection, begin: datetime, end: datetime, *, test: bool
) -> list[tuple[str, str, str, bool, int]]:
    """Return how many decisions there were, by office, direction, channel and draw."""
    by = (table.c.office, table.c.direction, table.c.channel, table.c.drawn)
    query = (
        select(*by, func.count())
        .where(table.c.at >= begin, table.c.at < end, table.c.test == test)
        .group_by(*by)
        .order_by(*by)
    )
    return [(row[0], row[1], row[2], bool(row[3]), int(row[4])) for row in conn.execute(query)]


def _ruling(row: Row[Any]) -> KeptRuling:
    return KeptRuling(
        manifest=row.manifest,
        movement=row.movement,
        test=row.test,
        direction=row.direction,
        office=row.office,
        rules=row.rules,
        channel=row.channel,
        drawn=row.drawn,
        inputs=row.inputs.encode("utf-8"),
        outcome=row.outcome.encode("utf-8"),
        digest=row.digest,
        at=row.at,
        number=row.number,
    )
