from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

FACTS = Path(__file__).resolve().parents[1] / "conformance"


def demo(folder: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """Run the demo as a user does, in an empty folder; return exit code and facts."""
    done = subprocess.run(
        [sys.executable, "-m", "exchange_node", "demo", "--json", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout)


def assert_crossed(code: int, facts: dict[str, Any]) -> None:
    assert code == 0, facts.get("failed")
    assert facts["ok"] is True
    assert facts["permission"]["permitted"] is True
    assert facts["manifest"]["receipt_verified"] is True
    assert facts["manifest"]["accepted"] is True
    assert facts["manifest"]["message_id"]
    assert facts["prearrival"]["found"] is True
    alert = facts["alert"]
    assert (alert["delivered"], alert["matched"], alert["acknowledged"]) == (True, True, True)
    assert alert["channel"] == "red"
    assert alert["reason"]


@pytest.fixture(name="taken_ports")
def _taken_ports() -> Iterator[list[int]]:
    with ExitStack() as stack:
        ports = []
        for port in (8443, 8480):
            with suppress(OSError):  # taken already, which serves as well
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
            ports.append(port)
        yield ports


def test_the_demo_walks_the_whole_story_though_its_ports_are_taken(
    tmp_path: Path, taken_ports: list[int]
) -> None:
    code, facts = demo(tmp_path)

    assert_crossed(code, facts)
    assert any("ext:Driver" in one for one in facts["minimised"]["withheld"])
    assert facts["mapping"]["cut"] == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.corpus
@pytest.mark.parametrize(
    "name",
    [
        "eaeu_customs_ru/road_car_ge_kz",
        "eaeu_customs_ru/container_wrapped",
        "ncts_ctc/cc015c-valid-2",
    ],
)
def test_a_real_declaration_crosses_from_node_to_node(
    corpus: Path, tmp_path: Path, name: str
) -> None:
    options = ["--declaration", str(corpus / f"{name}.xml")]
    options += ["--facts", str(FACTS / f"{name}.facts.toml")]

    code, facts = demo(tmp_path, *options)

    assert_crossed(code, facts)


@pytest.mark.corpus
def test_a_declaration_that_is_refused_fails_the_demo_with_every_finding(
    corpus: Path, tmp_path: Path
) -> None:
    file = corpus / "eaeu_customs_ru" / "road_car_ge_kz.xml"

    code, facts = demo(tmp_path, "--declaration", str(file))

    assert code == 1
    assert facts["ok"] is False
    assert "Declaration/ID" in {one["pointer"] for one in facts["failed"]["findings"]}


def test_a_file_that_is_none_fails_the_demo_in_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "exchange_node", "demo", "--declaration", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 1
    assert "it is a folder" in done.stderr
    assert "Traceback" not in done.stderr
