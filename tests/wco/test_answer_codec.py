from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.domain.message import BusinessAnswer
from exchange_node.wco.answer_codec import decode_answer, encode_answer
from exchange_node.wco.building import Metadata
from exchange_node.wco.document import read
from exchange_node.wco.registry import Registry
from exchange_node.wco.rules import WcoLibrary, validate

UZ = Metadata(country="UZ", agency="Customs Committee", type_name="RES")
POINTER = "Declaration/Consignment[1]/ConsignmentItem[2]/Commodity/Description"
RULE = Rule(
    code="CAREC-R103", severity=Severity.ERROR, sentence="{name} is {value!r} {braces}", mend="mend"
)
TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=60,
).filter(str.strip)
FITTING = st.text("aZ9-.Яü", max_size=35)
ANY = st.one_of(
    st.text(max_size=60), st.sampled_from([" ", "\t \n", "\x00", "x" * 600, "x" * 9_000])
)
MAYBE = st.one_of(st.just(""), TEXT)


def said(code: str, severity: Severity, sentence: str, pointer: str, value: str) -> Finding:
    return Finding(
        code=code,
        severity=severity,
        sentence=sentence.replace("{", "{{").replace("}", "}}"),
        mend="",
        pointer=pointer,
        value=value,
    )


FINDINGS = st.builds(
    said,
    TEXT,
    st.sampled_from(Severity),
    st.one_of(TEXT, st.text("ab {}", min_size=600, max_size=700)),
    st.one_of(MAYBE, st.just(POINTER)),
    MAYBE,
)
ANSWERS = st.builds(
    BusinessAnswer,
    reference=TEXT,
    issuer=TEXT,
    issued_at=st.datetimes(
        min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
        max_value=datetime(2100, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    ).map(lambda moment: moment.replace(microsecond=0)),
    message_id=TEXT,
    document_reference=FITTING,
    document_id=FITTING,
    accepted=st.booleans(),
    findings=st.lists(FINDINGS, max_size=4).map(tuple),
)


def answer(*findings: Finding, accepted: bool = False) -> BusinessAnswer:
    return BusinessAnswer(
        reference="UZ-1",
        issuer="customs.uz",
        issued_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
        message_id="1@customs.kz",
        document_reference="LRN-2026-0001",
        document_id="26KZ550302000000K6",
        accepted=accepted,
        findings=findings,
    )


def test_laws_an_answer_survives_the_wire(registry: Registry) -> None:
    @given(ANSWERS)
    def law(one: BusinessAnswer) -> None:
        assert (
            decode_answer(read(encode_answer(one, metadata=UZ, registry=registry).to_bytes()))
            == one
        )

    law()


def test_laws_whatever_is_wrong_with_a_document_its_answer_is_valid(library: WcoLibrary) -> None:
    @given(ANY, ANY, ANY, ANY, st.integers(1, 10**9))
    def law(reference: str, number: str, value: str, pointer: str, position: int) -> None:
        at = f"Declaration/Consignment[1]/ConsignmentItem[{position}]/Commodity"
        one = answer(
            RULE.found(pointer=at, value=value, name="Description", braces=""),
            said("CAREC-R102", Severity.ERROR, "it is empty", pointer, value),
        )
        one = replace(one, document_reference=reference, document_id=number)

        document = encode_answer(one, metadata=UZ, registry=library.registry)

        assert validate(document, library, date(2026, 3, 1)) == ()
        back = decode_answer(read(document.to_bytes()))
        assert [found.code for found in back.findings] == ["CAREC-R103", "CAREC-R102"]
        assert back.findings[0].pointer == at
        assert len(document.to_bytes()) < 50_000

    law()


def test_an_answer_is_valid_and_says_a_finding_in_words(library: WcoLibrary) -> None:
    finding = RULE.found(pointer=POINTER, value="{x}", name="Description", braces="{}")
    document = encode_answer(answer(finding), metadata=UZ, registry=library.registry)

    assert validate(document, library, date(2026, 3, 1)) == ()
    (back,) = decode_answer(document).findings
    assert back.text == finding.text == "Description is '{x}' {}"
    assert (back.code, back.severity, back.pointer, back.value) == (
        "CAREC-R103",
        Severity.ERROR,
        POINTER,
        "{x}",
    )


def test_a_finding_is_told_in_the_code_of_ncts_where_it_has_one(library: WcoLibrary) -> None:
    known = RULE.found(pointer=POINTER, value="x", name="Description", braces="")
    other = said("CAREC-A001", Severity.ERROR, "not granted", "", "")
    document = encode_answer(answer(known, other), metadata=UZ, registry=library.registry)

    assert validate(document, library, date(2026, 3, 1)) == ()
    codes = [one for one in document.leaves() if one.path.endswith("ext:NCTSErrorCode")]
    assert [(one.pointer, one.value) for one in codes] == [
        ("Response/Error[1]/ext:NCTSErrorCode", "14")
    ]


def test_the_chain_of_ids_points_at_the_element(registry: Registry) -> None:
    document = encode_answer(answer(RULE.found(pointer=POINTER, name="a", braces="")),
                             metadata=UZ, registry=registry)  # fmt: skip

    assert document.values("Response/Error/Pointer/DocumentSectionCode") == (
        "42A",
        "28A",
        "29A",
        "23A",
    )
    assert document.values("Response/Error/Pointer/SequenceNumeric") == ("2",)
    assert document.values("Response/Error/Pointer/TagID") == ("137",)
    assert document.value("Response/Error/ValidationCode") == "R103"


def test_the_chain_ends_where_an_id_is_not_verified(registry: Registry) -> None:
    pointer = "Declaration/Consignment[1]/ext:TransitLimitDate"
    document = encode_answer(answer(RULE.found(pointer=pointer, name="a", braces="")),
                             metadata=UZ, registry=registry)  # fmt: skip
    assert document.values("Response/Error/Pointer/DocumentSectionCode") == ("42A", "28A")
    assert document.value("Response/Error/ext:FindingPointer") == pointer


def test_characters_that_xml_has_no_room_for_are_replaced(registry: Registry) -> None:
    finding = said("a.b", Severity.WARNING, "bell", "", "\x07")
    document = encode_answer(answer(finding, accepted=True), metadata=UZ, registry=registry)
    assert decode_answer(document).findings[0].value == "\ufffd"


@pytest.mark.parametrize(
    ("was", "becomes", "name"),
    [
        (b">20260301090000Z<", b">noon<", "IssueDateTime"),
        (b">REJ<", b">PERHAPS<", "NameCode"),
        (b">error<", b">grave<", "Error"),
        (b"<ext:RuleCode>CAREC-R103</ext:RuleCode>", b"", "Error"),
    ],
)
def test_an_answer_that_cannot_be_read_is_refused(
    registry: Registry, was: bytes, becomes: bytes, name: str
) -> None:
    finding = RULE.found(pointer=POINTER, name="a", braces="")
    data = encode_answer(answer(finding), metadata=UZ, registry=registry).to_bytes()
    assert was in data
    with pytest.raises(InvalidDocumentError) as refused:
        decode_answer(read(data.replace(was, becomes)))
    assert refused.value.findings[0].facts["name"] == name


def test_another_document_is_no_answer(registry: Registry) -> None:
    document = encode_answer(answer(), metadata=UZ, registry=registry)
    other = (
        document.to_bytes().replace(b"RES-CAREC", b"DEC-CAREC").replace(b"Response", b"Declaration")
    )
    with pytest.raises(InvalidDocumentError):
        decode_answer(read(other))
