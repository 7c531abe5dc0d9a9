from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from exchange_node.domain.errors import RoleError, UnknownRecordError
from exchange_node.store import audit
from exchange_node.store.database import reading
from tests.world import LIAISON, NATIONAL, OPERATOR, Pair

PLATE = "01A777BC"
MODUS = "The trailer is changed on the way."


def drafted(pair: Pair) -> str:
    plain = {
        "valid_until": (pair.clock() + timedelta(days=30)).isoformat(),
        "marking": "AMBER",
        "permitted_action": "documents",
        "urgency": "flash",
        "category": "TRD",
        "severity": 1,
        "summary": "Goods in transit may leave the corridor.",
        "modus_operandi": MODUS,
        "contact_office": "UZ270101",
        "subjects": [{"means_id": PLATE}],
    }
    return str(pair.uz.alerting.draft(LIAISON, plain)["alert_id"])


def previewed(pair: Pair, alert_id: str, purpose: str = "RISK_ANALYSIS") -> dict[str, Any]:
    found = pair.uz.previewing.preview(LIAISON, alert_id, to=["customs.kz"], purpose=purpose)
    partners: dict[str, dict[str, Any]] = found["partners"]  # type: ignore[assignment]  # plain
    return partners["customs.kz"]


def without_modus(text: str) -> str:
    """Return the agreement whose grants let out of an alert everything but how it is done."""
    whole = '"InterGov/ext:RiskAlert/**",'
    assert whole in text
    named = (
        "HandlingCode PermittedActionCode UrgencyCode ValidFromDateTime ValidUntilDateTime"
        " CategoryCode SeverityCode ConfidenceCode UnverifiedIndicator FeedbackRequestedIndicator"
        " RelatedAlertID SummaryText Subject/** Indicator/** RecommendedMeasure/**"
    )
    lines = (f'"InterGov/ext:RiskAlert/ext:{one}",' for one in named.split())
    some = "\n  ".join(lines)
    return text.replace(whole, some).replace(
        '  "InterGov/ext:RiskAlert/ext:ModusOperandiText",\n', ""
    )


def test_a_preview_is_what_the_partner_then_reads(pair: Pair) -> None:
    pair.agree_anew(without_modus)
    alert_id = drafted(pair)

    shown = previewed(pair, alert_id)
    assert pair.uz.enquiry.messages(OPERATOR)["messages"] == []
    pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")
    pair.run()
    there = pair.kz.enquiry.alert(LIAISON, alert_id)["alert"]

    values = {one["value"] for one in shown["reads"]}
    assert shown["permitted"]
    assert (shown["officers"], shown["findings"]) == ("none", [])
    assert shown["withheld"] == ["InterGov/ext:RiskAlert/ext:ModusOperandiText"]
    assert PLATE in values
    assert MODUS not in values
    assert (there["subjects"][0]["means_id"], there["modus_operandi"]) == (PLATE, "")


def test_a_preview_says_why_nothing_would_go(pair: Pair) -> None:
    shown = previewed(pair, drafted(pair), purpose="STATISTICS")

    assert (shown["permitted"], shown["code"]) == (False, "DENY-PURPOSE")


def test_a_preview_is_for_liaison_officers_and_leaves_its_line(pair: Pair) -> None:
    alert_id = drafted(pair)
    with pytest.raises(RoleError):
        pair.uz.previewing.preview(NATIONAL, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")
    with pytest.raises(UnknownRecordError):
        pair.kz.previewing.preview(LIAISON, alert_id, to=["customs.uz"], purpose="RISK_ANALYSIS")

    previewed(pair, alert_id)

    with reading(pair.uz.engine) as conn:
        (look, *_) = [one for one in audit.search(conn, limit=9) if one.action == "look.alert"]
    assert look.subject_key == alert_id
