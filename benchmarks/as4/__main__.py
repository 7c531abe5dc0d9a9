"""`python -m benchmarks.as4`: measure, print the tables, write results/as4.json."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks.as4 import phase4
from benchmarks.as4.measuring import Asked, corridors, exchanges
from benchmarks.as4.nodes.pair import DEFAULT_SUITE, SUITES
from benchmarks.as4.report import surroundings, tables
from benchmarks.as4.rows import Effort, Row
from exchange_node.config.logs import configure_logs
from exchange_node.node.surroundings import utc_now

RESULTS = Path(__file__).resolve().parent.parent / "results"
WHOLE, PART = "as4.json", "as4-part.json"
"""What a whole run writes, to be published; and any other."""

KINDS = ("exchange", "corridor")
SIZES = (10_000, 1_000_000)
ITEMS = (3, 100)
CONCURRENCY = 8

THOROUGH = Effort(
    rounds=3,
    seconds=3,
    least=8,
    warm_up=60,
    peer_warm_up=600,
    peer_seconds=40,
    floor_seconds=0.5,
)
LONG = replace(THOROUGH, seconds=6, warm_up=8)
QUICK = Effort(
    rounds=1,
    seconds=0.5,
    least=4,
    warm_up=4,
    peer_warm_up=8,
    peer_seconds=2,
    floor_seconds=0.05,
)


def main() -> None:
    """Run what the command line names."""
    asked = _arguments()
    configure_logs(quiet=True)
    rows: list[Row] = []
    for measure in _measures(asked):
        # Not under /tmp, which may be memory: there `synchronous=FULL` costs nothing.
        with tempfile.TemporaryDirectory(dir=asked.results, prefix="nodes-") as folder:
            for row in measure(Path(folder)):
                rows.append({**row, "machine": surroundings(), "day": f"{utc_now():%Y-%m-%d}"})
                print(_progress(row), file=sys.stderr, flush=True)
    name = WHOLE if asked.is_whole else PART
    (asked.results / name).write_text(f"{json.dumps(rows, indent=2)}\n", encoding="utf-8")
    print(tables(rows))
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(
        f"\n{surroundings()}; load {load}; {asked.concurrency} messages under way; "
        f"{rows[0]['rounds']} rounds, medians, in brackets the slowest and the quickest round; "
        "CPU and peak are sender + receiver"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.as4", description=__doc__)
    parser.add_argument("--only", choices=KINDS, help="one kind of row")
    parser.add_argument("--suite", action="append", choices=SUITES, help="default: all of them")
    parser.add_argument("--bytes", action="append", type=int, help="of a finished document")
    parser.add_argument("--items", action="append", type=int, help="of a declaration")
    parser.add_argument("--quick", action="store_true", help="one short round: does it run?")
    parser.add_argument("--concurrency", type=int, default=CONCURRENCY, help="messages under way")
    parser.add_argument("--no-phase4", action="store_true", help="our own and the floor alone")
    parser.add_argument("--profile", type=Path, help="a folder for a profile of each process")
    parser.add_argument(
        "--results", type=Path, default=RESULTS, help="where the JSON goes, and the databases"
    )
    asked = parser.parse_args()
    asked.is_whole = not any(
        (asked.only, asked.suite, asked.bytes, asked.items, asked.quick, asked.no_phase4)
    )
    asked.is_whole &= asked.profile is None and asked.concurrency == CONCURRENCY
    for folder in (asked.results, asked.profile):
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
    return asked


def _measures(asked: argparse.Namespace) -> Iterator[Callable[[Path], Iterator[Row]]]:
    missing = phase4.missing()
    if missing and not asked.no_phase4 and asked.only != "corridor":
        print(f"phase4 is left out: this machine lacks {', '.join(missing)}", file=sys.stderr)
    how = Asked(
        effort=QUICK if asked.quick else THOROUGH,
        long_effort=QUICK if asked.quick else LONG,
        concurrency=asked.concurrency,
        profiles=asked.profile,
        with_peer=not (missing or asked.no_phase4),
    )
    if asked.only != "corridor":
        for suite in asked.suite or ([DEFAULT_SUITE] if asked.quick else SUITES):
            yield partial(exchanges, suite=suite, sizes=asked.bytes or SIZES, asked=how)
    if asked.only != "exchange":
        yield partial(corridors, items=asked.items or ITEMS, asked=how)


def _progress(row: Row) -> str:
    what = ", ".join(f"{name} {row[name]}" for name in ("kind", "suite", "document_bytes"))
    return (
        f"{what}: {row['per_s']}/s, p50 {row['p50_ms']} ms, CPU {row['sender_cpu_ms']} +"
        f" {row['receiver_cpu_ms']} ms, {row['ratio_to_floor']} x floor,"
        f" {row['ratio_to_phase4']} x phase4"
    )


if __name__ == "__main__":
    main()
