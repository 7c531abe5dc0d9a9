from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.agreement.clauses.assistance import Form, RequestPart
from exchange_node.domain.agreement.clauses.basis import Matter
from exchange_node.domain.alert import Contact, SupportingDocument
from exchange_node.domain.assistance.life import Act
from exchange_node.domain.assistance.papers import (
    GROUNDS,
    MESSAGES,
    AssistanceRequest,
    Information,
    Person,
    Reply,
)
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.message import CODES
from exchange_node.wco.assistance_codec import (
    PLACES,
    decode_information,
    decode_reply,
    decode_request,
    encode_information,
    encode_reply,
    encode_request,
)
from exchange_node.wco.document import Document, Kind, read
from exchange_node.wco.rules import validate
from tests.wco.intergov import AT, LIBRARY, METADATA, moments, words

REGISTRY = LIBRARY.registry

perhaps = st.one_of(st.just(""), words)
several = st.lists(words, max_size=3).map(tuple)
contacts = st.builds(
    Contact,
    office=words,
    communications=st.lists(st.tuples(words, words), max_size=2).map(tuple),
)
persons = st.lists(
    st.builds(
        Person, name=words, role=perhaps, person_id=perhaps, country=perhaps, address=perhaps
    ),
    max_size=3,
).map(tuple)
documents = st.lists(
    st.builds(SupportingDocument, type_code=words, reference=words), max_size=3
).map(tuple)
requests = st.builds(
    AssistanceRequest,
    request_id=words,
    requester=words,
    issued_at=moments,
    language=words,
    form=st.sampled_from(Form),
    urgent=st.booleans(),
    administration=perhaps,
    contact=contacts,
    matter=st.one_of(st.none(), st.sampled_from(Matter)),
    measure=perhaps,
    reason=perhaps,
    purpose=perhaps,
    facts=perhaps,
    persons=persons,
    declarations=several,
    checks=perhaps,
    documents=several,
    own_law=perhaps,
    could_reciprocate=st.one_of(st.none(), st.booleans()),
    reciprocity_note=perhaps,
    oral_request=perhaps,
)
replies = st.builds(
    Reply,
    reply_id=words,
    request_id=words,
    requester=words,
    issuer=words,
    issued_at=moments,
    act=st.sampled_from(list(MESSAGES)),
    language=words,
    contact=contacts,
    ground=st.one_of(st.none(), st.sampled_from(list(GROUNDS.values()))),
    until=st.one_of(st.none(), moments),
    text=st.one_of(perhaps, st.integers(1, 90).map(lambda n: "so many words " * n + "end")),
    persons=persons,
    declarations=several,
    documents=documents,
    unverified=st.booleans(),
)
told = st.builds(
    Information,
    information_id=words,
    issuer=words,
    issued_at=moments,
    language=words,
    matter=st.sampled_from(Matter),
    facts=words,
    urgent=st.booleans(),
    unverified=st.booleans(),
    contact=contacts,
    persons=persons,
    declarations=several,
    documents=documents,
    related=perhaps,
)


def again(document: Document) -> Document:
    return read(document.to_bytes())


@given(requests)
def test_laws_a_request_that_is_encoded_decodes_to_the_same(request: AssistanceRequest) -> None:
    document = encode_request(request, metadata=METADATA, registry=REGISTRY)

    assert decode_request(again(document)) == request


@given(replies)
def test_laws_a_reply_that_is_encoded_decodes_to_the_same(reply: Reply) -> None:
    document = encode_reply(reply, metadata=METADATA, registry=REGISTRY)

    assert decode_reply(again(document)) == reply


@given(told)
def test_laws_information_that_is_encoded_decodes_to_the_same(information: Information) -> None:
    document = encode_information(information, metadata=METADATA, registry=REGISTRY)

    assert decode_information(again(document)) == information


PERSONS = (
    Person(name="Example Trade LLP", role="30A", person_id="KZ1", country="KZ", address="A 1"),
)
FULL = AssistanceRequest(
    request_id="customs.kz-2026-1",
    requester="customs.kz",
    issued_at=AT,
    language="ru",
    form=Form.ORAL,
    urgent=True,
    administration="State Revenue Committee",
    contact=Contact(office="KZ550302", communications=(("TE", "+7 7172 00 00 00"),)),
    matter=Matter.VALUATION,
    measure="a copy of the export declaration",
    reason="the value declared differs from the invoice",
    purpose="assessment of duties",
    facts="Three consignments were declared at half their value.",
    persons=PERSONS,
    declarations=("26KZ550302000000K6",),
    checks="our own records and the trader's books",
    documents=("export declaration", "invoice"),
    own_law="personal data law of 2013, article 8",
    could_reciprocate=True,
    reciprocity_note="within the same time",
    oral_request="customs.kz-2026-oral-1",
)


def test_a_request_that_says_everything_is_a_valid_document() -> None:
    document = again(encode_request(FULL, metadata=METADATA, registry=REGISTRY))

    assert document.kind is Kind.ASSISTANCE_REQUEST
    assert document.value("InterGov/TypeCode") == CODES["MA-010"].type_code
    assert all(FULL.says(part) for part in RequestPart)
    assert validate(document, LIBRARY, AT.date()) == ()
    assert set(PLACES) == set(RequestPart)
    assert all(any(x.path.startswith(at) for x in document.leaves()) for at in PLACES.values())


@pytest.mark.parametrize("act", list(MESSAGES))
def test_every_reply_is_a_valid_document_of_its_code(act: Act) -> None:
    reply = Reply(
        reply_id="r1", request_id="q1", requester="customs.kz", issuer="customs.kz", issued_at=AT,
        act=act, language="en", contact=Contact(office="UZ270101"),
        ground=GROUNDS["investigation"], until=AT, text="because " * 100, persons=PERSONS,
        declarations=("26KZ550302000000K6",),
        documents=(SupportingDocument(type_code="380", reference="INV-1"),),
    )  # fmt: skip
    document = again(encode_reply(reply, metadata=METADATA, registry=REGISTRY))

    assert document.kind is Kind.ASSISTANCE_REPLY
    assert document.value("InterGov/TypeCode") == CODES[MESSAGES[act]].type_code
    assert validate(document, LIBRARY, AT.date()) == ()


def test_information_is_a_valid_document_of_its_code() -> None:
    information = Information(
        information_id="i1", issuer="customs.kz", issued_at=AT, language="ru",
        matter=Matter.DRUGS, facts="A lorry left the corridor.", persons=PERSONS,
        contact=Contact(office="KZ550302"), related="alert-1",
    )  # fmt: skip
    document = again(encode_information(information, metadata=METADATA, registry=REGISTRY))

    assert document.kind is Kind.ASSISTANCE_INFORMATION
    assert document.value("InterGov/TypeCode") == CODES["MA-020"].type_code
    assert validate(document, LIBRARY, AT.date()) == ()


def test_the_code_lists_hold_what_the_program_knows() -> None:
    for name, codes in {
        "assistance_matters": [one.value for one in Matter],
        "assistance_forms": [one.value for one in Form],
        "assistance_grounds": list(GROUNDS),
        "assistance_outcomes": [one.value for one in MESSAGES],
        "assistance_messages": [
            one.type_code
            for code, one in CODES.items()
            if code in {*MESSAGES.values(), "MA-010", "MA-020"}
        ],
    }.items():
        for code in codes:
            assert LIBRARY.code_lists.knows(name, code, AT.date()), (name, code)


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        (b"<ext:MatterCode>valuation", b"<ext:MatterCode>weather", "ext:MatterCode"),
        (b"<ext:FormCode>oral", b"<ext:FormCode>sung", "ext:FormCode"),
        (b"ReciprocityIndicator>1", b"ReciprocityIndicator>2", "ext:ReciprocityIndicator"),
        (b"UrgentIndicator>1", b"UrgentIndicator>x", "ext:UrgentIndicator"),
    ],
)
def test_what_cannot_be_read_is_named(old: bytes, new: bytes, name: str) -> None:
    octets = encode_request(FULL, metadata=METADATA, registry=REGISTRY).to_bytes()
    assert old in octets

    with pytest.raises(InvalidDocumentError) as caught:
        decode_request(read(octets.replace(old, new)))

    assert [one.facts["name"] for one in caught.value.findings] == [name]
