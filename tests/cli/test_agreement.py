from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node import node as nodes
from exchange_node.cli import cli
from exchange_node.config.shipped import sample_agreement
from tests.world import PASSPHRASE, made_folder

Run = Callable[..., Result]
ID = "urn:carec:maa:KZ-UZ:rehearsal"


@pytest.fixture(name="run")
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)

    def run(*words: object, language: str = "en", folder: str = "kz") -> Result:
        options = ["--folder", str(tmp_path / folder), "--language", language, "agreement"]
        return CliRunner().invoke(cli, [*options, *map(str, words)])

    return run


@pytest.fixture(name="node")
def _node(tmp_path: Path) -> Path:
    folder = tmp_path / "kz"
    shutil.copytree(made_folder("KZ"), folder)
    with nodes.opened(folder) as node:
        node.commissioning.add_agreement(nodes.pair_agreement("KZ", "UZ"), actor="test")
    return folder


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    path = tmp_path / "sample.toml"
    path.write_text(sample_agreement(), encoding="utf-8")
    return path


def changed(file: Path, old: str, new: str) -> Path:
    text = file.read_text(encoding="utf-8")
    assert old in text
    path = file.with_name("changed.toml")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_a_draft_is_for_test_data_explained_and_clean(run: Run, node: Path, tmp_path: Path) -> None:
    path = tmp_path / "draft.toml"

    done = run("new", "--with", "TJ", "-o", path)

    assert done.exit_code == 0, done.output
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# DRAFT.")
    assert "\ntest = true\n" in text
    assert 'agreement_id = "urn:carec:maa:kz-tj:transit"' in text
    assert "# Longest time the receiver may keep it, in days\nmax_days = 1095" in text
    linted = run("lint", path)
    assert (linted.exit_code, linted.stdout) == (0, f"{path}: 0 finding(s)\n")
    assert node.is_dir()


def test_a_draft_needs_no_node_where_both_countries_are_named(run: Run) -> None:
    done = run("new", "--with", "uz", "--from", "kz", folder="nowhere", language="ru")

    assert done.exit_code == 0, done.output
    assert "# Название\ntitle = " in done.stdout


def test_a_draft_with_a_country_that_is_none_is_refused(run: Run) -> None:
    done = run("new", "--with", "YY", "--from", "KZ")

    assert done.exit_code == 1
    assert "ISO 3166" in done.stderr


def test_what_is_wrong_is_said_file_by_file(run: Run, file: Path) -> None:
    wrong = changed(file, 'mode = "advance"', 'mode = "on_request"')

    done = run("lint", file, wrong)

    assert done.exit_code == 1
    assert f"{file}: 0 finding(s)" in done.stdout
    assert "error: [POL-012] grants[1].lead_time_minutes: " in done.stdout


def test_an_unreadable_text_does_not_hide_what_is_wrong_with_the_others(
    run: Run, file: Path
) -> None:
    broken = changed(file, "max_days = 1095", "max_dais = 1095")

    done = run("lint", broken, file)

    assert done.exit_code == 1
    assert "grants[1].retention.max_dais: no such key is known; the nearest is max_days" in (
        done.stdout
    )
    assert f"{file}: 0 finding(s)" in done.stdout


def test_a_node_holds_a_text_against_what_it_holds(run: Run, node: Path, tmp_path: Path) -> None:
    path = tmp_path / "second.toml"
    text = nodes.pair_agreement("KZ", "UZ").replace("version = 1", "version = 2")
    path.write_text(text, encoding="utf-8")

    done = run("lint", path)

    assert node.is_dir()
    assert done.exit_code == 1
    assert "[POL-019] validity: version 1 is held here" in done.stdout


def test_a_held_agreement_is_shown_in_russian(run: Run, node: Path) -> None:
    done = run("show", ID, "--version", 1, "--language", "ru")

    assert node.is_dir()
    assert done.exit_code == 0, done.output
    assert "Получатель вправе хранить не дольше, дней: 1095" in done.stdout


def test_a_page_is_written(run: Run, file: Path, tmp_path: Path) -> None:
    page = tmp_path / "sample.html"

    done = run("show", file, "--html", page, language="ru")

    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    assert page.read_text(encoding="utf-8").startswith('<!DOCTYPE html>\n<html lang="ru">')


def test_an_agreement_that_is_not_held_is_not_shown(run: Run, node: Path) -> None:
    done = run("show", ID, "--version", 7)

    assert node.is_dir()
    assert done.exit_code == 1
    assert "version 7" in done.stderr


def test_two_texts_are_compared_by_meaning(run: Run, file: Path) -> None:
    shorter = changed(file, "max_days = 1095", "max_days = 30")

    assert run("diff", file, shorter).stdout == (
        "Grants · manifests-kz-uz · Retention · Longest time the receiver may keep it, in days: "
        "shorter, 30, before 1095\n"
    )
    assert run("diff", file, file).stdout == "Both texts say the same.\n"


def test_a_default_that_is_written_out_differs_in_nothing_but_the_digest(
    run: Run, file: Path
) -> None:
    written = changed(file, "# attachments = true", "attachments = false")

    assert "their digests differ" in run("diff", file, written).stdout


def test_a_held_version_is_compared_with_a_file(run: Run, node: Path, tmp_path: Path) -> None:
    path = tmp_path / "second.toml"
    text = nodes.pair_agreement("KZ", "UZ").replace("version = 1", "version = 2")
    path.write_text(text, encoding="utf-8")

    assert run("diff", f"{ID}@1", path).stdout == "Version: higher, 2, before 1\n"
    assert run("diff", f"{ID}@new", path).exit_code == 2
    assert node.is_dir()


def test_what_is_wrong_by_itself_is_not_activated(run: Run, node: Path, tmp_path: Path) -> None:
    path = tmp_path / "unlawful.toml"
    text = nodes.pair_agreement("KZ", "UZ").replace("version = 1", "version = 2")
    path.write_text(text.replace("binding = true\n", ""), encoding="utf-8")

    done = run("activate", path)

    assert node.is_dir()
    assert done.exit_code == 1
    assert "personal data" in done.stderr


def test_a_text_that_is_not_utf_8_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "cp1251.toml"
    text = sample_agreement().replace("article 7", "\u0441\u0442\u0430\u0442\u044c\u044f 7", 1)
    path.write_bytes(text.encode("cp1251", "replace"))

    done = run("show", path)

    assert done.exit_code == 1
    assert "is not UTF-8" in done.stderr


def test_a_byte_order_mark_changes_nothing(run: Run, file: Path) -> None:
    marked = file.with_name("marked.toml")
    marked.write_bytes(file.read_bytes().join((b"\xef\xbb\xbf", b"")))

    assert run("diff", file, marked).stdout == "Both texts say the same.\n"


@pytest.mark.parametrize("name", ["x" * 5_000, "urn:carec:maa:kz-uz:transit@" + "9" * 5_000])
def test_a_name_beyond_all_bounds_is_none(run: Run, node: Path, name: str) -> None:
    done = run("show", name)

    assert node.is_dir()
    assert done.exit_code in (1, 2)
    assert isinstance(done.exception, SystemExit)


def test_two_sides_that_are_one_make_no_agreement(run: Run) -> None:
    done = run("new", "--with", "kz", "--from", "KZ")

    assert done.exit_code == 1
    assert "parties[2]" in done.stderr


@pytest.mark.parametrize("command", ["offer", "activate", "lint"])
def test_a_text_that_is_not_utf_8_is_not_guessed_at(
    command: str, run: Run, node: Path, tmp_path: Path
) -> None:
    file = tmp_path / "broken.toml"
    file.write_bytes(nodes.pair_agreement("KZ", "UZ").encode().replace(b"Sample", b"S\xffmple", 1))

    result = run(command, file)

    assert result.exit_code != 0
    assert "is not UTF-8" in result.output
