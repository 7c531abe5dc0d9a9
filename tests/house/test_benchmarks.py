"""A benchmark runs and writes what it measured in the shape that tables are made from."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.as4.documents import sized
from benchmarks.documents import enlarged, facts_for, item_count, sample_declaration
from exchange_node.domain.identifiers import Mrn

ROOT = Path(__file__).resolve().parents[2]
FIGURES = {"per_s", "wall_ms", "cpu_ms", "floor_cpu_ms", "ratio_to_floor"}
AS4_FIGURES = {
    "document_bytes", "concurrency", "per_s", "p50_ms", "p95_ms", "p99_ms", "cpu_ms",
    "sender_cpu_ms", "receiver_cpu_ms", "peak_mb", "floor_cpu_ms", "ratio_to_floor",
}  # fmt: skip


def run(*arguments: str, module: str = "benchmarks") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module", name="results")
def _results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    done = run("validate", "--quick", "--results", str(folder))
    assert done.returncode == 0, done.stderr
    return folder


def test_a_benchmark_writes_a_row_for_each_size(results: Path) -> None:
    rows: list[dict[str, Any]] = json.loads((results / "validate.json").read_text("utf-8"))

    assert [(row["name"], row["items"]) for row in rows] == [("validate", 3), ("validate", 100)]
    for row in rows:
        assert row.keys() >= FIGURES
        assert all(row[figure] > 0 for figure in FIGURES)


def test_a_run_leaves_nothing_but_its_results(results: Path) -> None:
    assert [path.name for path in results.iterdir()] == ["validate.json"]


def test_a_benchmark_that_does_not_exist_is_refused_by_name(tmp_path: Path) -> None:
    done = run("velocity", "--results", str(tmp_path))

    assert done.returncode == 2
    assert "velocity" in done.stderr


@pytest.mark.parametrize("items", [1, 7])
def test_the_synthetic_declaration_has_as_many_items_as_were_asked_for(items: int) -> None:
    declaration = enlarged(sample_declaration(), items)

    assert item_count(declaration) == items
    assert f"TotalGoodsNumber>{items}<".encode() in declaration


def test_every_crossing_has_an_mrn_of_its_own() -> None:
    mrns = [json.loads(facts_for(number))["Facts"]["MRN"] for number in (1, 2)]

    assert len({Mrn.parse(mrn) for mrn in mrns}) == 2


@pytest.fixture(scope="module", name="as4_results")
def _as4_results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("as4-results")
    chosen = ("--quick", "--no-phase4", "--suite", "2.0", "--bytes", "10000", "--items", "3")
    done = run(*chosen, "--results", str(folder), module="benchmarks.as4")
    assert done.returncode == 0, done.stderr
    assert "| 2.0 | 10 KB | node |" in done.stdout
    return folder


def test_messages_between_two_nodes_are_measured_beside_their_floor(as4_results: Path) -> None:
    rows: list[dict[str, Any]] = json.loads((as4_results / "as4-part.json").read_text("utf-8"))

    assert [(row["kind"], row["suite"]) for row in rows] == [
        ("exchange", "2.0"),
        ("corridor", "1.15-rsa3072"),
    ]
    for row in rows:
        assert row.keys() >= AS4_FIGURES
        assert all(row[figure] > 0 for figure in AS4_FIGURES)
        assert row["p50_ms"] <= row["p95_ms"] <= row["p99_ms"]
        assert row["ratio_to_phase4"] is None


def test_a_part_of_a_measurement_is_not_what_is_published(as4_results: Path) -> None:
    assert [path.name for path in as4_results.iterdir()] == ["as4-part.json"]


@pytest.mark.parametrize("size", [10_000, 30_000])
def test_a_document_has_exactly_the_size_that_was_asked_for(size: int) -> None:
    item = "<ConsignmentItem><Description>Apples, 600 boxes</Description></ConsignmentItem>"
    sealed = f"<Declaration>{item}<OriginalText>{'x' * 9_950}</OriginalText></Declaration>".encode()

    document = sized(sealed, size)

    assert len(document) == size
    assert b"<ConsignmentItem>" in document


def test_mapping_is_measured_by_format_and_step_beside_the_stylesheet(tmp_path: Path) -> None:
    chosen = ("asycuda-sad", "--quick", "--sizes", "2", "--results", str(tmp_path))
    done = run(*chosen, module="benchmarks.mapping")
    assert done.returncode == 0, done.stderr

    rows: list[dict[str, Any]] = json.loads((tmp_path / "map.json").read_text("utf-8"))

    assert {row["name"] for row in rows} >= {"parse", "map", "validate", "report", "libxslt"}
    assert {(row["format"], row["items"]) for row in rows} == {("asycuda-sad", 2)}
    assert all(row["ratio_to_floor"] > 0 for row in rows)


def test_alerts_beside_a_backlog_all_arrive_and_a_row_says_how_soon(tmp_path: Path) -> None:
    done = run(
        "--only", "arrive", "--quick", "--results", str(tmp_path), module="benchmarks.alerts"
    )

    assert done.returncode == 0, done.stderr
    beside, alone = json.loads((tmp_path / "alerts.json").read_text("utf-8"))
    assert [(one["name"], one["kind"]) for one in (beside, alone)] == [
        ("arrive", "backlog"), ("arrive", "alone")
    ]  # fmt: skip
    assert (beside["manifests"], alone["manifests"]) == (20, 0)
    for one in (beside, alone):
        assert one["alerts"] > 0
        assert 0 < one["p50_s"] <= one["p95_s"]
