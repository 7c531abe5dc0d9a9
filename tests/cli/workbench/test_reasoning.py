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
    plain = ["--folder", folder, "--language", language, "agreement", "explain"]
    message = ["--message", DECLARATION, "--facts", FACTS, "--to", "UZ"]
    return CliRunner().invoke(cli, [*map(str, plain), *map(str, message), *map(str, words)])


def test_each_check_is_told_with_its_answer_and_what_stays_behind(ready: Path) -> None:
    done = run(ready)

    assert done.exit_code == 0, done.output
    assert "manifests-kz-uz: ALLOW" in done.output
    assert "yes  Does grant manifests-kz-uz cover the purpose TRANSIT_CONTROL?" in done.output
    assert "ext:Driver[1]/ext:Name (personal)" in done.output


def test_a_no_names_what_would_have_to_change_and_who_acts(ready: Path) -> None:
    done = run(ready, "--purpose", "STATISTICS")

    assert done.exit_code == 1
    assert "[DENY-PURPOSE] grant manifests-kz-uz covers the purposes" in done.output
    assert "Name a purpose that the grant covers" in done.output
    assert "-> the liaison office" in done.output


def test_it_is_told_in_the_readers_language(ready: Path) -> None:
    day = nodes.utc_now().date() - timedelta(days=1)

    done = run(ready, "--on", day, "--json", language="ru")

    told = json.loads(done.output)
    (no,) = [one for one in told["weighed"][0]["checks"] if not one["passed"]]
    assert (no["check"], no["who"], no["decides"]) == ("DENY-NOT-IN-FORCE", "nobody", True)
    assert "никто: подождать до" in no["who_text"]
    assert not any(ord(one) < 128 and one.isalpha() for one in no["question"][:5])
