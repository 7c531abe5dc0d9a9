from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.world import PASSPHRASE, made_folder


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)
    folder = tmp_path / "kz"
    shutil.copytree(made_folder("KZ"), folder)
    return folder
