from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping import Mapped, Profiles, map_declaration, named, read_facts
from exchange_node.wco.rules import WcoLibrary, validate

SAD = Path(__file__).with_name("transit-sad.xml").read_bytes()
FACTS = 'Facts = { GuaranteeType = "IND", CarrierName = "Invented Haulage" }'
Value = Callable[[str], tuple[str, ...]]


@pytest.fixture(name="mapped", scope="module")
def _mapped(profiles: Profiles, library: WcoLibrary) -> Mapped:
    return map_declaration(
        SAD,
        named("asycuda-sad", profiles),
        read_facts(FACTS),
        library,
        sender=PartyId("customs.tm"),
        agency="Customs",
        at=datetime(2026, 3, 2, 8, tzinfo=UTC),
        reference="R-1",
    )


@pytest.fixture(name="values")
def _values(mapped: Mapped) -> Value:
    return lambda path: mapped.document.values(f"Declaration/{path}")


def test_a_transit_sad_becomes_a_valid_manifest(mapped: Mapped, library: WcoLibrary) -> None:
    assert [one.code for one in mapped.findings] == []
    assert [
        one for one in validate(mapped.document, library, date(2026, 3, 2)) if one.is_error
    ] == []


def test_office_year_series_and_number_name_it(values: Value) -> None:
    assert values("ID") == ("TM010100 2026 T 417",)
    assert values("FunctionalReferenceID") == ("D1-2026-R7",)
    assert values("TypeCode") == ("950",)


def test_the_principal_stands_before_the_declarant(values: Value) -> None:
    assert values("Declarant/Name") == ("Holder of the Transit",)
    assert values("Declarant/ID") == ("P17",)
    assert values("Declarant/Address/Line") == ("Garden street 2",)
    assert values("Agent/Name") == ("A. Person",)


def test_name_and_address_are_parted(values: Value) -> None:
    assert values("Consignment/Consignor/Name") == ("INVENTED COTTON WORKS",)
    assert values("Consignment/Consignor/Address/Line") == ("Magtymguly street 1, Ashgabat",)
    assert values("Consignment/Consignor/Address/CountryCode") == ("TM",)
    assert values("Consignment/Consignee/Address/CountryCode") == ()


def test_tractor_and_trailer_are_two_means(values: Value) -> None:
    means = "Consignment/DepartureTransportMeans"
    assert values(f"{means}/ID") == ("BA 1234 AG", "AG 77")
    assert values(f"{means}/IdentificationTypeCode") == ("30", "31")
    assert values("BorderTransportMeans/ID") == ("BA 1234 AG",)
    assert values("ext:FurtherTransportMeans/ext:ID") == ("AG 77",)


def test_one_container_carries_both_items_and_all_seals(values: Value) -> None:
    assert values("Consignment/TransportEquipment/ID") == ("ALTU2045171",)
    assert values("Consignment/TransportEquipment/Seal/ID") == ("S1", "S2", "S3")
    links = values("Consignment/ConsignmentItem/TransportEquipment/ID")
    assert links == ("ALTU2045171", "ALTU2045171")


def test_rows_that_pad_the_form_are_neither_written_nor_counted(values: Value) -> None:
    assert values("Consignment/ConsignmentItem/SequenceNumeric") == ("1", "2")
    assert values("GoodsItemQuantity") == ("2",)
    assert values("TotalGrossMassMeasure") == ("1200.5",)
    assert values("Consignment/ConsignmentItem/GoodsMeasure/TariffQuantity") == ()


def test_digits_are_parted_into_hs_tariff_and_procedures(values: Value) -> None:
    item = "Consignment/ConsignmentItem"
    codes = values(f"{item}/Commodity/Classification/ID")
    assert codes == ("520100", "52010000000", "630260")
    assert values(f"{item}/GovernmentProcedure/CurrentCode") == ("80", "8")
    assert values(f"{item}/GovernmentProcedure/PreviousCode") == ("00",)


def test_a_waybill_named_at_every_item_is_one_document(values: Value) -> None:
    assert values("Consignment/TransportContractDocument/ID") == ("CMR 17/1",)
    assert values("Consignment/TransportContractDocument/TypeCode") == ("730",)


def test_nothing_means_no_amount(values: Value) -> None:
    assert values("ObligationGuarantee/AmountAmount") == ()
    assert values("ObligationGuarantee/ext:ExcludedCountryCode") == ("RU",)
    assert values("Consignment/ext:TransitLimitDate") == ("2026-03-09",)


def test_the_officer_and_the_assessment_stay_at_home(mapped: Mapped) -> None:
    assert b"Officer" not in mapped.document.to_bytes()
    assert mapped.report.unmapped == ()
