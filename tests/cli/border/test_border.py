from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node.cli import cli
from tests.exchange.test_offices_that_pull import ENTRY, MOVEMENT, MRN, files, posts
from tests.world import PASSPHRASE, made_folder, pair_of_nodes


def run(folder: Path, *words: str) -> Result:
    environment = {"EXCHANGE_NODE_PASSPHRASE": PASSPHRASE}
    return CliRunner().invoke(cli, ["--folder", str(folder), *words], env=environment)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("expected", "--office", "-"), "enquiry.unusable-query"),
        (("expected", "--office", "UZ270101", "--after", "5"), "enquiry.unusable-query"),
        (("scan", "26KZ55010100041703", "abc"), "enquiry.unusable-query"),
    ],
)
def test_a_question_that_is_none_is_refused_in_one_line(
    tmp_path: Path, words: tuple[str, ...], code: str
) -> None:
    folder = Path(shutil.copytree(made_folder("UZ"), tmp_path / "uz"))

    refused = run(folder, "prearrival", *words)

    assert refused.exit_code == 1
    assert f"[{code}]" in refused.stderr


def test_who_is_coming_is_listed_with_the_age_of_what_is_known(tmp_path: Path) -> None:
    with pair_of_nodes(tmp_path) as pair:
        pair.submit()
        pair.run()
    asked = ("prearrival", "expected", "--office", "UZ270101", "--from", "2026-03-03T00:00+00:00")

    listed = run(tmp_path / "uz", *asked)
    none = run(tmp_path / "uz", *asked, "--to", "2026-03-03T01:00+00:00")
    scanned = run(tmp_path / "uz", "prearrival", "scan", "26KZ55010100041703", "0" * 64)
    by_seal = run(tmp_path / "uz", "prearrival", "--seal", "KZS0041701")

    (line,) = json.loads(listed.stdout)["expected"]
    assert line["movement"] == "KZ/mrn/26KZ55010100041703"
    assert line["age_minutes"] > 24 * 60
    assert json.loads(none.stdout)["expected"] == []
    assert json.loads(scanned.stdout)["paper"] == "other"
    assert len(json.loads(by_seal.stdout)["arrivals"]) == 1


def test_at_the_own_node_of_an_office_what_it_pulled_is_looked_up(tmp_path: Path) -> None:
    with posts(tmp_path) as world:
        files(world)
        world.run()
    since = ("--from", "2026-03-03T00:00+00:00")

    listed = run(tmp_path / ENTRY, "prearrival", "expected", "--office", "UZ270101", *since)
    by_mrn = run(tmp_path / ENTRY, "prearrival", "--mrn", MRN)
    (arrival,) = json.loads(by_mrn.stdout)["arrivals"]
    whole = run(tmp_path / ENTRY, "prearrival", "show", MRN)

    shown = json.loads(listed.stdout)
    assert [one["movement"] for one in shown["expected"]] == [MOVEMENT]
    assert shown["as_of"] == arrival["stated_at"]
    assert json.loads(whole.stdout)["movement"] == MOVEMENT
