"""An alerted person against the drivers and parties of a manifest.

A person has several documents, and a name several persons. So the number of an identity document
fits by itself; where it is another, the name is compared all the same. Day of birth and nationality
contradict only where the manifest states others, and are nothing without somebody who fits: a name
with the day of birth says who is meant, a name alone does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exchange_node.domain.alert import Subject
from exchange_node.domain.decision import Match
from exchange_node.domain.identifiers import folded
from exchange_node.domain.manifest import Consignment, TransitManifest
from exchange_node.risk.fitting import said
from exchange_node.risk.names.keys import fits
from exchange_node.risk.names.reading import spoken
from exchange_node.risk.places import ROLES, folded_words, parties_of

DRIVER = "DRV"
"""The role of whoever drives, among those of parties (list `person_roles`)."""

NAME_ALONE = frozenset({"person_name", "person_nationality", "person_role"})
"""Criteria of a person that many share."""


@dataclass(frozen=True, slots=True)
class _Bearer:
    """Somebody whom the manifest names; `name_at` and `number_at` are where it does."""

    name: str
    number: str
    issuer: str
    name_at: str
    number_at: str
    role: str
    role_at: str
    born: str = ""
    nationality: str = ""
    stem: str = ""


def is_person_sought(subject: Subject) -> bool:
    """Whether a subject asks for a person."""
    return bool(
        subject.person_name
        or subject.person_document
        or subject.person_born
        or subject.person_nationality
        or subject.person_role
    )


def persons(
    subject: Subject, manifest: TransitManifest, consignment: Consignment, position: int
) -> tuple[Match, ...]:
    """Return what of the drivers, and of the parties of one consignment, is the alerted person."""
    return tuple(
        found
        for one in _bearers(manifest, consignment, position)
        for found in _person(subject, one)
    )


def _bearers(
    manifest: TransitManifest, consignment: Consignment, position: int
) -> Iterator[_Bearer]:
    for one in manifest.drivers:  # whoever drives the truck drives all that is on it
        yield _Bearer(
            one.name,
            one.document,
            one.issuer,
            f"{one.pointer}/ext:Name",
            f"{one.pointer}/ext:IdentityDocumentID",
            DRIVER,
            one.pointer,
            one.born,
            one.nationality,
            one.pointer,
        )
    for party, at in parties_of(manifest, consignment, position):
        yield _Bearer(party.name, party.id, party.country, f"{at}/Name", f"{at}/ID", party.role, at)


def _person(subject: Subject, one: _Bearer) -> tuple[Match, ...]:
    role = ROLES.get(subject.person_role, subject.person_role)
    if role and role != one.role:
        return ()
    found = [*_document(subject, one), *_name(subject, one)]
    if not found and (subject.person_document or subject.person_name):
        return ()
    for criterion, alerted, stated, element in (
        ("person_born", subject.person_born, one.born, "ext:BirthDate"),
        ("person_nationality", subject.person_nationality, one.nationality, "ext:NationalityCode"),
    ):
        wanted, value = folded(alerted), folded(stated)
        if wanted and value and value != wanted:
            return ()
        if wanted and value:
            found.append(said(criterion, alerted, stated, value, f"{one.stem}/{element}"))
        elif wanted and not (subject.person_document or subject.person_name):
            return ()
    if role:
        found.append(said("person_role", subject.person_role, one.role, role, one.role_at))
    return tuple(found)


def _document(subject: Subject, one: _Bearer) -> Iterator[Match]:
    number = folded(subject.person_document)
    issuer, stated = folded(subject.person_issuer), folded(one.issuer)
    if number and folded(one.number) == number and (not issuer or stated in ("", issuer)):
        yield said("person_document", subject.person_document, one.number, number, one.number_at)
        if issuer and stated and one.stem:
            at = f"{one.stem}/ext:IdentityDocumentCountryCode"
            yield said("person_issuer", subject.person_issuer, one.issuer, issuer, at)


def _name(subject: Subject, one: _Bearer) -> Iterator[Match]:
    alerted = subject.person_name
    wanted, name = folded_words(alerted), folded_words(one.name)
    if wanted and wanted == name:
        yield said("person_name", alerted, one.name, name, one.name_at)
    elif near := fits(alerted, one.name):
        yield Match(
            criterion="person_name",
            alerted=alerted,
            found=one.name,
            compared=spoken(one.name),
            pointer=one.name_at,
            alerted_as=spoken(alerted),
            score=near,
        )
