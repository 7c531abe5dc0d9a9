from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exchange_node import node as nodes
from exchange_node.cli import cli
from exchange_node.domain.message import AttachedFile
from tests.exchange.releasing import asking_for
from tests.world import (
    DECLARATION,
    FACTS,
    NATIONAL,
    OFFICES,
    PASSPHRASE,
    made_folder,
    permitting_attachments,
)

MRN = "26KZ55010100041703"
SCAN = b"%PDF-1.7 a scan of the invoice"


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """Return the folder of a node where one manifest with a file waits for an officer."""
    folder = Path(shutil.copytree(made_folder("KZ"), tmp_path / "kz"))
    shutil.copy(OFFICES, folder / "codelists")
    card = nodes.card_of(made_folder("UZ"), at=nodes.utc_now())
    (folder / "partners" / "customs.uz.toml").write_text(card, encoding="utf-8")
    node = nodes.build(folder, passphrase=PASSPHRASE)
    text = permitting_attachments(asking_for("one")(nodes.pair_agreement("KZ", "UZ")))
    node.commissioning.add_agreement(text, actor="test")
    file = AttachedFile(name="invoice.pdf", mime_type="application/pdf", content=SCAN)
    submission = node.dispatch.submit(
        NATIONAL,
        DECLARATION.read_bytes(),
        facts=FACTS.read_text(encoding="utf-8"),
        partner="customs.uz",
        files=[file],
    )
    assert not submission.is_refused
    node.close()
    return folder


def run(folder: Path, *words: str) -> Result:
    environment = {"EXCHANGE_NODE_PASSPHRASE": PASSPHRASE}
    return CliRunner().invoke(cli, ["--folder", str(folder), *words], env=environment)


def waiting(folder: Path, *words: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(run(folder, "release", "list", *words).stdout)[
        "releases"
    ]
    return found


def test_an_officer_sees_what_would_leave_with_its_file_and_lets_it_go(
    folder: Path, tmp_path: Path
) -> None:
    [line] = waiting(folder)
    message_id = line["message_id"]

    said = run(folder, "release", "show", message_id)
    xml = tmp_path / "seen.xml"
    printed = run(folder, "release", "show", message_id, "--json", "--xml", str(xml))
    shown = json.loads(printed.stdout)
    file = run(folder, "release", "file", message_id, "1", "-o", str(tmp_path / "invoice.pdf"))
    done = run(folder, "release", "approve", message_id, "--digest", shown["digest"])

    assert said.exit_code == 0, said.stderr
    assert "invoice.pdf" in said.stdout
    assert xml.read_text("utf-8") == shown["document"]
    assert file.exit_code == 0, file.stderr
    assert (tmp_path / "invoice.pdf").read_bytes() == SCAN
    assert done.exit_code == 0, done.stderr
    assert waiting(folder) == []
    [released] = waiting(folder, "--state", "released")
    assert released["message_id"] == message_id


def test_a_document_that_was_not_seen_is_not_approved(folder: Path) -> None:
    [line] = waiting(folder)

    refused = run(folder, "release", "approve", line["message_id"], "--digest", "0" * 64)

    assert refused.exit_code != 0
    assert "release.other-document" in refused.stderr
    assert len(waiting(folder)) == 1


def test_an_officer_keeps_a_message_back_with_a_reason(folder: Path) -> None:
    [line] = waiting(folder)

    empty = run(folder, "release", "refuse", line["message_id"], "--why", " ")
    done = run(folder, "release", "refuse", line["message_id"], "--why", "wrong truck")
    again = run(folder, "release", "refuse", line["message_id"], "--why", "wrong truck")

    assert empty.exit_code == 2
    assert done.exit_code == 0, done.stderr
    assert again.exit_code != 0
    [kept] = waiting(folder, "--state", "refused")
    assert kept["why"] == "wrong truck"


@pytest.mark.parametrize(
    "words",
    [("show",), ("approve", "--digest", "0" * 64), ("refuse", "--why", "no")],
)
def test_what_does_not_wait_is_said_to_be_unknown(folder: Path, words: tuple[str, ...]) -> None:
    command, *rest = words

    said = run(folder, "release", command, "nobody@customs.kz", *rest)

    assert said.exit_code != 0
    assert "nobody@customs.kz" in said.stderr


def test_who_made_a_message_does_not_let_it_go(folder: Path) -> None:
    facts = folder / "facts.toml"
    facts.write_text(FACTS.read_text("utf-8").replace(MRN, "26KZ55010100041711"), "utf-8")
    own = run(folder, "submit", str(DECLARATION), "--to", "customs.uz", "--facts", str(facts))
    found = [one for one in waiting(folder) if "26KZ55010100041711" in json.dumps(one)]

    assert own.exit_code == 0, own.output
    [mine] = found
    seen = run(folder, "release", "show", mine["message_id"], "--json").stdout
    digest = json.loads(seen)["digest"]
    refused = run(folder, "release", "approve", mine["message_id"], "--digest", digest)
    assert refused.exit_code != 0
    assert "release." in refused.stderr
