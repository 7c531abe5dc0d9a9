from __future__ import annotations

import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from exchange_node.config.settings.passphrase import environment_with
from exchange_node.store.database import SCHEMA_VERSION
from tests.kill.killing import POINTS, SEED
from tests.kill.outcome import audited, looking
from tests.kill.process import Serving
from tests.world import PASSPHRASE, made_folder

pytestmark = pytest.mark.kill


@pytest.fixture(name="node")
def _node(tmp_path: Path) -> Iterator[Serving]:
    """A node that has never run: it has no database yet."""
    folder = tmp_path / "kz"
    shutil.copytree(made_folder("KZ"), folder)
    shutil.rmtree(folder / "var", ignore_errors=True)
    toml = folder / "node.toml"
    ports = (
        toml.read_text("utf-8")
        .replace("port = 8443", "port = 0")
        .replace("port = 8480", "port = 0")
    )
    toml.write_text(ports, "utf-8")
    node = Serving(folder, PASSPHRASE)
    yield node
    node.close()


def health_of(node: Serving) -> dict[str, object]:
    health: dict[str, object] = httpx.get(f"{node.api_url}/api/v1/health", trust_env=False).json()
    return health


@pytest.mark.parametrize("number", range(max(1, POINTS // 12)))
def test_a_node_that_is_killed_while_it_makes_its_database_starts_all_the_same(
    node: Serving, number: int
) -> None:
    chance = random.Random(f"{SEED}/start/{number}")
    database, lock = (node.folder / "var" / name for name in ("node.db", "serve.lock"))
    killed_at_start(node, database.exists, chance.random() / 10)
    killed_at_start(node, lambda: lock.read_text() == str(node.pid), chance.random() / 2)

    assert node.start()

    assert len(node.kills) == 2, node.log
    assert health_of(node)["schema"] == SCHEMA_VERSION
    with looking(node.folder) as conn:
        assert conn.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
    assert audited(node.folder) == 0
    assert node.stop() == 0


def killed_at_start(node: Serving, is_far_enough: Callable[[], bool], delay: float) -> None:
    """Start a node and kill it so many seconds after it has come so far."""

    def watch() -> None:
        waiting = threading.Event()
        while not (node.is_alive and is_far_enough()):
            if waiting.wait(0.001):
                return
        node.kill_soon(delay, "start")

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    node.start()
    watcher.join(60)
    node.strike_out()


def test_a_folder_is_served_by_one_process_which_may_be_the_next_after_a_kill(
    node: Serving,
) -> None:
    node.start()

    second = subprocess.run(
        [sys.executable, "-m", "exchange_node", "--folder", str(node.folder), "serve"],
        env=environment_with(PASSPHRASE),
        capture_output=True,
        text=True,
        check=False,
    )

    assert second.returncode == 1
    assert "[config.in-use]" in second.stderr
    assert str(node.pid) in second.stderr
    assert "Traceback" not in second.stderr
    assert health_of(node)["party"] == "customs.kz"
    node.kill_soon(0, "rest")
    node.strike_out()
    assert node.start()
    assert node.stop() == 0
