from __future__ import annotations

from pathlib import Path

import pytest

from exchange_node import node as nodes
from tests.world import NATIONAL, Pair, pair_of_nodes


def crosses(pair: Pair) -> list[bytes]:
    """Let one message be filed and answered; return what went over the line."""
    bodies: list[bytes] = []

    def keep(body: bytes) -> bytes:
        bodies.append(body)
        return body

    pair.exchange.meddler = keep
    submission = pair.submit()
    pair.run()
    seen = pair.kz.enquiry.submission(NATIONAL, submission)
    assert seen["state"] == "accepted"
    assert seen["transmission"]["receipt_verified"] is True
    return bodies


@pytest.mark.parametrize(
    ("suite", "algorithms"),
    [
        ("edelivery-2.0", (b"eddsa-ed25519", b"x25519")),
        ("edelivery-2.0-ecc", (b"ecdsa-sha256", b"ECDH-ES")),
    ],
)
def test_a_declaration_crosses_by_a_suite_of_elliptic_curves(
    tmp_path: Path, suite: str, algorithms: tuple[bytes, bytes]
) -> None:
    with pair_of_nodes(tmp_path, suites=(suite,)) as pair:
        bodies = crosses(pair)

    assert len(bodies) == 2
    for body in bodies:
        assert all(one in body for one in algorithms)
        assert b"#rsa-" not in body


def test_a_declaration_crosses_signed_and_not_encrypted(tmp_path: Path, pair: Pair) -> None:
    for name, other in (("kz", "uz"), ("uz", "kz")):
        mode = f'partner = "customs.{other}"\n[security]\nsuite = "sign-only"\n'
        folder = tmp_path / name / "pmodes"
        folder.mkdir(exist_ok=True)
        (folder / f"customs.{other}.toml").write_text(mode, encoding="utf-8")
        pair.restart(name)

    bodies = crosses(pair)

    assert len(bodies) == 2
    for body in bodies:
        assert b"EncryptedKey" not in body
        assert b"#X509PKIPathv1" in body


def test_two_nodes_change_from_one_suite_to_the_next(tmp_path: Path, pair: Pair) -> None:
    crosses(pair)
    for name in ("kz", "uz"):
        node = getattr(pair, name)
        for purpose in ("signing", "encryption"):
            nodes.new_key(node, purpose, actor="test", suite="edelivery-2.0")
        pair.restart(name)
    for name, other in (("kz", "uz"), ("uz", "kz")):
        card = nodes.card_of(tmp_path / other, at=pair.clock())
        getattr(pair, name).commissioning.add_partner(card)
        pair.restart(name)
    assert all(b"rsa-sha256" in body for body in crosses(pair))

    for name, other in (("kz", "uz"), ("uz", "kz")):
        mode = f'partner = "customs.{other}"\n[security]\nsuite = "edelivery-2.0"\n'
        folder = tmp_path / name / "pmodes"
        folder.mkdir(exist_ok=True)
        (folder / f"customs.{other}.toml").write_text(mode, encoding="utf-8")
        pair.restart(name)

    assert all(b"eddsa-ed25519" in body for body in crosses(pair))
