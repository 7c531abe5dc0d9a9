from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node.cli import cli
from tests.world import PASSPHRASE, empty_store, made_folder

DESKS = """
[[desk]]
name = "duty"
[[desk.folder]]
folder = "told"
[[desk.folder]]
name = "broken"
folder = "node.toml/told"
"""


def test_a_desk_is_tried_and_what_it_was_told_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)
    folder = tmp_path / "kz"
    shutil.copytree(made_folder("KZ"), folder)
    (folder / "var").mkdir(exist_ok=True)
    shutil.copy(empty_store(), folder / "var" / "node.db")
    (folder / "desks.toml").write_text(DESKS, encoding="utf-8")

    def run(*words: str) -> Result:
        return CliRunner().invoke(cli, ["--folder", str(folder), "notice", *words])

    tried = run("try", "duty")
    assert tried.exit_code == 1
    became = json.loads(tried.stdout)["ways"]
    assert became["folder"] == "told"
    assert "node.toml" in became["broken"]
    assert len(list((folder / "told").iterdir())) == 1
    assert json.loads(run("list").stdout) == {"notices": [], "counted": {}}
    assert "store.unknown-record" in run("acknowledge", "7").stderr
