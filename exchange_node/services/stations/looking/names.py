"""Names of a record → what it is found by in the store, where likeness is looked for name by name.

In memory a name has a key for each of its sounds; in the store it is learnt once (`learn`) and then
looked for among all that are known (`keys_in_store`).
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from exchange_node.domain.alert import RiskAlert
from exchange_node.domain.manifest import TransitManifest
from exchange_node.risk.keys import (
    LIKENESS,
    Group,
    Key,
    KeyKind,
    keys_of_alert,
    roles_in,
    roles_sought,
)
from exchange_node.risk.names.keys import HEARING, name_keys, near_to
from exchange_node.store.records.search import names
from exchange_node.store.records.search.candidates import Sought
from exchange_node.store.records.search.keyed import ANY, PAPERS
from exchange_node.store.records.search.names import Bearer

HEARD_AT_ONCE = names.HEARD_AT_ONCE

Pair = tuple[str, str]
"""Kind and value of a key."""


def pairs(keys: Iterable[Key]) -> list[Pair]:
    """Return keys as the store has them."""
    return [(key.kind.value, key.value) for key in keys if key.kind is not KeyKind.SOUND]


def roles_by_key(manifest: TransitManifest) -> dict[Pair, int]:
    """Return the roles of those whom the keys of a manifest name, by key as the store has it."""
    return {(key.kind.value, key.value): roles for key, roles in roles_in(manifest).items()}


def keys_by_subject(alert: RiskAlert) -> list[tuple[str, str, int]]:
    """Return what an alert is found by in the store: kind and value of a key, and the subject."""
    return [
        (kind, value, number)
        for number, groups in enumerate(keys_of_alert(alert), start=1)
        for kind, value in (pairs(groups[0]) if groups else ())
    ]


def learn(conn: Connection, bearer: Bearer, keys: Iterable[Pair]) -> None:
    """Have the names among some keys found by what they sound like."""
    names.learn(conn, bearer, {name: name_keys(name) for name in _names(keys)}, HEARING)


def is_any_heard_otherwise(conn: Connection) -> bool:
    """Whether any name was heard by the tables of another program."""
    return bool(names.heard_otherwise(conn, HEARING, limit=1))


def hear_again(conn: Connection) -> int:
    """Hear some of the names that were heard by the tables of another program; return how many.

    The caller holds the gate (`hits.queue_as_alert`).
    """
    otherwise = names.heard_otherwise(conn, HEARING)
    for bearer in Bearer:
        some = {name: name_keys(name) for whose, name in otherwise if whose is bearer}
        names.learn(conn, bearer, some, HEARING)
    return len(otherwise)


def keys_in_store(conn: Connection, bearer: Bearer, keys: Iterable[Key]) -> list[Pair]:
    """Return keys, and the names of alerts or of manifests that are near enough to one of them."""
    certain = pairs(keys)
    near = {
        one
        for name in _names(certain)
        for one in names.heard(conn, bearer, name_keys(name), near_to(name), HEARING)
    }
    return [*certain, *((names.NAME, one) for one in sorted(near))]


def sought_by(conn: Connection, alert: RiskAlert) -> list[Sought]:
    """Return what each subject of an alert looks for among the keys of held manifests.

    What was filed before there were keys of a kind is among what a group of that kind finds.
    """
    return [
        Sought(
            [_group_in_store(conn, group, is_first=not at) for at, group in enumerate(groups)],
            roles_sought(subject),
        )
        for subject, groups in zip(alert.subjects, keys_of_alert(alert), strict=True)
    ]


def _group_in_store(conn: Connection, group: Group, *, is_first: bool) -> frozenset[Pair]:
    found = frozenset(keys_in_store(conn, Bearer.MANIFEST, group))
    if not is_first:  # the store lets old records through there anyway
        return found
    kinds = {key.kind for key in group}
    old = {(ANY, ANY)} if kinds & LIKENESS else set()
    if kinds & {KeyKind.DOCUMENT, KeyKind.PARTY, KeyKind.NAME}:
        old.add((ANY, PAPERS))
    return found | old


def _names(keys: Iterable[Pair]) -> set[str]:
    return {value for kind, value in keys if kind == KeyKind.NAME}
