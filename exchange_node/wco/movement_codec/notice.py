"""MovementNotice ↔ InterGov (TM-012, TM-013, TM-020 to TM-061): `decode(encode(x)) == x`.

What decodes is well built; whether it may be taken is for the movement's state to say. Moments are
told to the second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from exchange_node.domain.movement import (
    GROUNDS,
    UNMOVED,
    Control,
    Event,
    MovementNotice,
    Paper,
    SeenEquipment,
    SeenMeans,
    SeenPlace,
    SeenSeal,
    event_of_controls,
)
from exchange_node.wco.alert_codec.intergov import TOP, Block, Reader, one_of, statement_of
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.movement_codec.claims import placed_claims, read_claims
from exchange_node.wco.movement_codec.comparison import (
    placed_comparison,
    placed_mass,
    read_comparison,
    read_mass,
)
from exchange_node.wco.movement_codec.fallback import placed_fallback, read_fallback
from exchange_node.wco.notation import iso_of, read_moment
from exchange_node.wco.registry import Registry

_MOVEMENT = f"{TOP}/Declaration"
_MEANS = f"{_MOVEMENT}/BorderTransportMeans"
_GOODS = f"{_MOVEMENT}/Consignment"
_EQUIPMENT = f"{_GOODS}/TransportEquipment"
_CONTROL = f"{TOP}/Control"
_PLACE = f"{_CONTROL}/ExaminationPlace"
_PAPER = f"{TOP}/AdditionalDocument"
_GROUND = f"{TOP}/AdditionalInformation/StatementCode"
_STATUS = f"{TOP}/Status/NameCode"
_COMPETENT = f"{TOP}/ContactOffice/ID"
_TOWARDS = f"{_MOVEMENT}/EntryOffice/ID"
_LONGEST_REFERENCE = 35

_HEADS: Mapping[Event, tuple[str, str, str]] = MappingProxyType(
    {
        Event.EXIT: ("EXT", "9", "TRN"),
        Event.ENTRY: ("ENT", "9", "TRN"),
        Event.CANCELLATION: ("REL", "1", "CAN"),
        Event.REQUEST: ("REQ", "9", ""),
        Event.DIVERSION: ("DIV", "9", "DIV"),
        Event.REFUSAL: ("REF", "9", "RFD"),
        Event.INCIDENT: ("INC", "9", "INC"),
        Event.CONTINUATION: ("INC", "9", "TRN"),
        Event.ENQUIRY: ("ENQ", "9", "ENQ"),
        Event.REPLY: ("RPL", "9", "ENQ"),
        Event.INFORMATION: ("ENI", "9", "ENQ"),
        Event.WITHDRAWAL: ("ENI", "9", "TRN"),
        Event.QUESTION: ("STQ", "9", ""),
        Event.STANDING: ("STR", "9", ""),
        Event.ARRIVAL: ("ARR", "9", "ARR"),
        Event.CONFORM: ("CTR", "9", "CTL"),
        Event.DISCREPANT: ("CTR", "9", "CTL"),
        Event.SOLVED: ("CTR", "4", "CTL"),
        Event.DISCHARGE: ("DIS", "9", "DIS"),
        Event.RECOVERY: ("RCQ", "9", "RCV"),
        Event.COMPETENCE: ("RCA", "9", "RCV"),
        Event.RECOVERED: ("RCA", "9", "RCD"),
        Event.COMPARISON: ("CMP", "9", ""),
    }
)
"""TypeCode (list `event_kinds`), FunctionCode and Status (list `statuses`) of an event."""

_EVENTS = {(kind, function): event for event, (kind, function, _) in _HEADS.items()}
_BY_STATUS: Mapping[str, Mapping[str, Event]] = MappingProxyType(
    {
        "INC": {_HEADS[one][2]: one for one in (Event.INCIDENT, Event.CONTINUATION)},
        "ENI": {_HEADS[one][2]: one for one in (Event.INFORMATION, Event.WITHDRAWAL)},
        "RCA": {_HEADS[one][2]: one for one in (Event.COMPETENCE, Event.RECOVERED)},
    }
)
"""Kinds of which Status says which of two events it is."""
_BORDERS = {Event.EXIT: "ExitOffice", Event.ENTRY: "EntryOffice"}


def encode_notice(notice: MovementNotice, *, metadata: Metadata, registry: Registry) -> Document:
    """Return the InterGov message that tells of an event.

    Raises:
        InvalidDocumentError: a text has characters that XML has no room for.
    """
    type_code, function, status = _HEADS[notice.event]
    placed = [
        Placed(f"{TOP}/FunctionCode", function),
        Placed(f"{TOP}/FunctionalReferenceID", notice.notice_id[-_LONGEST_REFERENCE:]),
        Placed(f"{TOP}/ID", notice.notice_id),
        Placed(f"{TOP}/IssueDateTime", iso_of(notice.issued_at)),
        Placed(f"{TOP}/TypeCode", type_code),
        Placed(f"{TOP}/Submitter/ID", notice.issuer),
        *_papers(notice),
        *_ground(notice),
        *statement_of(notice.remark),
        *_controls(notice),
        Placed(f"{TOP}/Status[1]/EffectiveDateTime", iso_of(notice.occurred_at)),
        Placed(f"{TOP}/Status[1]/NameCode", notice.standing or status),
        Placed(f"{_MOVEMENT}/ID", notice.movement),
        Placed(
            f"{_MOVEMENT}/TotalPackageQuantity",
            "" if notice.packages is None else str(notice.packages),
        ),
        *placed_mass(notice.gross_mass_kg),
        *_means(notice.means),
        *_equipment(notice),
        *placed_claims(notice.claims),
        Placed(_COMPETENT, notice.competent),
        Placed(f"{_MOVEMENT}/PresentationOffice/ID", notice.office),
        *placed_comparison(notice.compared),
        *placed_fallback(notice.fallback),
    ]
    if notice.event in _BORDERS:
        placed.append(Placed(f"{_MOVEMENT}/{_BORDERS[notice.event]}/ID", notice.office))
    elif notice.event is Event.DIVERSION:
        placed.append(Placed(_TOWARDS, notice.towards))
    return build(registry, metadata, placed, kind=Kind.NOTIFICATION)


def decode_notice(document: Document) -> MovementNotice:
    """Return the notice that an InterGov message carries.

    Raises:
        InvalidDocumentError: it carries none, or a code, a moment or a number cannot be read; all
            of them are named.
    """
    reader = Reader(document, "notice", Kind.NOTIFICATION)
    head = {kind: kind for kind, _ in _EVENTS}
    type_code = reader.named(f"{TOP}/TypeCode", head)
    of_type = {function: event for (kind, function), event in _EVENTS.items() if kind == type_code}
    event = reader.named(f"{TOP}/FunctionCode", of_type)
    controls = tuple(
        _control(block) for block in reader.blocks(_CONTROL) if not _is_place_alone(block)
    )
    if type_code == "CTR" and not any(one.result for one in controls):
        reader.named(f"{_CONTROL}/ResultCode", {"A1": "a control result"})
    if event in (Event.CONFORM, Event.DISCREPANT):
        event = event_of_controls(controls)
    elif type_code in _BY_STATUS:
        event = reader.named(_STATUS, _BY_STATUS[type_code])
    if event in GROUNDS:
        reader.named(_GROUND, GROUNDS[event])
    if event is Event.DIVERSION and not reader.text(_TOWARDS):
        reader.named(_TOWARDS, {"an office": ""})
    packages = f"{_MOVEMENT}/TotalPackageQuantity"
    notice = MovementNotice(
        notice_id=reader.text(f"{TOP}/ID"),
        issuer=reader.text(f"{TOP}/Submitter/ID"),
        issued_at=reader.moment(f"{TOP}/IssueDateTime"),
        event=event,
        movement=reader.text(f"{_MOVEMENT}/ID"),
        office=reader.text(f"{_MOVEMENT}/PresentationOffice/ID"),
        occurred_at=reader.moment(f"{TOP}/Status/EffectiveDateTime"),
        means=_read_means(reader),
        equipment=_read_equipment(document),
        packages=reader.whole(packages) if reader.text(packages) else None,
        gross_mass_kg=read_mass(reader),
        fallback=read_fallback(reader),
        compared=read_comparison(reader) if event is Event.COMPARISON else None,
        controls=controls,
        ground=reader.text(_GROUND),
        standing=reader.text(_STATUS) if event in UNMOVED else "",
        towards=reader.text(_TOWARDS) if event is Event.DIVERSION else "",
        place=_read_place(reader),
        papers=tuple(
            Paper(type_code=one_of(block, "TypeCode"), id=one_of(block, "ID"))
            for block in reader.blocks(_PAPER)
        ),
        claims=read_claims(document, reader),
        competent=reader.text(_COMPETENT),
        remark=reader.statement(),
    )
    reader.finish()
    return notice


def _papers(notice: MovementNotice) -> Iterator[Placed]:
    for n, one in enumerate(notice.papers, start=1):
        yield Placed(f"{_PAPER}[{n}]/ID", one.id)
        yield Placed(f"{_PAPER}[{n}]/TypeCode", one.type_code)


def _ground(notice: MovementNotice) -> Iterator[Placed]:
    if notice.ground:
        yield Placed(f"{TOP}/AdditionalInformation[1]/StatementCode", notice.ground)
        yield Placed(f"{TOP}/AdditionalInformation[1]/StatementTypeCode", _HEADS[notice.event][0])


def _read_place(reader: Reader) -> SeenPlace | None:
    name, code = reader.text(f"{_PLACE}/Name"), reader.text(f"{_PLACE}/ID")
    return SeenPlace(name=name, id=code) if name or code else None


def _is_place_alone(block: Block) -> bool:
    return not any(one_of(block, tail) for tail in ("ResultCode", "TypeCode", "ControlDateTime"))


def _controls(notice: MovementNotice) -> Iterator[Placed]:
    if notice.place is not None:
        yield Placed(f"{_CONTROL}[1]/SequenceNumeric", "1")
        yield Placed(f"{_CONTROL}[1]/ExaminationPlace/Name", notice.place.name)
        yield Placed(f"{_CONTROL}[1]/ExaminationPlace/ID", notice.place.id)
    for n, one in enumerate(notice.controls, start=1):
        at = f"{_CONTROL}[{n}]"
        if n > 1 or notice.place is None:
            yield Placed(f"{at}/SequenceNumeric", str(n))
        yield Placed(f"{at}/TypeCode", one.type_code)
        yield Placed(f"{at}/ResultCode", one.result)
        yield Placed(f"{at}/ControlDateTime", iso_of(one.at) if one.at else "")


def _control(block: Block) -> Control:
    return Control(
        result=one_of(block, "ResultCode"),
        type_code=one_of(block, "TypeCode"),
        at=read_moment(one_of(block, "ControlDateTime")),
    )


def _means(means: SeenMeans | None) -> Iterator[Placed]:
    if means is not None:
        yield Placed(f"{_MEANS}/ID", means.id)
        yield Placed(f"{_MEANS}/RegistrationNationalityCode", means.nationality)
        yield Placed(f"{_MEANS}/ModeCode", means.mode)


def _read_means(reader: Reader) -> SeenMeans | None:
    number = reader.text(f"{_MEANS}/ID")
    if not number:
        return None
    return SeenMeans(
        id=number,
        nationality=reader.text(f"{_MEANS}/RegistrationNationalityCode"),
        mode=reader.text(f"{_MEANS}/ModeCode"),
    )


def _equipment(notice: MovementNotice) -> Iterator[Placed]:
    if notice.equipment:
        yield Placed(f"{_GOODS}[1]/SequenceNumeric", "1")
    for n, unit in enumerate(notice.equipment, start=1):
        at = f"{_GOODS}[1]/TransportEquipment[{n}]"
        yield Placed(f"{at}/SequenceNumeric", str(n))
        yield Placed(f"{at}/ID", unit.id)
        for m, one in enumerate(unit.seals, start=1):
            yield Placed(f"{at}/Seal[{m}]/SequenceNumeric", str(m))
            yield Placed(f"{at}/Seal[{m}]/ID", one.id)
            yield Placed(f"{at}/Seal[{m}]/ext:ConditionCode", one.condition)
            yield Placed(f"{at}/Seal[{m}]/ext:ReplacedSealID", one.replaces)


def _read_equipment(document: Document) -> tuple[SeenEquipment, ...]:
    """Return the units with their seals, two levels that repeat."""
    units: dict[str, str] = {}
    seals: dict[str, dict[str, dict[str, str]]] = {}
    depth = _EQUIPMENT.count("/") + 1
    for leaf in document.leaves():
        if not leaf.path.startswith(f"{_EQUIPMENT}/"):
            continue
        steps = leaf.pointer.split("/")
        unit = "/".join(steps[:depth])
        units.setdefault(unit, "")
        if leaf.path == f"{_EQUIPMENT}/ID":
            units[unit] = leaf.value
        elif leaf.path.startswith(f"{_EQUIPMENT}/Seal/"):
            one = seals.setdefault(unit, {}).setdefault(steps[depth], {})
            one[steps[-1]] = leaf.value
    return tuple(
        SeenEquipment(
            id=number,
            seals=tuple(
                SeenSeal(
                    id=one.get("ID", ""),
                    condition=one.get("ext:ConditionCode", ""),
                    replaces=one.get("ext:ReplacedSealID", ""),
                )
                for one in seals.get(unit, {}).values()
            ),
        )
        for unit, number in units.items()
    )
