from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography import x509

from exchange_node import node as nodes
from exchange_node.cli import cli
from exchange_node.store import audit
from tests.world import PASSPHRASE, made_folder

Run = Callable[..., Result]


@pytest.fixture(name="run")
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)
    shutil.copytree(made_folder("KZ"), tmp_path / "kz")

    def run(*words: object) -> Result:
        return CliRunner().invoke(cli, ["--folder", str(tmp_path / "kz"), *map(str, words)])

    return run


def listed(run: Run) -> list[dict[str, Any]]:
    result = run("key", "list")
    assert result.exit_code == 0, result.output
    rows: list[dict[str, Any]] = json.loads(result.stdout)
    return rows


def files(run: Run, purpose: str) -> dict[str, tuple[str, str, list[str]]]:
    return {
        row["file"]: (row["kind"], row["use"], row["suites"])
        for row in listed(run)
        if row["purpose"] == purpose
    }


RSA = ["edelivery-1.15", "sign-only"]


def test_list_says_what_every_key_is_and_does(run: Run) -> None:
    rows = listed(run)

    assert [(one["purpose"], one["kind"], one["suites"], one["use"]) for one in rows] == [
        ("tls", "EC secp256r1", [], "now"),
        ("signing", "RSA 2048", RSA, "now"),
        ("encryption", "RSA 2048", ["edelivery-1.15"], "now"),
        ("seal", "EC secp256r1", [], "now"),
    ]
    assert rows[0]["valid_until"].startswith("2028-02-29")


def test_list_asks_for_no_passphrase(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXCHANGE_NODE_PASSPHRASE")

    assert len(listed(run)) == 4


def test_a_new_key_stands_beside_the_old_and_is_next(run: Run, tmp_path: Path) -> None:
    before = {one: one.read_bytes() for one in (tmp_path / "kz" / "keys").iterdir()}

    result = run("key", "new", "signing")

    assert result.exit_code == 0, result.output
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    assert files(run, "signing") == {
        "signing.cert.pem": ("RSA 2048", "now", RSA),
        f"signing-rsa-{day}.cert.pem": ("RSA 2048", "next", RSA),
    }
    (coming,) = [one for one in listed(run) if one["use"] == "next"]
    since = datetime.fromisoformat(coming["used_from"])
    assert timedelta(days=6.9) < since - datetime.now(UTC) < timedelta(days=7)
    assert f"It is used from {coming['used_from']} on." in result.output
    assert all(path.read_bytes() == content for path, content in before.items())


def test_a_key_for_another_suite_is_used_at_once(run: Run) -> None:
    for purpose in ("signing", "encryption"):
        assert run("key", "new", purpose, "--suite", "edelivery-2.0").exit_code == 0
        assert run("key", "new", purpose, "--suite", "edelivery-2.0-ecc").exit_code == 0

    assert files(run, "signing") == {
        "signing.cert.pem": ("RSA 2048", "now", RSA),
        "signing-ed25519.cert.pem": ("Ed25519", "now", ["edelivery-2.0"]),
        "signing-ec.cert.pem": ("EC secp256r1", "now", ["edelivery-2.0-ecc"]),
    }
    assert files(run, "encryption") == {
        "encryption.cert.pem": ("RSA 2048", "now", ["edelivery-1.15"]),
        "encryption-x25519.cert.pem": ("X25519", "now", ["edelivery-2.0"]),
        "encryption-ec.cert.pem": ("EC secp256r1", "now", ["edelivery-2.0-ecc"]),
    }


def test_several_new_keys_of_one_day_have_names_of_their_own(run: Run) -> None:
    for _ in range(3):
        assert run("key", "new", "seal").exit_code == 0

    assert len(files(run, "seal")) == 4


def test_the_first_day_and_the_length_are_the_operators(run: Run) -> None:
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=9)

    run("key", "new", "tls", "--valid-from", f"{day:%Y-%m-%d}", "--days", 30)

    (coming,) = [one for one in listed(run) if one["use"] == "next"]
    assert coming["file"] == f"tls-ec-{day:%Y-%m-%d}.cert.pem"
    begin = datetime.fromisoformat(coming["valid_from"])
    assert day - begin == timedelta(minutes=5)
    assert datetime.fromisoformat(coming["valid_until"]) - day == timedelta(days=30)


def test_a_new_tls_certificate_names_the_same_hosts(run: Run, tmp_path: Path) -> None:
    run("key", "new", "tls")

    names = []
    for path in sorted((tmp_path / "kz" / "keys").glob("tls*.cert.pem")):
        one = x509.load_pem_x509_certificate(path.read_bytes())
        names.append(one.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    assert len(names) == 2
    assert set(names[0]) == set(names[1])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("tls", "--suite", "edelivery-2.0"), 2, "the same with every suite"),
        (("signing", "--suite", "sign-only"), 2, "edelivery-1.15"),
        (("signing", "--valid-from", "2020-01-01"), 1, "the day is past"),
        (("signing", "--days", "0"), 2, "0 is not in the range"),
        (("storage",), 2, "encryption"),
    ],
)
def test_what_cannot_be_made_is_told(
    run: Run, words: tuple[str, ...], code: int, said: str
) -> None:
    result = run("key", "new", *words)

    assert result.exit_code == code
    assert said in result.output
    assert len(listed(run)) == 4


def test_where_several_suites_are_spoken_one_has_to_be_named(run: Run) -> None:
    run("key", "new", "signing", "--suite", "edelivery-2.0")

    result = run("key", "new", "signing")

    assert result.exit_code == 1
    assert "name its suite: edelivery-1.15, edelivery-2.0" in result.output


def test_the_authority_is_made_once_and_issues_what_it_outlives(run: Run, tmp_path: Path) -> None:
    words = ("key", "new", "encryption", "--suite", "edelivery-2.0")
    run(*words)
    authority = tmp_path / "kz" / "keys" / "authority.cert.pem"
    before = authority.read_bytes()

    assert run(*words).exit_code == 0
    late = run(*words, "--days", "3650", "--valid-from", "2999-01-01")

    assert late.exit_code == 1
    assert "move authority" in late.output
    assert authority.read_bytes() == before
    assert len(files(run, "encryption")) == 3


def test_what_was_made_stands_in_the_audit(run: Run, tmp_path: Path) -> None:
    run("key", "new", "seal")

    with nodes.opened(tmp_path / "kz", passphrase=PASSPHRASE) as node, node.engine.connect() as c:
        (made,) = audit.search(c, limit=10)
    assert (made.action, made.actor[:4]) == ("key.made", "cli:")
    assert made.facts["fingerprint"] in [one["fingerprint"] for one in listed(run)]


def test_init_makes_keys_for_the_suites_it_is_asked_for(run: Run, tmp_path: Path) -> None:
    suites = "edelivery-2.0, edelivery-2.0-ecc"
    made = run("init", tmp_path / "uz", "--country", "UZ", "--suites", suites)

    assert made.exit_code == 0, made.output
    names = {one.name for one in (tmp_path / "uz" / "keys").glob("*.cert.pem")}
    assert names == {
        "authority.cert.pem",
        "encryption-ec.cert.pem",
        "encryption.cert.pem",
        "seal.cert.pem",
        "signing-ec.cert.pem",
        "signing.cert.pem",
        "tls.cert.pem",
    }


def test_init_refuses_a_suite_that_it_does_not_know(run: Run, tmp_path: Path) -> None:
    result = run("init", tmp_path / "uz", "--country", "UZ", "--suites", "edelivery-3")

    assert result.exit_code == 1
    assert "keys are made for edelivery-1.15" in result.output
    assert not (tmp_path / "uz").exists()
