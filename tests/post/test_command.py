from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from click.testing import CliRunner, Result

from exchange_node.cli import cli
from exchange_node.domain.access import Role
from exchange_node.node import card_of, printing
from exchange_node.web.api import api_application
from tests.post.conftest import MRN, OFFICE, PLATE
from tests.world import PASSPHRASE, POST, RSA_SUITE, Pair, made_folder

DOWN = ("--reason", "line down")


def run(folder: Path, *words: str, passphrase: str = PASSPHRASE) -> Result:
    environment = {"EXCHANGE_NODE_PASSPHRASE": passphrase}
    return CliRunner().invoke(cli, ["--folder", str(folder), "post", *words], env=environment)


def initialised(tmp_path: Path, url: str = "https://node.example") -> Path:
    (tmp_path / "own.toml").write_text(card_of(made_folder("UZ", RSA_SUITE)), "utf-8")
    folder = tmp_path / "post"
    card = str(tmp_path / "own.toml")
    made = run(folder, "init", "--office", OFFICE, "--url", url, "--card", card, "--test")
    assert made.exit_code == 0, made.stderr
    return folder


def give_token(folder: Path, token: str, mode: int = 0o600) -> None:
    (folder / "token").write_text(f"{token}\n", "utf-8")
    (folder / "token").chmod(mode)


@pytest.fixture(name="url")
def _url(pair: Pair) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(api_application(pair.uz), log_config=None))
    serving = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    serving.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    serving.join()
    listening.close()


def test_every_command_does_its_part_over_a_real_line(pair: Pair, url: str, tmp_path: Path) -> None:
    pair.submit()
    pair.run()
    folder = initialised(tmp_path, url)
    roles = frozenset({Role.BORDER_POST})
    give_token(folder, pair.uz.access.new_token("gate 3", roles, days=30, offices=[OFFICE]))
    printed = printing(pair.kz).print(POST, MRN)
    (tmp_path / "paper.pdf").write_bytes(printed.pdf)

    synced = run(folder, "sync")
    found = run(folder, "find", PLATE)
    typed = run(folder, "verify", printed.code)
    scanned = run(folder, "verify", str(tmp_path / "paper.pdf"))
    crossed = run(folder, "crossing", MRN, "--direction", "entry", *DOWN)
    checked = run(folder, "seal-check", MRN, *DOWN, "--seal", "KZS0041701=intact")
    waiting = run(folder, "status")
    again = run(folder, "sync")

    assert synced.exit_code == 0, synced.stderr
    assert [one.exit_code for one in (synced, found, typed, scanned)] == [0, 0, 0, 0]
    assert [one.exit_code for one in (crossed, checked, waiting, again)] == [0, 0, 0, 0]
    assert json.loads(synced.stdout)["entries"] == 1
    (arrival,) = json.loads(found.stdout)["arrivals"]
    assert arrival["movement"] == f"KZ/mrn/{MRN}"
    assert json.loads(typed.stdout)["outcome"] == "genuine"
    assert json.loads(typed.stdout) == json.loads(scanned.stdout)
    handed = json.loads(again.stdout)["records"]
    assert len(handed) == json.loads(waiting.stdout)["waiting"] == 5  # three looks among them
    assert {one["state"] for one in handed} == {"merged"}


def test_a_new_post_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = initialised(tmp_path)

    secret = [one for one in folder.iterdir() if one.name != "post.toml"]
    assert {one.name for one in secret} >= {"post.db", "post.key.json"}
    assert {one.stat().st_mode & 0o077 for one in secret} == {0}


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_token_that_others_may_read_is_not_used(tmp_path: Path, mode: int) -> None:
    folder = initialised(tmp_path)
    give_token(folder, "secret-of-the-gate", mode)

    refused = run(folder, "sync")

    assert refused.exit_code == 1
    assert f"(mode {mode:o}); want 600 [config.unusable]" in refused.stderr
    assert "secret-of-the-gate" not in refused.output


@pytest.mark.parametrize("token", ["secret one\nsecret two", "secret\tone", "secret\x7fone", " "])
def test_a_token_that_is_none_is_not_said_aloud(tmp_path: Path, url: str, token: str) -> None:
    folder = initialised(tmp_path, url)
    give_token(folder, token)

    refused = run(folder, "sync")

    assert refused.exit_code == 1
    assert "it holds no token" in refused.stderr
    assert "secret" not in refused.output


def test_a_token_never_goes_in_clear_over_a_network(tmp_path: Path) -> None:
    folder = initialised(tmp_path, "http://node.example")
    give_token(folder, "secret-of-the-gate")

    refused = run(folder, "sync")

    assert refused.exit_code == 1
    assert "want https" in refused.stderr
    assert "secret-of-the-gate" not in refused.output


def test_nothing_is_opened_with_another_passphrase(tmp_path: Path) -> None:
    folder = initialised(tmp_path)

    refused = run(folder, "status", passphrase="another one, quite as long")

    assert refused.exit_code == 1
    assert refused.stdout == ""


@pytest.mark.parametrize("word", ["ж" * 199, "../" * 60, "CX1", "/"])
def test_what_is_neither_code_nor_file_is_refused_in_one_line(tmp_path: Path, word: str) -> None:
    refused = run(initialised(tmp_path), "verify", word)

    assert refused.exit_code == 1
    assert "[post.unreadable-code]" in refused.stderr


def test_a_file_without_a_code_is_refused_in_one_line(tmp_path: Path) -> None:
    folder = initialised(tmp_path)
    (tmp_path / "picture.png").write_bytes(bytes(range(256)) * 10)

    refused = run(folder, "verify", str(tmp_path / "picture.png"))

    assert refused.exit_code == 1
    assert "[post.unreadable-code]" in refused.stderr


def test_a_card_that_is_none_makes_no_post(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("nothing = 1\n", "utf-8")
    folder = tmp_path / "post"
    card = str(tmp_path / "own.toml")

    refused = run(folder, "init", "--office", OFFICE, "--url", "https://x", "--card", card)

    assert refused.exit_code == 1
    assert not folder.exists()


@pytest.mark.parametrize(
    "line",
    ["hours = 0", "page = 51", 'party = "uz"', 'office = "../x"', "unknown = 1", "hours = ["],
)
def test_settings_that_cannot_be_are_refused_with_their_place(tmp_path: Path, line: str) -> None:
    folder = initialised(tmp_path)
    path = folder / "post.toml"
    name = line.partition(" ")[0]
    kept = [one for one in path.read_text("utf-8").splitlines() if not one.startswith(f"{name} ")]
    path.write_text("\n".join([*kept, line]), "utf-8")

    refused = run(folder, "status")

    assert refused.exit_code == 1
    assert "post.toml" in refused.stderr
    assert "[config." in refused.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("--remark", "x" * 401),
        ("--means", "x" * 71),
        ("--equipment", "x" * 71),
        ("--packages", str(10**8)),
        ("--seal", "x" * 36),
        ("--seal", "=broken"),
        ("--seal", f"1={'x' * 21}"),
        tuple(f"--seal={number}" for number in range(51)),
    ],
)
def test_what_the_node_would_not_take_is_not_recorded(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    folder = initialised(tmp_path)

    refused = run(folder, "crossing", MRN, "--direction", "entry", *DOWN, *words)

    assert refused.exit_code == 1
    assert "[config.unusable]" in refused.stderr
    assert json.loads(run(folder, "status").stdout)["waiting"] == 0
