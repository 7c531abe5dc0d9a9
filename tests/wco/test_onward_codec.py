from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.onward.asking import (
    Asking,
    Ground,
    OnwardAnswer,
    OnwardRequest,
    Outcome,
)
from exchange_node.domain.onward.wanted import FURTHERED, RecordName, Use, Wanted
from exchange_node.domain.retention import Kept
from exchange_node.wco.building import Metadata
from exchange_node.wco.document import Document, Kind, read
from exchange_node.wco.onward_codec import (
    ASKING_CODES,
    OUTCOME_CODES,
    RECORD_CODES,
    USE_CODES,
    decode_onward_answer,
    decode_request,
    encode_onward_answer,
    encode_request,
)
from exchange_node.wco.rules import validate
from tests.wco.intergov import AT, LIBRARY, moments, words

UZ = Metadata(country="UZ", agency="Customs", type_name="InterGov")
KZ = Metadata(country="KZ", agency="Customs", type_name="InterGov")
WANTED = Wanted(
    record=RecordName(kind=Kept.ALERT, subject="customs.kz/A-1", message_id="m1@customs.kz"),
    recipient="AGENCY_PHYTO",
    use=Use.CRIMINAL,
    purpose="INVESTIGATION",
)
REQUEST = OnwardRequest(
    request_id="r1",
    party="customs.uz",
    asking=Asking.CONSENT,
    wanted=WANTED,
    why="because " * 100,
    at=AT,
    until=AT,
    due_at=AT,
)
ANSWER = OnwardAnswer(
    answer_id="a1",
    party="customs.kz",
    request_id="r1",
    outcome=Outcome.REFUSED,
    ordinal=1,
    at=AT,
    ground=Ground.OWN_LAW.value,
    conditions="not before the verdict " * 40,
    until=AT,
)

perhaps = st.one_of(st.none(), moments)
requests = st.builds(
    OnwardRequest,
    request_id=words,
    party=words,
    asking=st.sampled_from(Asking),
    wanted=st.builds(
        Wanted,
        record=st.builds(
            RecordName, kind=st.sampled_from(FURTHERED), subject=words, message_id=words
        ),
        recipient=words,
        use=st.sampled_from(Use),
        purpose=words,
    ),
    why=st.one_of(st.just(""), words),
    at=moments,
    until=perhaps,
    due_at=perhaps,
)
answers = st.builds(
    OnwardAnswer,
    answer_id=words,
    party=words,
    request_id=words,
    outcome=st.sampled_from(Outcome),
    ordinal=st.integers(0, 999_999),
    at=moments,
    ground=st.sampled_from(["", *(one.value for one in Ground)]),
    conditions=st.one_of(st.just(""), words),
    until=perhaps,
)


def asked(request: OnwardRequest) -> Document:
    made = encode_request(request, metadata=UZ, registry=LIBRARY.registry)
    return read(made.to_bytes())


def answered(answer: OnwardAnswer) -> Document:
    made = encode_onward_answer(answer, metadata=KZ, registry=LIBRARY.registry)
    return read(made.to_bytes())


@given(requests)
def test_laws_a_request_that_is_encoded_decodes_to_the_same(request: OnwardRequest) -> None:
    assert decode_request(asked(request)) == request


@given(answers)
def test_laws_an_answer_that_is_encoded_decodes_to_the_same(answer: OnwardAnswer) -> None:
    assert decode_onward_answer(answered(answer)) == answer


def test_a_request_and_an_answer_are_valid_documents_of_their_codes() -> None:
    documents = [asked(REQUEST), answered(ANSWER)]

    assert [one.kind for one in documents] == [Kind.ONWARD_USE, Kind.ONWARD_USE]
    assert [one.value("InterGov/TypeCode") for one in documents] == ["M30", "M31"]
    assert [validate(one, LIBRARY, AT.date()) for one in documents] == [(), ()]


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("onward_askings", ASKING_CODES),
        ("onward_outcomes", OUTCOME_CODES),
        ("onward_records", RECORD_CODES),
        ("onward_uses", USE_CODES),
        ("onward_grounds", list(Ground)),
    ],
)
def test_every_code_is_on_its_list(name: str, codes: list[str]) -> None:
    assert all(LIBRARY.code_lists.knows(name, str(one), AT.date()) for one in codes)


def test_every_word_has_its_code() -> None:
    assert set(ASKING_CODES.values()) == set(Asking)
    assert set(OUTCOME_CODES.values()) == set(Outcome)
    assert set(USE_CODES.values()) == set(Use)


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        (b"<ext:AskingCode>CON", b"<ext:AskingCode>XYZ", "ext:AskingCode"),
        (b"<ext:UseCode>CRI", b"<ext:UseCode>XYZ", "ext:UseCode"),
        (b"<ext:RecordKindCode>alert", b"<ext:RecordKindCode>x", "ext:RecordKindCode"),
    ],
)
def test_what_of_a_request_cannot_be_read_is_named(old: bytes, new: bytes, name: str) -> None:
    octets = asked(REQUEST).to_bytes()
    assert old in octets

    with pytest.raises(InvalidDocumentError) as caught:
        decode_request(read(octets.replace(old, new)))

    assert [one.facts["name"] for one in caught.value.findings] == [name]


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        (b"<ext:OutcomeCode>REF", b"<ext:OutcomeCode>XYZ", "ext:OutcomeCode"),
        (b"<ext:OrdinalNumeric>1", b"<ext:OrdinalNumeric>x", "ext:OrdinalNumeric"),
    ],
)
def test_what_of_an_answer_cannot_be_read_is_named(old: bytes, new: bytes, name: str) -> None:
    octets = answered(ANSWER).to_bytes()
    assert old in octets

    with pytest.raises(InvalidDocumentError) as caught:
        decode_onward_answer(read(octets.replace(old, new)))

    assert [one.facts["name"] for one in caught.value.findings] == [name]
