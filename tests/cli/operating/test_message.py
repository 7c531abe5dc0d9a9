from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from exchange_node import node as nodes
from exchange_node.cli import cli
from exchange_node.domain.transmission import GaveUp, Retry
from exchange_node.store import inbox, outbox
from exchange_node.store.database import reading, transaction
from exchange_node.store.incoming import Incoming, Reply, State
from tests.world import DECLARATION, FACTS, PASSPHRASE, made_folder, permitting_attachments

Run = Callable[..., Result]
SUBMIT = ("submit", DECLARATION, "--to", "customs.uz", "--facts", FACTS)


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A node with a partner, and an agreement under which attachments go."""
    monkeypatch.setenv("EXCHANGE_NODE_PASSPHRASE", PASSPHRASE)
    folder = Path(shutil.copytree(made_folder("KZ"), tmp_path / "kz"))
    agreement = permitting_attachments(nodes.pair_agreement("KZ", "UZ"))
    with nodes.opened(folder) as node:
        node.commissioning.add_partner(nodes.card_of(made_folder("UZ")))
        node.commissioning.add_agreement(agreement, actor="test")
    return folder


@pytest.fixture(name="run")
def _run(folder: Path) -> Run:
    def run(*words: object) -> Result:
        return CliRunner().invoke(cli, ["--folder", str(folder), *map(str, words)])

    return run


def plain(result: Result) -> Any:  # noqa: ANN401 - whatever JSON has
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def queued(run: Run) -> str:
    return str(plain(run(*SUBMIT))["message_id"])


def test_a_file_goes_with_a_declaration(run: Run, tmp_path: Path) -> None:
    scan = tmp_path / "scan.png"
    scan.write_bytes(b"a scan")

    seen = plain(run(*SUBMIT, "--attach", scan))

    assert seen["state"] == "queued"
    report = json.dumps(seen["files"])
    assert all(said in report for said in ("scan.png", "image/png"))


def test_a_file_that_is_not_there_sends_nothing(run: Run, tmp_path: Path) -> None:
    refused = run(*SUBMIT, "--attach", tmp_path / "none.png")

    assert (refused.exit_code, "[input.unreadable]" in refused.stderr) == (1, True)
    assert plain(run("message", "list"))["messages"] == []


def test_a_file_too_large_for_the_node_sends_nothing(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    toml = folder / "node.toml"
    bounded = re.sub(r"(?m)^attachment_bytes = .*$", "attachment_bytes = 1000", toml.read_text())
    toml.write_text(bounded, "utf-8")
    scan = tmp_path / "scan.png"
    scan.write_bytes(b"a scan" * 200)

    refused = run(*SUBMIT, "--attach", scan)

    assert (refused.exit_code, "[input.unreadable]" in refused.stderr) == (1, True)
    assert plain(run("message", "list"))["messages"] == []


def test_a_message_without_its_receipt_is_sent_once_more(run: Run, folder: Path) -> None:
    message_id = queued(run)
    with nodes.opened(folder) as node, transaction(node.engine) as conn:
        outbox.advance(conn, message_id, GaveUp(node.clock()), Retry())
    assert plain(run("message", "show", message_id))["sent"]["may"] == ["resend"]

    again = plain(run("message", "resend", message_id))

    assert again == {"message_id": message_id, "state": "queued"}


def test_a_message_that_was_put_aside_is_filed_after_all(run: Run, folder: Path) -> None:
    with nodes.opened(folder) as node:
        incoming = Incoming(
            sender="customs.uz",
            message_id="m1@customs.uz",
            digest="a" * 64,
            header={"conversation": "UZ/mrn/1"},
            received_at=node.clock(),
        )
        reply = Reply(status=200, content_type="text/plain", content=b"receipt")
        with transaction(node.engine) as conn:
            inbox.keep(conn, incoming, b"document", reply, node.keyring.vault)
            (kept,) = inbox.search(conn, limit=2)
            assert inbox.settle(conn, kept, State.PARKED, at=node.clock())

    elsewhere = run("message", "unpark", "m1@customs.uz", "--from", "customs.kg")
    done = plain(run("message", "unpark", "m1@customs.uz", "--from", "customs.uz"))

    assert elsewhere.exit_code == 1
    assert done == {"message_id": "m1@customs.uz", "state": "kept"}
    with nodes.opened(folder) as node, reading(node.engine) as conn:
        assert [one.state for one in inbox.search(conn, limit=2)] == [State.KEPT]


def test_a_message_is_held_shown_released_and_cancelled(run: Run) -> None:
    message_id = queued(run)

    assert json.loads(run("message", "hold", message_id, "--why", "x").stdout)["state"] == "held"
    shown = json.loads(run("message", "show", message_id).stdout)["sent"]
    assert shown["may"] == ["release", "cancel"]
    assert json.loads(run("message", "release", message_id).stdout)["state"] == "queued"
    assert run("message", "cancel", message_id, "--why", "x").exit_code == 0
    refused = run("message", "resend", message_id)

    assert refused.exit_code == 1
    assert "is cancelled: it cannot be sent once more now" in refused.stderr
    assert run("message", "unpark", message_id).exit_code == 1
