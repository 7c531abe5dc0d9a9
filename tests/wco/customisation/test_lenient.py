from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.wco import document as strict
from exchange_node.wco.customisation.lenient import ALIASES, is_foreign, read, settle
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.notation import DEC, MD
from exchange_node.wco.registry import Registry
from exchange_node.wco.rules import WcoLibrary, validate

ON = date(2026, 3, 2)
HOME = Path(__file__).resolve().parents[3] / "config" / "national" / "examples" / "wco-goods"
FOREIGN = (HOME / "export-by-road.xml").read_bytes()
OURS = (HOME / "export-by-road.wco.xml").read_bytes()
CODES = {one: f"CAREC-R02{one}" for one in range(5)}
RESPONSE = """
<MetaData><WCOTypeName>RES</WCOTypeName><ResponsibleCountryCode/><Response>
<FunctionCode>01</FunctionCode>
<FunctionalReferenceID>5a2f</FunctionalReferenceID>
<IssueDateTime><DateTimeString formatCode="304">20260301100000Z</DateTimeString></IssueDateTime>
<Error><ValidationCode>CDS12056</ValidationCode></Error>
<Bank><ReferenceID>25111240</ReferenceID></Bank>
<Declaration><ID>26GB1</ID><FunctionalReferenceID>LRN</FunctionalReferenceID></Declaration>
</Response></MetaData>"""


def values(document: Document) -> list[tuple[str, str]]:
    return [(one.pointer, one.value) for one in document.leaves()]


def settled(data: bytes, registry: Registry) -> tuple[Document, list[str]]:
    taken, renamed = read(data)
    document, found = settle(taken, registry)
    return document, [one.code for one in (*renamed, *found)]


def test_a_document_of_another_customisation_says_what_ours_says(registry: Registry) -> None:
    document, codes = settled(FOREIGN, registry)

    assert codes == [CODES[0]] * 2
    ours = dict(values(strict.read(OURS)))
    # Mapping takes idle zeros off; reading leaves a value that fits as it stands.
    assert dict(values(document)) == {**ours, "Declaration/InvoiceAmount": "18400.50"}


def test_with_its_namespaces_changed_and_no_more_it_is_valid(library: WcoLibrary) -> None:
    text = FOREIGN.decode().replace("urn:wco:datamodel:WCO:DEC-DMS:2", DEC)
    text = text.replace("urn:wco:datamodel:WCO:DocumentMetaData-DMS:2", MD)

    document = strict.read(text.encode())

    assert is_foreign(document)
    assert validate(document, library, ON) == ()


def test_what_is_sent_and_what_is_ours_is_not_read_leniently() -> None:
    document, found = read(OURS)

    assert found == ()
    assert not is_foreign(document)
    with pytest.raises(InvalidDocumentError, match="root element"):
        strict.read(FOREIGN)


def test_an_element_that_we_do_not_know_never_sinks_a_document(
    registry: Registry, library: WcoLibrary
) -> None:
    odd = b"<Novelty><ID>1</ID></Novelty>"
    data = FOREIGN.replace(b"<GoodsShipment>", odd + b"<GoodsShipment>" + odd)

    document, codes = settled(data, registry)

    assert codes == [*[CODES[0]] * 2, CODES[2], CODES[2]]
    assert not [one for one in validate(document, library, ON) if one.is_error]


@pytest.mark.parametrize("given_name", sorted(ALIASES))
def test_a_name_of_another_edition_is_read_as_ours(registry: Registry, given_name: str) -> None:
    ours = ALIASES[given_name]
    kinds = (Kind.GOODS_DECLARATION, Kind.RESPONSE, Kind.TRANSIT_MANIFEST)

    assert any(one.name == ours for kind in kinds for one in registry.of_kind(kind))
    assert not any(one.name == given_name for one in registry.of_kind(Kind.GOODS_DECLARATION))


def test_an_alias_is_told_where_it_stands(registry: Registry) -> None:
    data = FOREIGN.replace(b"ExitOffice>", b"ExitCustomsOffice>")

    document, codes = settled(data, registry)

    assert codes == [*[CODES[0]] * 2, CODES[1]]
    assert document.value("Declaration/ExitOffice/ID") == "GE000501"


@given(data=st.data())
def test_the_order_of_elements_does_not_matter_to_the_reader(
    registry: Registry, data: st.DataObject
) -> None:
    root = etree.fromstring(FOREIGN)
    body = root[-1]
    goods = body[-1]
    for one in (body, goods):
        children = list(one)
        # Items keep their order among themselves: it is their number.
        names = data.draw(st.permutations(sorted({str(child.tag) for child in children})))
        one[:] = sorted(children, key=lambda child: names.index(str(child.tag)))

    document, codes = settled(etree.tostring(root), registry)

    assert set(codes) <= {CODES[0], CODES[3]}
    assert values(document) == values(settled(FOREIGN, registry)[0])


def test_values_are_tidied_where_they_only_look_otherwise(registry: Registry) -> None:
    data = (
        FOREIGN.replace(b">GE000501<", b"> GE000501 \n<")
        .replace(b"<RegistrationNationalityCode>GE", b"<RegistrationNationalityCode>ge")
        .replace(b">1540<", b">+1540.0000000<")
        .replace(b"<CurrentCode>10", b'<CurrentCode listID="37" listAgencyName="EC">10')
        .replace(b"<PreviousCode>00</PreviousCode>", b"<PreviousCode/>")
    )

    document, codes = settled(data, registry)

    assert codes == [CODES[0]] * 2
    assert document.value("Declaration/ExitOffice/ID") == "GE000501"
    assert document.value("Declaration/BorderTransportMeans/RegistrationNationalityCode") == "GE"
    assert document.value("Declaration/TotalGrossMassMeasure") == "1540"


def test_a_response_without_a_namespace_is_read_and_its_oddities_told(
    library: WcoLibrary,
) -> None:
    document, renamed = read(RESPONSE.encode())

    assert document.kind is Kind.RESPONSE
    assert document.value("Response/Error/ValidationCode") == "CDS12056"
    findings = (*renamed, *validate(document, library, ON))
    assert not any(one.is_error for one in findings)
    assert {one.code for one in findings} == {*CODES.values(), "CAREC-R116"} - {CODES[1]}


@pytest.mark.parametrize(
    "text",
    [
        "<MetaData><Declaration><Consignment/></Declaration></MetaData>",
        "<MetaData><Invoice/></MetaData>",
        "<Other><Response/></Other>",
        "<MetaData/>",
    ],
)
def test_other_documents_in_other_namespaces_are_refused_as_ever(text: str) -> None:
    with pytest.raises(InvalidDocumentError):
        read(text.encode())
