from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.assistance.life import Act
from exchange_node.domain.errors import (
    IllegalStepError,
    InvalidDocumentError,
    NotNowError,
    RoleError,
    UnknownRecordError,
)
from tests.exchange.assisting import Desks
from tests.exchange.losing import (
    anew,
    audited,
    cut_off,
    hasty_pair,
    let_go,
    refuse,
    without_receipts,
)
from tests.world import LIAISON, OPERATOR, Pair

OFFICERS = ('mode = "on_request"', 'mode = "on_request"\napproval = "one"')
INFORMED = {"language": "ru", "matter": "offences", "facts": "A lorry did not arrive."}


@pytest.fixture(name="desks")
def _desks(tmp_path: Path) -> Iterator[Desks]:
    with hasty_pair(tmp_path) as pair:
        yield Desks(pair)


def letter(desks: Desks, name: str, reference: str, act: str) -> dict[str, Any]:
    """Return what became of the paper of an act."""
    [found] = [one for one in desks.seen(name, reference)["papers"] if one["act"] == act]
    return dict(found["letter"])


def running(desks: Desks, name: str, reference: str) -> set[str]:
    clocks = desks.seen(name, reference)["clocks"]
    return {one["clock"] for one in clocks if one["stopped_at"] is None}


# ---------------------------------------------------------------- requests


def test_a_request_that_officers_keep_back_is_undelivered_and_its_clocks_stand(
    desks: Desks,
) -> None:
    desks.agree(OFFICERS)
    reference = desks.ask()

    refuse(desks.pair, "kz")

    assert desks.stages(reference) == ("undelivered", "-")
    assert running(desks, "kz", reference) == set()
    lost = letter(desks, "kz", reference, "asked")
    assert (lost["fate"], lost["why"]) == ("not-released", "not so")
    assert audited(desks.pair, "kz", "assistance.") == [
        "assistance.requested",
        "assistance.undelivered",
    ]


def test_a_request_that_was_kept_back_is_sent_anew_under_its_number(desks: Desks) -> None:
    desks.agree(OFFICERS)
    reference = desks.ask()
    refuse(desks.pair, "kz")
    desks.pair.clock.forward(days=2)

    second = anew(desks.pair, "kz", letter(desks, "kz", reference, "asked")["message_id"])
    let_go(desks.pair, "kz")

    assert desks.stages(reference) == ("requested", "requested")
    seen = desks.seen("kz", reference)
    assert [one["message_id"] for one in seen["papers"]] == [second]
    assert seen["asked_at"] == desks.pair.clock().isoformat()
    assert running(desks, "kz", reference) == {"acknowledge", "interim", "answer"}
    desks.reply(reference, Act.ACKNOWLEDGED)
    let_go(desks.pair, "uz")
    assert desks.stages(reference) == ("acknowledged", "acknowledged")


def test_a_request_that_lapsed_in_the_waiting_room_is_undelivered(desks: Desks) -> None:
    desks.agree(OFFICERS)
    reference = desks.ask()

    desks.pair.clock.forward(hours=73)
    desks.pair.run()

    assert desks.stages(reference) == ("undelivered", "-")
    assert letter(desks, "kz", reference, "asked")["fate"] == "lapsed"


def test_a_request_to_a_dead_partner_is_undelivered_and_may_be_sent_anew(desks: Desks) -> None:
    desks.agree()
    with cut_off(desks.pair, "customs.uz"):
        reference = desks.ask()
    before = desks.stages(reference)

    anew(desks.pair, "kz", letter(desks, "kz", reference, "asked")["message_id"])

    assert before == ("undelivered", "-")
    assert desks.stages(reference) == ("requested", "requested")


def test_a_request_that_an_operator_takes_back_is_undelivered(desks: Desks) -> None:
    desks.agree()
    asked = desks.pair.kz.assistance.request(
        LIAISON, {**_draft(), "urgent": True}, to="customs.uz", purpose="INVESTIGATION"
    )

    desks.pair.kz.operating.cancel(OPERATOR, str(asked["message_id"]), why="asked by mistake")

    assert desks.stages(str(asked["reference"])) == ("undelivered", "-")


def test_a_request_that_came_without_a_receipt_is_one_request_when_it_is_sent_anew(
    desks: Desks,
) -> None:
    desks.agree()
    with without_receipts(desks.pair, "customs.kz"):
        reference = desks.ask()
    before = desks.stages(reference)

    anew(desks.pair, "kz", letter(desks, "kz", reference, "asked")["message_id"])

    assert before == ("undelivered", "requested")
    assert desks.stages(reference) == ("requested", "requested")
    assert len(desks.pair.uz.assistance_register.matters(LIAISON)["matters"]) == 1
    desks.reply(reference, Act.ACKNOWLEDGED)
    assert desks.stages(reference) == ("acknowledged", "acknowledged")


def test_a_reply_tells_that_a_request_without_a_receipt_had_come(desks: Desks) -> None:
    desks.agree()
    with without_receipts(desks.pair, "customs.kz"):
        reference = desks.ask()

    desks.reply(reference, Act.INTERIM, until="2026-04-01T00:00:00+00:00")

    assert desks.stages(reference) == ("acknowledged", "acknowledged")
    assert running(desks, "kz", reference) == {"answer"}
    assert desks.seen("kz", reference)["closed_at"] is None


def test_what_is_sent_once_more_by_an_operator_stands_as_asked_again(desks: Desks) -> None:
    desks.agree()
    with cut_off(desks.pair, "customs.uz"):
        reference = desks.ask()
    lost = letter(desks, "kz", reference, "asked")["message_id"]

    desks.pair.kz.operating.resend(OPERATOR, lost)
    desks.pair.run()

    assert desks.stages(reference) == ("requested", "requested")
    assert running(desks, "kz", reference) == {"acknowledge", "interim", "answer"}


def test_an_oral_request_waits_again_when_what_confirms_it_is_kept_back(desks: Desks) -> None:
    desks.agree(OFFICERS)
    oral = desks.pair.kz.assistance.oral(
        LIAISON, _oral(desks.pair), partner="customs.uz", purpose="INVESTIGATION", is_taken=False
    )
    number = str(oral["reference"])
    request = desks.ask(confirms=number)
    confirmed = desks.stages(number)[0]
    refuse(desks.pair, "kz")
    waits = desks.stages(number)[0]

    anew(desks.pair, "kz", letter(desks, "kz", request, "asked")["message_id"])

    assert (confirmed, waits, desks.stages(number)[0]) == ("confirmed", "oral", "confirmed")


def test_what_confirms_an_oral_request_that_lapsed_meanwhile_is_not_sent_anew(
    desks: Desks,
) -> None:
    desks.agree(OFFICERS)
    oral = desks.pair.kz.assistance.oral(
        LIAISON, _oral(desks.pair), partner="customs.uz", purpose="INVESTIGATION", is_taken=False
    )
    request = desks.ask(confirms=str(oral["reference"]))
    refuse(desks.pair, "kz")
    desks.pair.clock.forward(days=30)
    desks.pair.run()

    with pytest.raises(InvalidDocumentError):
        anew(desks.pair, "kz", letter(desks, "kz", request, "asked")["message_id"])

    assert desks.stages(request) == ("undelivered", "-")


def test_information_that_did_not_come_is_told_anew(desks: Desks) -> None:
    desks.agree()
    with cut_off(desks.pair, "customs.uz"):
        told = desks.pair.kz.assistance.inform(
            LIAISON, INFORMED, to="customs.uz", purpose="INVESTIGATION"
        )
    reference = str(told["reference"])
    before = desks.stages(reference)

    anew(desks.pair, "kz", str(told["message_id"]))

    assert before == ("undelivered", "-")
    assert desks.stages(reference) == ("informed", "informed")


def test_a_request_that_did_not_come_is_not_counted_as_asked(desks: Desks) -> None:
    desks.agree()
    with cut_off(desks.pair, "customs.uz"):
        desks.ask()

    rows = desks.pair.kz.reciprocity.report(LIAISON)["rows"]

    assert [one["asked"] for one in rows] == [0, 0]


# ---------------------------------------------------------------- replies


def test_a_refusal_that_officers_keep_back_leaves_the_request_open(desks: Desks) -> None:
    desks.agree(OFFICERS)
    reference = desks.ask()
    let_go(desks.pair, "kz")
    desks.reply(reference, Act.REFUSED, ground="sovereignty", text="not possible")
    waiting = desks.stages(reference), running(desks, "uz", reference)

    refuse(desks.pair, "uz")

    assert waiting == (("requested", "refused"), set())
    assert desks.stages(reference) == ("requested", "requested")
    assert running(desks, "uz", reference) == {"acknowledge", "interim", "answer"}
    seen = desks.seen("uz", reference)
    assert (seen["ground"], seen["closed_at"], seen["acknowledged_at"]) == ("", None, None)


def test_an_answer_that_did_not_come_is_told_anew_once(desks: Desks) -> None:
    desks.agree()
    reference = desks.ask()
    desks.reply(reference, Act.ACKNOWLEDGED)
    desks.pair.clock.forward(days=1)
    with cut_off(desks.pair, "customs.kz"):
        desks.reply(reference, Act.COMPLETE, text="They were declared at half their value.")
    before = desks.stages(reference), running(desks, "uz", reference)
    lost = letter(desks, "uz", reference, "complete")["message_id"]

    second = anew(desks.pair, "uz", lost)

    assert before == (("acknowledged", "acknowledged"), {"interim", "answer"})
    assert desks.stages(reference) == ("answered", "answered")
    assert running(desks, "uz", reference) == set()
    assert [one["act"] for one in desks.seen("kz", reference)["papers"]] == [
        "asked",
        "acknowledged",
        "complete",
    ]
    for one in (lost, second):
        with pytest.raises((NotNowError, UnknownRecordError)):
            anew(desks.pair, "uz", one)


def test_an_answer_that_came_without_a_receipt_is_filed_once(desks: Desks) -> None:
    desks.agree()
    reference = desks.ask()
    with without_receipts(desks.pair, "customs.uz"):
        desks.reply(reference, Act.COMPLETE, text="They were declared at half their value.")
    before = desks.stages(reference)

    anew(desks.pair, "uz", letter(desks, "uz", reference, "complete")["message_id"])

    assert before == ("answered", "requested")
    assert desks.stages(reference) == ("answered", "answered")
    acts = [one["act"] for one in desks.seen("kz", reference)["papers"]]
    assert acts == ["asked", "complete"]


def test_a_postponement_that_did_not_come_is_none_and_the_answer_is_due_as_before(
    desks: Desks,
) -> None:
    desks.agree()
    reference = desks.ask()
    due = {one["clock"]: one["due_at"] for one in desks.seen("uz", reference)["clocks"]}
    with cut_off(desks.pair, "customs.kz"):
        desks.reply(
            reference, Act.POSTPONED, ground="investigation", until="2026-05-30T00:00:00+00:00",
            text="an inquiry goes on",
        )  # fmt: skip

    assert desks.stages(reference) == ("requested", "requested")
    seen = desks.seen("uz", reference)
    assert {one["clock"]: one["due_at"] for one in seen["clocks"]} == due
    assert running(desks, "uz", reference) == set(due)


def test_a_word_that_a_later_one_overtook_is_not_said_anew(desks: Desks) -> None:
    desks.agree()
    reference = desks.ask()
    with cut_off(desks.pair, "customs.kz"):
        desks.reply(reference, Act.ACKNOWLEDGED)
    desks.reply(reference, Act.COMPLETE, text="They were declared at half their value.")

    with pytest.raises(IllegalStepError):
        anew(desks.pair, "uz", letter(desks, "uz", reference, "acknowledged")["message_id"])

    assert desks.stages(reference) == ("answered", "answered")


def test_what_is_on_its_way_or_was_taken_is_not_said_twice(desks: Desks) -> None:
    desks.agree()
    reference = desks.ask()
    taken = letter(desks, "kz", reference, "asked")

    with pytest.raises(NotNowError, match="accepted"):
        anew(desks.pair, "kz", taken["message_id"])

    assert taken["fate"] == "accepted"


def test_only_liaison_officers_say_anew_and_only_what_they_may_see(desks: Desks) -> None:
    desks.agree()
    with cut_off(desks.pair, "customs.uz"):
        reference = desks.ask()
    lost = letter(desks, "kz", reference, "asked")["message_id"]

    with pytest.raises(RoleError):
        desks.pair.kz.repeating.again(OPERATOR, lost)
    with pytest.raises(UnknownRecordError):
        desks.pair.kz.repeating.again(LIAISON, "nobody@customs.kz")


def test_two_officers_who_say_the_same_anew_send_one_message(desks: Desks) -> None:
    desks.agree()
    with cut_off(desks.pair, "customs.uz"):
        reference = desks.ask()
    lost = letter(desks, "kz", reference, "asked")["message_id"]
    other = Actor(name="another officer", roles=frozenset({Role.LIAISON}))

    desks.pair.kz.repeating.again(LIAISON, lost)
    with pytest.raises((NotNowError, UnknownRecordError)):
        desks.pair.kz.repeating.again(other, lost)
    desks.pair.run()

    assert desks.stages(reference) == ("requested", "requested")


def _draft() -> dict[str, object]:
    from tests.exchange.assisting import DRAFT

    return dict(DRAFT)


def _oral(pair: Pair) -> dict[str, object]:
    return {
        "given_by": "A. Karimova",
        "taken_by": "B. Umarov",
        "at": pair.clock().isoformat(),
        "summary": "Three consignments at half their value.",
        "matter": "valuation",
    }
