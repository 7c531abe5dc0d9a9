from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from exchange_node import node as nodes
from exchange_node.domain.errors import InvalidAlertError, InvalidDocumentError, RoleError
from exchange_node.node import Reasons, reasoning, trying
from exchange_node.store import audit
from exchange_node.store.database import reading
from tests.services.test_alerting import sent_alert
from tests.services.workbench.test_trying import acknowledgement_of
from tests.world import DECLARATION, FACTS, LIAISON, NATIONAL, OPERATOR, Pair


def explained(pair: Pair, data: bytes | None = None, **changes: Any) -> Reasons:  # noqa: ANN401 - whatever `explain` takes
    plain = {
        "facts": FACTS.read_text(encoding="utf-8"),
        "partner": "customs.uz",
        "purpose": "TRANSIT_CONTROL",
        **changes,
    }
    content = DECLARATION.read_bytes() if data is None else data
    return reasoning(pair.kz).explain(plain.pop("actor", NATIONAL), content, **plain)


def answers(reasons: Reasons, number: int = 0) -> dict[str, bool]:
    return {one.code.value: one.passed for one in reasons.weighed[number].checks}


def test_what_is_permitted_is_told_check_by_check(pair: Pair) -> None:
    reasons = explained(pair)

    first = reasons.weighed[0]
    assert reasons.is_permitted
    assert (first.grant, first.clause.partition(",")[0]) == ("manifests-kz-uz", "sample text")
    assert list(answers(reasons)) == [
        "DENY-NO-AGREEMENT",
        "DENY-NOT-COUNTERSIGNED",
        "DENY-TERMINATED",
        "DENY-SUSPENDED",
        "DENY-NOT-IN-FORCE",
        "DENY-TEST-MIX",
        "DENY-NO-GRANT",
        "DENY-GRANT-SUSPENDED",
        "DENY-DIRECTION",
        "DENY-PURPOSE",
        "DENY-DOCUMENT-TYPE",
        "DENY-FIELD",
        "DENY-UNMASKED",
        "DENY-REQUIRED-MISSING",
    ]
    assert all(answers(reasons).values())


def test_it_withholds_what_a_trial_withholds(pair: Pair) -> None:
    trial = trying(pair.kz).look(
        NATIONAL,
        DECLARATION.read_bytes(),
        partner="customs.uz",
        facts=FACTS.read_text(encoding="utf-8"),
    )

    assert explained(pair).weighed[0].withheld == trial.withheld


def test_every_grant_that_could_matter_is_weighed(pair: Pair) -> None:
    reasons = explained(pair)

    others = {(one.grant, one.code.value) for one in reasons.weighed[1:]}
    assert ("", "DENY-NO-GRANT") in others
    assert len(reasons.weighed) == len({one.grant for one in reasons.weighed})


def test_behind_the_no_that_decides_stands_what_else_would_have_to_change(pair: Pair) -> None:
    reasons = explained(pair, purpose="STATISTICS", on=date(2026, 2, 1))

    checks = {one.code.value: one for one in reasons.weighed[0].checks}
    force, purpose = checks["DENY-NOT-IN-FORCE"], checks["DENY-PURPOSE"]
    assert not reasons.is_permitted
    assert (force.passed, force.decides) == (False, True)
    assert (purpose.passed, purpose.decides) == (False, False)
    assert force.turn is not None
    assert purpose.turn is not None
    assert (force.turn.who, force.turn.until) == ("nobody", "2026-03-02")
    assert purpose.turn.who == "liaison"


def test_what_the_grant_requires_and_the_data_lacks_is_the_declarants(pair: Pair) -> None:
    reasons = explained(pair, facts="")

    (no,) = [one for one in reasons.weighed[0].checks if not one.passed]
    assert (no.code, no.decides) == ("DENY-REQUIRED-MISSING", True)
    assert no.turn is not None
    assert no.turn.who == "declarant"


def test_a_suspended_version_says_so(pair: Pair) -> None:
    agreement_id = pair.kz.standings.all()[0]["agreement"]
    pair.kz.agreeing.suspend(OPERATOR, str(agreement_id), 1, why="test")

    reasons = explained(pair)

    assert reasons.weighed[0].code == "DENY-SUSPENDED"
    assert answers(reasons)["DENY-PURPOSE"]


def test_without_an_agreement_there_is_one_answer(pair: Pair) -> None:
    reasons = explained(pair, partner="customs.tj")

    (one,) = reasons.weighed
    assert (one.code, one.withheld, one.clause) == ("DENY-NO-AGREEMENT", None, "deny by default")


def test_a_newer_version_decides_alone(pair: Pair) -> None:
    text = nodes.pair_agreement("KZ", "UZ", on=pair.clock().date())
    pair.kz.commissioning.add_agreement(text.replace("version = 1", "version = 2"), actor="test")

    assert {one.version for one in explained(pair).weighed} == {2}


def add_second_grant(pair: Pair) -> None:
    """Put two grants for manifests into force, the first of which requires what no document has."""
    text = nodes.pair_agreement("KZ", "UZ", on=pair.clock().date())
    before, grant, *others = text.replace("version = 1", "version = 2").split("[[grants]]")
    lacking = 'require = ["Declaration/BorderTransportMeans/JourneyID"]'
    first, changed = re.subn(r"(?s)require = \[.*?\]", lacking, grant)
    assert changed == 1
    second = grant.replace('id = "manifests-kz-uz"', 'id = "manifests-second"')
    pair.kz.commissioning.add_agreement(
        "[[grants]]".join((before, first, second, *others)), actor="test"
    )


def test_a_second_grant_that_the_gate_never_asks_permits_nothing(pair: Pair) -> None:
    add_second_grant(pair)

    reasons = explained(pair)
    submitted = pair.kz.enquiry.submission(NATIONAL, pair.submit())

    assert submitted["state"] == "refused"
    assert not reasons.is_permitted
    assert [(one.grant, one.code.value) for one in reasons.weighed[:2]] == [
        ("manifests-kz-uz", "DENY-REQUIRED-MISSING"),
        ("manifests-second", "ALLOW"),
    ]
    with reading(pair.kz.engine) as conn:
        (look,) = [one for one in audit.search(conn, limit=99) if one.action == "look.reasoning"]
    assert look.facts["verdict"] == "DENY-REQUIRED-MISSING"


def test_the_look_is_recorded(pair: Pair) -> None:
    explained(pair)

    with reading(pair.kz.engine) as conn:
        (look,) = [one for one in audit.search(conn, limit=99) if one.action == "look.reasoning"]
    assert (look.actor, look.facts["verdict"]) == (NATIONAL.name, "ALLOW")


def test_who_neither_submits_nor_keeps_the_agreements_is_not_told(pair: Pair) -> None:
    made = reasoning(pair.kz)

    with pytest.raises(RoleError):
        made.explain(OPERATOR, b"", partner="customs.uz", purpose="TRANSIT_CONTROL")
    with pytest.raises(InvalidDocumentError):
        made.explain(LIAISON, b"junk", partner="customs.uz", purpose="TRANSIT_CONTROL")


def test_an_acknowledgement_is_explained_by_what_its_alert_came_under(pair: Pair) -> None:
    alert_id = sent_alert(pair, "RISK_ANALYSIS")
    document = acknowledgement_of(pair, alert_id).to_bytes()

    reasons = explained(pair, document, purpose="STATISTICS", facts="", actor=LIAISON)
    pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302")

    assert reasons.is_permitted
    assert reasons.weighed[0].grant == "alerts-uz-kz"
    assert "DENY-HANDLING" in answers(reasons)
    with pytest.raises(InvalidAlertError, match="acknowledged"):
        explained(pair, document, purpose="RISK_ANALYSIS", facts="", actor=LIAISON)
    with pytest.raises(RoleError):
        explained(pair, document, purpose="RISK_ANALYSIS", facts="")
