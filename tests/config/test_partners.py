from __future__ import annotations

import re

import pytest

from exchange_node import node as nodes
from exchange_node.config.partners import read_card
from exchange_node.domain.errors import InvalidSettingError
from exchange_node.security.certificates import fingerprint, write_pem
from exchange_node.security.keys import kind_of, public_key_of
from exchange_node.security.trusting.policy import Strictness
from tests.security.authority import new_root
from tests.world import made_folder

CA = new_root()


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


# ---------------------------------------------------------------------- known by an authority


def by_authority(**changes: str) -> str:
    """The card without its TLS and signing certificates, and with an authority instead."""
    plain = re.sub(r'(tls|signing) = \["""\n.*?"""\]\n', "", card(), flags=re.DOTALL)
    lines = {
        "authorities": f'["""{write_pem(CA.certificate).decode()}"""]',
        "subject": '"as4.customs.kz"',
        **changes,
    }
    return plain + "".join(f"{name} = {value}\n" for name, value in lines.items() if value)


def test_an_authority_stands_in_for_tls_and_signing_certificates() -> None:
    read = read_card(by_authority(revocation='"require"'), "card")

    anchors = read.partner.anchors
    assert anchors is not None
    assert anchors.authorities == (CA.certificate,)
    assert anchors.bears_name(CA.issue("as4.customs.kz"))
    assert anchors.strictness is Strictness.REQUIRE
    assert read.keys.anchors == anchors
    assert (read.partner.tls, read.partner.signing) == ((), ())
    assert write_pem(CA.certificate).decode() in read.tls_pem


def test_a_partner_may_bear_one_of_several_names() -> None:
    read = read_card(by_authority(subject='["as4.customs.kz", "CN=x,C=KZ"]'), "card")

    assert read.partner.anchors is not None
    assert [one.text for one in read.partner.anchors.names] == ["as4.customs.kz", "CN=x,C=KZ"]
    assert read.partner.anchors.strictness is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"subject": ""}, "`subject` has to say"),
        ({"subject": '"  "'}, "binds nobody"),
        ({"subject": '"CN=x,WHAT=y"'}, "no distinguished name"),
        ({"authorities": ""}, "say nothing without"),
        ({"authorities": "", "subject": ""}, "card, tls"),
        ({"authorities": '["""none"""]'}, "card, authorities"),
        ({"revocation": '"soft"'}, "card, revocation"),
    ],
)
def test_what_a_card_says_of_authorities_has_to_be_whole(
    changes: dict[str, str], said: str
) -> None:
    with pytest.raises(InvalidSettingError, match=said):
        read_card(by_authority(**changes), "card")


def test_a_certificate_of_a_customer_is_not_taken_for_an_authority() -> None:
    leaf = write_pem(CA.issue("as4.customs.kz")).decode()

    with pytest.raises(InvalidSettingError, match="no authority's certificate"):
        read_card(by_authority(authorities=f'["""{leaf}"""]'), "card")


def test_a_card_has_one_encryption_certificate_or_a_list_or_none() -> None:
    text = card()
    pem = re.search(r'encryption = (""".+?""")', text, re.DOTALL)
    assert pem is not None

    def certificates(value: str) -> int:
        read = read_card(text.replace(pem[1], value), "card")
        return len(read.keys.encryption)

    assert certificates(pem[1]) == 1
    assert certificates(f"[{pem[1]}]") == 1
    assert certificates("[]") == 0
    with pytest.raises(InvalidSettingError, match="encryption"):
        certificates(f"[{', '.join([pem[1]] * 9)}]")


def test_a_card_holds_the_certificates_of_every_suite_and_what_is_coming() -> None:
    both = nodes.card_of(made_folder("KZ", ("edelivery-1.15", "edelivery-2.0")))

    read = read_card(both, "card").partner

    assert [kind_of(public_key_of(one)) for one in read.signing] == ["RSA 2048", "Ed25519"]
    assert [kind_of(public_key_of(one)) for one in read.encryption] == ["RSA 2048", "X25519"]
