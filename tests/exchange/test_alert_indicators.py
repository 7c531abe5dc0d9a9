from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import RoleError, UnusableQueryError
from exchange_node.node import ruling
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import manifests
from exchange_node.store.tables import alert, audit
from tests.exchange.losing import let_go, refuse
from tests.exchange.releasing import of_alerts
from tests.exchange.test_alert_feedback import FOUND, NIL, UNCHECKED, report
from tests.exchange.test_feedback_clocks import alerted as issued
from tests.exchange.test_withdrawn_alerts import alerted, crossing, withdraw
from tests.world import LIAISON, OPERATOR, Pair

DAYS = (date(2026, 3, 1), date(2026, 3, 10))


def counted(pair: Pair, name: str, least: int = 1, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever `show` takes
    node = getattr(pair, name)
    asked = {"direction": "issued" if name == "uz" else "received", "test": True, **changes}
    return dict(replace(node.indicators, least=least).show(LIAISON, *DAYS, **asked))


def test_times_and_shares_are_counted_at_both_ends(pair: Pair) -> None:
    first = alerted(pair)
    alerted(pair, severity=3, means_id="77Z777ZZ")
    pair.run()
    pair.clock.forward(minutes=20)
    pair.kz.alerting.acknowledge(LIAISON, first, office="KZ550302")
    pair.clock.forward(minutes=10)
    pair.run()

    here, there = counted(pair, "kz"), counted(pair, "uz")

    assert here["all"]["acknowledged"]["count"] == there["all"]["acknowledged"]["count"] == 1
    assert here["all"]["acknowledged"]["n"] == 2
    assert here["all"]["acknowledged"]["share_percent"] == 50
    assert here["all"]["to_acknowledgement"] == {
        "n": 1, "median_minutes": 20.0, "p90_minutes": 20.0,
    }  # fmt: skip
    assert there["all"]["to_acknowledgement"]["n"] == 1
    assert list(here["by_source"]) == ["customs.uz"]
    assert here["by_severity"]["1"]["acknowledged"]["count"] == 1
    assert here["by_severity"]["3"]["acknowledged"]["count"] == 0
    assert list(here["by_kind"]) == ["TRD"]
    assert list(here["by_grade"]) == ["ungraded"]
    assert list(here["by_verification"]) == ["unverified"]


def test_what_its_issuer_was_never_told_is_not_counted_as_acknowledged(pair: Pair) -> None:
    pair.agree_anew(of_alerts("one"))
    alert_id = alerted(pair)
    let_go(pair, "uz")
    pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302")
    waiting = counted(pair, "kz")["all"]["acknowledged"]["count"]

    refuse(pair, "kz")

    assert (waiting, counted(pair, "kz")["all"]["acknowledged"]["count"]) == (1, 0)


def test_what_fitted_and_what_was_mistaken_is_counted(pair: Pair) -> None:
    alerted(pair, means_id=crossing(pair))
    alerted(pair, means_id="77Z777ZZ")
    pair.clock.forward(minutes=5)
    node = pair.uz
    with reading(node.engine) as conn:
        (held,) = manifests.current(conn, limit=2)
    decisions = ruling(node).list(LIAISON, held.number)["decisions"]
    before = counted(pair, "uz")["all"]
    ruling(node).overrule(
        LIAISON, decisions[-1]["decision"], channel="green", reason="MISTAKEN_IDENTITY"
    )

    after = counted(pair, "uz")["all"]

    assert (before["fitted"]["count"], before["fitted"]["n"]) == (1, 2)
    assert before["to_first_hit"]["median_minutes"] == 0
    assert (before["mistaken"]["count"], before["mistaken"]["n"]) == (0, 1)
    assert (after["mistaken"]["count"], after["mistaken"]["n"]) == (1, 1)


def test_feedback_is_counted_at_both_ends_and_by_source(pair: Pair) -> None:
    first = alerted(pair)
    alerted(pair, severity=3, means_id="77Z777ZZ")
    pair.run()
    pair.clock.forward(minutes=30)
    for plain in (NIL, FOUND, UNCHECKED):
        report(pair, first, plain)
    pair.run()

    here, there = counted(pair, "kz"), counted(pair, "uz")

    for one in (here, there):
        line = one["all"]
        assert (line["fed_back"]["count"], line["fed_back"]["n"]) == (1, 2)
        assert line["to_feedback"] == {"n": 1, "median_minutes": 30.0, "p90_minutes": 30.0}
        assert (line["found"]["count"], line["found"]["n"]) == (1, 2)
        assert 0 < line["found"]["low_percent"] < 50 < line["found"]["high_percent"] < 100
        assert one["by_severity"]["3"]["fed_back"]["count"] == 0
        assert one["by_severity"]["3"]["found"] == {"n": 0, "silent": "too few: 0"}
    assert there["by_source"]["customs.uz"]["found"]["count"] == 1


def test_a_feedback_that_never_left_is_not_counted(pair: Pair) -> None:
    pair.agree_anew(of_alerts("one"))
    alert_id = alerted(pair)
    let_go(pair, "uz")
    report(pair, alert_id, NIL)
    waiting = counted(pair, "kz")["all"]["fed_back"]["count"]

    refuse(pair, "kz")

    after = counted(pair, "kz")["all"]
    assert (waiting, after["fed_back"]["count"], after["found"]["n"]) == (1, 0, 0)


def test_alerts_are_counted_by_grade_whatever_scheme_it_was_given_in(pair: Pair) -> None:
    for number, (scheme, grade) in enumerate((("6x6", "B2"), ("4x4", "B2"), ("6x6", "A1"))):
        issued(pair, plate=f"77Z77{number}ZZ", grading_scheme=scheme, grade=grade)
    issued(pair)
    with transaction(pair.kz.engine) as conn:  # as one that was filed by an older program
        conn.execute(update(alert).where(alert.c.number == 1).values(confidence=None))

    there, here = counted(pair, "uz")["by_grade"], counted(pair, "kz")["by_grade"]

    assert {grade: one["acknowledged"]["n"] for grade, one in there.items()} == {
        "A1": 1, "B2": 2, "ungraded": 1,
    }  # fmt: skip
    assert {grade: one["acknowledged"]["n"] for grade, one in here.items()} == {
        "A1": 1, "B2": 1, "ungraded": 1, "unknown": 1,
    }  # fmt: skip


def test_too_few_say_nothing_but_how_few_they_are(pair: Pair) -> None:
    alerted(pair)
    pair.run()

    line = counted(pair, "kz", least=10)["all"]

    assert line["acknowledged"] == {"n": 1, "silent": "too few: 1"}
    assert line["to_acknowledgement"] == {"n": 1, "silent": "too few: 1"}
    assert pair.kz.indicators.least == 10


def test_what_is_said_of_all_and_of_others_tells_nothing_of_a_few(pair: Pair) -> None:
    few = alerted(pair, severity=3)
    for number in range(2):
        alerted(pair, severity=2, means_id=f"77Z77{number}ZZ")
    for number in range(3):
        alerted(pair, severity=1, means_id=f"77Z78{number}ZZ")
    pair.run()
    pair.kz.alerting.acknowledge(LIAISON, few, office="KZ550302")

    shown = counted(pair, "kz", least=2)

    assert shown["all"]["acknowledged"]["count"] == 1
    said = {name: line["acknowledged"] for name, line in shown["by_severity"].items()}
    assert said["3"] == {"n": 1, "silent": "too few: 1"}
    assert said["2"] == {"n": 2, "silent": "beside too few"}
    assert (said["1"]["count"], said["1"]["n"]) == (0, 3)
    assert all("silent" in one for one in shown["by_severity"]["2"].values())


def test_what_rests_on_few_is_kept_back_beside_what_rests_on_enough(pair: Pair) -> None:
    several, few = alerted(pair), alerted(pair, severity=2, means_id="77Z777ZZ")
    pair.run()
    for alert_id in (several, several, few):
        report(pair, alert_id, FOUND)

    shown = counted(pair, "kz", least=1)["by_severity"]
    assert (shown["1"]["found"]["n"], shown["2"]["found"]["n"]) == (2, 1)
    for number in range(3):
        alerted(pair, severity=1 + number % 2, means_id=f"77Z78{number}ZZ")
    pair.run()
    shown = counted(pair, "kz", least=2)

    assert shown["by_severity"]["2"]["found"] == {"n": 1, "silent": "too few: 1"}
    assert shown["by_severity"]["1"]["found"] == {"n": 2, "silent": "beside too few"}
    assert shown["by_severity"]["1"]["acknowledged"]["n"] == 3
    assert shown["all"]["found"]["n"] == 3


def test_answers_are_counted_of_the_alerts_that_ask_for_them(pair: Pair) -> None:
    asking = [alerted(pair, asks=True) for _ in "ab"]
    alerted(pair)
    pair.run()
    report(pair, asking[0], NIL)
    pair.run()

    for node in ("kz", "uz"):
        line = counted(pair, node)["all"]
        assert (line["fed_back"]["count"], line["fed_back"]["n"]) == (1, 3)
        assert (line["answered"]["count"], line["answered"]["n"]) == (1, 2)
        assert 0 < line["answered"]["low_percent"] < 50 < line["answered"]["high_percent"] < 100
    assert counted(pair, "kz", least=3)["all"]["answered"] == {"n": 2, "silent": "too few: 2"}


def test_a_withdrawn_alert_counts_once_and_its_withdrawal_does_not(pair: Pair) -> None:
    alert_id = alerted(pair)
    pair.run()
    withdraw(pair, alert_id)
    pair.run()

    assert counted(pair, "kz")["all"]["acknowledged"]["n"] == 1
    assert counted(pair, "uz")["all"]["acknowledged"]["n"] == 1


def test_other_days_other_kinds_and_drafts_do_not_count(pair: Pair) -> None:
    alerted(pair)
    pair.run()

    assert counted(pair, "kz", test=False)["all"]["acknowledged"]["n"] == 0
    assert counted(pair, "kz", direction="issued")["all"]["acknowledged"]["n"] == 0
    pair.clock.forward(days=30)
    alerted(pair)
    assert counted(pair, "uz")["all"]["acknowledged"]["n"] == 1


def test_only_officers_ask_only_of_what_they_may_know_and_each_question_leaves_a_line(
    pair: Pair,
) -> None:
    alerted(pair)
    pair.run()
    elsewhere = Actor(
        name="recovery", roles=frozenset({Role.LIAISON}), purposes=frozenset({"RECOVERY"})
    )

    shown = replace(pair.kz.indicators, least=1).show(elsewhere, *DAYS, test=True)

    assert shown["all"]["acknowledged"]["n"] == 0
    with pytest.raises(RoleError):
        pair.kz.indicators.show(OPERATOR, *DAYS)
    with pytest.raises(UnusableQueryError):
        pair.kz.indicators.show(LIAISON, DAYS[1], DAYS[0])
    with pytest.raises(UnusableQueryError):
        pair.kz.indicators.show(LIAISON, *DAYS, direction="both")
    with reading(pair.kz.engine) as conn:
        looks = select(audit.c.actor).where(audit.c.action == "look.alert-statistics")
        assert set(conn.execute(looks).scalars()) == {"recovery", OPERATOR.name}
