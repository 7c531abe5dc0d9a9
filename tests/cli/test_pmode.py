from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node import node as nodes
from exchange_node.cli import cli
from exchange_node.config.shipped import shipped
from tests.world import PASSPHRASE, made_folder

Run = Callable[..., Result]
AGREEMENT = "urn:carec:maa:KZ-UZ:rehearsal"
MANIFEST = f"{AGREEMENT}/customs.kz/customs.uz/TM-010"


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)
    folder = tmp_path / "kz"
    shutil.copytree(made_folder("KZ"), folder)
    (folder / "pmodes").mkdir(exist_ok=True)
    card = nodes.card_of(made_folder("UZ"))
    (folder / "partners" / "customs.uz.toml").write_text(card, encoding="utf-8")
    return folder


@pytest.fixture(name="run")
def _run(folder: Path) -> Run:
    def run(*words: object) -> Result:
        return CliRunner().invoke(cli, ["--folder", str(folder), "pmode", *map(str, words)])

    return run


@pytest.fixture(name="agreed")
def _agreed(folder: Path) -> Path:
    with nodes.opened(folder) as node:
        node.commissioning.add_agreement(nodes.pair_agreement("KZ", "UZ"), actor="test")
    return folder


def write(folder: Path, text: str, partner: str = "customs.uz") -> Path:
    path = folder / "pmodes" / "uz.toml"
    path.write_text(f'partner = "{partner}"\n{text}', encoding="utf-8")
    return path


def test_without_an_agreement_only_what_nodes_say_of_their_exchange_is_listed(run: Run) -> None:
    _, *rows = run("list").stdout.splitlines()

    assert len(rows) == 22
    names = ("accounting", "availability", "countersigning", "presence")
    standing = tuple(f"urn:carec:{name}/" for name in names)
    assert all(one.startswith(standing) for one in rows)


def test_every_mode_is_listed_under_its_heads(run: Run, agreed: Path) -> None:
    head, *rows = run("list").stdout.splitlines()

    assert head.split() == ["id", "from", "to", "service", "action", "binding", "suite"]
    (row,) = [one for one in rows if one.startswith(MANIFEST)]
    assert row.split()[1:] == [
        "customs.kz",
        "customs.uz",
        "urn:carec:service:transit",
        "TM-010",
        "push",
        "edelivery-1.15",
    ]
    assert any("/test " in one for one in rows)


def test_a_mode_is_shown_with_where_each_value_comes_from(run: Run, agreed: Path) -> None:
    write(agreed, "[pace]\nconcurrency = 2\n")

    shown = run("show", MANIFEST).stdout

    lines = {line.partition("  ")[0]: " ".join(line.split()) for line in shown.splitlines()}
    assert lines["posts at one time"].endswith("2 pmodes/uz.toml, pace.concurrency")
    assert lines["suite"].endswith("edelivery-1.15 customs.uz, security.suite (default)")
    assert lines["PMode.Agreement"].endswith(f"agreement {AGREEMENT}")
    assert lines["PMode[1].Protocol.Address"].endswith("https://127.0.0.1:8443/as4 card")


def test_a_mode_that_is_not_there_is_not_shown(run: Run, agreed: Path) -> None:
    result = run("show", "none")

    assert result.exit_code == 1
    assert "no P-Mode 'none' is held here" in result.stderr


def test_a_folder_without_fault_is_said_to_have_none(run: Run, agreed: Path) -> None:
    result = run("lint")

    assert (result.exit_code, result.stdout) == (0, "Nothing is wrong.\n")


def test_a_fault_is_said_with_file_and_key_and_stops_the_check_too(run: Run, agreed: Path) -> None:
    write(agreed, '[delivery]\nto_partner = "pull"\n')

    result = run("lint")

    assert result.exit_code == 1
    assert "error: [PMODE-06] pmodes/uz.toml, delivery.to_partner: " in result.stdout
    assert "PMODE-06" in [one.code for one in nodes.check(agreed)]


def test_a_file_that_cannot_be_read_is_a_finding(run: Run, folder: Path) -> None:
    write(folder, "[security]\nsuit = 1\n")

    result = run("lint")

    assert result.exit_code == 1
    assert "pmodes/uz.toml, security.suit" in result.stdout


def test_a_file_is_linted_before_it_is_put_there(run: Run, agreed: Path, tmp_path: Path) -> None:
    write(agreed, '[delivery]\nto_partner = "pull"\n')
    tried = tmp_path / "tried.toml"
    tried.write_text('partner = "customs.uz"\n', encoding="utf-8")

    assert run("lint", tried).stdout == "Nothing is wrong.\n"
    tried.write_text('partner = "customs.tm"\n', encoding="utf-8")
    assert "[PMODE-01] tried.toml, partner: customs.tm is no partner" in run("lint", tried).stdout
    assert "missing" in run("lint", tmp_path / "none.toml").stdout


def test_the_sample_lies_in_a_new_folder_and_is_not_read(tmp_path: Path) -> None:
    written = nodes.initialise(tmp_path / "kg", country="KG", passphrase=PASSPHRASE, rsa_bits=2048)

    sample = tmp_path / "kg" / "pmodes" / "partner.toml.sample"
    assert sample in written
    assert sample.read_text("utf-8") == shipped("config", "pmodes", sample.name).read_text("utf-8")
