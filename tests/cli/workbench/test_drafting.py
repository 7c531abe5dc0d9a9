from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from exchange_node.cli import cli

NOTE = "<TransitNote><MRN>26TJ00010100004178</MRN><Office>TJ000101</Office></TransitNote>"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "national").mkdir()
    (tmp_path / "note.xml").write_text(NOTE, encoding="utf-8")


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, list(words))
    return done.exit_code, done.output


def test_a_draft_is_printed_or_written_and_maps_its_sample() -> None:
    code, printed = run("profile", "draft", "note.xml")
    assert (code, 'roots = ["TransitNote"]' in printed) == (0, True)

    code, said = run("profile", "draft", "note.xml", "-o", "national/own.toml")
    assert (code, "2 path(s) with a line" in said) == (0, True)

    _, said = run("map", "note.xml")
    assert "format: own" in said
    assert "<ID>26TJ00010100004178</ID>" in said


def test_a_profile_that_is_there_is_replaced_only_by_force() -> None:
    own = Path("national/own.toml")
    own.write_text("# by hand", encoding="utf-8")

    code, said = run("profile", "draft", "note.xml", "-o", "national/own.toml")
    assert (code, "--force" in said, own.read_text(encoding="utf-8")) == (1, True, "# by hand")

    code, _ = run("profile", "draft", "note.xml", "-o", "national/own.toml", "--force")
    assert (code, "TransitNote" in own.read_text(encoding="utf-8")) == (0, True)


def test_what_cannot_be_drafted_is_one_sentence() -> None:
    Path("empty.json").write_text("{}", encoding="utf-8")

    code, said = run("profile", "draft", "note.xml", "empty.json")

    assert code == 1
    assert "Traceback" not in said


def test_two_profiles_are_compared_as_text_and_as_json() -> None:
    code, said = run("profile", "diff", "china-mt1401", "china-mt2401")
    assert code == 0
    assert "Declaration/Consignment/ExportCountry/ID: conversion" in said

    code, said = run("profile", "diff", "china-mt1401", "china-mt2401", "--json")
    assert {row["what"] for row in json.loads(said)["profiles"]} == {"conversion"}


def test_a_draft_is_compared_with_what_became_of_it_on_a_file() -> None:
    run("profile", "draft", "note.xml", "-o", "national/own.toml")
    text = Path("national/own.toml").read_text(encoding="utf-8")
    Path("mine.toml").write_text(text.replace('"MRN"', '"Office"'), encoding="utf-8")

    code, said = run("profile", "diff", "own", "mine.toml", "--file", "note.xml")

    assert code == 0
    assert "Declaration/ID: source" in said
    assert "A  26TJ00010100004178" in said
    assert "B  TJ000101" in said


def test_a_profile_that_there_is_not_is_one_sentence() -> None:
    code, said = run("profile", "diff", "china-dec", "nowhere")

    assert code == 1
    assert "nowhere" in said


def test_coverage_is_told_of_a_file_and_of_every_file_below_a_folder() -> None:
    run("profile", "draft", "note.xml", "-o", "national/own.toml")

    code, of_file = run("profile", "coverage", "note.xml")
    assert (code, of_file.split("\t")[:3]) == (0, ["note.xml", "own", "100.0%"])

    code, of_folder = run("profile", "coverage", ".")
    assert (code, of_file in of_folder) == (0, True)
