"""Transit manifest → what the node itself must read of it (`domain.manifest.TransitManifest`).

A view: nothing is judged here but what the view cannot do without.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from exchange_node.domain.errors import InvalidDocumentError, MalformedIdentifierError
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.domain.identifiers import MovementId
from exchange_node.domain.manifest import (
    Consignment,
    ConsignmentItem,
    Driver,
    Paper,
    Party,
    TransitManifest,
    TransportEquipment,
    TransportMeans,
)
from exchange_node.wco.branches import EMPTY, Branch, tree_of
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.notation import read_moment

UNREADABLE = Rule(
    code="CAREC-R010",
    severity=Severity.ERROR,
    sentence="{name} at {pointer} is {value!r}; a manifest cannot be read without it",
    mend="Validate the document; the findings say what is missing or wrong.",
)
NO_MANIFEST = Rule(
    code="CAREC-R011",
    severity=Severity.ERROR,
    sentence="this is a {value}, a transit manifest was wanted",
    mend="Send a Declaration of the transit profile.",
)
NO_MESSAGE = Rule(
    code="CAREC-R015",
    severity=Severity.ERROR,
    sentence="no message between nodes carries a {value}; it can be mapped and validated",
    mend="docs/messages.md lists what is exchanged.",
)
RULES = (UNREADABLE, NO_MANIFEST, NO_MESSAGE)

_PAPERS = {
    "AdditionalDocument": "ID",
    "PreviousDocument": "ID",
    "TransportContractDocument": "ID",
    "ObligationGuarantee": "ReferenceID",
}
"""Classes of a document that has a number, and where it is."""
_WITH_PAPERS = frozenset({"Consignment", "ConsignmentItem"})

ROLES = ("Carrier", "Consignee", "Consignor", "NotifyParty")


def read_manifest(document: Document) -> TransitManifest:
    """Return what a transit manifest says that this node must read.

    Raises:
        InvalidDocumentError: it is no manifest, or its number, its date, a mass or a count
            cannot be read; all of them are named.
    """
    if document.kind is not Kind.TRANSIT_MANIFEST:
        raise InvalidDocumentError((NO_MANIFEST.found(value=document.kind),))
    top = tree_of(document)
    findings: list[Finding] = []
    consignments = tuple(
        _consignment(branch, number, findings)
        for number, branch in enumerate(top.each("Consignment"), start=1)
    )
    movement = _movement(document, top.first("ID"), findings)
    issued_at = read_moment(top.first("IssueDateTime"))
    if issued_at is None:
        findings.append(_unreadable("Declaration/IssueDateTime", top.first("IssueDateTime")))
    mass = _number(top.first("TotalGrossMassMeasure"), _HEAD + "TotalGrossMassMeasure", findings)
    packages = _number(top.first("TotalPackageQuantity"), _HEAD + "TotalPackageQuantity", findings)
    if findings or movement is None or issued_at is None:
        raise InvalidDocumentError(tuple(findings))
    declarant = top.branches.get(("Declarant", 1))
    border = tuple(_border_means(top))
    further = border[1:] if top.first("BorderTransportMeans", "ID") else border
    return TransitManifest(
        movement=movement,
        functional_reference=top.first("FunctionalReferenceID"),
        function=top.first("FunctionCode"),
        type_code=top.first("TypeCode"),
        submitter=top.first("Submitter", "ID"),
        declaration_office=top.first("DeclarationOfficeID"),
        issued_at=issued_at,
        consignments=_with_further(consignments, further),
        declarant=None if declarant is None else _party("Declarant", declarant),
        border_means=border[0] if len(border) > len(further) else None,
        entry_office=top.first("EntryOffice", "ID"),
        exit_office=top.first("ExitOffice", "ID"),
        offices_of_transit=_offices_of_transit(top),
        gross_mass_kg=mass,
        package_count=int(packages),
        guarantee_references=tuple(
            reference
            for one in top.each("ObligationGuarantee")
            if (reference := one.first("ReferenceID"))
        ),
        expected_arrival=_expected(top),
        limit_date=_limit(top),
        papers=tuple(_papers(top, "Declaration")),
        drivers=tuple(_drivers(top)),
    )


_HEAD = "Declaration/"


def _movement(document: Document, number: str, findings: list[Finding]) -> MovementId | None:
    try:
        return MovementId.of_number(document.country, number)
    except MalformedIdentifierError:
        findings.append(_unreadable("Declaration/ID", number))
        return None


def _consignment(branch: Branch, number: int, findings: list[Finding]) -> Consignment:
    at = f"Declaration/Consignment[{number}]"
    return Consignment(
        number=number,
        office_of_departure=branch.first("TransitDeparture", "ID"),
        office_of_destination=branch.first("TransitDestination", "ID"),
        country_of_dispatch=branch.first("ExportCountry", "ID"),
        country_of_destination=branch.first("Destination", "CountryCode"),
        itinerary=tuple(one.first("RoutingCountryCode") for one in branch.each("Itinerary")),
        parties=tuple(
            _party(role, branch.branches[role, 1]) for role in ROLES if (role, 1) in branch.branches
        ),
        means=tuple(_departure_means(branch)),
        equipment=tuple(
            TransportEquipment(
                id=one.first("ID"),
                customs_seals=tuple(seal.first("ID") for seal in one.each("Seal")),
            )
            for one in branch.each("TransportEquipment")
        ),
        transport_documents=tuple(
            one.first("ID") for one in branch.each("TransportContractDocument")
        ),
        items=tuple(
            _item(one, f"{at}/ConsignmentItem[{place}]", place, findings)
            for place, one in enumerate(branch.each("ConsignmentItem"), start=1)
        ),
    )


def _item(branch: Branch, at: str, place: int, findings: list[Finding]) -> ConsignmentItem:
    commodity = branch.branches.get(("Commodity", 1), EMPTY)
    codes = {
        one.first("IdentificationTypeCode"): one.first("ID")
        for one in reversed(commodity.each("Classification"))
    }
    number = branch.first("SequenceNumeric")
    packages = (
        _number(one.first("QuantityQuantity"), f"{at}/Packaging/QuantityQuantity", findings)
        for one in branch.each("Packaging")
    )
    mass = branch.first("GoodsMeasure", "GrossMassMeasure")
    origins = branch.each("Origin")
    return ConsignmentItem(
        number=int(number) if number.isascii() and number.isdigit() else place,
        commodity_code=codes.get("HS") or next(reversed(codes.values()), ""),
        description=commodity.first("Description"),
        gross_mass_kg=_number(mass, f"{at}/GoodsMeasure/GrossMassMeasure", findings),
        package_count=int(sum(packages)),
        origin=origins[0].first("CountryCode") if origins else "",
    )


def _party(role: str, branch: Branch) -> Party:
    return Party(
        role=role,
        name=branch.first("Name"),
        id=branch.first("ID"),
        country=branch.first("Address", "CountryCode"),
    )


def _departure_means(branch: Branch) -> Iterator[TransportMeans]:
    for one in branch.each("DepartureTransportMeans"):
        yield _means(one, "departure", "")
    for one in branch.each("ext:FurtherTransportMeans"):
        yield _means(one, "departure", "ext:")


def _border_means(top: Branch) -> Iterator[TransportMeans]:
    for one in top.each("BorderTransportMeans"):
        if one.first("ID"):
            yield _means(one, "border", "")
    for one in top.each("ext:FurtherTransportMeans"):
        yield _means(one, "border", "ext:")


def _means(branch: Branch, stage: str, prefix: str) -> TransportMeans:
    return TransportMeans(
        id=branch.first(f"{prefix}ID"),
        stage=stage,
        mode=branch.first(f"{prefix}ModeCode"),
        nationality=branch.first(f"{prefix}RegistrationNationalityCode"),
    )


def _with_further(
    consignments: tuple[Consignment, ...], further: tuple[TransportMeans, ...]
) -> tuple[Consignment, ...]:
    """Let border means after the first be found through the first consignment."""
    if not further or not consignments:
        return consignments
    first = consignments[0]
    changed = Consignment(
        **{name: getattr(first, name) for name in Consignment.__slots__ if name != "means"},
        means=(*first.means, *further),
    )
    return (changed, *consignments[1:])


def _offices_of_transit(top: Branch) -> tuple[str, ...]:
    named = [
        one.first("ext:ID")
        for consignment in top.each("Consignment")
        for tag in ("ext:TransitOffice", "ext:ExitForTransitOffice")
        for one in consignment.each(tag)
    ]
    return tuple(dict.fromkeys(office for office in named if office))


def _expected(top: Branch) -> datetime | None:
    return read_moment(top.first("BorderTransportMeans", "ArrivalDateTime"))


def _limit(top: Branch) -> date | None:
    """Return the earliest time limit: the whole movement has to keep it."""
    limits = [
        moment.date()
        for one in top.each("Consignment")
        if (moment := read_moment(one.first("ext:TransitLimitDate"))) is not None
    ]
    return min(limits, default=None)


def _papers(branch: Branch, at: str) -> Iterator[Paper]:
    """Yield what documents a branch names, and those that the branches in it do."""
    for (name, position), one in branch.branches.items():
        pointer = f"{at}/{name}[{position}]"
        if name in _WITH_PAPERS:
            yield from _papers(one, pointer)
        elif number := one.first(_PAPERS.get(name, "")):
            yield Paper(number, f"{pointer}/{_PAPERS[name]}", one.first("TypeCode"))


def _drivers(top: Branch) -> Iterator[Driver]:
    for i, consignment in enumerate(top.each("Consignment"), start=1):
        for k, one in enumerate(consignment.each("ext:Driver"), start=1):
            yield Driver(
                name=one.first("ext:Name"),
                pointer=f"Declaration/Consignment[{i}]/ext:Driver[{k}]",
                nationality=one.first("ext:NationalityCode"),
                born=one.first("ext:BirthDate"),
                document=one.first("ext:IdentityDocumentID"),
                issuer=one.first("ext:IdentityDocumentCountryCode"),
            )


def _number(text: str, pointer: str, findings: list[Finding]) -> Decimal:
    """Read a number that may be absent; 0 then, and a finding where it is none."""
    if not text:
        return Decimal(0)
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        findings.append(_unreadable(pointer, text))
        return Decimal(0)
    return value


def _unreadable(pointer: str, value: str) -> Finding:
    return UNREADABLE.found(pointer=pointer, value=value, name=pointer.rpartition("/")[2])
