from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node import node as nodes
from exchange_node.cli import cli
from tests.world import DECLARATION, FACTS, made_folder


@pytest.fixture(name="ready")
def _ready(folder: Path) -> Path:
    with nodes.opened(folder) as node:
        node.commissioning.add_partner(nodes.card_of(made_folder("UZ")))
        node.commissioning.add_agreement(nodes.pair_agreement("KZ", "UZ"), actor="test")
    return folder


def run(folder: Path, *words: object, language: str = "en") -> Result:
    options = ["--folder", str(folder), "--language", language, "dry-run", "--to", "customs.uz"]
    return CliRunner().invoke(cli, [*options, *map(str, words)])


def test_each_step_is_told_and_what_the_partner_would_see_is_written(
    ready: Path, tmp_path: Path
) -> None:
    out = tmp_path / "seen.xml"

    done = run(ready, DECLARATION, "--facts", FACTS, "--preview", out)

    assert done.exit_code == 0, done.output
    assert "and accepted." in done.output
    assert "not reached" not in done.output
    assert "ext:Driver[1]/ext:Name (personal)" in done.output
    assert b"ext:Driver" not in out.read_bytes()
    assert run(ready, out).exit_code == 0


def test_a_refusal_ends_with_1_and_says_who_has_to_act(ready: Path, tmp_path: Path) -> None:
    out = tmp_path / "seen.xml"

    done = run(ready, DECLARATION, "--preview", out)

    assert done.exit_code == 1
    assert "CAREC-M001" in done.output
    assert "-> the declarant" in done.output
    assert not out.exists()


def test_another_day_and_another_language(ready: Path) -> None:
    day = nodes.utc_now().date() - timedelta(days=1)

    done = run(ready, DECLARATION, "--facts", FACTS, "--on", day, "--json", language="zh")

    told = json.loads(done.output)
    assert done.exit_code == 1
    assert [(one["code"], one["who"]) for one in told["to_do"]] == [("DENY-NOT-IN-FORCE", "nobody")]
    assert "等待" in told["to_do"][0]["who_text"]


def test_the_agreement_is_asked_about_the_files_that_would_go_along(
    ready: Path, tmp_path: Path
) -> None:
    scan = tmp_path / "scan.png"
    scan.write_bytes(b"a scan")

    done = run(ready, DECLARATION, "--facts", FACTS, "--attach", scan)

    assert done.exit_code == 1
    assert "DENY-ATTACHMENTS" in done.output
