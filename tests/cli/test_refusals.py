from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node.cli import cli
from tests.world import DECLARATION, FACTS, PASSPHRASE, made_folder


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(one) for one in words])


def test_standard_output_of_map_is_the_document_alone() -> None:
    mapped = run("map", DECLARATION)

    assert mapped.exit_code == 1
    assert mapped.stdout.rstrip().endswith("MetaData>")


def test_findings_in_json_have_their_sentence() -> None:
    findings = json.loads(run("map", DECLARATION, "--json").stdout)["findings"]

    missing = next(one for one in findings if one["code"] == "CAREC-M001")
    assert missing["text"].startswith("Declaration/ID is obligatory")
    assert "Facts/MRN" in missing["mend_text"]


def test_a_place_is_not_told_twice() -> None:
    said = run("map", DECLARATION).stderr

    assert "error: [CAREC-M001] Declaration/ID is obligatory" in said


def test_an_output_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    refused = run("map", DECLARATION, "--facts", FACTS, "--output", tmp_path / "no" / "out.xml")

    assert refused.exit_code == 1
    assert "input.unwritable" in refused.stderr


@pytest.mark.parametrize("words", [("prearrival",), ("alert", "list"), ("message", "list")])
def test_a_list_of_nothing_cannot_be_asked_for(words: tuple[str, ...]) -> None:
    assert run(*words, "--limit", "0").exit_code == 2


def test_a_token_needs_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)

    refused = run("--folder", made_folder("KZ"), "token", "new", " ", "--role", "operator")

    assert refused.exit_code == 2


def test_the_sample_of_the_demo_takes_no_facts_of_another() -> None:
    refused = run("demo", "--facts", FACTS)

    assert refused.exit_code == 2
    assert "--declaration" in refused.stderr


def test_a_folder_of_the_demo_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    refused = run("demo", "--keep", tmp_path / "file" / "nodes")

    assert refused.exit_code == 1
    assert "input.unwritable" in refused.stderr
