from __future__ import annotations

from pathlib import Path

import pytest

from exchange_node.domain.alert import Subject
from exchange_node.domain.manifest import TransitManifest
from exchange_node.risk.matching import match_subject
from exchange_node.risk.places import folded_words, offices_of
from exchange_node.risk.plates import plate_forms
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document
from exchange_node.wco.manifest_view import read_manifest
from exchange_node.wco.registry import read_registry

ROOT = Path(__file__).resolve().parents[2]
ONE = "Declaration/Consignment[1]"
TWO = "Declaration/Consignment[2]"
VALUES = (
    ("Declaration/ID", "26KZ-77"),
    ("Declaration/IssueDateTime", "2026-03-01T08:00:00+00:00"),
    ("Declaration/DeclarationOfficeID", "KZ000001"),
    ("Declaration/EntryOffice/ID", "UZ000026"),
    ("Declaration/ExitOffice/ID", "KZ010710"),
    ("Declaration/Declarant/Name", "Holder"),
    ("Declaration/Declarant/ID", "D1"),
    ("Declaration/BorderTransportMeans/ID", "B1B1"),
    ("Declaration/BorderTransportMeans/RegistrationNationalityCode", "KZ"),
    ("Declaration/ext:FurtherTransportMeans[1]/ext:ID", "B2B2"),
    ("Declaration/ext:FurtherTransportMeans[2]/ext:ID", "B3B3"),
    ("Declaration/ext:FurtherTransportMeans[2]/ext:RegistrationNationalityCode", "TJ"),
    (f"{ONE}/DepartureTransportMeans[1]/ID", "D1D1"),
    (f"{ONE}/DepartureTransportMeans[2]/ID", "D2D2"),
    (f"{TWO}/DepartureTransportMeans[1]/ID", "D3D3"),
    (f"{ONE}/TransportEquipment[1]/Seal[1]/ID", "S1"),
    (f"{ONE}/TransportEquipment[2]/ID", "CSQU3054383"),
    (f"{ONE}/TransportEquipment[2]/Seal[2]/ID", "S3"),
    (f"{ONE}/TransportEquipment[2]/Seal[1]/ID", "S2"),
    (f"{ONE}/Consignor/Name", "Sender"),
    (f"{TWO}/Consignee/ID", "C2"),
    (f"{TWO}/Carrier/ID", "C3"),
    (f"{TWO}/NotifyParty/ID", "C4"),
    (f"{TWO}/ExportCountry/ID", "CN"),
    (f"{TWO}/Destination/CountryCode", "AF"),
    (f"{TWO}/Itinerary[1]/RoutingCountryCode", "CN"),
    (f"{TWO}/Itinerary[2]/RoutingCountryCode", "KZ"),
    (f"{TWO}/TransitDestination/ID", "AF000005"),
    (f"{ONE}/TransitDeparture/ID", "KZ000002"),
    (f"{ONE}/ext:TransitOffice[1]/ext:ID", "KG000011"),
    (f"{TWO}/ConsignmentItem[1]/Commodity/Description", "tea"),
    (f"{TWO}/ConsignmentItem[2]/Commodity/Description", "coffee"),
    (f"{TWO}/ConsignmentItem[2]/Commodity/Classification[1]/ID", "090121"),
    (f"{TWO}/ConsignmentItem[2]/Commodity/Classification[1]/IdentificationTypeCode", "HS"),
    (f"{TWO}/ConsignmentItem[2]/Origin[1]/CountryCode", "BR"),
)


@pytest.fixture(name="document", scope="module")
def _document() -> Document:
    path = ROOT / "wco_schemas" / "registry" / "wco_ids.tsv"
    registry = read_registry(path.read_text(encoding="utf-8"))
    metadata = Metadata(country="KZ", agency="Customs KZ", type_name="DEC")
    return build(registry, metadata, [Placed(*one) for one in VALUES])


@pytest.mark.parametrize(
    "subject",
    [
        Subject(movement="26KZ77"),
        Subject(means_id="B1B1", means_nationality="KZ"),
        Subject(means_id="B2B2"),
        Subject(means_id="B3B3", means_nationality="TJ"),
        Subject(means_id="D1D1"),
        Subject(trailer_id="D2D2"),
        Subject(means_id="D3D3"),
        Subject(customs_seal="S1"),
        Subject(customs_seal="S2"),
        Subject(customs_seal="S3"),
        Subject(equipment_id="CSQU3054383"),
        Subject(party_id="D1"),
        Subject(party_name="holder", party_id="D1"),
        Subject(party_name="SENDER"),
        Subject(party_id="C2"),
        Subject(party_id="C3"),
        Subject(party_id="C4"),
        Subject(description="coffee", origin="BR", country_of_dispatch="CN", routing=("KZ",)),
        Subject(description="tea", country_of_destination="AF"),
        Subject(description="tea", offices=("AF000005",)),
        Subject(description="tea", offices=("KZ000002",)),
        Subject(description="tea", offices=("UZ000026",)),
        Subject(description="tea", offices=("KZ010710",)),
        Subject(description="tea", offices=("KZ000001",)),
    ],
    ids=str,
)
def test_every_pointer_leads_to_the_value_in_the_document(
    subject: Subject, document: Document
) -> None:
    leaves = {leaf.pointer: leaf.value for leaf in document.leaves()}

    found = match_subject(subject, read_manifest(document))

    assert {one.criterion for one in found} == set(subject.criteria)
    assert all(leaves[one.pointer] == one.found for one in found)


def test_what_the_view_does_not_count_is_pointed_at_without_a_position(
    document: Document,
) -> None:
    manifest = read_manifest(document)

    found = match_subject(Subject(commodity_prefix="0901", offices=("KG000011",)), manifest)

    assert [one.pointer for one in found] == [
        "Declaration/Consignment/ext:TransitOffice/ext:ID",
        f"{TWO}/ConsignmentItem[2]/Commodity/Classification/ID",
    ]


def test_after_the_ninth_vehicle_of_a_consignment_come_the_further_ones(
    document: Document,
) -> None:
    more = [
        Placed(f"{ONE}/DepartureTransportMeans[{number}]/ID", f"X{number}X")
        for number in range(3, 10)
    ]
    path = ROOT / "wco_schemas" / "registry" / "wco_ids.tsv"
    registry = read_registry(path.read_text(encoding="utf-8"))
    metadata = Metadata(country="KZ", agency="Customs KZ", type_name="DEC")
    further = Placed(f"{ONE}/ext:FurtherTransportMeans[1]/ext:ID", "X10X")
    crowded = build(registry, metadata, [*(Placed(*one) for one in VALUES), *more, further])

    (found,) = match_subject(Subject(means_id="X10X"), read_manifest(crowded))

    assert found.pointer == f"{ONE}/ext:FurtherTransportMeans[1]/ext:ID"


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("01 A 123 BC", ("01A123BC",)),
        ("01A123BC/01B4567", ("01A123BC01B4567", "01A123BC", "01B4567")),
        (
            "粤Z1234港;АВ12",
            ("粤Z1234港AB12", "粤Z1234港", "AB12", "YUEZ1234港AB12", "YUEZ1234港"),
        ),
        ("123ABC/9", ("123ABC9", "123ABC")),
        ("  ", ()),
        ("/", ()),
    ],
)
def test_a_vehicle_field_is_compared_whole_and_plate_by_plate(
    text: str, forms: tuple[str, ...]
) -> None:
    assert plate_forms(text) == forms


def test_case_width_and_blanks_do_not_count_in_words() -> None:
    assert folded_words("  Ｏltin\u00a0 STRASSE ") == "oltin strasse"


def test_offices_that_are_not_named_are_not_there(manifest: TransitManifest) -> None:
    assert all(one.value for one in offices_of(manifest))
