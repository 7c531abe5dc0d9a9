from __future__ import annotations

import pytest
from sqlalchemy import text

from exchange_node.domain.agreement import Handling
from exchange_node.store import audit
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import alerts
from tests.exchange.test_crossing import PLATE, draft_of
from tests.world import LIAISON, NATIONAL, OPERATOR, POST, Pair


def looks(pair: Pair) -> list[audit.AuditRecord]:
    """Who has looked at something in Uzbekistan, the latest first."""
    with reading(pair.uz.engine) as conn:
        return [one for one in audit.search(conn, limit=99) if one.action.startswith("look.")]


def test_a_question_that_finds_nothing_is_a_look_too(pair: Pair) -> None:
    pair.uz.enquiry.prearrival(POST, plate="999 XYZ 01")

    (look,) = looks(pair)

    assert (look.actor, look.facts["asked"]) == (POST.name, "means 999XYZ01")


def test_each_manifest_that_is_found_is_a_look(pair: Pair) -> None:
    pair.submit()
    pair.run()
    (found,) = pair.uz.enquiry.prearrival(POST)["arrivals"]

    seen = [one.subject_key for one in looks(pair)]

    assert seen == [str(found["number"]), ""]


@pytest.mark.parametrize("what", ["messages", "audit"])
def test_what_an_operator_looks_at_is_logged(pair: Pair, what: str) -> None:
    getattr(pair.uz.enquiry, what)(OPERATOR)

    assert [one.action for one in looks(pair)] == [f"look.{what}"]


def test_an_alert_that_is_held_too_closely_is_on_no_list(pair: Pair) -> None:
    drafted = pair.uz.alerting.draft(LIAISON, draft_of(pair, PLATE))
    with transaction(pair.uz.engine) as conn:
        conn.execute(text("UPDATE alert SET handling = 'secret'"))
        held = alerts.by_id(conn, str(drafted["alert_id"]))

    assert held.handling is Handling.SECRET
    assert pair.uz.enquiry.alerts(LIAISON)["alerts"] == []


def test_that_a_secret_alert_fits_is_told_to_nobody_but_its_readers(pair: Pair) -> None:
    submission = pair.submit()
    pair.run()
    (found,) = pair.uz.enquiry.prearrival(POST)["arrivals"]
    alert_id = str(pair.uz.alerting.draft(LIAISON, draft_of(pair, found["means"]))["alert_id"])
    pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")
    pair.run()
    assert alert_id in str(pair.uz.enquiry.prearrival(POST)["arrivals"])
    with transaction(pair.uz.engine) as conn:
        conn.execute(text("UPDATE alert SET handling = 'secret'"))

    (listed,) = pair.uz.enquiry.prearrival(POST)["arrivals"]
    whole = pair.uz.enquiry.manifest(POST, found["number"])

    assert (listed["channel"], whole["channel"]) == ("red", "red")
    assert alert_id not in str((listed, whole))
    # Who handed the declaration in does not learn that anything fits.
    told = pair.kz.enquiry.submission(NATIONAL, submission)
    assert told["manifest"]["means"] == found["means"]
    assert alert_id not in str(told)
    assert "channel" not in told["manifest"]


def test_a_hit_does_not_tell_of_a_manifest_that_is_held_too_closely(pair: Pair) -> None:
    pair.submit()
    pair.run()
    (found,) = pair.uz.enquiry.prearrival(POST)["arrivals"]
    alert_id = str(pair.uz.alerting.draft(LIAISON, draft_of(pair, found["means"]))["alert_id"])
    pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")
    assert pair.uz.enquiry.alert(LIAISON, alert_id)["hits"]
    with transaction(pair.uz.engine) as conn:
        conn.execute(text("UPDATE manifest SET handling = 'secret'"))

    assert pair.uz.enquiry.alert(LIAISON, alert_id)["hits"] == []
