from __future__ import annotations

import shutil
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from exchange_node import node as nodes
from exchange_node.config.keyring import open_keyring, own_pairs
from exchange_node.config.settings import Settings, read_settings
from exchange_node.config.settings.passphrase import PASSPHRASE_VARIABLE, PIN_VARIABLE
from exchange_node.domain.errors import InvalidSettingError, PassphraseError
from exchange_node.node.connections import tls_key
from exchange_node.security.certificates import Purpose, load_certificates
from exchange_node.security.keys import Decrypter, Oaep, Signer, load_private_key
from exchange_node.transport.tls import load_key
from tests.security.authority import new_root
from tests.world import PASSPHRASE, made_folder

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
SHA256 = Oaep(digest="sha256", mask="sha256")


@pytest.fixture(name="settings")
def _settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv(PASSPHRASE_VARIABLE, PASSPHRASE)
    return read_settings(Path(shutil.copytree(made_folder("KZ"), tmp_path / "kz")))


def as_bundle(settings: Settings, purpose: str, secret: str = PASSPHRASE) -> Path:
    """Turn a pair of PEM files into one PKCS#12 file."""
    files = [settings.keys_folder / f"{purpose}.{part}.pem" for part in ("key", "cert")]
    key = load_private_key(files[0].read_bytes(), PASSPHRASE)
    (certificate,) = load_certificates(files[1].read_bytes())
    path = settings.keys_folder / f"{purpose}.p12"
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"node",
            key,  # type: ignore[arg-type]
            certificate,
            [new_root().certificate],
            BestAvailableEncryption(secret.encode()),
        )
    )
    path.chmod(0o600)
    for one in files:
        one.unlink()
    return path


class Module:
    """Plays a key module: remembers how it was asked."""

    def __init__(self, signer: Signer, decrypter: Decrypter) -> None:
        self.keys = signer, decrypter
        self.asked: list[tuple[str, str, str]] = []

    def signer(
        self,
        uri: str,
        pin: str,
        certificate: x509.Certificate,
        *,
        chain: tuple[x509.Certificate, ...],
        where: str,
    ) -> Signer:
        assert (certificate, chain) == (self.keys[0].certificate, self.keys[0].chain)
        self.asked.append((uri, pin, where))
        return self.keys[0]

    def decrypter(
        self, uri: str, pin: str, certificate: x509.Certificate, *, where: str
    ) -> Decrypter:
        assert certificate == self.keys[1].certificate
        self.asked.append((uri, pin, where))
        return self.keys[1]


def into_module(settings: Settings, purpose: str) -> None:
    (settings.keys_folder / f"{purpose}.key.pem").unlink()
    (settings.keys_folder / f"{purpose}.pkcs11").write_text(f"pkcs11:object={purpose}")


@pytest.mark.parametrize("purpose", ["signing", "encryption", "seal", "tls"])
def test_a_pair_may_lie_in_one_file(settings: Settings, purpose: str) -> None:
    before = open_keyring(settings, bytes, PASSPHRASE)
    as_bundle(settings, purpose)

    after = open_keyring(settings, bytes, PASSPHRASE)

    assert [one.certificate for one in after.signers + after.seals + after.tls] == [
        one.certificate for one in before.signers + before.seals + before.tls
    ]
    assert [one.certificate for one in after.decrypters] == [
        one.certificate for one in before.decrypters
    ]
    assert nodes.card_of(settings.folder, at=NOW)
    assert "CERT-05" not in [one.code for one in nodes.check(settings.folder)]


def test_the_tls_library_takes_a_bundle_and_no_open_key_is_written(settings: Settings) -> None:
    as_bundle(settings, "tls")

    key = tls_key(open_keyring(settings, bytes, PASSPHRASE), NOW)
    load_key(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), key)

    written = key.key_file.read_text()
    assert "ENCRYPTED PRIVATE KEY" in written
    assert key.key_file.stat().st_mode & 0o077 == 0


def test_a_bundle_under_another_passphrase_is_named(settings: Settings) -> None:
    as_bundle(settings, "seal", "another passphrase")

    with pytest.raises(PassphraseError, match=r"seal\.p12"):
        open_keyring(settings, bytes, PASSPHRASE)


def test_two_forms_of_one_key_are_one_too_many(settings: Settings) -> None:
    held = settings.keys_folder / "signing.key.pem"
    kept = held.read_bytes()
    into_module(settings, "signing")
    held.write_bytes(kept)

    with pytest.raises(InvalidSettingError, match=r"signing\.key\.pem and signing\.pkcs11"):
        own_pairs(settings, Purpose.SIGNING)


@pytest.mark.parametrize("pin", ["", "0815"])
def test_a_key_in_a_module_is_opened_with_pin_or_passphrase(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, pin: str
) -> None:
    pem = open_keyring(settings, bytes, PASSPHRASE)
    module = Module(pem.signers[0], pem.decrypters[0])
    for purpose in ("signing", "encryption"):
        into_module(settings, purpose)
    monkeypatch.setenv(PIN_VARIABLE, pin)

    keyring = open_keyring(settings, bytes, PASSPHRASE, module)

    assert keyring.signers == pem.signers
    assert keyring.decrypters == pem.decrypters
    assert module.asked == [
        ("pkcs11:object=signing", pin or PASSPHRASE, "signing.pkcs11"),
        ("pkcs11:object=encryption", pin or PASSPHRASE, "encryption.pkcs11"),
    ]


def test_a_node_without_a_way_to_modules_says_so(settings: Settings) -> None:
    into_module(settings, "seal")

    with pytest.raises(InvalidSettingError, match=r"seal\.pkcs11"):
        open_keyring(settings, bytes, PASSPHRASE)


def test_the_tls_key_does_not_lie_in_a_module(settings: Settings) -> None:
    pem = open_keyring(settings, bytes, PASSPHRASE)
    into_module(settings, "tls")

    with pytest.raises(InvalidSettingError, match=r"tls\.pkcs11.*PEM or PKCS#12"):
        open_keyring(settings, bytes, PASSPHRASE, Module(pem.signers[0], pem.decrypters[0]))


def test_a_check_looks_into_the_module(settings: Settings) -> None:
    into_module(settings, "signing")

    found = [one for one in nodes.check(settings.folder) if one.is_error]

    assert [one.code for one in found] == ["config.unusable"]
    assert "signing.pkcs11" in found[0].text
