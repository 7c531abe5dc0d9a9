"""Alerts and manifests that were made up → documents as they are kept, without their seals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

from exchange_node.config.shipped import library
from exchange_node.domain.alert import RiskAlert
from exchange_node.domain.manifest import Consignment, Party, TransitManifest
from exchange_node.wco.alert_codec import encode_alert
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.notation import iso_of
from exchange_node.wco.registry import Registry

_AGENCY = "customs.kz"


@cache
def _registry() -> Registry:
    return library().registry


def alert_document(alert: RiskAlert) -> bytes:
    """Return an alert as its issuer writes it."""
    metadata = Metadata(country="KZ", agency=_AGENCY, type_name="InterGov")
    return encode_alert(alert, metadata=metadata, registry=_registry()).to_bytes()


def manifest_document(view: TransitManifest) -> bytes:
    """Return a manifest of which the node reads this view."""
    metadata = Metadata(country=view.movement.country, agency=_AGENCY, type_name="DEC")
    return build(_registry(), metadata, _placed(view)).to_bytes()


def _placed(view: TransitManifest) -> Iterator[Placed]:
    top = "Declaration"
    yield Placed(f"{top}/FunctionCode", view.function)
    yield Placed(f"{top}/FunctionalReferenceID", view.functional_reference)
    yield Placed(f"{top}/ID", view.movement.value)
    yield Placed(f"{top}/IssueDateTime", iso_of(view.issued_at))
    yield Placed(f"{top}/TypeCode", view.type_code)
    yield Placed(f"{top}/DeclarationOfficeID", view.declaration_office)
    yield Placed(f"{top}/TotalGrossMassMeasure", str(view.gross_mass_kg))
    yield Placed(f"{top}/TotalPackageQuantity", str(view.package_count))
    yield Placed(f"{top}/Submitter/ID", view.submitter)
    yield Placed(f"{top}/EntryOffice/ID", view.entry_office)
    yield Placed(f"{top}/ExitOffice/ID", view.exit_office)
    if view.declarant:
        yield from _party(top, view.declarant)
    if view.border_means:
        at = f"{top}/BorderTransportMeans"
        yield Placed(f"{at}/ID", view.border_means.id)
        yield Placed(f"{at}/ModeCode", view.border_means.mode)
        yield Placed(f"{at}/RegistrationNationalityCode", view.border_means.nationality)
        if view.expected_arrival:
            yield Placed(f"{at}/ArrivalDateTime", iso_of(view.expected_arrival))
    for n, reference in enumerate(view.guarantee_references, start=1):
        yield Placed(f"{top}/ObligationGuarantee[{n}]/ReferenceID", reference)
    for n, one in enumerate(view.consignments, start=1):
        yield from _consignment(f"{top}/Consignment[{n}]", one, view.limit_date)


def _consignment(at: str, one: Consignment, limit: date | None) -> Iterator[Placed]:
    yield Placed(f"{at}/TransitDeparture/ID", one.office_of_departure)
    yield Placed(f"{at}/TransitDestination/ID", one.office_of_destination)
    yield Placed(f"{at}/ExportCountry/ID", one.country_of_dispatch)
    yield Placed(f"{at}/Destination/CountryCode", one.country_of_destination)
    if limit:
        yield Placed(f"{at}/ext:TransitLimitDate", limit.isoformat())
    for n, country in enumerate(one.itinerary, start=1):
        yield Placed(f"{at}/Itinerary[{n}]/RoutingCountryCode", country)
    for party in one.parties:
        yield from _party(at, party)
    for n, means in enumerate(one.means, start=1):
        stem = f"{at}/DepartureTransportMeans[{n}]"
        yield Placed(f"{stem}/ID", means.id)
        yield Placed(f"{stem}/ModeCode", means.mode)
        yield Placed(f"{stem}/RegistrationNationalityCode", means.nationality)
    for n, unit in enumerate(one.equipment, start=1):
        yield Placed(f"{at}/TransportEquipment[{n}]/ID", unit.id)
        for k, seal in enumerate(unit.customs_seals, start=1):
            yield Placed(f"{at}/TransportEquipment[{n}]/Seal[{k}]/ID", seal)
    for n, document in enumerate(one.transport_documents, start=1):
        yield Placed(f"{at}/TransportContractDocument[{n}]/ID", document)
    for n, item in enumerate(one.items, start=1):
        stem = f"{at}/ConsignmentItem[{n}]"
        yield Placed(f"{stem}/SequenceNumeric", str(item.number))
        yield Placed(f"{stem}/Commodity/Classification[1]/ID", item.commodity_code)
        yield Placed(f"{stem}/Commodity/Classification[1]/IdentificationTypeCode", "HS")
        yield Placed(f"{stem}/Commodity/Description", item.description)
        yield Placed(f"{stem}/GoodsMeasure/GrossMassMeasure", str(item.gross_mass_kg))
        yield Placed(f"{stem}/Packaging[1]/QuantityQuantity", str(item.package_count))
        yield Placed(f"{stem}/Origin[1]/CountryCode", item.origin)


def _party(at: str, party: Party) -> Iterator[Placed]:
    yield Placed(f"{at}/{party.role}/Name", party.name)
    yield Placed(f"{at}/{party.role}/ID", party.id)
    yield Placed(f"{at}/{party.role}/Address/CountryCode", party.country)
