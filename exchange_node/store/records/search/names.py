"""Names that are held, each once, with what they sound like.

Thousands of manifests name one trader. So a name is kept apart from those that bear it, and
whoever looks for somebody compares names, not manifests. A name that is near enough is then a key
like any other.

What a name sounds like is told by tables that change with the program (`hearing`). A name whose
sounds were told by others is compared with everything until it has been heard again.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, exists, or_, select, update

from exchange_node.store.database import add_once
from exchange_node.store.records.search.keyed import MOST
from exchange_node.store.tables import alert_key, known_name, known_sound, manifest_key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from sqlalchemy import Connection

NAME = "name"
"""The kind of key that a name is."""


FORGOTTEN_AT_ONCE = 5_000
"""Names of each bearer that are deleted in one transaction (our choice); the rest goes later."""

HEARD_AT_ONCE = 2_000
"""Names that are heard again in one transaction (our choice): nothing is filed meanwhile."""


class Bearer(StrEnum):
    """What bears a name."""

    ALERT = "alert"
    MANIFEST = "manifest"


_OTHER = known_name.alias()
_KEYS = {Bearer.ALERT: alert_key, Bearer.MANIFEST: manifest_key}
_NUMBERS = select(known_name.c.name, known_name.c.number, known_name.c.hearing).where(
    known_name.c.bearer == bindparam("bearer"),
    known_name.c.name.in_(bindparam("names", expanding=True)),
)
_HEARD = (
    select(known_name.c.name)
    .join(known_sound, known_sound.c.name == known_name.c.number)
    .where(
        known_sound.c.bearer == bindparam("bearer"),
        known_sound.c.sound.in_(bindparam("sounds", expanding=True)),
    )
    .distinct()
)
# Two ranges, of which an index tells the numbers: hardly ever is there anything in either. Asked by
# bearer too, SQLite would read every name of one instead.
_UNHEARD = select(known_name.c.bearer, known_name.c.name).where(
    known_name.c.number.in_(
        select(_OTHER.c.number).where(
            or_(_OTHER.c.hearing < bindparam("hearing"), _OTHER.c.hearing > bindparam("hearing"))
        )
    )
)


def learn(
    conn: Connection, bearer: Bearer, names: Mapping[str, Collection[str]], hearing: str
) -> None:
    """Have names (folded) found by what they sound like; what was heard so already stays."""
    known = _known(conn, bearer, names)
    # In order, so that two that learn the same names wait for each other one way round.
    for name in sorted(set(names) - set(known)):
        add_once(conn, known_name, {"bearer": bearer, "name": name, "hearing": ""})
    unheard = sorted(name for name in names if known.get(name, (0, ""))[1] != hearing)
    for name, (number, _) in sorted(_known(conn, bearer, unheard).items()):
        conn.execute(delete(known_sound).where(known_sound.c.name == number))
        for sound in sorted(names[name]):
            add_once(conn, known_sound, {"bearer": bearer, "sound": sound, "name": number})
        mine = update(known_name).where(known_name.c.number == number)
        conn.execute(mine.values(hearing=hearing))


def _known(conn: Connection, bearer: Bearer, names: Collection[str]) -> dict[str, tuple[int, str]]:
    """Return of the names that are known the number, and by what they were heard."""
    wanted, found = sorted(names), {}
    for start in range(0, len(wanted), MOST):
        asked = {"bearer": bearer, "names": wanted[start : start + MOST]}
        rows = conn.execute(_NUMBERS, asked)
        found.update({row.name: (row.number, row.hearing) for row in rows})
    return found


def heard(
    conn: Connection,
    bearer: Bearer,
    sounds: Collection[str],
    is_near: Callable[[str], bool],
    hearing: str,
) -> set[str]:
    """Return the names that have one of some sounds, or were heard otherwise, and are near."""
    if not sounds:
        return set()
    found = set(conn.execute(_HEARD, {"bearer": bearer, "sounds": sorted(sounds)}).scalars())
    unheard = conn.execute(_UNHEARD, {"hearing": hearing})
    found |= {row.name for row in unheard if row.bearer == bearer}
    return {name for name in found if is_near(name)}


def heard_otherwise(
    conn: Connection, hearing: str, limit: int = HEARD_AT_ONCE
) -> list[tuple[Bearer, str]]:
    """Return some names, with who bears them, whose sounds were told by other tables."""
    rows = conn.execute(_UNHEARD.limit(limit), {"hearing": hearing})
    return [(Bearer(row.bearer), row.name) for row in rows]


def forget(conn: Connection) -> int:
    """Delete the names that nothing held bears any more, so many at once; return how many.

    The caller holds the gate (`hits.queue_as_alert`): what is just being filed is not seen.
    """
    return sum(_forget(conn, bearer) for bearer in Bearer)


def _forget(conn: Connection, bearer: Bearer) -> int:
    keys = _KEYS[bearer]
    borne = exists().where(keys.c.kind == NAME, keys.c.value == known_name.c.name)
    unborne = select(known_name.c.number).where(known_name.c.bearer == bearer, ~borne)
    unborne = unborne.limit(FORGOTTEN_AT_ONCE)  # nothing is filed meanwhile
    numbers = list(conn.execute(unborne).scalars())
    for start in range(0, len(numbers), MOST):
        some = numbers[start : start + MOST]
        conn.execute(delete(known_sound).where(known_sound.c.name.in_(some)))
        conn.execute(delete(known_name).where(known_name.c.number.in_(some)))
    return len(numbers)
