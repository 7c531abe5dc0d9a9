from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node import node as nodes
from exchange_node.cli import cli
from exchange_node.store.audit import search
from exchange_node.store.database import reading

Run = Callable[..., Result]
HEAD = "code\tname_en\tvalid_from\tvalid_to\tsource\tretrieved"
ONE = f"{HEAD}\nKZ000001\tAlmaty\t\t\tOrder 5\t2026-01-01\n"
TWO = f"{HEAD}\nKZ000001\tAlmaty\t\t2026-12-31\tOrder 6\t\nKZ000002\tAstana\t\t\tOrder 6\t\n"
TODAY = nodes.utc_now().date()
LATER = TODAY + timedelta(days=30)


@pytest.fixture(name="run")
def _run(folder: Path) -> Run:
    def run(*words: object, stdin: str = "") -> Result:
        arguments = ["--folder", str(folder), "codelist", *map(str, words)]
        return CliRunner().invoke(cli, arguments, input=stdin)

    return run


def imported(run: Run, text: str, *words: str) -> Result:
    return run("import", "-", "--name", "customs_offices", "--country", "KZ", *words, stdin=text)


def test_a_good_list_is_said_to_be_good(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "customs_offices.KZ.tsv"
    file.write_text(ONE, encoding="utf-8")

    result = run("check", file)

    assert (result.exit_code, result.stdout) == (0, "Nothing is wrong.\n")


def test_the_name_of_the_file_tells_what_it_is_a_list_of(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "customs_offices.UZ.tsv"
    file.write_text(ONE, encoding="utf-8")

    assert "CAREC-L017" in run("check", file).stdout
    assert run("check", file, "--name", "customs_offices", "--country", "KZ").exit_code == 0


def test_every_fault_is_told_with_its_line_and_its_mend(run: Run) -> None:
    result = run("check", "-", "--json", stdin=ONE + "KZ 2\t=x\t1.1.2026\t\t\t\n")

    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert {(one["code"], one["pointer"]) for one in told} >= {
        ("CAREC-L008", "line 3"), ("CAREC-L011", "line 3"), ("CAREC-L013", "line 3")
    }  # fmt: skip
    assert all(one["text"] and one["mend_text"] for one in told)


def test_a_difference_is_readable(run: Run, tmp_path: Path) -> None:
    old, new = tmp_path / "old.tsv", tmp_path / "new.tsv"
    old.write_text(ONE, encoding="utf-8")
    new.write_text(TWO, encoding="utf-8")

    assert run("diff", old, new).stdout.splitlines() == [
        "~ KZ000001  .. → ..2026-12-31",
        "+ KZ000002  Astana",
        "1 validity changed, 1 added",
    ]
    assert run("diff", old, old).stdout == "No difference.\n"
    assert [one["change"] for one in json.loads(run("diff", new, old, "--json").stdout)] == [
        "validity changed", "removed"
    ]  # fmt: skip


def test_a_difference_to_what_cannot_be_read_says_so(run: Run, tmp_path: Path) -> None:
    old, new = tmp_path / "old.tsv", tmp_path / "new.tsv"
    old.write_text(ONE, encoding="utf-8")
    new.write_bytes(ONE.encode("utf-16"))

    result = run("diff", old, new)

    assert result.exit_code == 1
    assert "CAREC-L001" in result.stderr
    assert str(new) in result.stderr


def test_a_list_is_taken_in_whole_and_the_audit_knows_it(run: Run, folder: Path) -> None:
    result = imported(run, ONE)

    path = folder / "codelists" / f"customs_offices.KZ@{TODAY}.tsv"
    assert result.exit_code == 0, result.output
    assert path.read_text(encoding="utf-8") == ONE
    assert "KZ000001" in result.stdout
    assert "next start" in result.stdout
    assert [one.name for one in path.parent.iterdir() if one.suffix == ".part"] == []
    place = ("codelist", f"customs_offices.KZ@{TODAY}")
    with nodes.opened(folder) as node, reading(node.engine) as conn:
        (written,) = search(conn, subject=place, limit=9)
    assert written.action == "codelist.imported"
    assert len(written.facts["digest"]) == 64


def test_a_list_for_later_stands_beside_the_one_that_counts(run: Run) -> None:
    imported(run, ONE)
    result = imported(run, TWO, "--from", LATER.isoformat())

    assert "validity changed" in result.stdout
    rows = [one for one in json.loads(run("list", "--json").stdout) if one["country"] == "KZ"]
    assert [(one["since"], one["state"], one["codes"]) for one in rows] == [
        (TODAY.isoformat(), "counts", "1"), (LATER.isoformat(), "next", "2")
    ]  # fmt: skip
    assert "KZ000002" not in run("show", "customs_offices", "--country", "KZ").stdout
    later = run("show", "customs_offices", "--country", "KZ", "--on", LATER.isoformat())
    assert "KZ000002" in later.stdout
    assert "KZ000002" in run("show", "customs_offices", "--on", LATER.isoformat()).stdout


def test_a_list_with_errors_is_not_taken(run: Run, folder: Path) -> None:
    result = imported(run, TWO + "KZ000002\tAgain\t\t\tx\t\n")

    assert result.exit_code == 1
    assert "CAREC-L015" in result.stderr
    assert not list((folder / "codelists").glob("*@*"))


def test_a_list_that_is_held_is_not_written_again(run: Run, folder: Path) -> None:
    imported(run, ONE)
    result = imported(run, ONE, "--from", LATER.isoformat())

    assert "held already" in result.stdout
    assert len(list((folder / "codelists").glob("*@*"))) == 1


def test_a_dry_run_writes_nothing(run: Run, folder: Path) -> None:
    result = imported(run, ONE, "--dry-run")

    assert "+ KZ000001" in result.stdout
    assert not list((folder / "codelists").glob("*@*"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--name", "custom_offices"), "the lists are"),
        (("--name", "customs_offices", "--country", "YY"), "ISO 3166 has no such code"),
        (("--name", "customs_offices", "--from", "1.12.2026"), "does not match"),
    ],
)
def test_a_list_of_nothing_is_not_taken(run: Run, words: tuple[str, ...], said: str) -> None:
    result = run("import", "-", *words, stdin=ONE)

    assert result.exit_code != 0
    assert said in result.stderr


def test_lists_are_shown_as_a_table_and_as_lines(run: Run) -> None:
    head, *rows = run("list").stdout.splitlines()
    assert head.split() == ["list", "country", "since", "state", "codes", "version", "kept"]
    assert any(one.startswith("iso3166 ") for one in rows)

    shown = run("show", "yes_no").stdout.splitlines()
    assert shown[0] == HEAD
    assert [one.split("\t")[0] for one in shown[1:]] == ["0", "1"]
    assert [one["code"] for one in json.loads(run("show", "yes_no", "--json").stdout)] == ["0", "1"]
    assert "the lists are" in run("show", "yes").stderr


def test_offices_of_one_country_are_shown_out_of_the_list_itself(run: Run, folder: Path) -> None:
    text = f"{ONE}UZ000001\tTashkent\t\t\tOrder 5\t\n"
    (folder / "codelists" / "customs_offices.tsv").write_text(text, encoding="utf-8")

    shown = run("show", "customs_offices", "--country", "UZ").stdout

    assert "UZ000001" in shown
    assert "KZ000001" not in shown


def test_a_folder_that_cannot_be_written_is_told_and_the_audit_says_nothing(
    run: Run, folder: Path
) -> None:
    shutil.rmtree(folder / "codelists")
    (folder / "codelists").write_text("in the way", encoding="utf-8")

    result = imported(run, ONE)

    assert result.exit_code == 1
    assert "[config.unusable]" in result.stderr
    with nodes.opened(folder) as node, reading(node.engine) as conn:
        assert not search(conn, subject=("codelist", f"customs_offices.KZ@{TODAY}"), limit=9)
