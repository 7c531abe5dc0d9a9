from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node.cli import cli
from tests.world import PASSPHRASE, empty_store, made_folder

Run = Callable[..., Result]


@pytest.fixture(name="run")
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)
    folder = tmp_path / "kz"
    shutil.copytree(made_folder("KZ"), folder)
    (folder / "var").mkdir(exist_ok=True)
    shutil.copy(empty_store(), folder / "var" / "node.db")

    def run(*words: object, given: bytes | None = None) -> Result:
        said = ["--folder", str(folder), "alert", *map(str, words)]
        return CliRunner().invoke(cli, said, input=given)

    return run


def written(tmp_path: Path, names: list[str], **changes: str) -> Path:
    """Write a list of one alert under the names of the template."""
    said = {
        "source_reference": "A1",
        "valid_until": (datetime.now(UTC) + timedelta(days=9)).isoformat(),
        "marking": "AMBER",
        "permitted_action": "documents",
        "urgency": "routine",
        "category": "TRD",
        "severity": "2",
        "summary": "Diversion suspected.",
        "contact_office": "KZ550302",
        "subjects.equipment_id": "CSQU3054383",
    } | changes
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([names, [said.get(one, "") for one in names]])
    path = tmp_path / "list.csv"
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def test_a_list_begins_with_the_template_is_tried_and_imported_once(
    run: Run, tmp_path: Path
) -> None:
    template = run("import", "--template").stdout_bytes.decode("utf-8-sig")
    (names,) = csv.reader(io.StringIO(template))
    path = written(tmp_path, names)

    tried = run("import", path, "--dry-run")
    assert (tried.exit_code, json.loads(tried.stdout)["counted"]) == (0, {"good": 1})
    assert json.loads(run("list").stdout)["alerts"] == []
    done = json.loads(run("import", path, "--source", "national").stdout)
    again = run("import", "-", "--source", "national", given=path.read_bytes())

    (kept,) = done["alerts"]
    assert json.loads(again.stdout)["alerts"][0] == kept | {"outcome": "known"}
    (listed,) = json.loads(run("list").stdout)["alerts"]
    assert (listed["alert_id"], listed["state"]) == (kept["alert_id"], "drafted")


def test_what_is_wrong_is_told_and_the_command_fails(run: Run, tmp_path: Path) -> None:
    names = next(
        csv.reader(io.StringIO(run("import", "--template").stdout_bytes.decode("utf-8-sig")))
    )
    wrong = run("import", written(tmp_path, names, severity="7"))

    assert wrong.exit_code == 1
    (said,) = json.loads(wrong.stdout)["alerts"][0]["findings"]
    assert (said["line"], said["field"], said["code"]) == (2, "severity", "LIST-02")
    assert run("import").exit_code == 2
    (tmp_path / "empty.csv").write_bytes(b"")
    assert "alert.invalid-list" in run("import", tmp_path / "empty.csv").stderr


def test_what_is_held_is_exported_as_a_list_and_as_events(run: Run, tmp_path: Path) -> None:
    names = next(
        csv.reader(io.StringIO(run("import", "--template").stdout_bytes.decode("utf-8-sig")))
    )
    run("import", written(tmp_path, names))

    listed = run("export", "--form", "csv", "--output", tmp_path / "out.csv")
    assert listed.exit_code == 0
    again = run("import", tmp_path / "out.csv", "--source", "copy", "--dry-run")
    assert json.loads(again.stdout)["counted"] == {"good": 1}
    (event,) = json.loads(run("export", "--misp").stdout)["response"]
    assert event["Event"]["Tag"][0] == {"name": "tlp:amber"}
    missing = run("export", "--misp", "nothing")
    assert (missing.exit_code, "LIST-11" in missing.stderr) == (1, True)
