from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node.cli import cli
from tests.world import PASSPHRASE, made_folder

DELETE = ("order", "delete", "manifest", "KZ/mrn/1", "--ground", "PERSON")
CORRECT = ("order", "correct", "manifest", "KZ/mrn/1", "--ground", "ERROR", "--value")
TELL = ("breach", "tell", "customs.uz", "--misuse", "LOSS", "--what", "x", "--measures", "y")


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_folder("KZ"), tmp_path / "kz"))


def run(folder: Path, *words: str) -> Result:
    environment = {"EXCHANGE_NODE_PASSPHRASE": PASSPHRASE}
    return CliRunner().invoke(cli, ["--folder", str(folder), *words], env=environment)


def test_a_new_node_has_neither_orders_nor_notices(folder: Path) -> None:
    assert json.loads(run(folder, "order", "list", "--overdue").stdout) == {"orders": []}
    assert json.loads(run(folder, "breach", "list").stdout) == {"breaches": []}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (DELETE, "store.unknown-record"),
        ((*CORRECT, "no sign"), "enquiry.unusable-query"),
        ((*CORRECT, "a=1", "--value", "a=2"), "enquiry.unusable-query"),
        (("order", "show", "o1"), "store.unknown-record"),
        (("breach", "show", "b1"), "store.unknown-record"),
        ((*TELL, "--discovered", "soon"), "enquiry.unusable-query"),
        ((*TELL, "--discovered", "2026-03-01T08:00:00"), "enquiry.unusable-query"),
        ((*TELL, "--discovered", "2026-03-01T08:00:00+00:00"), "policy.not-permitted"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(
    folder: Path, words: tuple[str, ...], code: str
) -> None:
    refused = run(folder, *words)

    assert refused.exit_code == 1
    assert f"[{code}]" in refused.stderr
