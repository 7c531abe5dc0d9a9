from __future__ import annotations

import dataclasses
import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.alert import (
    Acknowledgement,
    Attachment,
    Contact,
    FeedbackScope,
    Indicator,
    Marking,
    Measure,
    PermittedAction,
    RejectionReason,
    RiskAlert,
    Stage,
    Subject,
    SupportingDocument,
    Urgency,
)
from exchange_node.domain.alerting import Answer, Feedback, Result, SeenIn, Seized
from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.wco.alert_codec import (
    decode_acknowledgement,
    decode_alert,
    decode_feedback,
    encode_acknowledgement,
    encode_alert,
    encode_feedback,
)
from exchange_node.wco.building import Metadata
from exchange_node.wco.document import Document, Kind, read
from exchange_node.wco.registry import Registry
from exchange_node.wco.rules import WcoLibrary, validate
from tests.alerts import FEEDBACK, SIGHTING

UZ = Metadata(country="UZ", agency="Customs Committee", type_name="InterGov")
ON = date(2026, 3, 1)

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
               min_size=1, max_size=40)  # fmt: skip
MAYBE = st.one_of(st.just(""), TEXT)
LONG = st.one_of(st.just(""), TEXT, st.text("a b\nж", min_size=500, max_size=700))
MOMENTS = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours))),
).map(lambda moment: moment.replace(microsecond=0))
CONTACTS = st.builds(
    Contact, office=MAYBE, communications=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple)
)
SUBJECTS = st.builds(
    Subject,
    **{
        one.name: MAYBE
        for one in dataclasses.fields(Subject)
        if one.name not in ("routing", "offices", "route")
    },
    routing=st.lists(TEXT, max_size=3).map(tuple),
    offices=st.lists(TEXT, max_size=3).map(tuple),
    route=st.lists(TEXT, max_size=3).map(tuple),
)
ALERTS = st.builds(
    RiskAlert,
    alert_id=TEXT,
    issuer=TEXT,
    issued_at=MOMENTS,
    valid_until=MOMENTS,
    marking=st.sampled_from(Marking),
    permitted_action=st.sampled_from(PermittedAction),
    urgency=st.sampled_from(Urgency),
    category=TEXT,
    severity=st.integers(0, 9),
    summary=TEXT,
    contact=CONTACTS,
    subjects=st.lists(SUBJECTS, max_size=3).map(tuple),
    valid_from=st.one_of(st.none(), MOMENTS),
    review_on=st.none() | st.dates(),
    version=st.integers(0, 999),
    function=st.sampled_from(["9", "4", "1"]),
    confidence=MAYBE,
    grading_scheme=MAYBE,
    grade=MAYBE,
    unverified=st.booleans(),
    related_alert=MAYBE,
    operation=MAYBE,
    text=LONG,
    modus_operandi=LONG,
    language=MAYBE,
    classification=MAYBE,
    offence=MAYBE,
    commodity_group=MAYBE,
    fraud_type=MAYBE,
    concealments=st.lists(TEXT, max_size=3).map(tuple),
    seen_from=st.none() | st.dates(),
    seen_until=st.none() | st.dates(),
    seen_places=st.lists(TEXT, max_size=3).map(tuple),
    feedback_requested=st.booleans(),
    feedback_due_on=st.none() | st.dates(),
    feedback_scope=st.none() | st.sampled_from(FeedbackScope),
    questions=st.lists(TEXT, max_size=3).map(tuple),
    indicators=st.lists(
        st.builds(
            Indicator,
            code=TEXT,
            weight=st.one_of(st.none(), st.integers(0, 100)),
            description=MAYBE,
        ),
        max_size=2,
    ).map(tuple),
    measures=st.lists(
        st.builds(
            Measure,
            type_code=TEXT,
            mandatory=st.booleans(),
            sampling=st.none() | st.integers(0, 999),
        ),
        max_size=2,
    ).map(tuple),
    documents=st.lists(
        st.builds(SupportingDocument, type_code=TEXT, reference=TEXT), max_size=2
    ).map(tuple),
    attachments=st.lists(
        st.builds(
            Attachment,
            digest=TEXT,
            media_type=TEXT,
            size_bytes=st.integers(0, 999_999_999),
            description=MAYBE,
            marking=st.none() | st.sampled_from(Marking),
        ),
        max_size=2,
    ).map(tuple),
    summary_only=st.booleans(),
)
ACKNOWLEDGEMENTS = st.builds(
    Acknowledgement,
    reference=TEXT,
    alert_id=TEXT,
    alert_version=st.integers(0, 999),
    issuer=TEXT,
    issued_at=MOMENTS,
    seen_at=MOMENTS,
    contact=CONTACTS,
    remark=LONG,
    stage=st.sampled_from(Stage),
    rejection=st.none() | st.sampled_from(RejectionReason),
)
AMOUNTS = st.decimals(0, 10**12, places=3).map(Decimal.normalize)
SEIZED = st.builds(
    Seized, category=TEXT, quantity=AMOUNTS, unit=st.sampled_from(["KGM", "NAR"]), concealment=MAYBE
) | st.builds(Seized, category=TEXT, concealment=MAYBE)
FEEDBACKS = st.builds(
    Feedback,
    reference=TEXT,
    alert_id=TEXT,
    alert_version=st.integers(0, 999),
    issuer=TEXT,
    issued_at=MOMENTS,
    contact=CONTACTS,
    result=st.sampled_from(Result),
    is_last=st.booleans(),
    movement=MAYBE,
    controlled_at=st.none() | MOMENTS,
    office=MAYBE,
    measures=st.lists(TEXT, max_size=3).map(tuple),
    seized=st.lists(SEIZED, max_size=3).map(tuple),
    value=AMOUNTS,
    currency=st.just("USD"),
    usefulness=st.none() | st.integers(0, 3),
    answers=st.lists(st.builds(Answer, question=st.integers(1, 9), text=TEXT), max_size=2).map(
        tuple
    ),
    new_facts=LONG,
    seen_at=st.none() | MOMENTS,
    seen_in=st.none() | st.sampled_from(SeenIn),
)


def encode(alert: RiskAlert, registry: Registry) -> Document:
    return encode_alert(alert, metadata=UZ, registry=registry)


def test_laws_an_alert_survives_the_wire(registry: Registry) -> None:
    @given(ALERTS)
    def law(alert: RiskAlert) -> None:
        assert decode_alert(read(encode(alert, registry).to_bytes())) == alert

    law()


def test_laws_an_acknowledgement_survives_the_wire(registry: Registry) -> None:
    @given(ACKNOWLEDGEMENTS)
    def law(acknowledgement: Acknowledgement) -> None:
        document = encode_acknowledgement(acknowledgement, metadata=UZ, registry=registry)
        assert decode_acknowledgement(read(document.to_bytes())) == acknowledgement

    law()


def test_laws_a_feedback_survives_the_wire(registry: Registry) -> None:
    @given(FEEDBACKS)
    def law(feedback: Feedback) -> None:
        document = encode_feedback(feedback, metadata=UZ, registry=registry)
        assert decode_feedback(read(document.to_bytes())) == feedback

    law()


def test_a_feedback_is_a_valid_document_of_its_kind(library: WcoLibrary) -> None:
    kz = dataclasses.replace(UZ, country="KZ")
    document = encode_feedback(FEEDBACK, metadata=kz, registry=library.registry)

    assert document.kind is Kind.ALERT_FEEDBACK
    assert document.value("InterGov/TypeCode") == "SZR"
    assert validate(document, library, ON) == ()


def test_a_sighting_is_a_valid_feedback_without_a_control(library: WcoLibrary) -> None:
    kz = dataclasses.replace(UZ, country="KZ")
    document = encode_feedback(SIGHTING, metadata=kz, registry=library.registry)

    assert document.kind is Kind.ALERT_FEEDBACK
    assert document.value("InterGov/TypeCode") == "FBK"
    assert document.value("InterGov/ext:AlertFeedback/ext:SeenInCode") == "CAM"
    assert document.value("InterGov/ext:AlertFeedback/ext:FinalIndicator") == "0"
    assert validate(document, library, ON) == ()


@pytest.mark.parametrize(
    ("list_name", "codes"),
    [
        ("alert_stages", [one.value for one in Stage]),
        ("alert_rejections", [one.value for one in RejectionReason]),
        ("outcomes", [one.value for one in Result]),
        ("sighting_records", [one.value for one in SeenIn]),
        ("usefulness", ["0", "1", "2", "3"]),
    ],
)
def test_every_code_is_on_its_list(list_name: str, codes: list[str], library: WcoLibrary) -> None:
    assert all(library.code_lists.knows(list_name, code, ON) for code in codes)


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("ResultCode", "HUH"),
        ("UsefulnessCode", "x"),
        ("FoundValueAmount", "1e9"),
        ("FinalIndicator", "2"),
    ],
)
def test_a_feedback_that_cannot_be_read_is_refused(
    tag: str, value: str, registry: Registry
) -> None:
    plain = encode_feedback(FEEDBACK, metadata=UZ, registry=registry).to_bytes().decode()
    broken = re.sub(f"(<ext:{tag}[^>]*>)[^<]*", rf"\g<1>{value}", plain)
    assert broken != plain

    with pytest.raises(InvalidDocumentError) as caught:
        decode_feedback(read(broken.encode()))
    assert [one.code for one in caught.value.findings] == ["CAREC-R013"]


def test_a_long_text_is_cut_at_a_word_and_whole_beside_it(
    alert: RiskAlert, library: WcoLibrary
) -> None:
    text = "word " * 200
    document = encode(dataclasses.replace(alert, text=text), library.registry)

    shown = document.value("InterGov/AdditionalInformation/StatementDescription")
    assert len(shown) <= 512
    assert shown.endswith("word…")
    assert decode_alert(document).text == text
    assert validate(document, library, ON) == ()


@pytest.mark.parametrize(("function", "type_code"), [("9", "WRN"), ("4", "WRN"), ("1", "CAN")])
def test_the_function_decides_the_type(
    alert: RiskAlert, registry: Registry, function: str, type_code: str
) -> None:
    document = encode(dataclasses.replace(alert, function=function), registry)
    assert document.value("InterGov/TypeCode") == type_code
    assert document.kind is Kind.RISK_ALERT


def test_the_reference_is_made_of_number_version_and_function_unless_given(
    alert: RiskAlert, registry: Registry
) -> None:
    path = "InterGov/FunctionalReferenceID"
    own = encode_alert(alert, metadata=UZ, registry=registry, reference="X-1")
    assert encode(alert, registry).value(path) == "customs.uz-2026-000001-1-9"
    assert own.value(path) == "X-1"


def test_an_acknowledgement_is_valid(alert: RiskAlert, library: WcoLibrary) -> None:
    acknowledgement = Acknowledgement(
        reference="ACK-1",
        alert_id=alert.alert_id,
        alert_version=1,
        issuer="customs.uz",
        issued_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
        seen_at=datetime(2026, 3, 1, 8, 30, tzinfo=UTC),
        contact=Contact(office="UZ260101"),
        remark="We stop it at the border.",
    )
    document = encode_acknowledgement(acknowledgement, metadata=UZ, registry=library.registry)
    assert validate(document, library, ON) == ()
    assert document.kind is Kind.ACKNOWLEDGEMENT


@pytest.mark.parametrize(
    ("was", "becomes", "name"),
    [
        (b"AMBER+STRICT", b"BLUE", "ext:HandlingCode"),
        (b"priority", b"some day", "ext:UrgencyCode"),
        (b"open<", b"nothing<", "ext:PermittedActionCode"),
        (b"SeverityCode>1<", b"SeverityCode>high<", "ext:SeverityCode"),
        (b"SeverityCode>1<", b"SeverityCode>1234567890<", "ext:SeverityCode"),
        (b"UnverifiedIndicator>0<", b"UnverifiedIndicator>yes<", "ext:UnverifiedIndicator"),
        (b">20260601000000Z<", b">summer<", "ext:ValidUntilDateTime"),
        (b">20260302000000Z<", b">spring<", "ext:ValidFromDateTime"),
        (b"ReviewDate>2026-04-01<", b"ReviewDate>2026-04-31<", "ext:ReviewDate"),
        (b"ReviewDate>2026-04-01<", b"ReviewDate>20260401<", "ext:ReviewDate"),
        (b"SeenFromDate>2025-12-01<", b"SeenFromDate>last winter<", "ext:SeenFromDate"),
        (b"FeedbackDueDate>2026-06-30<", b"FeedbackDueDate>soon<", "ext:FeedbackDueDate"),
        (b"FeedbackScopeCode>per-hit<", b"FeedbackScopeCode>all<", "ext:FeedbackScopeCode"),
        (b"SamplingNumeric>25<", b"SamplingNumeric>1/4<", "ext:SamplingNumeric"),
        (b"WeightNumeric>60<", b"WeightNumeric>much<", "ext:WeightNumeric"),
        (b"<VersionID>1<", b"<VersionID>first<", "VersionID"),
    ],
)
def test_what_cannot_be_read_is_named(
    alert: RiskAlert, registry: Registry, was: bytes, becomes: bytes, name: str
) -> None:
    data = encode(alert, registry).to_bytes()
    assert was in data
    with pytest.raises(InvalidDocumentError) as refused:
        decode_alert(read(data.replace(was, becomes)))
    assert [one.facts["name"] for one in refused.value.findings] == [name]


def test_one_kind_is_not_taken_for_the_other(alert: RiskAlert, registry: Registry) -> None:
    with pytest.raises(InvalidDocumentError) as refused:
        decode_acknowledgement(encode(alert, registry))
    assert refused.value.findings[0].code == "CAREC-R014"


def test_an_alert_without_a_version_is_the_first(alert: RiskAlert, registry: Registry) -> None:
    data = encode(alert, registry).to_bytes().replace(b"<VersionID>1</VersionID>", b"")
    assert decode_alert(read(data)).version == 1
