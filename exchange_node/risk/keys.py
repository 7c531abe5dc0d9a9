"""Manifests and alerts → keys to look one another up by.

A key is a necessary condition, never a hit: what shares the keys is a candidate, and `matching`
decides. The law that holds it together: where a subject fits a manifest, at least one key of each
of the subject's groups is among the manifest's keys. A subject without a group (words of a
description alone, say) is found by no key and must be tried against everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from exchange_node.domain.alert import RiskAlert, Subject
from exchange_node.domain.identifiers import folded
from exchange_node.domain.manifest import TransitManifest
from exchange_node.risk.containers import is_container, near_keys
from exchange_node.risk.journey.persons import DRIVER
from exchange_node.risk.names.keys import name_keys
from exchange_node.risk.places import (
    ROLES,
    customs_seals_of,
    equipment_of,
    folded_words,
    means_of,
    offices_of,
)
from exchange_node.risk.plates import plate_forms

SHORTEST_PREFIX, LONGEST_PREFIX = 2, 10
"""Digits of a commodity prefix in an alert (reference list of alert fields: 2 to 10)."""


class KeyKind(StrEnum):
    """What a key is made of."""

    MOVEMENT = "movement"
    MEANS = "means"
    EQUIPMENT = "equipment"
    SEAL = "seal"
    PARTY = "party"
    NAME = "name"
    SOUND = "sound"
    NEAR = "near"
    DOCUMENT = "document"
    COMMODITY = "commodity"
    OFFICE = "office"


LIKENESS = frozenset({KeyKind.SOUND, KeyKind.NEAR})
"""Keys of values that are only near."""


class Key(NamedTuple):
    """One key: its kind and its value in the form in which values are compared; never empty."""

    kind: KeyKind
    value: str


Group = frozenset[Key]
"""Alternatives: whoever fits has at least one of them."""

ROLE_BITS: Mapping[str, int] = MappingProxyType(
    {
        "Agent": 1,
        "Carrier": 2,
        "Consignee": 4,
        "Consignor": 8,
        "Declarant": 16,
        "NotifyParty": 32,
        DRIVER: 64,
    }
)
"""Roles in which somebody takes part, as a bit each. Stores hold them: none is given anew."""


def commodity_digits(code: str) -> str:
    """Return the digits of a commodity code, as it is compared: `6403 99` and `6403.99` are one."""
    if code.isascii() and code.isdigit():  # as nearly all are
        return code
    return re.sub(r"[^0-9]", "", code)


def movement_forms(manifest: TransitManifest) -> tuple[str, ...]:
    """Return what a movement may be called: its number, bare and after country and scheme."""
    movement = manifest.movement
    return tuple(one for one in (folded(movement.value), folded(str(movement))) if one)


def keys_of_manifest(manifest: TransitManifest) -> frozenset[Key]:
    """Return every key by which an alert may find a manifest."""
    return frozenset(one for one in _manifest_keys(manifest) if one.value)


def keys_of_alert(alert: RiskAlert) -> tuple[tuple[Group, ...], ...]:
    """Return the groups of each subject, in the order of the subjects; the most selective first.

    To find candidates by an index it is enough to look up the first group of each subject. A
    subject that is not looked for has one group without a key: no manifest is a candidate.
    """
    sought = {number for number, _ in alert.sought}
    return tuple(
        _subject_groups(one) if number in sought else (frozenset(),)
        for number, one in enumerate(alert.subjects, start=1)
    )


def roles_in(manifest: TransitManifest) -> dict[Key, int]:
    """Return of each key by which a manifest names somebody the roles that he has, as bits.

    A role without a bit counts for none: nobody is looked for in it by a bit either.
    """
    found: dict[Key, int] = {}
    for number, name, role in (
        *((one.id, one.name, one.role) for one in manifest.all_parties),
        *((one.document, one.name, DRIVER) for one in manifest.drivers),
    ):
        for key in (Key(KeyKind.PARTY, folded(number)), Key(KeyKind.NAME, folded_words(name))):
            found[key] = found.get(key, 0) | ROLE_BITS.get(role, 0)
    return found


def roles_sought(subject: Subject) -> int:
    """Return the role in which the first group of a subject looks for somebody, as a bit.

    0 where it looks for nobody, or for him in whatever role.
    """
    lead = next(iter(_subject_groups(subject)), frozenset())
    for bearer, role in (
        (_bearer(subject.party_id, subject.party_name), subject.party_role),
        (_bearer(subject.person_document, subject.person_name), subject.person_role),
    ):
        if lead and lead == bearer:
            return ROLE_BITS.get(ROLES.get(role, role), 0)
    return 0


def _manifest_keys(manifest: TransitManifest) -> Iterator[Key]:
    yield from (Key(KeyKind.MOVEMENT, one) for one in movement_forms(manifest))
    for _, place in means_of(manifest):
        yield from (Key(KeyKind.MEANS, form) for form in plate_forms(place.value))
    for place in equipment_of(manifest):
        number = folded(place.value)
        yield Key(KeyKind.EQUIPMENT, number)
        yield from (Key(KeyKind.NEAR, one) for one in near_keys(number))
        # A trailer stands among the equipment where it is the sealed unit.
        yield from (Key(KeyKind.MEANS, form) for form in plate_forms(place.value))
    yield from (Key(KeyKind.SEAL, folded(one.value)) for one in customs_seals_of(manifest))
    yield from (Key(KeyKind.OFFICE, folded(one.value)) for one in offices_of(manifest))
    yield from (Key(KeyKind.DOCUMENT, folded(one)) for one in manifest.guarantee_references)
    yield from (Key(KeyKind.DOCUMENT, folded(one.number)) for one in manifest.papers)
    for party in manifest.all_parties:
        yield from _bearer_keys(party.id, party.name)
    for driver in manifest.drivers:
        yield from _bearer_keys(driver.document, driver.name)
    for consignment in manifest.consignments:
        yield from (Key(KeyKind.DOCUMENT, folded(one)) for one in consignment.transport_documents)
        for digits in {commodity_digits(item.commodity_code) for item in consignment.items}:
            last = min(len(digits), LONGEST_PREFIX)
            for length in range(SHORTEST_PREFIX, last + 1):
                yield Key(KeyKind.COMMODITY, digits[:length])


def _bearer_keys(number: str, name: str) -> Iterator[Key]:
    """Yield what a party or a person is found by: either of number and name."""
    yield Key(KeyKind.PARTY, folded(number))
    yield Key(KeyKind.NAME, folded_words(name))
    yield from (Key(KeyKind.SOUND, one) for one in name_keys(name))


def _bearer(number: str, name: str) -> Group:
    return frozenset(one for one in _bearer_keys(number, name) if one.value)


def _subject_groups(subject: Subject) -> tuple[Group, ...]:
    groups = (
        _one(KeyKind.MOVEMENT, folded(subject.movement)),
        _one(KeyKind.DOCUMENT, folded(subject.document_id)),
        _one(KeyKind.SEAL, folded(subject.customs_seal)),
        _container(folded(subject.equipment_id)),
        frozenset(Key(KeyKind.MEANS, one) for one in plate_forms(subject.means_id)),
        frozenset(Key(KeyKind.MEANS, one) for one in plate_forms(subject.trailer_id)),
        # A number and a name are two ways of saying one thing: either of them finds it.
        _bearer(subject.party_id, subject.party_name),
        _bearer(subject.person_document, subject.person_name),
        _prefix(commodity_digits(subject.commodity_prefix)),
        frozenset(Key(KeyKind.OFFICE, folded(one)) for one in subject.offices if folded(one)),
    )
    return tuple(one for one in groups if one)


def _one(kind: KeyKind, value: str) -> Group:
    return frozenset({Key(kind, value)}) if value else frozenset()


def _container(number: str) -> Group:
    """Return the keys of a unit: a container is also found one sign off."""
    near = near_keys(number) if is_container(number) else ()
    return _one(KeyKind.EQUIPMENT, number) | frozenset(Key(KeyKind.NEAR, one) for one in near)


def _prefix(digits: str) -> Group:
    """Return the key of a commodity prefix, as far as manifests have keys for one."""
    if len(digits) < SHORTEST_PREFIX:
        return frozenset()
    return _one(KeyKind.COMMODITY, digits[:LONGEST_PREFIX])
