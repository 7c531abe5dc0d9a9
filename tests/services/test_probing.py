from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from exchange_node.domain.errors import InvalidHeaderError, RoleError, UnknownRecordError
from exchange_node.domain.transmission.content import Content, whole
from exchange_node.ebms.signals import error_for
from exchange_node.ebms.unpack import peek
from exchange_node.services.operating.ping_rules import OF_FAILURE
from exchange_node.services.stations.looking.views import View
from exchange_node.transport.line import Answer
from exchange_node.transport.probe import Failure, Probed
from tests.world import OPERATOR, POST, Pair


def ping(pair: Pair, tries: int = 1) -> View:
    return pair.kz.probing.ping(OPERATOR, "customs.uz", tries=tries)


def answering(pair: Pair, answer: Answer) -> View:
    pair.exchange.doors["customs.uz"] = lambda *_: answer
    return ping(pair)


def codes(seen: View) -> list[str]:
    return [one["code"] for one in seen["findings"]]


@dataclass(frozen=True)
class FailingLine:
    failure: Failure

    def probe(self, *_: object) -> Probed:
        return Probed(url="https://uz.example/as4", failure=self.failure, why="said the system")


def test_a_partner_that_receipts_is_well(pair: Pair) -> None:
    seen = ping(pair, tries=2)

    assert seen["ok"] is True
    assert [one["verdict"] for one in seen["tries"]] == ["receipt verified"] * 2
    assert seen["clock_seconds"] == {"receipt": 0.0, "http_date": None}
    ours, theirs = seen["certificates"]["ours"], seen["certificates"]["theirs"]
    assert set(ours) == set(theirs) == {"tls", "signing", "encryption", "seal"}
    assert "KZ" in ours["signing"][0]["subject"]
    assert theirs["signing"][0]["ends"].startswith("20")


def test_a_test_message_is_delivered_to_nobody_and_queued_nowhere(pair: Pair) -> None:
    ping(pair)

    assert pair.uz.filing.run() == 0
    assert pair.kz.enquiry.messages(OPERATOR)["messages"] == []
    last = pair.kz.enquiry.audit(OPERATOR)["audit"]
    assert "partner.pinged" in [one["action"] for one in last]


def test_clocks_that_differ_are_told(pair: Pair) -> None:
    ahead = replace(pair.uz.reception, clock=lambda: pair.clock() + timedelta(minutes=10))
    door = pair.exchange.doors["customs.uz"]
    pair.uz.reception = ahead

    seen = ping(pair)

    assert door is pair.exchange.doors["customs.uz"]
    assert seen["clock_seconds"]["receipt"] == 600
    assert (seen["ok"], codes(seen)) == (True, ["PING-30"])
    assert "differs from ours by +600 s" in seen["findings"][0]["text"]


def test_a_page_of_a_proxy_is_told_as_such(pair: Pair) -> None:
    page = Answer(status=407, content_type="text/html", body=b"<html>log in</html>")

    seen = answering(pair, page)

    assert (seen["ok"], codes(seen)) == (False, ["PING-22"])
    assert "HTTP 407 with text/html" in seen["findings"][0]["text"]


def test_an_empty_answer_is_told_as_such(pair: Pair) -> None:
    seen = answering(pair, Answer(status=202, content_type="", body=b""))

    assert codes(seen) == ["PING-21"]


@pytest.mark.parametrize(("signed", "code"), [(True, "PING-23"), (False, "PING-24")])
def test_an_error_is_told_with_its_text(pair: Pair, *, signed: bool, code: str) -> None:
    def door(_party: str, content_type: str, body: Content) -> Answer:
        packed = error_for(
            InvalidHeaderError(why="To is missing"),
            ref_to=peek(content_type, body),
            message_id="e-1@customs.uz",
            at=pair.clock(),
            random_bytes=os.urandom,
            keys=pair.uz.reception.taking.keys,
            partner=pair.uz.reception.taking.partners["customs.kz"] if signed else None,
            explains=True,
        )
        return Answer(status=200, content_type=packed.content_type, body=packed.body)

    pair.exchange.doors["customs.uz"] = door

    seen = ping(pair)

    assert codes(seen) == [code]
    assert "EBMS:0009" in seen["findings"][0]["text"]
    assert "To is missing" in seen["findings"][0]["text"]


def test_a_receipt_of_something_else_is_told_as_such(pair: Pair) -> None:
    door = pair.exchange.doors["customs.uz"]
    first: list[Answer] = []

    def keeping(party: str, content_type: str, body: Content) -> Answer:
        first.append(door(party, content_type, body))
        return first[0]

    pair.exchange.doors["customs.uz"] = keeping

    seen = ping(pair, tries=2)

    assert [one["verdict"] for one in seen["tries"]] == ["receipt verified", "invalid receipt"]
    assert codes(seen) == ["PING-25"]


@pytest.mark.parametrize("failure", list(Failure))
def test_every_failure_has_its_sentence(pair: Pair, failure: Failure) -> None:
    probing = replace(pair.kz.probing, line=FailingLine(failure))

    seen = probing.ping(OPERATOR, "customs.uz", tries=1)

    assert codes(seen) == [OF_FAILURE[failure].code]
    assert "{" not in seen["findings"][0]["text"]


def test_without_an_agreement_the_reason_is_told(pair: Pair) -> None:
    for node in (pair.kz, pair.uz):
        (held,) = node.standings.all()
        name = str(held["agreement"])
        node.agreeing.suspend(OPERATOR, name, 1, why="talks")

    assert "PING-20" in codes(ping(pair))


def test_an_operator_alone_pings_a_partner_that_is_known(pair: Pair) -> None:
    with pytest.raises(RoleError):
        pair.kz.probing.ping(POST, "customs.uz")
    with pytest.raises(UnknownRecordError):
        pair.kz.probing.ping(OPERATOR, "customs.tj")


def test_a_partner_of_four_corners_is_told_the_outer_ones_by_a_ping_too(pair: Pair) -> None:
    sent: list[bytes] = []
    door = pair.exchange.doors["customs.uz"]

    def keeping(party: str, content_type: str, body: Content) -> Answer:
        sent.append(whole(body))
        return door(party, content_type, body)

    pair.exchange.doors["customs.uz"] = keeping
    mode = replace(pair.kz.probing.modes["customs.uz"], four_corner=True)

    probing = replace(pair.kz.probing, modes={"customs.uz": mode})
    seen = probing.ping(OPERATOR, "customs.uz", tries=1)

    assert seen["ok"] is True
    for name, party in (("originalSender", "customs.kz"), ("finalRecipient", "customs.uz")):
        assert re.search(rf'name="{name}"[^>]*>{party}<'.encode(), sent[0])
