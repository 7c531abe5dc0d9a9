from __future__ import annotations

import pytest

from exchange_node import node as nodes
from exchange_node.config.partners import read_card
from exchange_node.domain.errors import InvalidSettingError
from exchange_node.security.certificates import fingerprint
from tests.world import made_folder


def card() -> str:
    return nodes.card_of(made_folder("KZ"))


def test_a_card_carries_everything_a_partner_needs() -> None:
    read = read_card(card(), "card")

    assert str(read.party) == "customs.kz"
    assert read.url == "https://127.0.0.1:8443/as4"
    prints = {fingerprint(one) for one in (*read.partner.signing, *read.partner.seal)}
    assert len(prints) == 2


def test_a_card_holds_nothing_secret() -> None:
    assert "PRIVATE" not in card()


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('party = "customs.kz"', 'party = "kz"', "party"),
        ("https://", "http://", "url"),
        ("administration", "adminstration", "administration"),
        ("-----BEGIN", "-----BEGUN", "tls"),
        ("party = ", "party : ", "no TOML"),
    ],
)
def test_a_card_that_cannot_be_used_is_refused_with_its_place(
    old: str, new: str, place: str
) -> None:
    with pytest.raises(InvalidSettingError, match=place):
        read_card(card().replace(old, new), "card")


@pytest.mark.parametrize("text", ["version = " + "9" * 5_000, "a = " + "[" * 9_000])
def test_a_card_that_goes_beyond_the_parser_is_refused_as_no_toml(text: str) -> None:
    with pytest.raises(InvalidSettingError, match="no TOML"):
        read_card(text, "card")
