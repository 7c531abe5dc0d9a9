from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from exchange_node.channels.memory import MemoryChannel
from exchange_node.domain.access import Actor
from exchange_node.domain.alert import RejectionReason, Stage
from exchange_node.domain.desks.desk import Desk, Desks, Route, Way
from exchange_node.domain.errors import (
    InvalidAlertError,
    InvalidDocumentError,
    NotPermittedError,
    RoleError,
)
from exchange_node.services.alerting.reporting import Reporting
from exchange_node.services.telling.concerning import Eyes, Told
from exchange_node.store.channels import notifications
from exchange_node.store.database import reading
from exchange_node.store.tables import audit
from tests.exchange.test_alert_feedback import DESK, NIL, UNCHECKED, lives, notices, report, say
from tests.exchange.test_alert_indicators import counted
from tests.exchange.test_withdrawn_alerts import crossing, shown, withdraw
from tests.world import LIAISON, POST, Pair

PLATE = "01A777BC"
WHAT = "It stood at the north gate with another trailer."


def issued(pair: Pair, *, severity: int = 1, **changes: object) -> str:
    """Return an alert of Uzbekistan that Kazakhstan gets; nothing but to watch is permitted."""
    draft = {
        "valid_until": (pair.clock() + timedelta(days=30)).isoformat(),
        "marking": "AMBER",
        "permitted_action": "covert",
        "urgency": "flash",
        "category": "TRD",
        "severity": severity,
        "summary": "Goods in transit may leave the corridor.",
        "contact_office": "UZ270101",
        "subjects": [{"means_id": PLATE}],
        **changes,
    }
    alert_id = str(pair.uz.alerting.draft(LIAISON, draft)["alert_id"])
    pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")
    return alert_id


def received(pair: Pair, **changes: object) -> str:
    alert_id = issued(pair, **changes)  # type: ignore[arg-type]  # keys of a draft
    pair.run()
    return alert_id


def reporting(pair: Pair) -> Reporting:
    return pair.kz.alerting.reporting


def sighted(pair: Pair, alert_id: str, **more: object) -> dict[str, Any]:
    plain = {
        "seen_at": pair.clock().isoformat(), "seen_in": "CAM", "office": DESK, "what": WHAT,
    }  # fmt: skip
    return reporting(pair).sighted(LIAISON, alert_id, {**plain, **more})


def test_the_issuer_sees_how_often_and_when_something_was_seen(pair: Pair) -> None:
    alert_id = received(pair, permitted_action="documents")
    first = pair.clock()
    sighted(pair, alert_id)
    pair.clock.forward(hours=2)
    sighted(pair, alert_id, seen_in="OFF")
    sighted(pair, alert_id, seen_at=first.isoformat())
    last = pair.clock()
    pair.run()

    there, here = shown(pair, "uz", alert_id), shown(pair, "kz", alert_id)

    line = {"count": 3, "last_seen_at": last.isoformat()}
    assert (there["sightings"], here["sightings"]) == ({"customs.kz": line}, {"here": line})
    told = there["feedback"][0]
    assert (told["result"], told["is_last"], told["seen_at"]) == ("SGT", False, first.isoformat())
    assert (told["told"]["new_facts"], told["told"]["seen_in"]) == (WHAT, "CAM")
    assert (told["told"]["controlled_at"], told["told"]["measures"]) == (None, [])
    assert (there["yield"]["sightings"], there["yield"]["hits"], there["yield"]["nil"]) == (3, 0, 0)
    assert [one.facts["result"] for one in notices(pair, "uz", "alert.feedback")] == ["SGT"] * 3
    with reading(pair.kz.engine) as conn:
        said = conn.execute(select(audit.c.action).where(audit.c.action == "alert.sighted"))
        assert len(said.all()) == 3


def test_a_sighting_ends_nothing_and_answers_no_feedback_that_is_due(pair: Pair) -> None:
    alert_id = received(pair, permitted_action="documents", feedback_requested=True)
    sighted(pair, alert_id)
    pair.run()
    assert lives(pair, alert_id) == ("in treatment", "in treatment")

    report(pair, alert_id, NIL)
    sighted(pair, alert_id)
    pair.run()
    assert lives(pair, alert_id) == ("feedback given", "feedback given")

    with pytest.raises(InvalidAlertError, match="feedback given"):
        say(pair, alert_id, Stage.REJECTED, rejection=RejectionReason.ILLEGIBLE)
    report(pair, alert_id, NIL, last=True)
    with pytest.raises(InvalidAlertError, match="closed"):
        sighted(pair, alert_id)


def test_where_nothing_but_to_watch_is_permitted_a_sighting_is_the_feedback(pair: Pair) -> None:
    alert_id = received(pair, feedback_requested=True)
    sighted(pair, alert_id)
    pair.run()

    assert lives(pair, alert_id) == ("feedback given", "feedback given")
    for line in (counted(pair, "kz")["all"], counted(pair, "uz")["all"]):
        assert (line["fed_back"]["count"], line["sighted"]["count"]) == (1, 1)


def test_sightings_are_counted_apart_from_controls(pair: Pair) -> None:
    alert_id = received(pair, permitted_action="documents")
    pair.clock.forward(minutes=30)
    sighted(pair, alert_id)
    sighted(pair, alert_id)
    pair.run()

    for line in (counted(pair, "kz")["all"], counted(pair, "uz")["all"]):
        assert (line["sighted"]["count"], line["sighted"]["n"]) == (1, 1)
        assert line["sightings"] == {"n": 1, "count": 2}
        assert line["to_first_sighting"]["median_minutes"] == 30
        assert line["fed_back"]["count"] == 0
        assert line["found"] == {"n": 0, "silent": "too few: 0"}
    assert counted(pair, "uz", least=2)["all"]["sightings"] == {"n": 1, "silent": "too few: 1"}


def test_nothing_was_seen_that_is_yet_to_come(pair: Pair) -> None:
    alert_id = received(pair)

    with pytest.raises(InvalidDocumentError) as caught:
        sighted(pair, alert_id, seen_at=(pair.clock() + timedelta(hours=1)).isoformat())

    assert [one.code for one in caught.value.findings] == ["CAREC-F065"]


def test_a_sighting_says_when_where_how_and_what_and_nothing_of_a_control(pair: Pair) -> None:
    alert_id = received(pair)
    for missing in ("seen_at", "seen_in", "office", "what"):
        with pytest.raises(InvalidAlertError, match=missing):
            sighted(pair, alert_id, **{missing: None})
    for extra in ("measures", "seized", "last", "result"):
        with pytest.raises(InvalidAlertError, match=extra):
            sighted(pair, alert_id, **{extra: "HIT"})
    with pytest.raises(InvalidAlertError, match="result"):
        report(pair, alert_id, {**UNCHECKED, "result": "SGT"})
    with pytest.raises(RoleError):
        reporting(pair).sighted(POST, alert_id, {})


def test_nobody_watches_for_what_is_over_or_taken_back(pair: Pair) -> None:
    alert_id = received(pair, permitted_action="documents")
    seen_at = pair.clock().isoformat()
    pair.clock.forward(hours=1)
    withdraw(pair, alert_id)
    pair.run()
    pair.clock.forward(hours=1)
    with pytest.raises(InvalidAlertError, match="only a sighting is told that was before"):
        sighted(pair, alert_id)
    sighted(pair, alert_id, seen_at=seen_at)

    short = received(pair, valid_until=(pair.clock() + timedelta(hours=1)).isoformat())
    pair.clock.forward(hours=2)
    with pytest.raises(InvalidAlertError, match="before anything was seen"):
        sighted(pair, short)
    pair.run()

    assert lives(pair, alert_id) == ("withdrawn", "withdrawn")
    assert shown(pair, "uz", alert_id)["sightings"]["customs.kz"]["last_seen_at"] == seen_at


def test_the_count_stays_when_the_words_are_gone(pair: Pair) -> None:
    alert_id = received(pair)
    sighted(pair, alert_id)
    pair.run()
    withdraw(pair, alert_id)
    pair.run()

    here = shown(pair, "kz", alert_id)

    assert here["sightings"]["here"]["count"] == 1
    assert WHAT not in str(here)


def test_a_grant_that_lets_no_feedback_back_lets_no_sighting_back(pair: Pair) -> None:
    def silent(agreed: str) -> str:
        for line in ('  "RA-021",\n', '  "InterGov/ext:AlertFeedback/**",\n'):
            assert line in agreed
            agreed = agreed.replace(line, "")
        return agreed

    pair.agree_anew(silent)
    alert_id = received(pair)

    with pytest.raises(NotPermittedError):
        sighted(pair, alert_id)
    assert lives(pair, alert_id)[0] == "new"


def told_of(pair: Pair, actor: Actor) -> set[str]:
    with reading(pair.uz.engine) as conn:
        found = notifications.newest(conn, "", limit=50)
        eyes = Eyes(conn, actor, pair.clock())
        return {one.code for one in found if eyes.told(one) is not Told.NOTHING}


def test_no_notice_tells_the_post_of_what_is_watched(pair: Pair) -> None:
    desks = Desks(
        desks={"duty": Desk(name="duty", ways=(Way(name="mail"),))},
        routes=(Route(codes=("*",), desks=("duty",)),),
    )
    pair.uz.telling = replace(pair.uz.telling, desks=desks, ways={"duty/mail": MemoryChannel()})
    issued(pair, subjects=[{"means_id": crossing(pair)}])
    pair.run()

    assert "alert.observe" in told_of(pair, LIAISON)
    assert "alert.observe" not in told_of(pair, POST)


def test_who_stands_at_the_post_learns_nothing_of_what_is_watched(pair: Pair) -> None:
    plate = crossing(pair)
    before = arrival(pair)
    alert_id = issued(pair, subjects=[{"means_id": plate}])
    pair.run()

    after = arrival(pair)

    assert after == before
    assert (after["channel"], after["rule"]) == ("green", "CH-00")
    assert after["reasons"] == ["no live alert fits this consignment"]
    whole = pair.uz.enquiry.manifest(POST, after["number"])
    assert alert_id not in str(whole)
    told = pair.told["uz"].told.values()
    assert not [one for one in told if one.code.startswith("channel.")]
    # The liaison officer is told that it fits, and of which movement.
    (notice,) = notices(pair, "uz", "alert.observe")
    assert (notice.facts["issuer"], notice.facts["alert"]) == ("customs.uz", alert_id)
    (hit,) = shown(pair, "uz", alert_id)["hits"]
    assert hit["rule"] == "CH-90"
    as_liaison = pair.uz.enquiry.manifest(LIAISON, after["number"])
    assert alert_id in str(as_liaison["reasons"])


def test_what_is_watched_hides_no_other_alert_and_raises_none(pair: Pair) -> None:
    plate = crossing(pair)
    issued(pair, subjects=[{"means_id": plate}])
    open_one = issued(
        pair, permitted_action="documents", severity=3, subjects=[{"means_id": plate}]
    )
    pair.run()

    found = arrival(pair)

    assert (found["channel"], found["rule"]) == ("orange", "CH-20")
    assert [open_one in one for one in found["reasons"]] == [True]
    (notice,) = notices(pair, "uz", "channel.orange")
    assert (open_one in notice.facts["reason"], notice.facts["severity"]) == (True, "3")


def test_an_alert_that_is_no_longer_to_be_watched_only_is_told_of(pair: Pair) -> None:
    plate = crossing(pair)
    alert_id = issued(pair, subjects=[{"means_id": plate}])
    pair.run()
    changed_to = {
        "valid_until": (pair.clock() + timedelta(days=30)).isoformat(),
        "marking": "AMBER", "permitted_action": "open", "urgency": "flash", "category": "TRD",
        "severity": 1, "summary": "Stop it.", "contact_office": "UZ270101",
        "subjects": [{"means_id": plate}],
    }  # fmt: skip
    pair.uz.alerting.correcting.correct(LIAISON, alert_id, changed_to, why="It may be opened now.")
    pair.uz.alerting.send(LIAISON, alert_id)
    pair.run()

    found = arrival(pair)

    assert (found["channel"], found["rule"]) == ("red", "CH-10")
    assert alert_id in str(found["reasons"])


def arrival(pair: Pair) -> dict[str, Any]:
    (found,) = pair.uz.enquiry.prearrival(POST)["arrivals"]
    return dict(found)
