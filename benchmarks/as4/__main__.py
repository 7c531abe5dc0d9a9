"""`python -m benchmarks.as4`: measure, print the table, write results/as4.json."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.as4.documents import sealed_sample, sized
from benchmarks.as4.loop import Loop
from benchmarks.as4.pair import PASSPHRASE, SUITES, commission, exchanging
from benchmarks.as4.rows import Effort, Row, Side, measure_round
from exchange_node import node as nodes
from exchange_node.config.logs import configure_logs

RESULTS = Path(__file__).resolve().parent.parent / "results"
KINDS = ("exchange", "corridor")
SIZES = (10_000, 1_000_000)
CONCURRENCY = 8

THOROUGH = Effort(rounds=3, seconds=4, least=8, warm_up=60, peer_warm_up=400)
QUICK = Effort(rounds=1, seconds=0.5, least=4, warm_up=4, peer_warm_up=8)


def main() -> None:
    """Run what the command line names."""
    asked = _arguments()
    configure_logs(quiet=True)
    effort = QUICK if asked.quick else THOROUGH
    rows = []
    for suite in asked.suite or SUITES:
        # Not under /tmp, which may be memory: there `synchronous=FULL` costs nothing.
        with tempfile.TemporaryDirectory(dir=asked.results, prefix="nodes-") as folder:
            for row in _exchanges(Path(folder), suite, effort, asked):
                print(json.dumps(row), flush=True)
                rows.append(row)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.as4", description=__doc__)
    parser.add_argument("--only", choices=KINDS, help="one kind of row")
    parser.add_argument("--suite", action="append", choices=SUITES, help="default: all of them")
    parser.add_argument("--bytes", action="append", type=int, help="of the document")
    parser.add_argument("--quick", action="store_true", help="one short round: does it run?")
    parser.add_argument("--concurrency", type=int, default=CONCURRENCY, help="messages under way")
    parser.add_argument("--profile", type=Path, help="a folder for a profile of each process")
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args()
    asked.results.mkdir(parents=True, exist_ok=True)
    if asked.profile is not None:
        asked.profile.mkdir(parents=True, exist_ok=True)
    return asked


def _exchanges(
    folder: Path, suite: str, effort: Effort, asked: argparse.Namespace
) -> Iterator[Row]:
    pair = commission(folder, SUITES[suite], asked.concurrency)
    with nodes.opened(pair.kz.folder, passphrase=PASSPHRASE) as node:
        sealed = sealed_sample(node)
    for size in asked.bytes or SIZES:
        document = folder / f"{size}.xml"
        document.write_bytes(sized(sealed, size))
        with exchanging(pair, document, asked.profile) as way:
            side = Side(sender=way.sender, receiver=way.receiver)
            loop = Loop(way, asked.concurrency)
            loop.run(least=effort.warm_up)
            side.forget_peaks()
            for _ in range(effort.rounds):
                measure_round(loop, side, effort, asked.concurrency)
            yield {
                "kind": "exchange",
                "suite": suite,
                "document_bytes": size,
                "concurrency": asked.concurrency,
                **side.figures(),
            }


if __name__ == "__main__":
    main()
