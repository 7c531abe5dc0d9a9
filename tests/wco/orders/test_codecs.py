from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.orders.breach import BreachNotice, Misuse, Statement
from exchange_node.domain.orders.order import (
    Certificate,
    Certified,
    Correction,
    Ground,
    Kind,
    Outcome,
    RecordName,
    RecordOrder,
    Refusal,
)
from exchange_node.domain.retention import Kept
from exchange_node.wco.document import Document, read
from exchange_node.wco.document import Kind as DocumentKind
from exchange_node.wco.orders import (
    decode_breach,
    decode_certificate,
    decode_order,
    encode_breach,
    encode_certificate,
    encode_order,
)
from exchange_node.wco.orders.naming import KIND_CODES
from exchange_node.wco.rules import validate
from tests.wco.intergov import AT, LIBRARY, METADATA, moments, words

names = st.builds(
    RecordName,
    kind=st.sampled_from([*KIND_CODES.values()]),
    subject=words,
    message_id=st.one_of(st.just(""), words),
    version=st.integers(0, 999_999_999),
)
orders = st.builds(
    RecordOrder,
    order_id=words,
    party=words,
    kind=st.sampled_from(Kind),
    ground=st.sampled_from(Ground),
    at=moments,
    records=st.lists(names, min_size=1, max_size=4).map(tuple),
    corrections=st.lists(
        st.builds(Correction, record=st.integers(1, 100), pointer=words, old=words, new=words),
        max_size=3,
    ).map(tuple),
    due_at=st.one_of(st.none(), moments),
    why=st.one_of(st.just(""), words),
)
certificates = st.builds(
    Certificate,
    certificate_id=words,
    party=words,
    order_id=words,
    at=moments,
    outcomes=st.lists(
        st.builds(
            Certified,
            record=names,
            outcome=st.sampled_from(Outcome),
            at=moments,
            ground=st.one_of(st.none(), st.sampled_from(Refusal)),
            digest=st.one_of(st.just(""), words),
            handed_to=st.lists(words, max_size=3).map(tuple),
        ),
        min_size=1,
        max_size=4,
    ).map(tuple),
    why=st.one_of(st.just(""), words),
)
breaches = st.builds(
    BreachNotice,
    breach_id=words,
    party=words,
    misuse=st.sampled_from(Misuse),
    at=moments,
    discovered_at=moments,
    what=words,
    measures=words,
    occurred_at=st.one_of(st.none(), moments),
    statements=st.lists(st.builds(Statement, about=words, text=words), max_size=3).map(tuple),
    records=st.lists(names, max_size=3).map(tuple),
)

ORDER = RecordOrder(
    order_id="customs.kz-2026-1",
    party="customs.kz",
    kind=Kind.CORRECTION,
    ground=Ground.PERSON,
    at=AT,
    records=(
        RecordName(kind=Kept.MANIFEST, subject="KZ/mrn/26KZ550302000000K6", message_id="m@kz"),
        RecordName(kind=Kept.ALERT, subject="customs.kz/customs.kz-2026-7", version=1),
    ),
    corrections=(Correction(record=1, pointer="Declaration/Agent/Name", old="A", new="B"),),
    due_at=AT,
    why="because " * 100,
)
CERTIFICATE = Certificate(
    certificate_id="c1",
    party="customs.kz",
    order_id=ORDER.order_id,
    at=AT,
    outcomes=(
        Certified(
            record=ORDER.records[0], outcome=Outcome.DONE, at=AT, digest="a" * 64,
            handed_to=("AGENCY_PHYTO", "AGENCY_VET"),
        ),
        Certified(
            record=ORDER.records[1], outcome=Outcome.HELD, at=AT, ground=Refusal.LEGAL_HOLD
        ),
    ),
)  # fmt: skip
NOTICE = BreachNotice(
    breach_id="b1",
    party="customs.kz",
    misuse=Misuse.DISCLOSURE,
    at=AT,
    discovered_at=AT,
    occurred_at=AT,
    what="it was shown to somebody " * 40,
    measures="the right was taken away",
    statements=(Statement(about="by whom", text="a clerk"),),
    records=ORDER.records,
)


def order_document(order: RecordOrder) -> Document:
    return read(encode_order(order, metadata=METADATA, registry=LIBRARY.registry).to_bytes())


def certificate_document(one: Certificate) -> Document:
    return read(encode_certificate(one, metadata=METADATA, registry=LIBRARY.registry).to_bytes())


def breach_document(one: BreachNotice) -> Document:
    return read(encode_breach(one, metadata=METADATA, registry=LIBRARY.registry).to_bytes())


@given(orders)
def test_laws_an_order_that_is_encoded_decodes_to_the_same(order: RecordOrder) -> None:
    assert decode_order(order_document(order)) == order


@given(certificates)
def test_laws_a_certificate_that_is_encoded_decodes_to_the_same(one: Certificate) -> None:
    assert decode_certificate(certificate_document(one)) == one


@given(breaches)
def test_laws_a_notice_that_is_encoded_decodes_to_the_same(one: BreachNotice) -> None:
    assert decode_breach(breach_document(one)) == one


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (order_document(ORDER), DocumentKind.RECORD_ORDER),
        (certificate_document(CERTIFICATE), DocumentKind.RECORD_CERTIFICATE),
        (breach_document(NOTICE), DocumentKind.BREACH_NOTICE),
    ],
)
def test_each_is_a_valid_document_of_its_kind(document: Document, kind: DocumentKind) -> None:
    assert document.kind is kind
    assert validate(document, LIBRARY, AT.date()) == ()


@pytest.mark.parametrize(
    ("list_name", "codes"),
    [
        ("order_grounds", [one.value for one in Ground]),
        ("order_refusals", [one.value for one in Refusal]),
        ("breach_kinds", [one.value for one in Misuse]),
        ("order_kinds", ["COR", "DEL"]),
        ("order_outcomes", ["DON", "HLD", "GON", "UNK", "REF"]),
        ("record_kinds", ["MAN", "ALT"]),
    ],
)
def test_every_code_is_on_its_list(list_name: str, codes: list[str]) -> None:
    for code in codes:
        assert LIBRARY.code_lists.knows(list_name, code, AT.date())


def test_a_certificate_is_no_order() -> None:
    with pytest.raises(InvalidDocumentError, match="record_certificate"):
        decode_order(certificate_document(CERTIFICATE))


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        (b"<ext:OrderCode>COR<", b"<ext:OrderCode>XXX<", "OrderCode"),
        (b"<ext:GroundCode>PERSON<", b"<ext:GroundCode>WHIM<", "GroundCode"),
        (b"<ext:RecordKindCode>MAN<", b"<ext:RecordKindCode>ZZZ<", "RecordKindCode"),
        (b"<ext:RecordNumeric>1<", b"<ext:RecordNumeric>x<", "RecordNumeric"),
        (b"<ext:RecordVersionNumeric>1<", b"<ext:RecordVersionNumeric>-1<", "RecordVersionNumeric"),
    ],
)
def test_what_cannot_be_read_of_an_order_is_named(old: bytes, new: bytes, name: str) -> None:
    plain = order_document(ORDER).to_bytes()
    assert old in plain

    with pytest.raises(InvalidDocumentError) as raised:
        decode_order(read(plain.replace(old, new, 1)))

    assert name in raised.value.findings[0].pointer


def test_a_certificate_whose_moment_cannot_be_read_is_refused() -> None:
    plain = certificate_document(CERTIFICATE).to_bytes()
    inside, _, rest = plain.partition(b"<ext:OutcomeDateTime>")
    broken = inside + b"<ext:OutcomeDateTime>" + rest.replace(b"2026", b"soon", 1)

    with pytest.raises(InvalidDocumentError, match="OutcomeDateTime"):
        decode_certificate(read(broken))
