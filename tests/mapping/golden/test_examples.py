from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node.cli import cli
from exchange_node.config.examples import Tried, profiles_with_examples, try_examples
from exchange_node.config.shipped import shipped

HOME = shipped("config", "national") / "examples"
MEMBER = """
title = "a member's own"
extends = "ncts-cc029c"
[detect]
roots = ["OWN029"]
"""


@pytest.fixture(name="own")
def _own(tmp_path: Path) -> Path:
    folder = tmp_path / "national" / "examples" / "own"
    folder.mkdir(parents=True)
    (tmp_path / "national" / "own.toml").write_text(MEMBER, encoding="utf-8")
    text = (HOME / "ncts-cc029c" / "released-by-road.xml").read_text(encoding="utf-8")
    (folder / "mine.xml").write_text(text.replace("ncts:CC029C", "ncts:OWN029"), encoding="utf-8")
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--folder", str(folder), "profile", *words])


def faults(one: Tried) -> list[str]:
    return [str(difference) for difference in one.differences] or ["new"] * one.trial.is_new


@pytest.mark.parametrize("name", sorted(path.name for path in HOME.iterdir()))
def test_every_shipped_example_is_as_expected(name: str, tmp_path: Path) -> None:
    assert {one.title: faults(one) for one in try_examples(tmp_path, (name,)) if faults(one)} == {}


def test_every_shipped_profile_has_an_example_without_errors(tmp_path: Path) -> None:
    good = {
        one.trial.case.profile
        for one in try_examples(tmp_path, ())
        if not any(said.startswith("error ") for said in one.trial.found.findings)
    }

    assert good == set(profiles_with_examples(tmp_path))


def test_no_example_has_an_expectation_without_its_declaration() -> None:
    declarations = {
        path.with_suffix("")
        for paths in profiles_with_examples(Path("nowhere")).values()
        for path in paths
    }
    beside = {
        path.with_name(path.name.partition(".")[0])
        for ending in ("*.wco.xml", "*.expected.toml", "*.facts.toml")
        for path in HOME.rglob(ending)
    }

    assert beside <= declarations


def test_an_example_of_a_members_own_profile_is_written_and_passes(own: Path) -> None:
    first = run(own, "test", "own")
    written = run(own, "test", "own", "--update", "--from", "GE")
    second = run(own, "test", "own")

    assert (first.exit_code, written.exit_code, second.exit_code) == (1, 0, 0)
    assert "nothing was expected of it yet" in first.stdout
    assert "written  own/mine: 100.0%" in written.stdout
    assert "passed   own/mine: 100.0%" in second.stdout


def test_a_difference_is_shown_at_its_place(own: Path) -> None:
    run(own, "test", "own", "--update", "--from", "GE")
    path = own / "national" / "examples" / "own" / "mine.xml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("CMR 0017", "CMR 0018").replace(">TR 171<", "><"),
        encoding="utf-8",
    )

    result = run(own, "test", "own")

    assert result.exit_code == 1
    assert (
        "Declaration/Consignment[1]/TransportContractDocument[1]/ID: "
        "wanted 'CMR 0017', found 'CMR 0018'" in result.stdout
    )
    assert "Declaration/Consignment[2]/DepartureTransportMeans[2]/ID: wanted 'TR 171', found" in (
        result.stdout
    )


def test_update_says_aloud_what_changed(own: Path) -> None:
    run(own, "test", "own", "--update", "--from", "GE")
    profile = own / "national" / "own.toml"
    profile.write_text(
        MEMBER + "[groups.declaration.lines]\ncontrol-result = { off = true }\n", encoding="utf-8"
    )

    result = run(own, "test", "own", "--update")

    assert "ext:DepartureControlResultCode: wanted 'A3', found nothing" in result.stdout
    assert "lost: wanted nothing, found unmapped ControlResult/code" in result.stdout
    assert run(own, "test", "own").exit_code == 0


def test_a_file_that_is_refused_whole_may_be_an_example_too(own: Path) -> None:
    (own / "national" / "examples" / "own" / "broken.xml").write_text("<OWN029>", encoding="utf-8")

    written = run(own, "test", "own", "--update")

    assert "written  own/broken: refused, input.malformed-xml" in written.stdout
    assert run(own, "test", "own").exit_code == 0


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("mine.expected.toml", "sender = 7", "sender must be a text"),
        ("mine.expected.toml", "at = 2026-01-01", "a moment with its offset"),
        ("mine.expected.toml", "coverage = true", "must be a number"),
        ("mine.expected.toml", "findings = [1]", "list of texts"),
        ("mine.expected.toml", "send = 'KZ'", "no key"),
        ("mine.expected.toml", "= 1", "mapping.invalid-example"),
        ("mine.expected.toml", "a=" + "[" * 9000, "mapping.invalid-example"),
        ("mine.wco.xml", "<a/>", "cannot be read"),
        ("mine.csv", "a,b", "one expectation"),
    ],
)
def test_an_expectation_that_cannot_be_read_is_refused(
    own: Path, name: str, text: str, why: str
) -> None:
    (own / "national" / "examples" / "own" / name).write_text(text, encoding="utf-8")

    result = run(own, "test", "own")

    assert result.exit_code == 1
    assert why in result.output


def test_a_profile_without_examples_is_named(own: Path) -> None:
    (own / "national" / "bare.toml").write_text('extends = "ncts-cc029c"', encoding="utf-8")

    everything, named = run(own, "test"), run(own, "test", "bare")

    assert "missing  bare has no example" in everything.stdout
    assert named.exit_code == 1


def test_a_profile_that_is_not_there_is_named(own: Path) -> None:
    assert "mapping.unknown-format" in run(own, "test", "nobody").output


def test_coverage_is_told_file_by_file(own: Path) -> None:
    folder = own / "national" / "examples" / "own"
    (folder / "broken.xml").write_text("<OWN029>", encoding="utf-8")

    result = run(own, "coverage", str(folder))

    assert result.stdout.splitlines() == [
        "broken.xml\tinput.malformed-xml",
        "mine.xml\town\t100.0%\t132\t0",
    ]
