"""Names that are held, each once, with what they sound like.

Thousands of manifests name one trader. So a name is kept apart from those that bear it, and
whoever looks for somebody compares names, not manifests. A name that is near enough is then a key
like any other.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, exists, select

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


class Bearer(StrEnum):
    """What bears a name."""

    ALERT = "alert"
    MANIFEST = "manifest"


_KEYS = {Bearer.ALERT: alert_key, Bearer.MANIFEST: manifest_key}
_NUMBERS = select(known_name.c.name, known_name.c.number).where(
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


def learn(conn: Connection, bearer: Bearer, names: Mapping[str, Collection[str]]) -> None:
    """Have names (folded) found by what they sound like; what is known already stays as it is."""
    new = sorted(set(names) - set(_numbers(conn, bearer, names)))
    # In order, so that two that learn the same names wait for each other one way round.
    for name in new:
        add_once(conn, known_name, {"bearer": bearer, "name": name})
    for name, number in sorted(_numbers(conn, bearer, new).items()):
        for sound in sorted(names[name]):
            add_once(conn, known_sound, {"bearer": bearer, "sound": sound, "name": number})


def _numbers(conn: Connection, bearer: Bearer, names: Collection[str]) -> dict[str, int]:
    wanted, found = sorted(names), {}
    for start in range(0, len(wanted), MOST):
        asked = {"bearer": bearer, "names": wanted[start : start + MOST]}
        found.update({row.name: row.number for row in conn.execute(_NUMBERS, asked)})
    return found


def heard(
    conn: Connection, bearer: Bearer, sounds: Collection[str], is_near: Callable[[str], bool]
) -> set[str]:
    """Return the names that have one of some sounds and are near enough."""
    if not sounds:
        return set()
    found = conn.execute(_HEARD, {"bearer": bearer, "sounds": sorted(sounds)})
    return {name for name in found.scalars() if is_near(name)}


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
