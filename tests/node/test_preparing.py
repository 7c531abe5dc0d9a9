from __future__ import annotations

from pathlib import Path

import pytest

from exchange_node import node as nodes
from exchange_node.domain.errors import (
    MalformedIdentifierError,
    NodeExistsError,
    PassphraseError,
)
from tests.world import PASSPHRASE, made_folder


def test_a_new_folder_is_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)
    nodes.initialise(tmp_path / "kz", country="kz", rsa_bits=2048)

    names = {path.relative_to(tmp_path / "kz").as_posix() for path in (tmp_path / "kz").rglob("*")}
    assert {
        "node.toml",
        "keys/storage.key.json",
        "keys/tls.key.pem",
        "keys/tls.cert.pem",
        "keys/tls.csr.pem",
        "keys/signing.csr.pem",
        "agreements/kz-uz-transit.toml",
    } <= names
    assert any(name.startswith("national/") for name in names)


def test_keys_are_encrypted_and_for_the_owner_alone() -> None:
    for path in (made_folder("KZ") / "keys").glob("*.key.*"):
        assert path.stat().st_mode & 0o077 == 0
        text = path.read_text(encoding="utf-8")
        assert "ENCRYPTED" in text or "wrapped" in text


def test_a_node_is_never_written_over() -> None:
    with pytest.raises(NodeExistsError, match="a node already"):
        nodes.initialise(made_folder("KZ"), country="KZ", passphrase=PASSPHRASE)


def test_a_node_without_a_passphrase_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EXCHANGE_NODE_PASSPHRASE", raising=False)

    with pytest.raises(PassphraseError):
        nodes.initialise(tmp_path / "kz", country="KZ")

    assert not (tmp_path / "kz").exists()


def test_a_country_has_two_letters(tmp_path: Path) -> None:
    with pytest.raises(MalformedIdentifierError):
        nodes.initialise(tmp_path / "x", country="KAZ", passphrase=PASSPHRASE)


def test_a_name_with_quotes_survives_the_settings(tmp_path: Path) -> None:
    name = 'The "State" \\ Committee'
    nodes.initialise(
        tmp_path / "kz",
        country="KZ",
        administration=name,
        passphrase=PASSPHRASE,
        rsa_bits=2048,
        with_samples=False,
    )

    with nodes.opened(tmp_path / "kz", passphrase=PASSPHRASE) as node:
        assert node.settings.administration.name == name


def test_a_node_of_no_country_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(MalformedIdentifierError, match="ISO 3166"):
        nodes.initialise(tmp_path / "x", country="XX", passphrase=PASSPHRASE)

    assert not (tmp_path / "x").exists()
