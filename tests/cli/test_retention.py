from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node.cli import cli
from tests.world import PASSPHRASE, made_folder


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_folder("KZ"), tmp_path / "kz"))


def run(folder: Path, *words: str) -> Result:
    environment = {"EXCHANGE_NODE_PASSPHRASE": PASSPHRASE}
    return CliRunner().invoke(cli, ["--folder", str(folder), *words], env=environment)


def test_a_new_node_has_neither_holds_nor_certificates(folder: Path) -> None:
    assert json.loads(run(folder, "hold", "list", "--lifted").stdout) == {"holds": []}
    assert json.loads(run(folder, "disposal", "list").stdout) == {"disposals": []}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("hold", "place", "manifest", "KZ/mrn/1", "--why", "order 4"), "store.unknown-record"),
        (("hold", "place", "alert", "customs.uz/A1", "--why", ""), "enquiry.unusable-query"),
        (("hold", "lift", "7", "--why", "over"), "store.unknown-record"),
        (("disposal", "show", "7"), "store.unknown-record"),
    ],
)
def test_what_is_not_there_is_refused_in_one_line(
    folder: Path, words: tuple[str, ...], code: str
) -> None:
    refused = run(folder, *words)

    assert refused.exit_code == 1
    assert f"[{code}]" in refused.stderr


def test_an_operator_vouches_for_the_clock_with_the_day_and_a_reason(folder: Path) -> None:
    today = datetime.now(UTC).date().isoformat()

    confirmed = run(folder, "disposal", "confirm-clock", today, "--why", "the time signal")
    refused = run(folder, "disposal", "confirm-clock", "2019-01-01", "--why", "the time signal")

    assert json.loads(confirmed.stdout)["trust"] == "believed"
    assert json.loads(run(folder, "disposal", "clock").stdout)["believed_at"][:10] == today
    assert (refused.exit_code, "[enquiry.unusable-query]" in refused.stderr) == (1, True)
