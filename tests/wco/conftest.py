from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from exchange_node.domain.alert import (
    Contact,
    FeedbackScope,
    Indicator,
    Marking,
    Measure,
    PermittedAction,
    RiskAlert,
    Subject,
    SupportingDocument,
    Urgency,
)
from exchange_node.domain.message import Exchange
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.codelists import CodeLists, read_code_lists
from exchange_node.wco.document import Document
from exchange_node.wco.registry import Registry, read_registry
from exchange_node.wco.rules import WcoLibrary
from exchange_node.wco.schema import Schemas, compile_schemas

SCHEMAS = Path(__file__).resolve().parents[2] / "wco_schemas"
KZ = Metadata(country="KZ", agency="State Revenue Committee", type_name="DEC")

C = "Declaration/Consignment[1]"
I1, I2 = f"{C}/ConsignmentItem[1]", f"{C}/ConsignmentItem[2]"
VALUES: Mapping[str, str | tuple[str, Mapping[str, str]]] = {
    "Declaration/AcceptanceDateTime": "2026-03-01T08:00:00+05:00",
    "Declaration/FunctionCode": "9",
    "Declaration/FunctionalReferenceID": "LRN-2026-0001",
    "Declaration/ID": "26KZ550302000000K6",
    "Declaration/IssueDateTime": "2026-03-01T09:00:00+05:00",
    "Declaration/TypeCode": "821",
    "Declaration/GoodsItemQuantity": "2",
    "Declaration/DeclarationOfficeID": "KZ550101",
    "Declaration/InvoiceAmount": ("25000.50", {"currencyID": "USD"}),
    "Declaration/TotalGrossMassMeasure": "1500.5",
    "Declaration/TotalPackageQuantity": "30",
    "Declaration/Submitter/ID": "customs.kz",
    "Declaration/BorderTransportMeans/ID": "123ABC02",
    "Declaration/BorderTransportMeans/IdentificationTypeCode": "30",
    "Declaration/BorderTransportMeans/RegistrationNationalityCode": "KZ",
    "Declaration/BorderTransportMeans/ModeCode": "3",
    "Declaration/BorderTransportMeans/ArrivalDateTime": "2026-03-02T12:00:00+05:00",
    "Declaration/BorderTransportMeans/DepartureDateTime": "2026-03-01T20:00:00+05:00",
    "Declaration/ext:ReleaseDateTime": "2026-03-01T10:00:00+05:00",
    "Declaration/ext:DepartureControlResultCode": "A1",
    f"{C}/SequenceNumeric": "1",
    f"{C}/ContainerCode": "1",
    f"{C}/TotalGrossMassMeasure": "1500.5",
    f"{C}/TotalPackageQuantity": "30",
    f"{C}/Carrier/Name": "Altyn Zhol Trans LLP",
    f"{C}/Carrier/ext:FullText[1]": ("Altyn Zhol Trans LLP, Almaty", {"element": "Name"}),
    f"{C}/Carrier/ext:OriginalText[1]": (
        "ТОО «Алтын Жол Транс»",
        {"element": "Name", "languageID": "ru-Cyrl"},
    ),
    f"{C}/Carrier/Address/CountryCode": "KZ",
    f"{C}/Consignee/Name": "Tashkent Impex",
    f"{C}/Consignee/Address/CountryCode": "UZ",
    f"{C}/Consignor/Name": "Almaty Export",
    f"{C}/Consignor/ID": "123456789012",
    f"{C}/Consignor/Address/CountryCode": "KZ",
    f"{C}/DepartureTransportMeans[1]/SequenceNumeric": "1",
    f"{C}/DepartureTransportMeans[1]/ID": "123ABC02",
    f"{C}/DepartureTransportMeans[1]/IdentificationTypeCode": "30",
    f"{C}/DepartureTransportMeans[1]/RegistrationNationalityCode": "KZ",
    f"{C}/DepartureTransportMeans[1]/ModeCode": "3",
    f"{C}/DepartureTransportMeans[2]/SequenceNumeric": "2",
    f"{C}/DepartureTransportMeans[2]/ID": "45BCA02",
    f"{C}/DepartureTransportMeans[2]/IdentificationTypeCode": "31",
    f"{C}/DepartureTransportMeans[2]/ModeCode": "3",
    f"{C}/Destination/CountryCode": "UZ",
    f"{C}/ExportCountry/ID": "KZ",
    f"{C}/Itinerary[1]/SequenceNumeric": "1",
    f"{C}/Itinerary[1]/RoutingCountryCode": "KZ",
    f"{C}/Itinerary[2]/SequenceNumeric": "2",
    f"{C}/Itinerary[2]/RoutingCountryCode": "UZ",
    f"{C}/LoadingLocation/ID": "KZALA",
    f"{C}/TransitDeparture/ID": "KZ550101",
    f"{C}/TransitDestination/ID": "UZ260101",
    f"{C}/TransportContractDocument[1]/ID": "CMR-77",
    f"{C}/TransportContractDocument[1]/TypeCode": "730",
    f"{C}/TransportEquipment[1]/SequenceNumeric": "1",
    f"{C}/TransportEquipment[1]/ID": "CSQU3054383",
    f"{C}/TransportEquipment[1]/SealsAffixedQuantity": "1",
    f"{C}/TransportEquipment[1]/Seal[1]/SequenceNumeric": "1",
    f"{C}/TransportEquipment[1]/Seal[1]/ID": "KZ-SEAL-9",
    f"{C}/ext:TransitLimitDate": "2026-03-05",
    f"{C}/ext:TransitOffice[1]/ext:ID": "UZ270101",
    f"{C}/ext:TransitOffice[1]/ext:EstimatedArrivalDateTime": "2026-03-02T12:00:00+05:00",
    f"{C}/ext:Driver[1]/ext:Name": "A. Driver",
    f"{I1}/SequenceNumeric": "1",
    f"{I1}/Commodity/Description": "Electric motors",
    f"{I1}/Commodity/Classification[1]/ID": "850110",
    f"{I1}/Commodity/Classification[1]/IdentificationTypeCode": "HS",
    f"{I1}/Commodity/Classification[2]/ID": "8501109900",
    f"{I1}/Commodity/Classification[2]/IdentificationTypeCode": "TSP",
    f"{I1}/GoodsMeasure/GrossMassMeasure": "1000.5",
    f"{I1}/GoodsMeasure/NetNetWeightMeasure": "950",
    f"{I1}/Origin[1]/CountryCode": "CN",
    f"{I1}/Packaging[1]/SequenceNumeric": "1",
    f"{I1}/Packaging[1]/QuantityQuantity": "20",
    f"{I1}/Packaging[1]/TypeCode": "CT",
    f"{I1}/TransportEquipment[1]/SequenceNumeric": "1",
    f"{I1}/TransportEquipment[1]/ID": "CSQU3054383",
    f"{I2}/SequenceNumeric": "2",
    f"{I2}/Commodity/Description": "Ball bearings",
    f"{I2}/Commodity/Classification[1]/ID": "848210",
    f"{I2}/Commodity/Classification[1]/IdentificationTypeCode": "HS",
    f"{I2}/GoodsMeasure/GrossMassMeasure": "500",
    f"{I2}/Packaging[1]/SequenceNumeric": "1",
    f"{I2}/Packaging[1]/QuantityQuantity": "10",
    f"{I2}/Packaging[1]/TypeCode": "BX",
    "Declaration/Declarant/Name": "Almaty Export",
    "Declaration/Declarant/Address/CountryCode": "KZ",
    "Declaration/EntryOffice/ID": "UZ270101",
    "Declaration/ExitOffice/ID": "KZ550302",
    "Declaration/ObligationGuarantee[1]/AmountAmount": ("5000", {"currencyID": "USD"}),
    "Declaration/ObligationGuarantee[1]/ReferenceID": "GRN-1",
    "Declaration/ObligationGuarantee[1]/SecurityDetailsCode": "COM",
}

Changes = Mapping[str, str | tuple[str, Mapping[str, str]] | None]
MakeManifest = Callable[..., Document]


def placed(changes: Changes | None = None) -> list[Placed]:
    merged: dict[str, str | tuple[str, Mapping[str, str]] | None] = {**VALUES, **(changes or {})}
    found = []
    for pointer, value in merged.items():
        if isinstance(value, tuple):
            found.append(Placed(pointer, value[0], value[1]))
        elif value is not None:
            found.append(Placed(pointer, value))
    return found


@pytest.fixture(name="registry", scope="session")
def _registry() -> Registry:
    return read_registry((SCHEMAS / "registry" / "wco_ids.tsv").read_text(encoding="utf-8"))


@pytest.fixture(name="schema_files", scope="session")
def _schema_files() -> Mapping[str, bytes]:
    return {file.name: file.read_bytes() for file in SCHEMAS.glob("*.xsd")}


@pytest.fixture(name="schemas", scope="session")
def _schemas(schema_files: Mapping[str, bytes]) -> Schemas:
    return compile_schemas(schema_files)


@pytest.fixture(name="code_lists", scope="session")
def _code_lists() -> CodeLists:
    lists = SCHEMAS / "codelists"
    files = [*lists.glob("*.tsv"), *(lists / "samples").glob("*.tsv")]
    return read_code_lists({file.name: file.read_text(encoding="utf-8") for file in files})


@pytest.fixture(name="library", scope="session")
def _library(registry: Registry, schemas: Schemas, code_lists: CodeLists) -> WcoLibrary:
    return WcoLibrary(registry=registry, schemas=schemas, code_lists=code_lists)


@pytest.fixture(name="values", scope="session")
def _values() -> Callable[[Changes | None], list[Placed]]:
    return placed


@pytest.fixture(name="manifest", scope="session")
def _manifest(registry: Registry) -> MakeManifest:
    """Make a manifest, valid unless changed: a value of None leaves its pointer out."""

    def make(changes: Changes | None = None, *, without: Iterable[str] = ()) -> Document:
        prefixes = tuple(without)
        kept = [
            one for one in placed(changes) if not (prefixes and one.pointer.startswith(prefixes))
        ]
        return build(registry, KZ, kept)

    return make


@pytest.fixture(name="exchange", scope="session")
def _exchange() -> Exchange:
    return Exchange(
        sender="customs.kz",
        recipient="customs.uz",
        code="TM-010",
        agreement_id="KZ-UZ-2026",
        agreement_version=1,
        agreement_digest="0" * 64,
        grant="manifest-kz-uz",
        purpose="TRANSIT_CONTROL",
        handling="restricted",
        test=True,
    )


@pytest.fixture(name="alert", scope="session")
def _alert() -> RiskAlert:
    return RiskAlert(
        alert_id="customs.uz-2026-000001",
        issuer="customs.uz",
        issued_at=datetime(2026, 3, 1, 8, tzinfo=UTC),
        valid_until=datetime(2026, 6, 1, tzinfo=UTC),
        marking=Marking.AMBER_STRICT,
        permitted_action=PermittedAction.OPEN,
        urgency=Urgency.PRIORITY,
        category="TRD",
        severity=1,
        summary="A lorry that leaves its route.",
        contact=Contact(
            office="UZ260101", communications=(("TE", "+998 71 000"), ("EM", "a@b.uz"))
        ),
        subjects=(
            Subject(
                means_id="123ABC02", means_nationality="KZ", routing=("KZ", "UZ"), confidence="A1"
            ),
            Subject(customs_seal="S1", trailer_id="45BCA02", offices=("UZ270101",)),
        ),
        valid_from=datetime(2026, 3, 2, tzinfo=UTC),
        confidence="B2",
        unverified=False,
        text="Look for a second tank.",
        review_on=date(2026, 4, 1),
        language="en",
        classification="For official use",
        offence="DIV",
        commodity_group="TOB",
        fraud_type="DES",
        modus_operandi="The trailer is changed on the way.",
        concealments=("TNK", "CHS"),
        seen_from=date(2025, 12, 1),
        seen_until=date(2026, 2, 20),
        seen_places=("CNURC", "KZDRZ", "UZTAS"),
        feedback_requested=True,
        feedback_due_on=date(2026, 6, 30),
        feedback_scope=FeedbackScope.PER_HIT,
        questions=("Was the trailer changed?", "Who ordered it?"),
        indicators=(Indicator(code="ROUTE", weight=60, description="left the route"),),
        measures=(Measure(type_code="40", mandatory=True), Measure(type_code="30", sampling=25)),
        documents=(SupportingDocument(type_code="ZZZ", reference="sha256:00"),),
    )
