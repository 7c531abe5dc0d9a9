from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange_node.domain.errors import NotNowError, UnknownRecordError
from exchange_node.domain.onward.asking import Ground, Outcome
from exchange_node.domain.orders.order import Which
from exchange_node.domain.retention import Kept
from tests.exchange.furthering import PHYTO, Further, onward
from tests.exchange.losing import (
    anew,
    audited,
    cut_off,
    hasty_pair,
    let_go,
    refuse,
    without_receipts,
)
from tests.exchange.ordering import arrived, corrected, deleted, permitting_orders, records_of
from tests.exchange.releasing import of_alerts
from tests.exchange.test_breach_notices import happened
from tests.exchange.test_correction_orders import BORDER, DEPARTURE
from tests.exchange.test_release_alerts import drafted, send
from tests.world import LIAISON, POST, Pair

PLATE = {BORDER: "999ZZZ99", DEPARTURE: "999ZZZ99"}


@pytest.fixture(name="pair")
def _pair(tmp_path: Path) -> Iterator[Pair]:
    with hasty_pair(tmp_path) as made:
        yield made


@pytest.fixture(name="further")
def _further(pair: Pair) -> Further:
    return Further(pair)


def order_at(pair: Pair, name: str, order_id: str) -> dict[str, Any]:
    [found] = getattr(pair, name).ordering.show(LIAISON, order_id)["orders"]
    return dict(found)


# ---------------------------------------------------------------- acknowledgements


def alerted(pair: Pair) -> str:
    alert_id = drafted(pair)
    send(pair, alert_id)
    pair.run()
    return alert_id


def seen_at_kz(pair: Pair, alert_id: str) -> tuple[str, str]:
    alert = pair.kz.enquiry.alert(LIAISON, alert_id)
    return alert["state"], alert["letter"]["fate"] if alert["letter"] else "-"


def test_an_acknowledgement_that_did_not_come_leaves_the_alert_unacknowledged(pair: Pair) -> None:
    alert_id = alerted(pair)
    with cut_off(pair, "customs.uz"):
        pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302")
        before = seen_at_kz(pair, alert_id)
    lost = seen_at_kz(pair, alert_id)

    pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302", remark="again")
    pair.run()

    assert (before, lost) == (("acknowledged", "on-its-way"), ("received", "unproven"))
    assert seen_at_kz(pair, alert_id) == ("acknowledged", "accepted")
    [recipient] = pair.uz.enquiry.alert(LIAISON, alert_id)["recipients"]
    assert recipient["state"] == "acknowledged"
    assert audited(pair, "kz", "alert.undelivered") == ["alert.undelivered"]


def test_an_acknowledgement_that_came_without_a_receipt_is_one_when_it_is_told_anew(
    pair: Pair,
) -> None:
    alert_id = alerted(pair)
    with without_receipts(pair, "customs.kz"):
        pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302")

    pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302")
    pair.run()

    for name in ("kz", "uz"):
        alert = getattr(pair, name).enquiry.alert(LIAISON, alert_id)
        assert len(alert["acknowledgements"]) == 1


def test_an_acknowledgement_that_officers_keep_back_may_be_told_anew(pair: Pair) -> None:
    pair.agree_anew(of_alerts("one"))
    alert_id = drafted(pair)
    send(pair, alert_id)
    let_go(pair, "uz")
    pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302")
    refuse(pair, "kz")
    lost = seen_at_kz(pair, alert_id)

    pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302")
    let_go(pair, "kz")

    assert lost == ("received", "not-released")
    assert seen_at_kz(pair, alert_id) == ("acknowledged", "accepted")


# ---------------------------------------------------------------- orders and certificates


def test_an_order_that_did_not_come_is_given_anew_under_its_number(pair: Pair) -> None:
    pair.agree_anew(permitting_orders)
    movement, _ = arrived(pair)
    with cut_off(pair, "customs.uz"):
        order_id = deleted(pair, movement)
    lost = order_at(pair, "kz", order_id)
    pair.clock.forward(days=1)

    anew(pair, "kz", lost["message_id"])

    given = order_at(pair, "kz", order_id)
    assert lost["letter"]["fate"] == "unproven"
    assert [one["outcome"] for one in given["records"]] == ["done"]
    assert given["letter"]["fate"] == "accepted"
    assert given["due_at"] > lost["due_at"]
    assert audited(pair, "kz", "order.") == [
        "order.sent", "order.undelivered", "order.sent-anew",
    ]  # fmt: skip


def test_a_correction_that_came_without_a_receipt_is_carried_out_once(pair: Pair) -> None:
    pair.agree_anew(permitting_orders)
    movement, number = arrived(pair)
    with without_receipts(pair, "customs.kz"):
        order_id = corrected(pair, movement, PLATE)

    anew(pair, "kz", order_at(pair, "kz", order_id)["message_id"])

    assert pair.uz.enquiry.manifest(POST, number)["means"] == "999ZZZ99"
    assert len(pair.uz.ordering.list(LIAISON)["orders"]) == 1
    assert [one["outcome"] for one in records_of(pair, order_id)] == ["done"]


def test_a_correction_that_was_never_taken_hinders_no_other(pair: Pair) -> None:
    pair.agree_anew(permitting_orders)
    movement, number = arrived(pair)
    with cut_off(pair, "customs.uz"):
        corrected(pair, movement, {BORDER: "111AAA11", DEPARTURE: "111AAA11"})

    corrected(pair, movement, PLATE)
    pair.run()

    assert pair.uz.enquiry.manifest(POST, number)["means"] == "999ZZZ99"


def test_a_certificate_that_did_not_come_is_certified_anew(pair: Pair) -> None:
    pair.agree_anew(permitting_orders)
    movement, _ = arrived(pair)
    with cut_off(pair, "customs.kz"):
        order_id = deleted(pair, movement)
    before = [one["outcome"] for one in records_of(pair, order_id)]
    lost = order_at(pair, "uz", order_id)["letter"]

    anew(pair, "uz", lost["message_id"])

    assert (lost["code"], lost["fate"], before) == ("MA-042", "unproven", ["open"])
    assert [one["outcome"] for one in records_of(pair, order_id)] == ["done"]
    assert order_at(pair, "uz", order_id)["letter"]["fate"] == "accepted"
    with pytest.raises(NotNowError):  # it was certified anew by now
        anew(pair, "uz", lost["message_id"])


def test_a_certificate_of_what_is_held_is_certified_anew_before_the_hold_is_lifted(
    pair: Pair,
) -> None:
    pair.agree_anew(permitting_orders)
    movement, _ = arrived(pair)
    pair.uz.keeping.place(LIAISON, Kept.MANIFEST, movement, why="court order 5")
    with cut_off(pair, "customs.kz"):
        order_id = deleted(pair, movement)

    anew(pair, "uz", order_at(pair, "uz", order_id)["letter"]["message_id"])

    assert [one["outcome"] for one in records_of(pair, order_id)] == ["held"]


# ---------------------------------------------------------------- notices of misuse


def test_a_notice_of_misuse_that_did_not_come_is_told_anew_and_once(pair: Pair) -> None:
    pair.agree_anew(permitting_orders)
    movement, _ = arrived(pair)
    which = Which(kind=Kept.MANIFEST, subject=movement)
    with without_receipts(pair, "customs.uz"):
        told = pair.uz.telling_breach.tell(LIAISON, "customs.kz", happened(pair), records=[which])
    lost = pair.uz.telling_breach.show(LIAISON, told["breach_id"])

    anew(pair, "uz", lost["message_id"])

    assert (lost["letter"]["fate"], lost["told_at"]) == ("unproven", None)
    after = pair.uz.telling_breach.show(LIAISON, told["breach_id"])
    assert after["letter"]["fate"] == "accepted"
    assert after["told_at"] is not None
    assert len(pair.kz.telling_breach.list(LIAISON)["breaches"]) == 1


# ---------------------------------------------------------------- further use


def test_a_question_that_did_not_come_is_undelivered_and_asked_anew(further: Further) -> None:
    further.agree()
    with cut_off(further.pair, "customs.kz"):
        request = further.ask()
    lost = further.pair.uz.consenting.request(LIAISON, request)
    shown = further.ask()  # the same is shown, and nothing is sent
    further.pair.clock.forward(days=7)

    anew(further.pair, "uz", lost["message_id"])

    assert (lost["state"], lost["letter"]["fate"]) == ("undelivered", "unproven")
    assert shown == request
    assert further.states(request) == ("asked", "asked")
    assert further.pair.uz.consenting.request(LIAISON, request)["due_at"] > lost["due_at"]
    further.decide(request)
    assert further.code() == "ALLOW"


def test_a_question_that_came_without_a_receipt_is_one_question(further: Further) -> None:
    further.agree()
    with without_receipts(further.pair, "customs.uz"):
        request = further.ask()

    anew(further.pair, "uz", further.pair.uz.consenting.request(LIAISON, request)["message_id"])
    further.decide(request)

    assert len(further.pair.kz.consenting.register(LIAISON)["requests"]) == 1
    assert further.states(request) == ("granted", "granted")


def test_a_withdrawal_that_did_not_come_counts_nowhere_and_is_told_anew(further: Further) -> None:
    further.agree()
    request = further.ask()
    further.decide(request)
    with cut_off(further.pair, "customs.uz"):
        further.decide(request, Outcome.WITHDRAWN, ground=Ground.NO_SAFEGUARDS)
    before = further.states(request), further.code()
    answers = further.pair.kz.consenting.request(LIAISON, request)["answers"]

    anew(further.pair, "kz", answers[-1]["message_id"])

    assert before == (("granted", "granted"), "ALLOW")
    assert [one["letter"]["fate"] for one in answers] == ["accepted", "unproven"]
    assert further.states(request) == ("withdrawn", "withdrawn")
    assert further.code() == "DENY-EXPORT-ONWARD-CONSENT"


def test_a_withdrawal_that_officers_keep_back_may_be_decided_anew(further: Further) -> None:
    further.pair.agree_anew(
        lambda text: onward(text, f'to = ["{PHYTO}"]').replace(
            'clause = "sample text, article 12: further use"',
            'approval = "one"\nclause = "sample text, article 12: further use"',
        )
    )
    further.arrive()
    request = further.ask()
    let_go(further.pair, "uz")
    further.decide(request)
    let_go(further.pair, "kz")
    further.decide(request, Outcome.WITHDRAWN, ground=Ground.NO_SAFEGUARDS)
    waiting = further.states(request)
    refuse(further.pair, "kz")
    kept_back = further.states(request)

    further.decide(request, Outcome.WITHDRAWN, ground=Ground.NO_SAFEGUARDS)
    let_go(further.pair, "kz")

    assert waiting == ("granted", "withdrawn")
    assert kept_back == ("granted", "granted")
    assert further.states(request) == ("withdrawn", "withdrawn")
    assert further.code() == "DENY-EXPORT-ONWARD-CONSENT"


def test_only_the_newest_answer_is_told_anew(further: Further) -> None:
    further.agree()
    request = further.ask()
    with cut_off(further.pair, "customs.uz"):
        further.decide(request, Outcome.REFUSED, ground=Ground.BURDEN)
    [lost] = further.pair.kz.consenting.request(LIAISON, request)["answers"]
    further.decide(request)

    with pytest.raises(UnknownRecordError):
        anew(further.pair, "kz", lost["message_id"])

    assert further.states(request) == ("granted", "granted")
