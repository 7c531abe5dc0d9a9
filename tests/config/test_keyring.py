from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exchange_node import node as nodes
from exchange_node.config.keyring import (
    Keyring,
    certificates_to_show,
    open_keyring,
    own_certificates,
    own_pairs,
)
from exchange_node.config.settings import Settings, read_settings
from exchange_node.domain.errors import InvalidSettingError, MissingSettingError, PassphraseError
from exchange_node.security.certificates import Purpose
from exchange_node.security.keys import kind_of, public_key_of
from tests.world import PASSPHRASE, Clock, made_folder

BOTH = ("edelivery-1.15", "edelivery-2.0")
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
Add = Callable[..., None]


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_folder("KZ", BOTH), tmp_path / "kz"))


@pytest.fixture(name="settings")
def _settings(folder: Path) -> Settings:
    return read_settings(folder)


@pytest.fixture(name="add")
def _add(folder: Path) -> Add:
    def add(purpose: str, **given: object) -> None:
        node = nodes.build(folder, passphrase=PASSPHRASE, clock=Clock(NOW))
        nodes.new_key(node, purpose, actor="test", **given)  # type: ignore[arg-type]
        node.close()

    return add


def opened(settings: Settings) -> Keyring:
    return open_keyring(settings, bytes, PASSPHRASE)


def kinds(settings: Settings, purpose: Purpose) -> list[str]:
    return [kind_of(public_key_of(one)) for one in own_certificates(settings, purpose)]


def test_every_pair_of_a_purpose_is_opened(settings: Settings) -> None:
    keyring = opened(settings)

    assert kinds(settings, Purpose.SIGNING) == ["RSA 2048", "Ed25519"]
    assert kinds(settings, Purpose.ENCRYPTION) == ["RSA 2048", "X25519"]
    for held, purpose in (
        (keyring.signers, Purpose.SIGNING),
        (keyring.decrypters, Purpose.ENCRYPTION),
        (keyring.seals, Purpose.SEAL),
        (keyring.tls, Purpose.TLS),
    ):
        assert tuple(one.certificate for one in held) == own_certificates(settings, purpose)


def test_a_file_may_have_any_name_that_begins_with_its_purpose(settings: Settings) -> None:
    for part in ("cert", "key"):
        path = settings.keys_folder / f"signing.{part}.pem"
        path.rename(path.with_name(f"signing-of-2026.{part}.pem"))

    assert kinds(settings, Purpose.SIGNING) == ["Ed25519", "RSA 2048"]
    assert len(opened(settings).signers) == 2


def test_seal_and_tls_change_over_when_the_overlap_ends(settings: Settings, add: Add) -> None:
    for purpose in ("seal", "tls"):
        add(purpose)
    keyring = opened(settings)

    for held, used_at in (
        (own_certificates(settings, Purpose.SEAL), keyring.seal_at),
        (own_certificates(settings, Purpose.TLS), keyring.tls_at),
    ):
        old, new = held
        assert used_at(NOW).certificate == old
        assert used_at(NOW + timedelta(days=6)).certificate == old
        assert used_at(NOW + timedelta(days=7)).certificate == new


def test_nothing_seals_once_the_last_seal_certificate_has_ended(settings: Settings) -> None:
    keyring = opened(settings)
    (held,) = own_certificates(settings, Purpose.SEAL)

    assert keyring.seal_at(held.not_valid_after_utc).certificate == held
    with pytest.raises(InvalidSettingError, match="is not valid at"):
        keyring.seal_at(held.not_valid_after_utc + timedelta(seconds=1))


def test_the_overlap_is_a_setting(folder: Path, add: Add) -> None:
    add("seal")
    toml = folder / "node.toml"
    toml.write_text(toml.read_text("utf-8").replace("overlap_days = 7", "overlap_days = 0"))
    settings = read_settings(folder)

    new = own_certificates(settings, Purpose.SEAL)[-1]
    assert opened(settings).seal_at(NOW).certificate == new


def test_what_stands_after_a_certificate_is_the_path_above_it(settings: Settings) -> None:
    authority = (settings.keys_folder / "authority.cert.pem").read_text()
    path = settings.keys_folder / "signing.cert.pem"
    path.write_text(path.read_text() + authority)

    signer = opened(settings).signers[0]
    assert [one.subject.rfc4514_string()[:24] for one in signer.chain] == [
        "CN=customs.kz authority,"
    ]


def test_a_certificate_that_has_ended_is_shown_to_nobody_but_for_the_last(
    settings: Settings, add: Add
) -> None:
    add("signing", suite="edelivery-1.15", valid_from=NOW + timedelta(days=1), days=2000)

    for days, expected in ((0, 3), (800, 1), (3000, 1)):
        at = NOW + timedelta(days=days)
        assert len(certificates_to_show(settings, Purpose.SIGNING, at)) == expected


def test_a_purpose_without_a_certificate_is_told_as_such(settings: Settings) -> None:
    (settings.keys_folder / "seal.cert.pem").unlink()

    with pytest.raises(MissingSettingError, match=r"seal\.cert\.pem"):
        own_pairs(settings, Purpose.SEAL)


def test_a_certificate_without_its_key_is_told_as_such(settings: Settings) -> None:
    (settings.keys_folder / "encryption-x25519.key.pem").unlink()

    with pytest.raises(MissingSettingError, match=r"encryption-x25519\.key\.pem"):
        opened(settings)


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("encryption-x25519", "signing-ed25519"),
        ("signing-ed25519", "encryption-x25519"),
        ("signing", "signing-ed25519"),
        ("encryption", "encryption-x25519"),
    ],
)
def test_a_key_that_does_not_fit_is_refused(settings: Settings, key: str, place: str) -> None:
    shutil.copy(settings.keys_folder / f"{key}.key.pem", settings.keys_folder / f"{place}.key.pem")

    with pytest.raises(InvalidSettingError):
        opened(settings)


def test_a_key_under_another_passphrase_is_refused(settings: Settings, tmp_path: Path) -> None:
    nodes.initialise(
        tmp_path / "other", country="KZ", passphrase="another", suites=BOTH, rsa_bits=2048
    )
    for part in ("cert", "key"):
        name = f"signing-ed25519.{part}.pem"
        shutil.copy(tmp_path / "other" / "keys" / name, settings.keys_folder / name)

    with pytest.raises(PassphraseError, match="signing-ed25519"):
        opened(settings)


def test_a_keyring_shows_no_passphrase(settings: Settings) -> None:
    assert PASSPHRASE not in repr(replace(opened(settings)))


def test_one_certificate_of_each_kind_counts_at_a_moment(settings: Settings, add: Add) -> None:
    add("signing", suite="edelivery-2.0")
    rsa, old, new = own_certificates(settings, Purpose.SIGNING)
    keyring = opened(settings)

    assert keyring.certificates_at(Purpose.SIGNING, NOW) == (rsa, old)
    assert keyring.certificates_at(Purpose.SIGNING, NOW + timedelta(days=7)) == (rsa, new)
    assert len(keyring.certificates_at(Purpose.TLS, NOW)) == 1
