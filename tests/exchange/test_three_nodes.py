"""Three nodes: what one sent the second may go on to the third with the first one's consent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from exchange_node import node as nodes
from exchange_node.domain.errors import NotPermittedError, UnknownRecordError
from exchange_node.domain.onward.asking import Outcome
from exchange_node.domain.onward.wanted import Intended, Use
from exchange_node.domain.retention import Kept
from tests.exchange.assisting import SAMPLE
from tests.exchange.furthering import onward
from tests.exchange.several import Several, several
from tests.world import (
    LIAISON,
    POST,
    Clock,
    replaced,
)

NAMES = ("kz", "uz", "tm")
LINES = (("kz", "uz"), ("uz", "tm"))
"""Who knows whom: Kazakhstan and Turkmenistan have nothing to do with each other."""


@dataclass
class Three(Several):
    """Three administrations in a row, with a store of their own each."""

    subject: str = field(default="")

    def arrive(self) -> None:
        """Let a manifest of Kazakhstan arrive in Uzbekistan."""
        self.submit()
        self.run()
        (arrival,) = self.nodes["uz"].enquiry.prearrival(POST)["arrivals"]
        self.subject = str(arrival["movement"])

    def intended(self, to: str = "customs.tm", use: Use = Use.WORK) -> Intended:
        return Intended(
            kind=Kept.MANIFEST, subject=self.subject, recipient=to, use=use,
            purpose="TRANSIT_CONTROL",
        )  # fmt: skip

    def code(self) -> str:
        return str(self.nodes["uz"].exporting.preview(LIAISON, self.intended())["code"])

    def ask(self) -> str:
        """Let Uzbekistan ask Kazakhstan for consent; return the number of the request."""
        asked = self.nodes["uz"].consenting.ask(
            LIAISON, self.intended(), why="the goods go on to Turkmenistan"
        )
        self.run()
        return str(asked["request_id"])

    def decide(self, request: str, outcome: Outcome) -> None:
        self.nodes["kz"].consenting.decide(LIAISON, request, outcome, ground=GROUND[outcome])
        self.run()

    def pass_on(self) -> str:
        """Export for Turkmenistan, and tell it what was exported; return the number of that."""
        exported = self.nodes["uz"].exporting.export(LIAISON, self.intended())
        told = self.nodes["uz"].assistance.inform(
            LIAISON,
            {
                "language": "ru",
                "matter": "transit",
                "facts": seal_of(exported.content),
                "related": self.subject,
            },
            to="customs.tm",
            purpose="INVESTIGATION",
        )
        self.run()
        return str(told["reference"])

    def held_in_turkmenistan(self) -> set[str]:
        lines = self.nodes["tm"].assistance_register.matters(LIAISON)["matters"]
        return {str(one["reference"]) for one in lines}


GROUND = {Outcome.GRANTED: "", Outcome.REFUSED: "investigation", Outcome.WITHDRAWN: "other"}


def seal_of(content: bytes) -> str:
    """Return of an exported view what the next border looks for."""
    fields = json.loads(content)["fields"]
    return "; ".join(str(one["value"]) for one in fields if "DepartureTransportMeans" in str(one))


def between(first: str, second: str) -> str:
    """Return what two of them have agreed: manifests with handing on, or assistance."""
    if (first, second) == ("kz", "uz"):
        transit = nodes.pair_agreement("KZ", "UZ", on=Clock()().date())
        return onward(transit, 'to = ["customs.tm"]')
    return in_row(SAMPLE.read_text("utf-8"))


def in_row(text: str) -> str:
    """Return the agreement of Kazakhstan and Uzbekistan as one of Uzbekistan and Turkmenistan."""
    moved = text.replace("customs.uz", "customs.tm").replace("customs.kz", "customs.uz")
    moved = replaced(moved, 'country = "UZ"', 'country = "TM"')
    moved = replaced(moved, 'country = "KZ"', 'country = "UZ"')
    return moved.replace("kz-uz", "uz-tm")


@pytest.fixture(name="three")
def _three(tmp_path: Path) -> Iterator[Three]:
    with several(tmp_path, {line: between(*line) for line in LINES}) as made:
        three = Three(**vars(made))
        three.arrive()
        yield three


def test_without_consent_nothing_goes_on(three: Three) -> None:
    with pytest.raises(NotPermittedError) as caught:
        three.pass_on()

    assert caught.value.facts["denial"] == three.code() == "DENY-EXPORT-ONWARD-CONSENT"
    assert three.held_in_turkmenistan() == set()


def test_with_consent_it_goes_on_and_all_three_know_what_they_have_to(three: Three) -> None:
    three.decide(three.ask(), Outcome.GRANTED)

    reference = three.pass_on()

    uz, tm = three.nodes["uz"], three.nodes["tm"]
    (line,) = uz.exporting.register(LIAISON)["exports"]
    assert (line["recipient"], line["partner"]) == ("customs.tm", "customs.kz")
    assert reference in three.held_in_turkmenistan()
    (known,) = three.nodes["kz"].consenting.register(LIAISON, direction="received")["requests"]
    assert (known["recipient"], known["state"]) == ("customs.tm", "granted")
    # What goes on is what was told, not the record: Turkmenistan holds no manifest of Kazakhstan.
    assert tm.enquiry.prearrival(POST)["arrivals"] == []
    said = tm.assistance_register.matter(LIAISON, reference)["papers"][0]["says"]
    assert said["related"] == three.subject
    assert said["facts"]


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.WITHDRAWN])
def test_what_is_refused_or_taken_back_goes_on_no_more(three: Three, outcome: Outcome) -> None:
    request = three.ask()
    if outcome is Outcome.WITHDRAWN:
        three.decide(request, Outcome.GRANTED)
    three.decide(request, outcome)

    with pytest.raises(NotPermittedError):
        three.pass_on()

    assert three.held_in_turkmenistan() == set()


def test_silence_is_no(three: Three) -> None:
    three.ask()
    three.clock.forward(days=20)

    with pytest.raises(NotPermittedError) as caught:
        three.pass_on()

    assert caught.value.facts["denial"] == "DENY-EXPORT-ONWARD-CONSENT"


def test_consent_for_one_is_none_for_another(three: Three) -> None:
    three.decide(three.ask(), Outcome.GRANTED)

    said = three.nodes["uz"].exporting.preview(LIAISON, three.intended("customs.kg"))

    assert said["code"] == "DENY-EXPORT-RECIPIENT"


def test_the_third_has_nothing_of_the_first_to_hand_on(three: Three) -> None:
    three.decide(three.ask(), Outcome.GRANTED)
    three.pass_on()

    with pytest.raises(UnknownRecordError):
        three.nodes["tm"].exporting.export(LIAISON, three.intended("customs.kg"))
