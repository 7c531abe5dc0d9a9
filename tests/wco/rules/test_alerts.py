from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from exchange_node.domain.alert import (
    WITHDRAWAL,
    Attachment,
    FeedbackScope,
    Marking,
    Measure,
    PermittedAction,
    Subject,
)
from exchange_node.domain.errors import InvalidAlertError
from exchange_node.wco.rules.alerts import check, require
from tests.alerts import ALERT, NOW


def test_a_complete_alert_passes() -> None:
    require(ALERT)


@pytest.mark.parametrize("percent", [1, 100])
def test_a_control_is_recommended_for_any_share_of_what_fits(percent: int) -> None:
    require(replace(ALERT, measures=(Measure(type_code="10", sampling=percent),)))


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2026, 3, 31)])
def test_an_alert_is_reviewed_on_any_day_of_its_validity(day: date) -> None:
    require(replace(ALERT, review_on=day))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"valid_until": NOW}, "R502"),
        ({"valid_from": NOW - timedelta(9), "valid_until": NOW - timedelta(1)}, "R502"),
        ({"valid_until": NOW + timedelta(days=400)}, "longer than 366 days"),
        ({"valid_until": datetime.max.replace(tzinfo=UTC)}, "R503"),
        ({"review_on": date(2026, 2, 28)}, "R522"),
        ({"review_on": date(2026, 4, 1)}, "R522"),
        ({"summary": "  "}, "summary"),
        ({"severity": 0}, "severity"),
        ({"severity": 5}, "severity"),
        ({"subjects": ()}, "has 0 subjects"),
        ({"subjects": (Subject(means_id="X1"),) * 10_000}, "has 10000 subjects; 1 to 99"),
        ({"subjects": (Subject(means_id="X1"), Subject(routing=("KZ",)))}, "subject 2"),
        ({"subjects": (Subject(means_id="   "),)}, "means_id of subject 1 has fewer than 2"),
        ({"subjects": (Subject(party_name="Q."),)}, "party_name of subject 1 has fewer than 2"),
        ({"subjects": (Subject(party_name="王"),)}, "party_name of subject 1 has fewer than 2"),
        ({"subjects": (Subject(description="(.*)+$" * 200_000),)}, "description of subject 1"),
        ({"subjects": (Subject(equipment_id="CSQU 305438-4"),)}, "check digit"),
        ({"grading_scheme": "5x5x5", "grade": "B2"}, "B2 is no grade of the scheme 5x5x5"),
        ({"grade": "B2"}, "R515"),
        ({"grading_scheme": "4x4", "grade": "X3", "confidence": "A1"}, "is F3 on the Admiralty"),
        (
            {
                "grading_scheme": "6x6",
                "grade": "B2",
                "confidence": "B2",
                "unverified": False,
            },
            "its grade B2 says that it is not confirmed",
        ),
        ({"subjects": (Subject(person_name="A B", person_born="29.02.1980"),)}, "R518"),
        ({"subjects": (Subject(person_name="A B", person_born="1981-02-29"),)}, "R518"),
        ({"subjects": (Subject(means_id="X12", route=("KZ", "!")),)}, "place 2 on the route"),
        ({"attachments": (Attachment(digest="AB" * 32, media_type="a/b", size_bytes=1),)}, "R520"),
        ({"attachments": (Attachment(digest="ab" * 32, media_type="a/b", size_bytes=0),)}, "R520"),
        (
            {"attachments": (Attachment(digest="ab" * 32, media_type="a/b", size_bytes=1),) * 2},
            "attachment 2 is named a second time",
        ),
        ({"subjects": (Subject(person_nationality="KZ"),)}, "R507"),
        ({"marking": Marking.RED, "permitted_action": PermittedAction.TELL_TRADER}, "R510"),
        ({"feedback_requested": True, "feedback_due_on": date(2026, 2, 28)}, "R524"),
        ({"feedback_requested": True, "feedback_due_on": date(2027, 6, 1)}, "R524"),
        ({"questions": ("Who ordered it?",)}, "R525"),
        ({"feedback_scope": FeedbackScope.PER_HIT}, "R525"),
        ({"seen_from": date(2026, 2, 2), "seen_until": date(2026, 2, 1)}, "R526"),
        ({"seen_until": date(2026, 3, 9)}, "R526"),
        ({"seen_until": date(2026, 3, 2)}, "R526"),
        ({"seen_places": ("Almaty",)}, "R527"),
        ({"measures": (Measure(type_code="10", sampling=0),)}, "recommended for 0 of 100"),
        ({"measures": (Measure(type_code="10", sampling=101),)}, "R523"),
        ({"measures": (Measure(type_code="40"),)}, "asks for control 40"),
        (
            {
                "permitted_action": PermittedAction.OPEN,
                "measures": (Measure(type_code="40", mandatory=True),),
            },
            "control 40 is said to be mandatory",
        ),
    ],
)
def test_an_alert_that_lacks_something_is_refused(change: dict[str, object], why: str) -> None:
    with pytest.raises(InvalidAlertError, match=why):
        require(replace(ALERT, **change))  # type: ignore[arg-type]  # any of its fields


def test_what_was_seen_today_where_the_day_began_before_that_of_utc_may_be_told() -> None:
    early = replace(ALERT, issued_at=ALERT.issued_at.replace(hour=22))

    require(replace(early, seen_until=date(2026, 3, 2)))


@pytest.mark.parametrize(
    ("subject", "summary"),
    [
        (Subject(means_id="01 A 777 BC"), "The lorry 01-А777ВС leaves the corridor."),
        (Subject(party_name="ООО «Ромашка»"), "Ромашка leaves the corridor."),
        (Subject(party_name="Ivan Petrov"), "A PETROV, with first name Ivan, drives."),
        (Subject(party_name="王小明"), "王小明的货物"),
        (Subject(equipment_id="CSQU3054383"), "Container CSQU 305438-3 is opened on the way."),
        (Subject(party_name="ARLAN TRADING LIMITED"), "Arlan Trading moves goods."),
        (Subject(party_name="Serikov Erlan"), "Сериков Ерлан drives."),
        (Subject(party_name="Иванов Пётр"), "Груз отправлен Ивановым Петром."),
        (Subject(party_name="Li Wei"), "Wei Li drives."),
        (Subject(party_name="김철수"), "김철수 drives."),
        (Subject(party_name="王伟"), "王偉的货物"),
        (Subject(means_id="123ABC02/45CD99"), "The tractor 123 ABC 02 leaves the corridor."),
        (Subject(means_id="新A12345"), "The tractor XIN A12345 leaves the corridor."),
        (Subject(equipment_id="CSQU3054383"), "Container CSQU 305438 is opened on the way."),
        (Subject(party_name="Serikov Yerlan"), "Erlan drives."),
        (Subject(party_name="Ерлан Сериков"), "Груз Ирлана, водитель неизвестен."),
        (Subject(person_name="Dzhumabayev A."), "Жумабаев drives."),
        (Subject(person_name="Abdurakhmonov B"), "Mr Abdirahmanov drives."),
        (Subject(person_name="Серик Абдрахманов"), "Serik Abdrakhmanov drives."),
        (Subject(person_name="A B", person_born="1980-02-29"), "Born on 29.02.1980, he drives."),
        (Subject(document_id="INV-2026/77"), "The invoice inv 2026 77 is false."),
        (Subject(party_id="123456789012"), "The company 123456789012 trades in shoes."),
    ],
)
def test_a_summary_that_names_what_it_hides_is_refused(subject: Subject, summary: str) -> None:
    found = check(replace(ALERT, subjects=(subject,), summary=summary))

    assert [one.code for one in found] == ["CAREC-R513"]
    assert subject.party_name not in found[0].text or not subject.party_name


@pytest.mark.parametrize(
    "subject",
    [
        Subject(description="茶"),
        Subject(equipment_id="CSQU3054383"),
        Subject(equipment_id="WAGON 12"),
        Subject(party_name="Li"),
        Subject(party_name="Diversey Trading Limited"),
        Subject(party_name="Goods Co", commodity_prefix="64"),
        Subject(party_name="ТОО «Транзит Логистик»"),
        Subject(party_name="Suspektov"),
    ],
)
def test_what_is_short_and_still_selects_is_taken(subject: Subject) -> None:
    assert check(replace(ALERT, subjects=(subject,), summary="Diversion suspected.")) == ()


def test_a_withdrawal_looks_for_nothing_and_may_come_at_any_time() -> None:
    assert check(replace(ALERT, function=WITHDRAWAL, subjects=(), valid_until=NOW)) == ()
    assert check(replace(ALERT, function=WITHDRAWAL, summary="")) != ()


def test_a_summary_needs_no_subject_and_names_none() -> None:
    require(replace(ALERT, subjects=(), summary_only=True))
    require(replace(ALERT, subjects=(Subject(routing=("KZ",)),), summary_only=True))

    named = replace(ALERT, subjects=(Subject(means_id="01A777BC"),), summary_only=True)

    assert [one.code for one in check(named)] == ["CAREC-R514"]
