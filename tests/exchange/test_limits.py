"""Two nodes whose agreement holds only under conditions, and only for some versions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exchange_node.domain.errors import NotPermittedError
from exchange_node.node import reasoning, trying
from exchange_node.policy.verdict import Code
from tests.exchange.crafting import alert_sent
from tests.exchange.test_crossing import draft_of
from tests.services.test_forged import alert_of, answer_to
from tests.world import DECLARATION, FACTS, LIAISON, NATIONAL, Pair, replaced

BEFORE = "[grants.retention]"


def agree(pair: Pair, *, conditions: str = "", versions: str = "") -> None:
    """Agree on a version whose first grant, that of manifests, is limited."""

    def limited(text: str) -> str:
        if conditions:
            text = replaced(text, BEFORE, f"[grants.conditions]\n{conditions}\n{BEFORE}")
        if versions:
            text = replaced(text, BEFORE, f"[[grants.schema_versions]]\n{versions}\n{BEFORE}")
        return text

    pair.agree_anew(limited)


def denial_of(pair: Pair, submitted: str) -> dict[str, str]:
    answer = pair.kz.enquiry.submission(NATIONAL, submitted)
    (found,) = [one for one in answer["findings"] if one["code"].startswith("DENY-")]
    return {name: str(value) for name, value in found.items()}


def test_what_meets_the_conditions_is_sent_and_taken(pair: Pair) -> None:
    agree(
        pair,
        conditions='transport_modes = ["3"]',
        versions='code = "TM-010"\nmin = 1\nmax = 1',
    )

    submitted = pair.submit()
    pair.run()

    assert pair.state_of(submitted) == "accepted"


@pytest.mark.parametrize(
    ("limits", "code", "said"),
    [
        (
            {"conditions": 'transport_modes = ["2"]'},
            "DENY-CONDITION",
            "conditions.transport_modes = 2; the document says 3",
        ),
        (
            {"conditions": 'offices = ["TJ100101"]'},
            "DENY-CONDITION",
            "conditions.offices = TJ100101",
        ),
        ({"conditions": 'hs_chapters = ["01"]'}, "DENY-CONDITION", "conditions.hs_chapters = 01"),
        (
            {"versions": 'code = "TM-010"\nmin = 2\nmax = 3'},
            "DENY-SCHEMA-VERSION",
            "the document is of version 1.0",
        ),
    ],
    ids=str,
)
def test_what_is_outside_the_limits_is_not_sent(
    limits: dict[str, str], code: str, said: str, pair: Pair
) -> None:
    agree(pair, **limits)

    denial = denial_of(pair, pair.submit())

    assert denial["code"] == code
    assert said in denial["text"]
    assert denial["mend"]


def test_a_dry_run_and_an_explanation_say_the_same(pair: Pair) -> None:
    agree(pair, conditions='transport_modes = ["2"]')
    asked: dict[str, Any] = {
        "partner": "customs.uz",
        "purpose": "TRANSIT_CONTROL",
        "facts": FACTS.read_text("utf-8"),
    }

    tried = trying(pair.kz).look(NATIONAL, DECLARATION.read_bytes(), **asked)
    reasons = reasoning(pair.kz).explain(LIAISON, DECLARATION.read_bytes(), **asked)

    assert "DENY-CONDITION" in {one.finding.code for step in tried.steps for one in step.findings}
    assert reasons.weighed[0].code is Code.CONDITION
    (no,) = [one for one in reasons.weighed[0].checks if one.decides]
    assert no.code is Code.CONDITION
    assert [one.code for one in reasons.weighed[0].checks].count(Code.CONDITION) == 1


def levels(pair: Pair, *wanted: str) -> None:
    """Agree that alerts of these levels alone go from Uzbekistan to Kazakhstan."""

    def limited(text: str) -> str:
        head, id_, rest = text.partition('id = "alerts-uz-kz"')
        return (
            head
            + id_
            + replaced(rest, BEFORE, f"[grants.conditions]\nrisk_levels = {[*wanted]}\n{BEFORE}")
        )

    pair.agree_anew(limited)


def test_an_alert_of_a_level_that_is_not_agreed_is_not_sent(pair: Pair) -> None:
    levels(pair, "1")
    drafted = pair.uz.alerting.draft(LIAISON, {**draft_of(pair, "123ABC02"), "severity": 3})

    with pytest.raises(NotPermittedError, match=r"DENY-CONDITION.*conditions\.risk_levels = 1"):
        pair.uz.alerting.send(
            LIAISON, str(drafted["alert_id"]), to=["customs.kz"], purpose="RISK_ANALYSIS"
        )


@pytest.mark.parametrize(("level", "is_taken"), [(1, True), (4, False)])
def test_what_arrives_is_asked_again(level: int, is_taken: bool, pair: Pair) -> None:  # noqa: FBT001 - a case of the table
    levels(pair, "1")

    sent = alert_sent(pair, replace(alert_of(pair, "A-1"), severity=level))

    answer = answer_to(pair, sent)
    assert answer is not None
    assert answer.accepted is is_taken
    if not is_taken:
        (found,) = answer.findings
        assert "DENY-CONDITION" in found.text
        assert "the document says 4" in found.text
