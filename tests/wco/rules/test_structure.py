from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from exchange_node.domain.finding import Finding
from exchange_node.domain.message import Exchange
from exchange_node.wco.document import Document, read
from exchange_node.wco.registry import Registry
from exchange_node.wco.rules import WcoLibrary, validate
from exchange_node.wco.rules.structure import check_structure

if TYPE_CHECKING:
    from tests.wco.conftest import Changes, MakeManifest

ON = date(2026, 3, 1)
C = "Declaration/Consignment[1]"
ITEM = f"{C}/ConsignmentItem[1]"
SEAL = b'<s:Signature xmlns:s="http://www.w3.org/2000/09/xmldsig#"/>'


def found(document: Document, library: WcoLibrary) -> set[tuple[str, str]]:
    findings = check_structure(document, library.registry, library.code_lists, ON)
    assert all(one.text and one.mend_text for one in findings)
    return {(one.code, one.pointer) for one in findings}


def test_a_good_manifest_has_no_finding(
    manifest: MakeManifest, library: WcoLibrary, exchange: Exchange
) -> None:
    assert validate(manifest().with_exchange(exchange), library, ON) == ()


def test_every_missing_element_is_named_at_once(
    manifest: MakeManifest, library: WcoLibrary
) -> None:
    document = manifest(
        without=[
            "Declaration/ID",
            f"{C}/Carrier/",
            f"{C}/LoadingLocation",
            f"{C}/TransitDeparture",
            f"{C}/Itinerary",
            f"{ITEM}/Commodity/Description",
            f"{C}/ConsignmentItem[2]/Packaging",
        ]
    )
    assert found(document, library) == {
        ("CAREC-R101", "Declaration/ID"),
        ("CAREC-R101", f"{C}/Carrier/Name"),
        ("CAREC-R101", f"{C}/LoadingLocation/ID"),
        ("CAREC-R101", f"{C}/TransitDeparture/ID"),
        ("CAREC-R101", f"{C}/Itinerary[1]/SequenceNumeric"),
        ("CAREC-R101", f"{C}/Itinerary[1]/RoutingCountryCode"),
        ("CAREC-R101", f"{ITEM}/Commodity/Description"),
        ("CAREC-R101", f"{C}/ConsignmentItem[2]/Packaging[1]/SequenceNumeric"),
        ("CAREC-R101", f"{C}/ConsignmentItem[2]/Packaging[1]/QuantityQuantity"),
        ("CAREC-R101", f"{C}/ConsignmentItem[2]/Packaging[1]/TypeCode"),
    }


def test_a_missing_element_is_named_with_its_id_and_meaning(
    manifest: MakeManifest, library: WcoLibrary
) -> None:
    findings = validate(manifest({"Declaration/TypeCode": None}), library, ON)
    assert len(findings) == 1
    assert findings[0].facts["name"] == "TypeCode"
    assert findings[0].facts["wco_id"] == "D013"


def test_an_empty_document_names_everything_a_manifest_needs(
    manifest: MakeManifest, library: WcoLibrary
) -> None:
    codes = found(manifest(without=["Declaration"]), library)
    assert len(codes) > 30
    assert ("CAREC-R101", f"{C}/ConsignmentItem[1]/Commodity/Description") in codes


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Declaration/GoodsItemQuantity": "two"}, "CAREC-R103"),
        ({"Declaration/TotalGrossMassMeasure": "1,5"}, "CAREC-R103"),
        ({"Declaration/ID": "x" * 71}, "CAREC-R104"),
        ({"Declaration/TypeCode": "8211"}, "CAREC-R104"),
        ({"Declaration/IssueDateTime": "yesterday"}, "CAREC-R109"),
        ({"Declaration/IssueDateTime": "2026-03-01T09:00:00"}, "CAREC-R109"),
        ({"Declaration/TypeCode": "999"}, "CAREC-R112"),
        ({"Declaration/FunctionCode": "8"}, "CAREC-R112"),
        ({f"{C}/ExportCountry/ID": "ZY"}, "CAREC-R112"),
        ({f"{ITEM}/Packaging[1]/TypeCode": "Q9"}, "CAREC-R112"),
        ({"Declaration/InvoiceAmount": ("1", {"currencyID": "XXQ"})}, "CAREC-R112"),
        ({"Declaration/TotalGrossMassMeasure": ("1500.5", {"unitCode": "QQQ"})}, "CAREC-R112"),
        ({"Declaration/InvoiceAmount": "1"}, "CAREC-R111"),
        ({f"{C}/Carrier/ext:FullText[1]": "x"}, "CAREC-R111"),
        ({f"{C}/TransitDestination/ID": "UZ000000"}, "CAREC-R113"),
        ({"Declaration/DeclarationOfficeID": "12345678"}, "CAREC-R113"),
        ({"Declaration/Submitter/Name": "  "}, "CAREC-R102"),
        ({"Declaration/ID": "  "}, "CAREC-R101"),
        ({f"{C}/ext:IdentificationMethodCode[{n}]": "SEAL" for n in range(1, 11)}, "CAREC-R105"),
    ],
)
def test_a_wrong_value_is_found(
    manifest: MakeManifest, library: WcoLibrary, changes: Changes, code: str
) -> None:
    codes = found(manifest(changes), library)
    assert {one for one, _ in codes} == {code}


@pytest.mark.parametrize(
    "changes",
    [
        {f"{ITEM}/GoodsMeasure/TariffQuantity": "12"},
        {f"{ITEM}/GoodsMeasure/TariffQuantity": ("12", {"unitCode": "H87"})},
        {f"{C}/ext:CodeOriginal[1]": ("true", {"element": "ContainerCode"})},
        {f"{C}/ext:CodeOriginal[1]": ("1", {"element": "ContainerCode", "listID": "own"})},
    ],
)
def test_an_attribute_that_may_be_absent_may_be_absent(
    manifest: MakeManifest, library: WcoLibrary, changes: Changes
) -> None:
    assert validate(manifest(changes), library, ON) == ()


def test_an_unknown_office_is_named_with_its_country(
    manifest: MakeManifest, library: WcoLibrary
) -> None:
    findings = validate(manifest({f"{C}/TransitDestination/ID": "UZ000000"}), library, ON)
    assert [one.code for one in findings] == ["CAREC-R113"]
    assert "UZ has no customs office 'UZ000000'" in findings[0].text


def test_an_office_of_a_country_without_a_list_passes(
    manifest: MakeManifest, library: WcoLibrary
) -> None:
    assert found(manifest({f"{C}/TransitDestination/ID": "GB000120"}), library) == set()


@pytest.mark.parametrize(
    ("was", "becomes", "code"),
    [
        (b"<TypeCode>821</TypeCode>", b"<Kind>821</Kind>", "CAREC-R107"),
        (b"<ID>26KZ550302000000K6</ID>", b"", "CAREC-R101"),
        (b"<ID>26KZ550302000000K6</ID>", b"<ID>1</ID><ID>2</ID>", "CAREC-R105"),
        (b"<FunctionCode>9</FunctionCode>", b"<FunctionCode><a>9</a></FunctionCode>", "CAREC-R110"),
        (b"<Submitter>", b"<Submitter>text", "CAREC-R110"),
        (b"</Submitter>", b'<x xmlns="urn:x"/></Submitter>', "CAREC-R108"),
        (b"</Submitter>", b"<ext:Colour>red</ext:Colour></Submitter>", "CAREC-R108"),
        (b"<ext:Driver>", b"<ext:Driver><ext:Hair>red</ext:Hair>", "CAREC-R107"),
        (b"<WCOTypeName>DEC</WCOTypeName>", b"", "CAREC-R101"),
        (b"<Declaration ", SEAL + b"<Declaration ", "CAREC-R106"),
        (b"</MetaData>", SEAL + SEAL + b"</MetaData>", "CAREC-R105"),
        (b"</MetaData>", b"<WCOTypeName>DEC</WCOTypeName></MetaData>", "CAREC-R106"),
        (b'<ext:DateTimeString formatCode="102">20260305</ext:DateTimeString>', b"20260305",
         "CAREC-R109"),
    ],
)  # fmt: skip
def test_a_wrong_element_is_found(
    manifest: MakeManifest, library: WcoLibrary, was: bytes, becomes: bytes, code: str
) -> None:
    data = manifest().to_bytes()
    assert was in data
    assert code in {one for one, _ in found(read(data.replace(was, becomes, 1)), library)}


def test_elements_out_of_order_are_found(manifest: MakeManifest, library: WcoLibrary) -> None:
    data = manifest().to_bytes()
    kind = b"<TypeCode>821</TypeCode>"
    late = read(data.replace(kind, b"").replace(b"<Submitter>", kind + b"<Submitter>"))
    after_ext = read(
        data.replace(b"</Declaration>", b"<IssueLocationID>KZALA</IssueLocationID></Declaration>")
    )

    assert ("CAREC-R106", "Declaration/TypeCode") in found(late, library)
    assert ("CAREC-R106", "Declaration/IssueLocationID") in found(after_ext, library)


def test_an_empty_registry_finds_nothing(manifest: MakeManifest, library: WcoLibrary) -> None:
    assert check_structure(manifest(), Registry(()), library.code_lists, ON) == ()


TEXTS = ["", " ", "x", "9", "12345678901234567890", "1.5", "KZ", "1.1234567", "20260101", "й" * 600]


def mutate(root: etree._Element, rng: random.Random) -> None:
    elements = [one for one in root.iter() if one is not root]
    target = rng.choice(elements)
    parent = target.getparent()
    assert parent is not None
    match rng.randrange(8):
        case 0:
            parent.remove(target)
        case 1:
            parent.append(etree.fromstring(etree.tostring(target, with_tail=False)))
        case 2:
            parent.insert(0, target)
        case 3:
            target.text = rng.choice(TEXTS)
        case 4:
            target.tag = f"{{{etree.QName(target).namespace}}}Unknown"
        case 5:
            target.attrib.clear()
        case 6:
            etree.SubElement(target, "{urn:else}Foreign").text = "1"
        case _:
            target.tail = rng.choice(["\n", "stray"])


def test_laws_we_find_a_fault_exactly_where_the_schema_does(
    manifest: MakeManifest, library: WcoLibrary, exchange: Exchange
) -> None:
    data = manifest().with_exchange(exchange).to_bytes()

    @settings(max_examples=300)
    @given(st.randoms(use_true_random=False), st.integers(1, 3))
    def law(rng: random.Random, times: int) -> None:
        root = etree.fromstring(data)
        for _ in range(times):
            mutate(root, rng)
        if sum(str(one.tag).endswith("}Declaration") for one in root) != 1:
            return
        document = Document(root)
        findings = check_structure(document, library.registry, library.code_lists, ON)
        stricter = [one for one in findings if is_beyond_the_schema(one)]
        ours = [one.text for one in findings if one.is_error and one not in stricter]
        is_valid = library.schemas.is_valid(document)
        assert is_valid != bool(ours) or (not is_valid and stricter), etree.tostring(root)

    law()


def is_beyond_the_schema(finding: Finding) -> bool:
    """Code lists, the calendar, and how often an extension element stands in a WCO class."""
    is_ours = "/ext:" in finding.pointer and finding.code == "CAREC-R105"
    return is_ours or finding.code in {"CAREC-R109", "CAREC-R112", "CAREC-R113"}
