"""Offers that nobody answered, refused or took back: what they keep from others, and what not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange_node import node as nodes
from exchange_node.domain.countersigning.acts import Act
from exchange_node.domain.errors import IllegalActError, InvalidAgreementError
from exchange_node.services.stations.agreeing.texts import MOST_OPEN
from tests.exchange.agreeing import ID, Talks
from tests.world import OPERATOR, pair_of_nodes


@pytest.fixture(name="talks")
def _talks(tmp_path: Path) -> Iterator[Talks]:
    with pair_of_nodes(tmp_path, is_agreed=False) as pair:
        yield Talks(pair)


def between_others(talks: Talks, one: str, *, version: int = 1) -> str:
    """Return a text with Tajikistan under the id of the two."""
    text = nodes.pair_agreement(one, "TJ", on=talks.pair.clock().date())
    return text.replace(f"urn:carec:maa:{one}-TJ:rehearsal", ID).replace(
        "version = 1", f"version = {version}"
    )


def test_an_offer_under_the_id_of_others_is_refused_at_both_ends(talks: Talks) -> None:
    talks.pair.uz.commissioning.add_agreement(between_others(talks, "UZ", version=9), actor="test")

    talks.pair.kz.agreeing.offer(OPERATOR, talks.text())
    talks.pair.run()

    (told,) = talks.refusals("kz")
    assert told["reason"] == "UNUSABLE_TEXT"
    assert "held here between other parties" in told["why"]
    with pytest.raises(InvalidAgreementError, match="between other parties"):
        talks.pair.uz.agreeing.offer(OPERATOR, talks.text(2))


def test_what_is_refused_gives_the_id_back_but_for_its_number(talks: Talks) -> None:
    talks.pair.uz.agreeing.offer(OPERATOR, talks.text())
    talks.pair.run()
    with pytest.raises(InvalidAgreementError, match="first refuse"):
        talks.pair.kz.commissioning.add_agreement(between_others(talks, "KZ"), actor="test")

    talks.pair.kz.agreeing.refuse(OPERATOR, ID, 1, why="not yours to name")

    with pytest.raises(InvalidAgreementError, match="count it up"):
        talks.pair.kz.commissioning.add_agreement(between_others(talks, "KZ"), actor="test")
    own = between_others(talks, "KZ", version=2)
    assert talks.pair.kz.commissioning.add_agreement(own, actor="test").version == 2


def test_a_partner_has_so_many_offers_open_and_no_more(talks: Talks) -> None:
    for version in range(1, MOST_OPEN + 2):
        offer = talks.act("uz", Act.OFFERED, talks.text(version), act_id=f"offer-{version}")
        talks.send("uz", offer)

    (told,) = talks.refusals("uz")
    assert told["reason"] == "NOT_IN_ORDER"
    assert f"{MOST_OPEN} offers" in told["why"]
    assert len(talks.pair.kz.standings.all()) == MOST_OPEN


@pytest.mark.parametrize("name", ["kz", "uz"])
def test_of_two_offers_at_once_one_taken_back_binds_nobody(name: str, talks: Talks) -> None:
    for node in (talks.pair.kz, talks.pair.uz):
        node.agreeing.offer(OPERATOR, talks.text())
    getattr(talks.pair, name).agreeing.refuse(OPERATOR, ID, 1, why="a mistake")

    talks.pair.run()
    talks.pair.run()

    assert talks.states() == ("refused", "refused")


def test_what_both_know_to_be_agreed_is_not_taken_back_as_an_offer(talks: Talks) -> None:
    for node in (talks.pair.kz, talks.pair.uz):
        node.agreeing.offer(OPERATOR, talks.text())
    talks.pair.run()

    with pytest.raises(IllegalActError):
        talks.pair.uz.agreeing.refuse(OPERATOR, ID, 1, why="too late")
    assert talks.states() == ("active", "active")


def test_a_refusal_without_a_reason_declines(talks: Talks) -> None:
    text = talks.text()
    talks.pair.kz.agreeing.offer(OPERATOR, text)
    talks.pair.run()

    talks.send("uz", talks.act("uz", Act.REFUSED, text, signature=None, reason=""))

    assert talks.states()[0] == "refused"
    assert [one["reason"] for one in talks.refusals("kz")] == ["DECLINED"]


def test_an_act_that_is_given_up_says_how_the_partner_comes_to_have_it(talks: Talks) -> None:
    talks.pair.exchange.cut.add("customs.uz")
    talks.pair.kz.agreeing.offer(OPERATOR, talks.text())

    for _ in range(80):
        talks.pair.run()
        talks.pair.clock.forward(hours=6)

    (told,) = talks.told("kz", "transmission.missing-receipt")
    assert "message resend" in told["why"]
    assert "agreement export" in told["why"]
