"""Alert + manifest → hits with their reasons.

AND inside a subject, OR between subjects. What a criterion is about decides what must fit together:

- goods (commodity prefix, words, origin) must fit one and the same goods line;
- goods, party and route must fit one and the same consignment;
- movement, document, vehicle, trailer, container, customs seal and office belong to the whole
  movement.

A party is one thing said in two ways. Where the manifest gives its number, the number decides; only
a party without a number is compared by name. Names fit when they are near enough, in whatever
script (`names`); an alerted container also fits one sign off, as probable. Every match names the
two values as written, the forms in which they were compared, how near they are, and where in the
WCO document the value stands.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from datetime import datetime

from exchange_node.domain.alert import RiskAlert, Subject
from exchange_node.domain.decision import Hit, Match
from exchange_node.domain.manifest import TransitManifest
from exchange_node.risk.consignments import consignment_criteria, has_consignment_criteria
from exchange_node.risk.containers import PROBABLE, is_container, is_one_off
from exchange_node.risk.fitting import Compared, all_of, equal, first_places, said
from exchange_node.risk.journey import NAME_ALONE, documents
from exchange_node.risk.keys import movement_forms
from exchange_node.risk.places import (
    Place,
    customs_seals_of,
    equipment_of,
    means_of,
    offices_of,
    single_form,
)
from exchange_node.risk.plates import Plate, fits, plates_in

WITHDRAWAL = "1"
"""FunctionCode of an alert that takes another back (UNCL 1225)."""

_NAME_ALONE = frozenset({"party_name", "party_role"}) | NAME_ALONE


def match(
    alert: RiskAlert,
    manifest: TransitManifest,
    at: datetime,
    *,
    only: Container[int] | None = None,
) -> tuple[Hit, ...]:
    """Return a hit for every subject of an alert that fits a manifest.

    An alert that is not live at that moment fits nothing, and neither does a withdrawal. That test
    data never meets production data is for the caller to see to. `only`: the subjects that share a
    key with the manifest, counted from 1, where the caller has looked; no other one fits.
    """
    if alert.function == WITHDRAWAL or not alert.is_live(at):
        return ()
    found = []
    for number, subject in alert.sought:
        if only is not None and number not in only:
            continue
        matches = match_subject(subject, manifest)
        if matches:
            found.append(
                Hit(
                    alert_id=alert.alert_id,
                    issuer=alert.issuer,
                    subject=number,
                    severity=alert.severity,
                    matches=matches,
                    is_name_only=all(one.criterion in _NAME_ALONE for one in matches),
                )
            )
    return tuple(found)


def match_subject(subject: Subject, manifest: TransitManifest) -> tuple[Match, ...]:
    """Return the matches of every criterion that is set, or nothing if one of them does not fit."""
    of_movement = all_of(_movement_criteria(subject, manifest))
    if of_movement is None:
        return ()
    if not has_consignment_criteria(subject):
        return first_places(of_movement)
    fitting = [
        found
        for i, consignment in enumerate(manifest.consignments, start=1)
        if (found := all_of(consignment_criteria(subject, manifest, consignment, i))) is not None
    ]
    if not fitting:
        return ()
    return first_places((*of_movement, *(one for found in fitting for one in found)))


# ---------------------------------------------------------------- the whole movement


def _movement_criteria(subject: Subject, manifest: TransitManifest) -> Iterator[tuple[Match, ...]]:
    if subject.movement:
        place = Place(manifest.movement.value, "Declaration/ID")
        forms = ((place, movement_forms(manifest)),)
        yield equal("movement", subject.movement, single_form(subject.movement), forms)
    if subject.document_id or subject.document_type:
        yield documents(subject, manifest)
    if subject.means_id or subject.means_nationality:
        yield _means(subject, manifest)
    if subject.trailer_id:
        yield _plated("trailer_id", subject.trailer_id, "", manifest)
    if subject.equipment_id:
        yield _equipment(subject.equipment_id, manifest)
    if subject.customs_seal:
        wanted, seals = single_form(subject.customs_seal), _single(customs_seals_of(manifest))
        yield equal("customs_seal", subject.customs_seal, wanted, seals)
    if subject.offices:
        offices = tuple(_single(offices_of(manifest)))
        yield tuple(
            found
            for one in subject.offices
            for found in equal("offices", one, single_form(one), offices)
        )


def _single(places: Iterable[Place]) -> Iterator[Compared]:
    """Yield values that are compared in one form."""
    for place in places:
        yield place, single_form(place.value)


def _equipment(alerted: str, manifest: TransitManifest) -> tuple[Match, ...]:
    """Match a unit; where none has the number, a container one sign off is probably the one."""
    wanted, units = single_form(alerted), tuple(_single(equipment_of(manifest)))
    found = equal("equipment_id", alerted, wanted, units)
    if found or not any(is_container(one) for one in wanted):
        return found
    return tuple(
        Match(
            criterion="equipment_id",
            alerted=alerted,
            found=place.value,
            compared=form,
            pointer=place.pointer,
            alerted_as=wanted[0],
            score=PROBABLE,
        )
        for place, forms in units
        for form in forms
        if is_one_off(wanted[0], form)
    )


def _vehicles(manifest: TransitManifest) -> Iterator[tuple[Place, str]]:
    """Yield all that may bear a plate, with its country where one is stated.

    That are the means, and the equipment, where trailers stand too.
    """
    for means, place in means_of(manifest):
        yield place, means.nationality.strip().upper()
    for place in equipment_of(manifest):
        yield place, ""


def _plated(
    criterion: str, alerted: str, country: str, manifest: TransitManifest
) -> tuple[Match, ...]:
    """Match a plate against everything that may bear one."""
    wanted = plates_in(alerted)
    return tuple(
        Match(
            criterion=criterion,
            alerted=alerted,
            found=place.value,
            compared=both[1].latin,
            pointer=place.pointer,
        )
        for place, stated in _vehicles(manifest)
        if (both := _same_plate(wanted, plates_in(place.value), country, stated))
    )


def _same_plate(
    alerted: tuple[Plate, ...], found: tuple[Plate, ...], country: str, stated: str
) -> tuple[Plate, Plate] | None:
    pairs = ((one, other) for other in found for one in alerted)
    return next((pair for pair in pairs if fits(*pair, country, stated)), None)


def _means(subject: Subject, manifest: TransitManifest) -> tuple[Match, ...]:
    """Match plate and nationality, which belong together.

    With a plate, a nationality contradicts only where the manifest gives another one: it may leave
    the element out, and the truck is still the one meant. Without a plate it must be there.
    """
    nationality = subject.means_nationality.strip().upper()
    if not subject.means_id:
        return tuple(
            _nationality(subject, means.nationality, place.pointer)
            for means, place in means_of(manifest)
            if nationality and means.nationality.strip().upper() == nationality
        )
    stated = {place.pointer: means.nationality.strip() for means, place in means_of(manifest)}
    found: list[Match] = []
    for plate in _plated("means_id", subject.means_id, nationality, manifest):
        value = stated.get(plate.pointer, "")
        if not nationality or not value:
            found.append(plate)
        elif value.upper() == nationality:
            found += [plate, _nationality(subject, value, plate.pointer)]
    return tuple(found)


def _nationality(subject: Subject, value: str, pointer: str) -> Match:
    # In our extension's own classes every element bears its prefix.
    stem, _, name = pointer.rpartition("/")
    prefix = "ext:" if name.startswith("ext:") else ""
    pointer = f"{stem}/{prefix}RegistrationNationalityCode"
    alerted = subject.means_nationality
    return said("means_nationality", alerted, value, value.upper(), pointer)
