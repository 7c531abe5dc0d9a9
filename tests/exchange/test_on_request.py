"""Two nodes whose manifests go on request alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from exchange_node.domain.assistance.life import Act
from exchange_node.domain.errors import NotPermittedError
from exchange_node.node import reasoning, trying
from exchange_node.store import inbox, outbox
from exchange_node.store.database import reading
from tests.exchange.assisting import DRAFT, SAMPLE
from tests.world import DECLARATION, FACTS, LIAISON, NATIONAL, Pair, pair_of_nodes, replaced


@dataclass
class Asked:
    """What a test does where Uzbekistan has to ask for the manifests of Kazakhstan."""

    pair: Pair

    def request(self) -> str:
        """Let Uzbekistan ask; return the number of its request, which Kazakhstan has."""
        asked = self.pair.uz.assistance.request(
            LIAISON, DRAFT, to="customs.kz", purpose="INVESTIGATION"
        )
        self.pair.run()
        return str(asked["reference"])

    def answer(self, reference: str) -> None:
        self.pair.kz.assistance.reply(
            LIAISON, reference, Act.COMPLETE, {"language": "ru", "text": "that is all"}
        )

    def codes(self, submission: str) -> set[str]:
        found = self.pair.kz.enquiry.submission(NATIONAL, submission)["findings"]
        return {one["code"] for one in found if one["severity"] == "error"}

    def message(self, submission: str) -> str:
        return str(self.pair.kz.enquiry.submission(NATIONAL, submission)["message_id"])

    def tried(self, **named: Any) -> set[str]:  # noqa: ANN401 - whatever `Trying.look` takes
        trial = trying(self.pair.kz).look(
            NATIONAL,
            DECLARATION.read_bytes(),
            partner="customs.uz",
            facts=FACTS.read_text("utf-8"),
            **named,
        )
        return {one.finding.code for one in trial.turns()}


def on_request(text: str) -> str:
    """Return the text of an agreement whose manifests have to be asked for."""
    text = replaced(text, 'mode = "advance"', 'mode = "on_request"')
    return re.sub(r"(?m)^\[grants\.lead_time_minutes\]\n(?:(?!\[).*\n)*", "", text, count=1)


@pytest.fixture(name="asked")
def _asked(tmp_path: Path) -> Iterator[Asked]:
    with pair_of_nodes(tmp_path) as pair:
        pair.agree_anew(on_request)
        text = SAMPLE.read_text("utf-8")
        for node in (pair.kz, pair.uz):
            node.commissioning.add_agreement(text, actor="test")
        yield Asked(pair)


def test_without_a_request_nothing_leaves_and_it_is_said_why(asked: Asked) -> None:
    submission = asked.pair.submit()

    assert asked.pair.state_of(submission) == "refused"
    assert asked.codes(submission) == {"DENY-NO-REQUEST"}


def test_what_was_asked_for_leaves_arrives_and_names_the_request(asked: Asked) -> None:
    reference = asked.request()

    submission = asked.pair.submit(request=reference)
    asked.pair.run()

    assert asked.pair.state_of(submission) == "accepted"
    with reading(asked.pair.uz.engine) as conn:
        kept = inbox.get(conn, "customs.kz", asked.message(submission))
        mine = outbox.get(conn, kept.header["refTo"])
    assert mine.exchange.code == "MA-010"


@pytest.mark.parametrize("named", ["never asked", ""])
def test_a_request_that_nobody_made_lets_nothing_go(asked: Asked, named: str) -> None:
    asked.request()

    submission = asked.pair.submit(request=named)

    assert asked.codes(submission) == {"DENY-NO-REQUEST"}


def test_a_request_that_is_answered_lets_nothing_more_go(asked: Asked) -> None:
    reference = asked.request()
    asked.answer(reference)

    submission = asked.pair.submit(request=reference)

    assert asked.codes(submission) == {"DENY-NO-REQUEST"}


def test_what_was_made_before_the_answer_leaves_and_is_taken_after_it(asked: Asked) -> None:
    reference = asked.request()
    submission = asked.pair.submit(request=reference)
    asked.answer(reference)
    asked.pair.clock.forward(minutes=1)

    asked.pair.run()

    assert asked.pair.state_of(submission) == "accepted"
    stage = asked.pair.uz.assistance_register.matter(LIAISON, reference)["stage"]
    assert stage == "answered"


def test_the_receiver_takes_nothing_that_it_did_not_ask_for(asked: Asked) -> None:
    reference = asked.request()
    submission = asked.pair.submit(request=reference)
    with asked.pair.uz.engine.begin() as conn:
        conn.exec_driver_sql("UPDATE assistance_case SET partner = 'customs.tm'")

    asked.pair.run()

    shown = asked.pair.kz.enquiry.submission(NATIONAL, submission)
    assert shown["state"] == "failed"
    with reading(asked.pair.uz.engine) as conn:
        kept = inbox.get(conn, "customs.kz", asked.message(submission))
    assert kept.verdict["code"] == "DENY-NO-REQUEST"


def test_a_message_whose_request_is_gone_before_it_leaves_is_taken_back(asked: Asked) -> None:
    reference = asked.request()
    submission = asked.pair.submit(request=reference)
    with asked.pair.kz.engine.begin() as conn:
        conn.exec_driver_sql("UPDATE assistance_case SET partner = 'customs.tm'")

    asked.pair.run()

    with reading(asked.pair.kz.engine) as conn:
        outgoing = outbox.get(conn, asked.message(submission))
    assert outgoing.transmission.state.value == "cancelled"
    (told,) = [
        one for one in asked.pair.told["kz"].told.values() if one.code == "transmission.cancelled"
    ]
    assert "DENY-NO-REQUEST" in dict(told.facts)["why"]


def test_trying_and_explaining_say_what_a_submission_says(asked: Asked) -> None:
    reference = asked.request()

    without, named = asked.tried(), asked.tried(request=reference)
    explained = [
        reasoning(asked.pair.kz).explain(
            NATIONAL, DECLARATION.read_bytes(), partner="customs.uz", purpose="TRANSIT_CONTROL",
            facts=FACTS.read_text("utf-8"), request=request,
        )
        for request in ("", reference)
    ]  # fmt: skip

    assert without == {"DENY-NO-REQUEST"}
    assert named == set()
    assert [one.is_permitted for one in explained] == [False, True]
    (denied,) = [one for one in explained[0].weighed[0].checks if one.decides]
    assert denied.code.value == "DENY-NO-REQUEST"


def test_information_under_a_grant_on_request_wants_its_request(asked: Asked) -> None:
    text = SAMPLE.read_text("utf-8")
    text = replaced(text, "version = 1", "version = 2")
    text = replaced(text, 'id = "informs-kz-uz"', 'id = "told-kz-uz"')
    at = text.index('id = "told-kz-uz"')
    text = text[:at] + replaced(text[at:], 'mode = "spontaneous"', 'mode = "on_request"')
    for node in (asked.pair.kz, asked.pair.uz):
        node.commissioning.add_agreement(text, actor="test")
    says = {"language": "ru", "matter": "valuation", "facts": "half the value was declared"}
    reference = asked.request()

    with pytest.raises(NotPermittedError) as caught:
        asked.pair.kz.assistance.inform(LIAISON, says, to="customs.uz", purpose="INVESTIGATION")
    told = asked.pair.kz.assistance.inform(
        LIAISON, says, to="customs.uz", purpose="INVESTIGATION", request=reference
    )
    asked.pair.run()

    assert caught.value.facts["denial"] == "DENY-NO-REQUEST"
    lines = asked.pair.uz.assistance_register.matters(LIAISON)["matters"]
    assert str(told["reference"]) in {one["reference"] for one in lines}
