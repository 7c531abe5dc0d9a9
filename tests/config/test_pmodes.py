from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from exchange_node import node as nodes
from exchange_node.config.partners import read_card
from exchange_node.config.pmodes import PLACES, WrittenMode, defaults, keys_under, read_mode
from exchange_node.config.pmodes import read_modes as read_all
from exchange_node.config.shipped import shipped
from exchange_node.domain.errors import InvalidSettingError
from exchange_node.domain.transmission import Retry
from exchange_node.ebms.pmodes.partner_mode import Binding, ExchangeNames, PartnerMode, Token
from tests.world import made_folder

RETRY = Retry(first=timedelta(seconds=30), max_retries=3)
CARD = read_card(nodes.card_of(made_folder("KZ")), "card")
DEFAULT = defaults([CARD], RETRY)
PARTNER = 'partner = "customs.kz"\n'


def mode_of(text: str) -> PartnerMode:
    return read_mode(PARTNER + text, "kz.toml", DEFAULT).mode


def test_a_partner_of_whom_nothing_is_written_has_what_its_card_and_our_settings_give(
    tmp_path: Path,
) -> None:
    (found,) = read_all(tmp_path, [CARD], RETRY)

    assert found == WrittenMode(mode=DEFAULT("customs.kz"))
    assert (found.mode.suite, found.mode.encrypts) == ("edelivery-1.15", True)
    assert (found.mode.retry, found.mode.window) == (RETRY, timedelta(days=7))


def test_where_tries_last_longer_than_a_week_so_does_the_window(tmp_path: Path) -> None:
    patient = Retry(first=timedelta(days=1), factor=1, most=timedelta(days=1), max_retries=9)

    (found,) = read_all(tmp_path, [CARD], patient)

    assert found.mode.window == timedelta(days=10)


def test_a_file_that_says_nothing_changes_nothing() -> None:
    assert mode_of("") == DEFAULT("customs.kz")


def test_the_shipped_sample_can_be_read_and_says_every_key() -> None:
    text = shipped("config", "pmodes", "partner.toml.sample").read_text("utf-8")

    read = read_mode(text, "sample", DEFAULT)

    channels_and_names = {"mpc_to_partner", "mpc_from_partner", "exchanges"}
    assert {one.name for one in fields(PartnerMode)} == set(PLACES)
    assert read.given == set(PLACES) - channels_and_names
    uncommented = text.replace("\n# ", "\n").partition("[[exchange]]")[2]
    names = read_mode(f"{text}\n[[exchange]]{uncommented}", "sample", DEFAULT).mode.exchanges
    assert names[0].action == "TransitManifest"


def test_every_key_changes_what_it_names() -> None:
    mode = mode_of(
        """
        four_corner = true
        captures = true
        security = { encrypts = false, token = "path" }
        delivery = { to_partner = "pull", mpc_to_partner = "urn:a", compresses = false }
        retry = { factor = 1, most_seconds = 60 }
        duplicates = { window_days = 1.5 }
        pace = { concurrency = 2, per_minute = 60 }
        parties = { partner_type = "urn:p", partner_role = "R", own_type = "", own_role = "S" }
        exchange = [{ code = "TM-010", action = "Manifest", agreement_ref = "" }]
        """
    )

    assert (mode.four_corner, mode.captures, mode.encrypts, mode.token) == (
        True,
        True,
        False,
        Token.PATH,
    )
    assert (mode.to_partner, mode.mpc_to_partner, mode.compresses) == (
        Binding.PULL,
        "urn:a",
        False,
    )
    assert (mode.from_partner, mode.mpc_from_partner) == (Binding.PUSH, "")
    assert mode.retry == Retry(
        first=RETRY.first, factor=1.0, most=timedelta(minutes=1), max_retries=3
    )
    assert mode.window == timedelta(hours=36)
    assert (mode.concurrency, mode.per_minute) == (2, 60)
    assert (mode.party_type, mode.role, mode.own_type, mode.own_role) == ("urn:p", "R", "", "S")
    assert mode.exchanges == (ExchangeNames(code="TM-010", action="Manifest", agreement_ref=""),)


def test_a_suite_brings_its_own_token_and_whether_it_encrypts() -> None:
    sign_only = mode_of('security = { suite = "sign-only" }')
    insisting = mode_of('security = { suite = "sign-only", encrypts = true, token = "thumbprint" }')

    assert (sign_only.encrypts, sign_only.token) == (False, Token.PATH)
    assert (insisting.encrypts, insisting.token) == (True, Token.THUMBPRINT)
    assert keys_under(CARD.keys, sign_only).suite.name == "sign-only"
    assert not keys_under(CARD.keys, sign_only).encrypts


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("partner = 1", "partner"),
        ('partner = "kz"', "kz.toml, partner"),
        ('security = { suit = "x" }', "security.suit"),
        ('security = { suite = "rot13" }', "security.suite: 'rot13' is no suite .* edelivery-2.0"),
        ('security = { token = "passport" }', "security.token"),
        ('delivery = { to_partner = "sync" }', "delivery.to_partner"),
        ("pace = { concurrency = 0 }", "pace.concurrency"),
        ("pace = { concurrency = 33 }", "pace.concurrency"),
        ("retry = { factor = 0.5 }", "retry.factor"),
        ("duplicates = { window_days = 0 }", "duplicates.window_days"),
        ('exchange = [{ action = "x" }]', "exchange.0.code"),
        ("four_corner = 4", "four_corner"),
        ("four_corner : true", "no TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_place(text: str, place: str) -> None:
    start = "" if text.startswith("partner") else PARTNER

    with pytest.raises(InvalidSettingError, match=place) as caught:
        read_mode(start + text, "kz.toml", DEFAULT)

    assert "pmodes/partner.toml.sample" in caught.value.mend_text


def test_two_files_of_one_partner_are_refused_by_their_names(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(PARTNER, "utf-8")

    with pytest.raises(InvalidSettingError, match=r"pmodes/b.toml, partner: pmodes/a.toml is of"):
        read_all(tmp_path, [CARD], RETRY)


def test_a_value_is_told_where_it_was_said() -> None:
    written = read_mode(f"{PARTNER}[pace]\nconcurrency = 2", "pmodes/kz.toml", DEFAULT)

    assert written.place_of("concurrency") == "pmodes/kz.toml, pace.concurrency"
    assert written.place_of("suite") == "customs.kz, security.suite (default)"


def test_a_number_without_end_is_no_toml() -> None:
    with pytest.raises(InvalidSettingError, match="no TOML"):
        mode_of("captures = " + "9" * 5_000)
