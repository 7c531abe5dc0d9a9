from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.agreement import Agreement, Grant, Mask, MaskMethod
from exchange_node.domain.alert import (
    NAMING,
    NOMINAL,
    SELECTIVE,
    Attachment,
    Indicator,
    Marking,
    Measure,
    RiskAlert,
    Subject,
    SupportingDocument,
)
from exchange_node.policy.cutting import cut, is_summary
from exchange_node.policy.minimising import Minimised, Why, minimise, unexpected
from exchange_node.wco.alert_codec import decode_alert, encode_alert
from exchange_node.wco.alert_codec.criteria import (
    CRITERIA,
    NOMINAL_PATHS,
    REPEATING,
    STANDING,
    SUBJECT,
)
from exchange_node.wco.building import Metadata
from exchange_node.wco.document import Kind, read
from exchange_node.wco.registry import Registry
from exchange_node.wco.rules.alerts import check
from tests.alerts import ALERT

UZ = Metadata(country="UZ", agency="Customs Committee", type_name="InterGov")
SCAN = Attachment(
    digest="ab" * 32,
    media_type="image/jpeg",
    size_bytes=7,
    description="The office of Orzu Savdo",
    marking=Marking.RED,
)
NAMED = Subject(
    party_role="27A",
    party_name="Orzu Savdo",
    means_id="01A777BC",
    commodity_prefix="2402",
    routing=("KZ",),
)
PATHS = {name: f"{SUBJECT}/ext:{tag}" for name, tag in CRITERIA.items()}


def without(grant: Grant, *criteria: str) -> Grant:
    dropped = tuple(Mask(path=PATHS[one], method=MaskMethod.DROP) for one in criteria)
    return replace(grant, masks=dropped)


@pytest.fixture(name="grant")
def _grant(sample: Agreement) -> Grant:
    return next(one for one in sample.grants if one.grant_id == "alerts-kz-uz")


def left_of(alert: RiskAlert, grant: Grant, registry: Registry) -> Minimised:
    document = encode_alert(alert, metadata=UZ, registry=registry)
    return cut(document, minimise(document, grant), grant)


def read_back(left: Minimised) -> RiskAlert:
    return decode_alert(read(left.document.to_bytes()))


def test_whoever_is_named_by_the_grant_gets_the_alert_whole(
    grant: Grant, registry: Registry
) -> None:
    whole = replace(ALERT, subjects=(NAMED,))

    left = left_of(whole, grant, registry)

    assert read_back(left) == whole
    assert not is_summary(left.document)


def test_without_names_an_alert_is_a_summary_that_stands_alone(
    grant: Grant, registry: Registry
) -> None:
    alert = replace(
        ALERT,
        subjects=(Subject(means_id="01A777BC"), NAMED, Subject(customs_seal="UZ0001")),
        review_on=date(2026, 3, 9),
        classification="Secret of Orzu Savdo",
        offence="DIV",
        concealments=("TNK",),
        seen_places=("KZALA",),
        feedback_requested=True,
        feedback_due_on=date(2026, 4, 9),
        questions=("Who stands behind the trailer?",),
        measures=(Measure(type_code="10", sampling=25),),
        text="Ask for the papers of Orzu Savdo.",
        modus_operandi="The trailer is changed on the way.",
        indicators=(Indicator(code="R1", description="plate 01 A 777 BC seen twice"),),
        documents=(SupportingDocument(type_code="380", reference="INV-77"),),
        attachments=(SCAN, replace(SCAN, digest="cd" * 32, description="")),
    )

    left = left_of(alert, without(grant, *NOMINAL), registry)

    summary = read_back(left)
    assert summary.summary_only
    assert summary.subjects == (Subject(commodity_prefix="2402", routing=("KZ",)),)
    assert (summary.text, summary.indicators) == ("", (Indicator(code="R1"),))
    assert summary.modus_operandi == ""
    assert (summary.documents, summary.attachments) == ((), ())
    assert (summary.summary, summary.severity) == (alert.summary, alert.severity)
    assert (summary.classification, summary.questions) == ("", ())
    assert (summary.offence, summary.concealments) == (alert.offence, alert.concealments)
    assert (summary.seen_places, summary.feedback_due_on) == (("KZALA",), alert.feedback_due_on)
    assert (summary.review_on, summary.measures) == (alert.review_on, alert.measures)
    assert check(summary) == ()
    assert unexpected(left.document, without(grant, *NOMINAL)) == ()
    told = {one.path: one.why for one in left.withheld}
    assert told[PATHS["means_id"]] is Why.DROPPED
    assert told["InterGov/AdditionalInformation/StatementDescription"] is Why.GIVES_AWAY


def test_a_summary_has_no_free_text_whatever_it_says(grant: Grant, registry: Registry) -> None:
    alert = replace(
        ALERT,
        subjects=(Subject(party_name="ARLAN TRADING LIMITED", commodity_prefix="2402"),),
        text="Arlan again, behind another sign." * 40,
        modus_operandi="Арлан Трейдинг",
        indicators=(Indicator(code="R1", description="А. Трейдинг"),),
    )

    left = left_of(alert, without(grant, *NOMINAL), registry)

    summary = read_back(left)
    assert (summary.text, summary.modus_operandi) == ("", "")
    assert summary.indicators == (Indicator(code="R1"),)
    assert check(summary) == ()


def test_who_may_know_a_part_gets_no_reference_that_repeats_the_rest(
    grant: Grant, registry: Registry
) -> None:
    movement, invoice = "26KZ12345678901234", SupportingDocument(type_code="380", reference="77")
    alert = replace(
        ALERT,
        subjects=(Subject(movement=movement, means_id="01A777BC"),),
        text="Seen twice.",
        indicators=(Indicator(code=movement, description="seen", weight=3), Indicator(code="R1")),
        documents=(SupportingDocument(type_code="820", reference=movement), invoice),
    )

    left = left_of(alert, without(grant, "movement"), registry)

    there = read_back(left)
    assert (there.summary_only, there.subjects) == (False, (Subject(means_id="01A777BC"),))
    assert (there.documents, there.indicators) == ((invoice,), (Indicator(code="R1"),))
    assert there.text == "Seen twice."
    assert movement.encode() not in left.document.to_bytes()


def test_a_person_and_a_document_stay_behind_with_all_that_is_said_of_them(
    grant: Grant, registry: Registry
) -> None:
    person = Subject(
        person_name="Serik Abdirakhmanov",
        person_born="1980-02-29",
        person_nationality="KZ",
        person_document="N0812345",
        person_issuer="KZ",
        document_id="77/A-15",
        document_type="380",
        route=("KZ", "UZ000026"),
    )
    alert = replace(
        ALERT,
        subjects=(replace(person, commodity_prefix="64"), person),
        grading_scheme="5x5x5",
        grade="B24",
        confidence="B2",
        related_alert="customs.uz-2026-7",
        operation="JO-UZ-2026-0001",
        documents=(SupportingDocument(type_code="380", reference="77/A-15"),),
        text="Serik, born 29.02.1980",
    )

    summary = read_back(left_of(alert, without(grant, *NOMINAL), registry))

    way = ("KZ", "UZ000026")
    assert summary.subjects == (Subject(commodity_prefix="64", route=way), Subject(route=way))
    assert (summary.grading_scheme, summary.grade) == ("5x5x5", "B24")
    assert (summary.related_alert, summary.documents, summary.text) == ("", (), "")
    assert summary.operation == "JO-UZ-2026-0001"  # its form has no room for a name
    assert check(summary) == ()

    partly = read_back(left_of(alert, without(grant, "document_id", "person_born"), registry))

    assert not partly.summary_only
    assert partly.subjects[1].criteria == (
        "document_type", "person_name", "person_nationality", "person_document", "person_issuer",
        "route",
    )  # fmt: skip
    assert (partly.documents, partly.text) == ((), "")


def test_no_field_of_an_alert_is_without_a_ruling(registry: Registry) -> None:
    shared = {one for several in REPEATING.values() for one in several}
    known = STANDING | NOMINAL_PATHS | REPEATING.keys() | shared
    fields_of = {
        one.path
        for one in registry.of_kind(Kind.RISK_ALERT)
        if one.path.startswith("InterGov/") and not one.is_class
    }

    assert fields_of
    assert fields_of - known == set()


def test_what_nobody_has_ruled_on_stays_behind(grant: Grant, registry: Registry) -> None:
    alert = replace(ALERT, subjects=(NAMED, Subject(movement="26KZ12345678901234")))
    whole = encode_alert(alert, metadata=UZ, registry=registry).to_bytes()
    foreign = b"<ext:NicknameText>Orzu</ext:NicknameText></ext:RiskAlert>"
    document = read(whole.replace(b"</ext:RiskAlert>", foreign))

    for dropped in (("movement",), tuple(NOMINAL)):
        narrow = without(grant, *dropped)
        left = cut(document, minimise(document, narrow), narrow)

        assert b"NicknameText" not in left.document.to_bytes()


def test_a_grant_without_any_subject_leaves_the_summary(grant: Grant, registry: Registry) -> None:
    dropped = Mask(path=f"{SUBJECT}/**", method=MaskMethod.DROP)

    summary = read_back(
        left_of(replace(ALERT, subjects=(NAMED,)), replace(grant, masks=(dropped,)), registry)
    )

    assert (summary.summary_only, summary.subjects) == (True, ())
    assert check(summary) == ()


def test_half_a_name_is_no_criterion(grant: Grant, registry: Registry) -> None:
    half = Mask(path=PATHS["party_name"], method=MaskMethod.TRUNCATE, keep=3)
    alert = replace(ALERT, subjects=(Subject(party_name="Orzu Savdo", commodity_prefix="2402"),))

    left = left_of(alert, replace(grant, masks=(half,)), registry)

    assert read_back(left).subjects == (Subject(commodity_prefix="2402"),)
    assert read_back(left).summary_only
    assert (left.masked, [one.why for one in left.withheld]) == ((), [Why.UNMASKABLE])


def test_where_plates_may_go_and_parties_may_not_the_plates_go(
    grant: Grant, registry: Registry
) -> None:
    plain = replace(SCAN, description="A lorry")
    alert = replace(
        ALERT,
        subjects=(Subject(means_id="01A777BC"), Subject(party_name="Orzu Savdo")),
        attachments=(SCAN, plain),
    )

    alone = read_back(left_of(alert, without(grant, "party_name"), registry))

    assert (alone.summary_only, alone.subjects) == (False, (Subject(means_id="01A777BC"),))
    assert alone.attachments == (plain,)
    assert check(alone) == ()


def test_laws_a_partner_can_take_what_is_left_and_nothing_left_says_what_was_kept_back(
    grant: Grant, registry: Registry
) -> None:
    values = st.sampled_from(["", "AB1234567", "01A777BC", "Orzu Savdo", "KZ", "2402"])
    criteria = {one.name: values for one in fields(Subject) if one.name in PATHS}
    subjects = st.builds(Subject, **criteria).filter(lambda one: one.is_selective)
    kept_back = st.lists(st.sampled_from(sorted(PATHS)), max_size=9, unique=True)
    texts = st.lists(values, max_size=4).map(" ".join)

    @given(st.lists(subjects, min_size=1, max_size=4), kept_back, texts)
    def law(drawn: list[Subject], dropped: list[str], text: str) -> None:
        alert = replace(ALERT, subjects=tuple(drawn), text=text, modus_operandi=text)

        left = left_of(alert, without(grant, *dropped), registry)

        there = read_back(left)
        assert is_summary(left.document) == there.summary_only
        assert unexpected(left.document, without(grant, *dropped)) == ()
        codes = {one.code for one in check(there)}
        assert codes <= {one.code for one in check(alert)}
        assert not codes & {"CAREC-R506", "CAREC-R507", "CAREC-R514"}
        for one in there.subjects:
            assert not set(dropped) & set(one.criteria)
            assert there.summary_only or set(one.criteria) & set(SELECTIVE)
        if there.summary_only:
            assert all(not set(NOMINAL) & set(one.criteria) for one in there.subjects)
        gone = {getattr(one, name) for one in drawn for name in dropped if name in NAMING}
        for secret in gone & {"AB1234567", "01A777BC", "Orzu Savdo"}:
            assert secret not in there.text + there.modus_operandi

    law()
