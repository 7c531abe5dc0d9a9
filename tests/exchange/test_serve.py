from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from exchange_node import node as nodes
from tests.world import PASSPHRASE, made_folder


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_serving_node_stops_cleanly_when_it_is_asked_to(
    tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "kz"
    shutil.copytree(made_folder("KZ"), folder)
    card = nodes.card_of(made_folder("UZ"))
    (folder / "partners" / "customs.uz.toml").write_text(card, encoding="utf-8")
    toml = folder / "node.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text.replace("port = 8443", "port = 0").replace("port = 8480", "port = 0"))
    environment = {**os.environ, "EXCHANGE_NODE_PASSPHRASE": PASSPHRASE}
    command = [sys.executable, "-m", "exchange_node", "--folder", str(folder), "serve"]

    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        process.send_signal(number)
        rest, log = process.communicate(timeout=60)

    assert ready.startswith('{"party": "customs.kz"'), log
    assert process.returncode == 0, log
    assert "Traceback" not in log
    assert rest == ""
