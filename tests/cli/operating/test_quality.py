from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node import node as nodes
from exchange_node.cli import cli
from tests.world import DECLARATION, FACTS, PASSPHRASE, made_folder

Run = Callable[..., Result]
SUBMIT = ("submit", DECLARATION, "--to", "customs.uz")


@pytest.fixture(name="run")
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A node with a partner and an agreement: one declaration was refused, one went out."""
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)
    folder = Path(shutil.copytree(made_folder("KZ"), tmp_path / "kz"))
    with nodes.opened(folder) as node:
        node.commissioning.add_partner(nodes.card_of(made_folder("UZ")))
        node.commissioning.add_agreement(nodes.pair_agreement("KZ", "UZ"), actor="test")

    def run(*words: object) -> Result:
        return CliRunner().invoke(cli, ["--folder", str(folder), *map(str, words)])

    run(*SUBMIT)
    run(*SUBMIT, "--facts", FACTS)
    return run


def lines(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return [" ".join(line.split()) for line in result.stdout.splitlines()]


def test_a_table_says_who_is_refused_and_what_would_mend_it(run: Run) -> None:
    said = lines(run("quality", "--direction", "out"))

    assert said[1].startswith(
        "office documents first time accepted refused here refused there open"
    )
    assert said[2].startswith("KZ550101 2 0% of 1 0 1 (50%) 0 1 1 (50%)")
    assert "Declaration/ID: CAREC-M001 in 1 (missing)" in said
    assert "It is filled from: Facts/MRN." in said
    assert "wrong" not in said[1]


def test_a_reader_is_told_in_the_language_asked_for(run: Run) -> None:
    said = lines(run("--language", "ru", "quality", "--by", "field"))

    assert not any("It is filled from" in line for line in said)
    assert any("Facts/MRN" in line for line in said)


def test_a_direction_of_which_nothing_was_counted_says_so(run: Run) -> None:
    said = lines(run("quality", "--direction", "in", "--by", "field"))

    assert said[1:] == ["nothing was counted in these days"]


def test_rows_by_field_are_given_out_as_json_with_their_rules(run: Run) -> None:
    told = json.loads(run("quality", "--by", "field", "--field", "42A/D014", "--json").stdout)

    (row,) = told["parts"][0]["rows"]
    assert (row["field"], row["refused"], row["filled"]) == ("Declaration/ID", 1, 1)
    assert [rule["rule"] for rule in row["rules"]] == ["CAREC-M001"]
    assert row["filled_from"] == {"esadout-cu": ["Facts/MRN"]}


def test_one_field_is_shown_for_each_office(run: Run) -> None:
    said = lines(run("quality", "--direction", "out", "--field", "Consignor/Name"))

    assert said[1] == "office documents refused here refused there cut"
    assert said[2] == "KZ550101 2 0 0 2 (100%)"


def test_days_without_anything_are_empty(run: Run) -> None:
    said = lines(run("quality", "--direction", "out", "--until", "2020-01-31"))

    assert said == [
        "Handed in here, 2020-01-02 to 2020-01-31, by office",
        "nothing was counted in these days",
    ]


def test_a_field_that_is_none_is_refused(run: Run) -> None:
    refused = run("quality", "--field", "Nonsense")

    assert refused.exit_code == 1
    assert "field" in refused.stderr
