"""`python -m benchmarks.as4`: measure, print the table, write results/as4.json."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.as4 import phase4
from benchmarks.as4.measuring import Asked, corridors, exchanges
from benchmarks.as4.nodes.pair import SUITES
from benchmarks.as4.rows import Effort, Row
from exchange_node.config.logs import configure_logs

RESULTS = Path(__file__).resolve().parent.parent / "results"
KINDS = ("exchange", "corridor")
SIZES = (10_000, 1_000_000)
ITEMS = (3, 100)
CONCURRENCY = 8

THOROUGH = Effort(rounds=3, seconds=4, least=8, warm_up=60, peer_warm_up=600, floor_seconds=0.5)
LONG = Effort(rounds=3, seconds=8, least=8, warm_up=8, peer_warm_up=0, floor_seconds=0.5)
QUICK = Effort(rounds=1, seconds=0.5, least=4, warm_up=4, peer_warm_up=8, floor_seconds=0.05)


def main() -> None:
    """Run what the command line names."""
    asked = _arguments()
    configure_logs(quiet=True)
    effort = QUICK if asked.quick else THOROUGH
    missing = phase4.missing()
    if missing and not asked.no_phase4:
        print(f"phase4 is left out: this machine lacks {', '.join(missing)}")
    how = Asked(
        effort=effort,
        long_effort=QUICK if asked.quick else LONG,
        concurrency=asked.concurrency,
        profiles=asked.profile,
        with_peer=not (missing or asked.no_phase4),
    )
    measures: list[Callable[[Path], Iterator[Row]]] = []
    if asked.only != "corridor":
        suites, sizes = asked.suite or SUITES, asked.bytes or SIZES
        measures += [partial(exchanges, suite=one, sizes=sizes, asked=how) for one in suites]
    if asked.only != "exchange":
        measures.append(partial(corridors, items=asked.items or ITEMS, asked=how))
    rows = []
    for measure in measures:
        # Not under /tmp, which may be memory: there `synchronous=FULL` costs nothing.
        with tempfile.TemporaryDirectory(dir=asked.results, prefix="nodes-") as folder:
            for row in measure(Path(folder)):
                print(json.dumps(row), flush=True)
                rows.append(row)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.as4", description=__doc__)
    parser.add_argument("--only", choices=KINDS, help="one kind of row")
    parser.add_argument("--suite", action="append", choices=SUITES, help="default: all of them")
    parser.add_argument("--bytes", action="append", type=int, help="of the document")
    parser.add_argument("--items", action="append", type=int, help="of the declaration")
    parser.add_argument("--quick", action="store_true", help="one short round: does it run?")
    parser.add_argument("--concurrency", type=int, default=CONCURRENCY, help="messages under way")
    parser.add_argument("--no-phase4", action="store_true", help="ours and the floor alone")
    parser.add_argument("--profile", type=Path, help="a folder for a profile of each process")
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args()
    asked.results.mkdir(parents=True, exist_ok=True)
    if asked.profile is not None:
        asked.profile.mkdir(parents=True, exist_ok=True)
    return asked


if __name__ == "__main__":
    main()
