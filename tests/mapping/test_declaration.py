from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from exchange_node.config import shipped
from exchange_node.domain.errors import (
    MalformedXmlError,
    UncoveredMessageError,
    UnknownFormatError,
    UnreadableDeclarationError,
    UnsafeXmlError,
)
from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping import (
    Facts,
    Mapped,
    Profiles,
    detect,
    findings,
    map_declaration,
    named,
    read_facts,
)
from exchange_node.wco.rules import WcoLibrary, validate

Submit = Callable[..., Mapped]
CUSTOMS_RU = "urn:customs.ru:Information:CustomsDocuments:ESADout_CU"
NCTS = """<TransitOperation><LRN>L1</LRN><declarationType>T1</declarationType></TransitOperation>
<Guarantee><guaranteeType>1</guaranteeType><GuaranteeReference><GRN>20XI0000010000070</GRN>
<accessCode>AC01</accessCode></GuaranteeReference></Guarantee>
<Consignment><HouseConsignment><ConsignmentItem><declarationGoodsItemNumber>1</declarationGoodsItemNumber>
</ConsignmentItem></HouseConsignment><HouseConsignment><ConsignmentItem>
<declarationGoodsItemNumber>2</declarationGoodsItemNumber></ConsignmentItem></HouseConsignment>
<TransportEquipment><containerIdentificationNumber>MSCU9981402</containerIdentificationNumber>
<GoodsReference><declarationGoodsItemNumber>2</declarationGoodsItemNumber></GoodsReference>
</TransportEquipment></Consignment>"""
SAD = """<Identification><Office_segment><Customs_clearance_office_code>TM000000
</Customs_clearance_office_code></Office_segment></Identification><Declarant><Reference>
<Number>R7</Number></Reference></Declarant>"""
ITEM = """<Item><Goods_description><Commercial_Description>Pipes</Commercial_Description>
</Goods_description></Item>"""


@pytest.fixture(name="submit")
def _submit(profiles: Profiles, library: WcoLibrary) -> Submit:
    def submit(xml: str | bytes, facts: str = "", sender: str = "KZ") -> Mapped:
        data = xml if isinstance(xml, bytes) else xml.encode()
        return map_declaration(
            data,
            detect(data, profiles),
            read_facts(facts) if facts else Facts(),
            library,
            sender=PartyId.of_country(sender),
            agency="Customs",
            at=datetime(2026, 3, 2, 8, tzinfo=UTC),
            reference="R-1",
        )

    return submit


@pytest.mark.parametrize(
    ("xml", "profile"),
    [
        (f'<ESADout_CU xmlns="{CUSTOMS_RU}:5.23.0"/>', "esadout-cu"),
        (f'<x:ESADout_CU xmlns:x="{CUSTOMS_RU}:5.24.1"/>', "esadout-cu"),
        ("<ESADout_CU/>", "esadout-cu"),
        (f'<E><DocBody><ESADout_CU xmlns="{CUSTOMS_RU}:5.11.0"/></DocBody></E>', "esadout-cu"),
        ('<ncts:CC015C xmlns:ncts="http://ncts.dgtaxud.ec"/>', "ncts-cc015c"),
        ('<CC015C xmlns="http://ncts.dgtaxud.ec"/>', "ncts-cc015c"),
        ("<CC015C/>", "ncts-cc015c"),
        ('<a:CC029C xmlns:a="http://ncts.dgtaxud.ec/CC029C"/>', "ncts-cc029c"),
        ("<ASYCUDA/>", "asycuda-sad"),
        ('<SAD id="60"><ASYCUDA/></SAD>', "asycuda-sad"),
        ("<SAD/>", "asycuda-sad"),
    ],
)
def test_a_format_is_recognised_by_its_root_wherever_it_stands(
    profiles: Profiles, xml: str, profile: str
) -> None:
    assert detect(xml.encode(), profiles).name == profile


@pytest.mark.parametrize("name", ["CC007C", "CC013C", "CC014C", "CC044C", "CC170C"])
def test_a_message_of_a_known_family_names_itself_and_what_is_covered(
    profiles: Profiles, name: str
) -> None:
    with pytest.raises(UncoveredMessageError) as caught:
        detect(f'<n:{name} xmlns:n="http://ncts.dgtaxud.ec"/>'.encode(), profiles)

    assert caught.value.facts == {"what": name, "family": "NCTS", "known": "CC015C, CC029C"}


def test_what_no_profile_knows_is_told_with_what_is_known(profiles: Profiles) -> None:
    with pytest.raises(UnknownFormatError) as caught:
        detect(b"<Invoice/>", profiles)

    assert "Invoice" in str(caught.value)
    assert "esadout-cu" in str(caught.value)


def test_a_profile_that_does_not_exist_is_told_with_what_is_known(profiles: Profiles) -> None:
    with pytest.raises(UnknownFormatError, match="asycuda-sad"):
        named("asycuda", profiles)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"no xml", UnknownFormatError),
        (b"", UnreadableDeclarationError),
        (b"<ASYCUDA>", MalformedXmlError),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><ASYCUDA>&b;</ASYCUDA>", UnsafeXmlError),
    ],
)
def test_what_cannot_be_let_in_is_refused(
    profiles: Profiles, data: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        detect(data, profiles)


def test_a_profile_by_name_refuses_a_document_of_another_format(
    profiles: Profiles, library: WcoLibrary
) -> None:
    profile = named("ncts-cc015c", profiles)

    def submit(xml: bytes) -> None:
        map_declaration(
            xml,
            profile,
            Facts(),
            library,
            sender=PartyId("customs.kz"),
            agency="Customs",
            at=datetime(2026, 3, 2, tzinfo=UTC),
            reference="R-1",
        )

    with pytest.raises(UnknownFormatError):
        submit(b"<ASYCUDA/>")
    with pytest.raises(UncoveredMessageError):
        submit(b"<CC007C/>")


def test_a_namespace_that_the_profile_does_not_know_is_a_warning(submit: Submit) -> None:
    mapped = submit('<CC015C xmlns="urn:somebody:else"><TransitOperation><LRN>L1</LRN>'
                    "</TransitOperation></CC015C>")  # fmt: skip

    assert mapped.document.value("Declaration/FunctionalReferenceID") == "L1"
    assert findings.FOREIGN_NAMESPACE.code in {one.code for one in mapped.findings}


def test_two_declarations_in_one_file_are_an_error(submit: Submit) -> None:
    mapped = submit("<SAD><ASYCUDA/><ASYCUDA/></SAD>")

    assert findings.SEVERAL.code in {one.code for one in mapped.findings if one.is_error}


def test_every_house_is_a_consignment_with_the_containers_of_its_items(submit: Submit) -> None:
    mapped = submit(f"<CC015C>{NCTS}</CC015C>")

    consignment = "Declaration/Consignment"
    pointers = {one.pointer: one.value for one in mapped.report.trace}
    assert mapped.document.values(f"{consignment}/SequenceNumeric") == ("1", "2")
    assert mapped.document.values(f"{consignment}/ConsignmentItem/SequenceNumeric") == ("1", "2")
    assert pointers[f"{consignment}[2]/TransportEquipment[1]/ID"] == "MSCU9981402"
    assert f"{consignment}[1]/TransportEquipment[1]/ID" not in pointers
    assert (
        pointers[f"{consignment}[2]/ConsignmentItem[1]/TransportEquipment[1]/ID"] == "MSCU9981402"
    )


def test_the_access_code_of_a_guarantee_never_leaves(submit: Submit) -> None:
    mapped = submit(f"<CC015C>{NCTS}</CC015C>")

    assert b"AC01" not in mapped.document.to_bytes()
    (row,) = [one for one in mapped.report.dropped if one.source.endswith("accessCode")]
    assert "never" in row.note


@pytest.mark.parametrize(
    "xml",
    [
        f"<ASYCUDA>{SAD}{ITEM}</ASYCUDA>",
        f'<SAD id="60"><ASYCUDA>{SAD}{ITEM}</ASYCUDA></SAD>',
        f'<ASYCUDA><SAD id="60">{SAD}</SAD><Items>{ITEM}</Items></ASYCUDA>',
        f"<SAD>{SAD}{ITEM}</SAD>",
        f"<ASYCUDA>{SAD}{ITEM}</ASYCUDA>".replace("Commercial_D", "Commercial_d"),
        f"<a:ASYCUDA xmlns:a='urn:x'>{SAD}{ITEM}</a:ASYCUDA>".replace("Item>", "a:Item>"),
    ],
    ids=["bare", "wrapped", "seen through", "renamed", "alias", "namespace"],
)
def test_a_sad_is_read_however_it_is_dressed(submit: Submit, xml: str) -> None:
    mapped = submit(xml)

    assert mapped.document.value("Declaration/DeclarationOfficeID") == "TM000000"
    assert mapped.document.value("Declaration/FunctionalReferenceID") == "R7"
    item = "Declaration/Consignment/ConsignmentItem/Commodity/Description"
    assert mapped.document.value(item) == "Pipes"


def test_an_empty_form_names_every_obligatory_element_and_what_would_fill_it(
    submit: Submit,
) -> None:
    mapped = submit("<ASYCUDA><Item><Packages><Kind_of_packages_code><null/>"
                    "</Kind_of_packages_code></Packages></Item></ASYCUDA>")  # fmt: skip

    missing = {one.pointer: one for one in mapped.findings if one.code == findings.MISSING.code}
    assert "Facts/MRN" in missing["Declaration/ID"].facts["sources"]
    assert "Item/Packages/Kind_of_packages_code" in (
        missing["Declaration/Consignment[1]/ConsignmentItem[1]/Packaging[1]/TypeCode"].mend_text
    )
    assert len(missing) == len(mapped.report.missing) > 20


def test_the_sample_maps_and_validates_with_one_honest_warning(
    submit: Submit, library: WcoLibrary
) -> None:
    samples = shipped.shipped("exchange_node", "rehearsal", "samples")

    mapped = submit(
        (samples / "kz-uz-transit.xml").read_bytes(),
        (samples / "kz-uz-transit.facts.toml").read_text(encoding="utf-8"),
    )

    assert [one.code for one in mapped.findings] == [findings.CUT.code]
    assert validate(mapped.document, library, date(2026, 3, 2)) == ()
    assert [row.source for row in mapped.report.unmapped] == ["ExecutionPlace"]
    assert any(one.path.startswith("Declaration/Consignment/ext:Driver") and one.value
               for one in mapped.document.leaves())  # fmt: skip
    personal = {one.pointer for one in mapped.report.trace if one.personal}
    assert "Declaration/Consignment[1]/ext:Driver[1]/ext:Name" in personal


def test_the_report_is_plain_values_and_names_rule_place_and_supplier(submit: Submit) -> None:
    mapped = submit(
        f"<CC015C>{NCTS}</CC015C>", 'supplied_by = "office"\n"TransitOperation/MRN" = "M"'
    )

    told = json.loads(json.dumps(mapped.report.as_dict()))

    by_pointer = {one["pointer"]: one for one in told["trace"]}
    assert by_pointer["Declaration/ID"]["sources"][0]["supplied_by"] == "office"
    kind = by_pointer["Declaration/TypeCode"]
    assert (kind["rule"], kind["value"]) == ("declaration.kind", "821")
    assert kind["crosswalks"] == ["document-kind"]
    assert kind["sources"][0] == {
        "source": "TransitOperation/declarationType", "source_line": 1, "value": "T1",
        "target": "Declaration/TypeCode", "rule": "declaration.kind",
    }  # fmt: skip
    assert 0 < told["coverage"] <= 1


@pytest.mark.parametrize(
    "facts",
    [
        'Facts = { TransportDocument = "CMR 9" }',
        'Facts = { TransportDocument = { Number = "CMR 9", Type = "730" } }',
    ],
)
def test_a_transport_document_may_come_as_a_fact(submit: Submit, facts: str) -> None:
    mode = "<TransportModeCode>31</TransportModeCode>"
    means = f"<ESADout_CUDepartureArrivalTransport>{mode}</ESADout_CUDepartureArrivalTransport>"
    xml = f"<ESADout_CUConsigment>{means}</ESADout_CUConsigment>"

    mapped = submit(
        f"<ESADout_CU><ESADout_CUGoodsShipment>{xml}</ESADout_CUGoodsShipment></ESADout_CU>", facts
    )

    document = "Declaration/Consignment/TransportContractDocument"
    assert mapped.document.value(f"{document}/ID") == "CMR 9"
    assert mapped.document.value(f"{document}/TypeCode") == "730"


def test_seals_without_a_container_are_put_on_the_vehicle(submit: Submit) -> None:
    facts = """
    [Consignment]
    TransportEquipment = { Seal = { identifier = ["S1", "S2"] } }
    DepartureTransportMeans = { identificationNumber = "01 A 777", typeOfIdentification = "30" }
    """

    mapped = submit(
        f"<CC015C>{NCTS.split('<TransportEquipment>', maxsplit=1)[0]}</Consignment></CC015C>", facts
    )

    equipment = "Declaration/Consignment/TransportEquipment"
    assert mapped.document.value(f"{equipment}/ID") == "01A777"
    assert mapped.document.values(f"{equipment}/Seal/ID")[:2] == ("S1", "S2")
