from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from tests.security.authority import Key

PIN = "1234-secret"
LIBRARIES = [
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/local/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib64/pkcs11/libsofthsm2.so"),
    Path("/opt/homebrew/lib/softhsm/libsofthsm2.so"),
]


@dataclass
class Module:
    """A token of SoftHSM with what was put into it."""

    library: Path
    folder: Path
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def put(self, key: Key, label: str) -> str:
        """Put a key in and return its URI; the file it came in is removed."""
        number = f"{next(self.numbers):02x}"
        pem = self.folder / "import.pem"
        pem.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        util(
            "--import", str(pem), "--token", "node", "--label", label, "--id", number, "--pin", PIN
        )
        pem.unlink()
        return self.uri(label)

    def put_agreeing(self, key: ec.EllipticCurvePrivateKey, label: str) -> str:
        """Put a key in that may agree on secrets, which the tool has no way to say."""
        import pkcs11
        from pkcs11.util.ec import decode_ec_private_key

        der = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        what = {
            **decode_ec_private_key(der),
            pkcs11.Attribute.TOKEN: True,
            pkcs11.Attribute.PRIVATE: True,
            pkcs11.Attribute.LABEL: label,
            pkcs11.Attribute.DERIVE: True,
        }
        library = pkcs11.lib(str(self.library))
        library.reinitialize()  # whoever was logged in is not any more
        token = library.get_token(token_label="node")
        with token.open(rw=True, user_pin=PIN) as session:
            session.create_object(what)
        return self.uri(label)

    def uri(self, label: str, of: str = "node") -> str:
        return f"pkcs11:token={of};object={label};type=private?module-path={self.library}"


def util(*arguments: str) -> None:
    subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)


def lacking() -> str:
    """What there has to be for these tests and is not; empty when all is there."""
    if importlib.util.find_spec("pkcs11") is None:
        return "python-pkcs11 is not installed"
    if shutil.which("softhsm2-util") is None:
        return "SoftHSM is not installed (Debian: softhsm2)"
    return "" if any(map(Path.exists, LIBRARIES)) else "the library of SoftHSM is not found"


@pytest.fixture(name="softhsm", scope="session")
def _softhsm(tmp_path_factory: pytest.TempPathFactory) -> Module:
    if why := lacking():
        if os.environ.get("EXCHANGE_NODE_REQUIRE_SOFTHSM"):
            pytest.fail(why)
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("softhsm")
    tokens = folder / "tokens"
    tokens.mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    util("--init-token", "--free", "--label", "node", "--so-pin", "so-secret", "--pin", PIN)
    return Module(next(one for one in LIBRARIES if one.exists()), folder)
