from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exchange_node import node as nodes
from exchange_node.domain.errors import FolderInUseError, InvalidSettingError, PassphraseError
from exchange_node.store import duties
from exchange_node.store.database import transaction
from tests.world import PASSPHRASE, made_folder

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
LEASE = timedelta(minutes=1)


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    shutil.copytree(made_folder("KZ"), tmp_path / "kz")
    return tmp_path / "kz"


def claimed(node: nodes.Node) -> int:
    with transaction(node.engine) as conn:
        return len(duties.claim(conn, ["tell"], NOW, LEASE, 9))


def test_a_folder_is_served_once_at_a_time(folder: Path) -> None:
    with (
        nodes.serving(folder, passphrase=PASSPHRASE),
        pytest.raises(FolderInUseError) as refused,
        nodes.serving(folder, passphrase=PASSPHRASE),
    ):
        pass

    assert refused.value.facts["process"] == str(os.getpid())


def test_a_folder_that_is_no_longer_served_can_be_served_again(folder: Path) -> None:
    for _ in range(2):
        with nodes.serving(folder, passphrase=PASSPHRASE) as node:
            assert node.enquiry.health()["party"] == "customs.kz"


def test_a_node_that_cannot_be_built_leaves_its_folder_free(folder: Path) -> None:
    with pytest.raises(PassphraseError), nodes.serving(folder, passphrase="wrong"):
        pass

    with nodes.serving(folder, passphrase=PASSPHRASE) as node:
        assert node.enquiry.health()["party"] == "customs.kz"


def test_a_folder_that_cannot_be_locked_is_said_to_be_unusable(folder: Path) -> None:
    shutil.rmtree(folder / "var", ignore_errors=True)
    (folder / "var").write_text("no folder")

    with (
        pytest.raises(InvalidSettingError, match=r"serve\.lock"),
        nodes.serving(folder, passphrase=PASSPHRASE),
    ):
        pass


def test_the_one_that_serves_ends_the_leases_of_its_forerunner(folder: Path) -> None:
    with nodes.serving(folder, passphrase=PASSPHRASE) as killed:
        with transaction(killed.engine) as conn:
            duties.leave(conn, "tell", "officer", NOW)
        assert claimed(killed) == 1

    with nodes.serving(folder, passphrase=PASSPHRASE) as node:
        assert claimed(node) == 1


def test_who_only_looks_in_leaves_the_leases_alone(folder: Path) -> None:
    with nodes.serving(folder, passphrase=PASSPHRASE) as node:
        with transaction(node.engine) as conn:
            duties.leave(conn, "tell", "officer", NOW)
        assert claimed(node) == 1

        with nodes.opened(folder, passphrase=PASSPHRASE) as looking:
            assert claimed(looking) == 0
