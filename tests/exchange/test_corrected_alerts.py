from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from exchange_node.domain.errors import InvalidAlertError, RoleError, UnknownRecordError
from exchange_node.domain.releasing.release import Made
from exchange_node.services.stations.alerting.copies import Copies, holders
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import alerts
from exchange_node.store.releasing import letters
from exchange_node.store.retention import disposals
from exchange_node.wco.alert_codec import encode_alert
from tests.exchange.releasing import ONE, TWO, of_alerts
from tests.exchange.test_alert_cut import without_names
from tests.exchange.test_alert_feedback import DESK, FOUND, lives, notices, report
from tests.exchange.test_withdrawn_alerts import (
    AGREEMENT,
    PLATE,
    alerted,
    calls,
    channel,
    channel_sent,
    crossing,
    sent,
    shown,
    state_of,
    withdraw,
)
from tests.world import LIAISON, NATIONAL, OPERATOR, Pair

OTHER = "01B888CD"
WHY = "A letter of the plate was read wrong."


def plain(pair: Pair, days: int = 30, /, **subject: str) -> dict[str, object]:
    return {
        "valid_until": (pair.clock() + timedelta(days=days)).isoformat(),
        "marking": "AMBER",
        "permitted_action": "documents",
        "urgency": "flash",
        "category": "TRD",
        "severity": 1,
        "summary": "Goods in transit may leave the corridor.",
        "contact_office": "UZ270101",
        "subjects": [subject or {"means_id": OTHER}],
    }


def drafted(pair: Pair, alert_id: str, **subject: str) -> dict[str, Any]:
    return pair.uz.alerting.correcting.correct(LIAISON, alert_id, plain(pair, **subject), why=WHY)


def correct(pair: Pair, alert_id: str, **subject: str) -> dict[str, Any]:
    drafted(pair, alert_id, **subject)
    return dict(pair.uz.alerting.send(LIAISON, alert_id))


def versions(pair: Pair, node: str, alert_id: str) -> dict[int, str]:
    return {one["version"]: one["state"] for one in shown(pair, node, alert_id)["versions"]}


def test_a_correction_takes_the_place_of_its_alert_at_both_ends(pair: Pair) -> None:
    plate = crossing(pair)
    alert_id = alerted(pair, means_id=plate)
    pair.run()
    assert channel(pair) == channel_sent(pair) == "red"

    told = correct(pair, alert_id, means_id=OTHER)
    pair.run()

    assert (told["version"], told["state"], told["untold"]) == (2, "sent", {})
    assert versions(pair, "uz", alert_id) == {2: "sent", 1: "superseded"}
    assert versions(pair, "kz", alert_id) == {2: "received", 1: "superseded"}
    assert channel(pair) == channel_sent(pair) == "green"
    there = shown(pair, "kz", alert_id)
    (subject,) = there["alert"]["subjects"]
    assert (subject["means_id"], there["alert"]["correction"]) == (OTHER, WHY)
    (hit,) = there["hits"]
    assert (hit["version"], hit["is_superseded"], hit["is_withdrawn"]) == (1, True, False)
    [notice] = notices(pair, "kz", "alert.corrected")
    assert (notice.facts["fitted"], notice.facts["fitting"]) == ("1", "0")
    assert lives(pair, alert_id) == ("new", "new")
    assert [one["life"] for one in shown(pair, "uz", alert_id)["versions"]] == [
        {"customs.kz": "new"},
        {"customs.kz": "superseded"},
    ]
    [gone] = disposed(pair, "kz")
    assert gone.endswith(alert_id)


def disposed(pair: Pair, name: str) -> list[str]:
    with reading(getattr(pair, name).engine) as conn:
        return [one.stamp.subject for one in disposals.search(conn, limit=9)]


def test_a_correction_is_matched_anew_and_can_be_acknowledged_and_answered(pair: Pair) -> None:
    plate = crossing(pair)
    alert_id = alerted(pair, means_id=OTHER)
    pair.run()
    pair.kz.alerting.acknowledge(LIAISON, alert_id, office=DESK)
    pair.run()
    assert channel(pair) == channel_sent(pair) == "green"

    correct(pair, alert_id, means_id=plate)
    pair.run()

    assert channel(pair) == channel_sent(pair) == "red"
    assert [one["version"] for one in shown(pair, "kz", alert_id)["hits"]] == [2]
    assert lives(pair, alert_id) == ("in treatment", "new")
    pair.kz.alerting.acknowledge(LIAISON, alert_id, office=DESK)
    report(pair, alert_id, FOUND, last=True)
    pair.run()
    assert lives(pair, alert_id) == ("closed", "closed")
    given = {one["version"] for one in shown(pair, "uz", alert_id)["feedback"]}
    assert given == {2}


def test_what_comes_after_its_correction_is_filed_as_superseded_and_fits_nothing(
    pair: Pair,
) -> None:
    plate = crossing(pair)
    alert_id = alerted(pair, means_id=plate)
    (alert,) = sent(pair)
    pair.exchange.cut.add("customs.kz")
    pair.uz.sending.run_for("customs.kz")  # fails, and is tried again much later
    pair.exchange.cut.clear()
    correct(pair, alert_id)
    pair.run()
    assert versions(pair, "kz", alert_id) == {2: "received"}

    pair.clock.forward(hours=1)
    pair.run()

    assert state_of(pair, alert) == "receipted"
    assert versions(pair, "kz", alert_id) == {2: "received", 1: "superseded"}
    assert shown(pair, "kz", alert_id)["hits"] == []
    assert channel_sent(pair) == "green"
    assert notices(pair, "kz", "alert.received") == []


def test_what_has_not_left_yet_is_stopped_and_the_correction_goes_alone(pair: Pair) -> None:
    alert_id = alerted(pair)
    (alert,) = sent(pair)

    told = correct(pair, alert_id)
    pair.run()

    assert (told["stopped"], list(told["messages"])) == (["customs.kz"], ["customs.kz"])
    assert state_of(pair, alert) == "cancelled"
    assert versions(pair, "kz", alert_id) == {2: "received"}


def test_a_version_sent_once_more_is_answered_alike_though_its_content_is_gone(
    pair: Pair,
) -> None:
    alert_id = alerted(pair)
    pair.run()
    with reading(pair.uz.engine) as conn:
        held = alerts.get(conn, "customs.uz", alert_id)
        whole = pair.uz.enquiry.holding.alert_of(conn, held)
    correct(pair, alert_id)
    pair.run()

    for text, answer in ((whole, "accepted"), (replace(whole, severity=2), "rejected")):
        message_id = sent_again(pair, alert_id, text)
        pair.run()
        with reading(pair.uz.engine) as conn:
            assert letters.get(conn, message_id).fate.value == answer
    assert versions(pair, "kz", alert_id) == {2: "received", 1: "superseded"}


def sent_again(pair: Pair, alert_id: str, whole: Any) -> str:  # noqa: ANN401 - an alert
    by = pair.uz.alerting
    document = encode_alert(whole, metadata=by.corresponding.metadata, registry=by.library.registry)
    with reading(pair.uz.engine) as conn:
        holding = holders(conn, alerts.versions(conn, "customs.uz", alert_id))
        [prepared], _ = Copies(by.own, by.corresponding).prepared_for(
            conn, document, holding, code="RA-010", made=Made(by=("x",)), at=pair.clock()
        )
    with transaction(pair.uz.engine) as conn:
        by.packing.queue(conn, prepared)
    return prepared.message_id


def test_only_a_summary_of_a_correction_goes_to_who_may_not_know_the_names(pair: Pair) -> None:
    pair.agree_anew(without_names)
    alert_id = alerted(pair, means_id=PLATE, commodity_prefix="2402")
    pair.run()

    drafted(pair, alert_id, means_id=OTHER, commodity_prefix="2403")
    partners: Any = pair.uz.previewing.preview(
        LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS"
    )["partners"]
    told: Any = pair.uz.alerting.send(LIAISON, alert_id)
    pair.run()

    assert partners["customs.kz"]["summary_only"] is True
    assert not any(OTHER in one["value"] for one in partners["customs.kz"]["reads"])
    assert [one["code"] for one in told["findings"]] == ["CAREC-A005"]
    there = shown(pair, "kz", alert_id)
    assert (there["version"], there["alert"]["summary_only"]) == (2, True)
    assert there["alert"]["correction"] == WHY
    assert OTHER not in str(there)


def test_officers_let_a_correction_go_as_they_do_an_alert(pair: Pair) -> None:
    pair.agree_anew(of_alerts("two"))
    alert_id = alerted(pair)
    letting_go(pair)
    told = correct(pair, alert_id)
    assert (told["state"], told["waiting"]) == ("approved", ["customs.kz"])
    pair.run()
    assert versions(pair, "kz", alert_id) == {1: "received"}

    letting_go(pair)

    assert versions(pair, "uz", alert_id) == {2: "sent", 1: "superseded"}
    assert versions(pair, "kz", alert_id) == {2: "received", 1: "superseded"}


def letting_go(pair: Pair) -> None:
    [line] = pair.uz.releasing.list(OPERATOR)["releases"]
    digest = pair.uz.releasing.show(ONE, line["message_id"])["digest"]
    for officer in (ONE, TWO):
        pair.uz.releasing.approve(officer, line["message_id"], digest=digest)
    pair.run()


def test_a_withdrawal_reaches_who_holds_any_version(pair: Pair) -> None:
    alert_id = alerted(pair)
    pair.run()
    correct(pair, alert_id)  # its message has not left
    drafted(pair, alert_id, means_id=PLATE)  # and another is not sent at all

    told = withdraw(pair, alert_id)
    pair.run()

    assert (told["version"], told["stopped"], list(told["messages"])) == (4, [], ["customs.kz"])
    assert versions(pair, "kz", alert_id) == {4: "withdrawn", 1: "withdrawn"}
    assert versions(pair, "uz", alert_id) == {
        4: "withdrawn",
        3: "discarded",
        2: "withdrawn",
        1: "superseded",
    }
    with pytest.raises(InvalidAlertError, match="withdrawn, not in force"):
        drafted(pair, alert_id)


def test_a_correction_that_its_withdrawal_overtakes_fits_nothing(pair: Pair) -> None:
    plate = crossing(pair)
    alert_id = alerted(pair, means_id=OTHER)
    pair.run()
    correct(pair, alert_id, means_id=plate)
    pair.exchange.cut.add("customs.kz")
    pair.uz.sending.run_for("customs.kz")
    pair.exchange.cut.clear()
    withdraw(pair, alert_id)
    pair.run()
    pair.clock.forward(hours=1)
    pair.run()

    assert versions(pair, "kz", alert_id) == dict.fromkeys((3, 2, 1), "withdrawn")
    assert shown(pair, "kz", alert_id)["hits"] == []
    assert channel(pair) == channel_sent(pair) == "green"


def test_what_was_taken_back_or_has_ended_is_not_corrected(pair: Pair) -> None:
    first, second = alerted(pair), alerted(pair)
    pair.run()
    pair.uz.alerting.correcting.correct(LIAISON, first, plain(pair, 60), why=WHY)
    withdraw(pair, second)

    with pytest.raises(InvalidAlertError, match="withdrawn, not in force"):
        drafted(pair, second)
    pair.clock.forward(days=31)
    with pytest.raises(InvalidAlertError, match=r"ended on .*: issue it anew"):
        pair.uz.alerting.correcting.correct(LIAISON, first, plain(pair), why=WHY)
    with pytest.raises(InvalidAlertError, match=r"ended on .*: issue it anew"):
        pair.uz.alerting.send(LIAISON, first)


@pytest.mark.parametrize("why", [f"The lorry is not {PLATE}.", f"It is {OTHER}.", " "])
def test_the_reason_of_a_correction_is_given_and_names_nothing_of_either_version(
    why: str, pair: Pair
) -> None:
    alert_id = alerted(pair)

    with pytest.raises(InvalidAlertError, match=r"CAREC-R513|says why"):
        pair.uz.alerting.correcting.correct(LIAISON, alert_id, plain(pair), why=why)

    assert versions(pair, "uz", alert_id) == {1: "sent"}


def test_only_a_liaison_officer_corrects_and_only_what_is_ours(pair: Pair) -> None:
    alert_id = alerted(pair)
    pair.run()

    with pytest.raises(RoleError):
        pair.uz.alerting.correcting.correct(NATIONAL, alert_id, plain(pair), why=WHY)
    with pytest.raises(UnknownRecordError):
        pair.kz.alerting.correcting.correct(LIAISON, alert_id, plain(pair), why=WHY)


def test_a_second_draft_takes_the_place_of_the_first_and_is_sent_once(pair: Pair) -> None:
    alert_id = alerted(pair)
    pair.run()
    drafted(pair, alert_id, means_id=PLATE)
    told = correct(pair, alert_id)

    with pytest.raises(InvalidAlertError, match="not a draft"):
        pair.uz.alerting.send(LIAISON, alert_id)
    pair.run()

    assert told["version"] == 3
    assert versions(pair, "uz", alert_id) == {3: "sent", 2: "discarded", 1: "superseded"}
    assert versions(pair, "kz", alert_id) == {3: "received", 1: "superseded"}


def test_a_correction_is_kept_from_nobody_and_sent_to_nobody_else(pair: Pair) -> None:
    alert_id = alerted(pair)
    pair.run()
    drafted(pair, alert_id)

    with pytest.raises(InvalidAlertError, match=r"everybody who may hold a copy \(customs.kz\)"):
        pair.uz.alerting.send(LIAISON, alert_id, to=["customs.tm"])
    told: Any = pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"])

    assert list(told["messages"]) == ["customs.kz"]


def test_a_partner_that_may_not_be_told_is_named_and_here_the_correction_counts(
    pair: Pair,
) -> None:
    plate = crossing(pair)
    alert_id = alerted(pair, means_id=plate)
    pair.run()
    pair.agree_anew(lambda text: text.replace('  "RA-011",\n', ""))

    told = correct(pair, alert_id)
    pair.run()

    assert told["messages"] == {}
    assert "RA-011" in str(told["untold"]["customs.kz"])
    assert versions(pair, "kz", alert_id) == {1: "received"}
    assert (channel(pair), channel_sent(pair)) == ("green", "red")
    assert [one.facts["partner"] for one in notices(pair, "uz", "alert.untold")] == ["customs.kz"]


def test_a_correction_under_an_agreement_that_has_ended_is_not_sent(pair: Pair) -> None:
    alert_id = alerted(pair)
    pair.run()
    for node in (pair.kz, pair.uz):
        node.agreeing.terminate(OPERATOR, AGREEMENT, 1, why="talks")

    told = correct(pair, alert_id)

    assert list(told["untold"]) == ["customs.kz"]


def test_the_clock_of_what_was_corrected_reminds_nobody(pair: Pair) -> None:
    alert_id = alerted(pair)
    pair.run()
    pair.clock.forward(minutes=30)
    correct(pair, alert_id)
    pair.run()
    pair.clock.forward(minutes=70)
    pair.run()

    for name in ("kz", "uz"):
        due = {one.facts["due"] for one in notices(pair, name, "alert.unacknowledged")}
        assert len(due) == 1, name  # an hour after the correction, not after the alert
    assert calls(pair, "kz") == []
