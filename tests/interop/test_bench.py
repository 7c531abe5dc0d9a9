"""phase4 against itself: what our own speed is measured beside."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.interop.identities import KZ, UZ, identity
from tests.interop.peer import running

ROOT = Path(__file__).resolve().parents[2]


def test_the_bench_counts_verified_receipts(classes: str, tmp_path: Path) -> None:
    kz, uz = identity(KZ, "1.15"), identity(UZ, "1.15")
    with (
        running(tmp_path / "kz", classes, own=kz, partner=uz, suite="1.15", bench=True) as sender,
        running(tmp_path / "uz", classes, own=uz, partner=kz, suite="1.15", bench=True) as other,
    ):
        message = {
            "service": "urn:carec:service:transit",
            "action": "TM-010",
            "payloads": [sender.payload("one.xml", b"<one/>", charset="UTF-8")],
        }

        report = sender.ask(
            "bench", url=other.url, count=8, concurrency=2, warm_up=1, message=message
        )
        spent = other.ask("cpu")

    assert report["count"] == 8, report
    assert report["messages_per_second"] > 0
    assert 0 < report["p50_ms"] <= report["p95_ms"] <= report["p99_ms"]
    assert report["cpu_ms_per_message"] > 0
    assert spent["cpu_ms"] > 0


def test_our_messages_are_measured_beside_those_of_phase4(classes: str, tmp_path: Path) -> None:
    chosen = ("--quick", "--only", "exchange", "--suite", "2.0", "--bytes", "10000")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.as4", *chosen, "--results", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr

    (row,) = json.loads((tmp_path / "as4-part.json").read_text("utf-8"))
    assert row["phase4"]["cpu_ms"] > 0
    assert row["ratio_to_phase4"] > 0
