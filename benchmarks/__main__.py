"""`python -m benchmarks [NAME …]`: measure, print the table, write results/<name>.json."""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from pathlib import Path

import structlog

from benchmarks.documents import enlarged, item_count, sample_declaration
from benchmarks.measuring import Effort, Row, measure
from benchmarks.nodes import Pair, pair_of_nodes
from benchmarks.steps import STEPS, Way, cases
from exchange_node.config.shipped import library as shipped_library
from exchange_node.config.shipped import national_profiles
from exchange_node.node import pair_agreement

RESULTS = Path(__file__).resolve().parent / "results"
LARGE = 100
"""Items of the synthetic declaration."""

THOROUGH = Effort(rounds=25, slice_seconds=0.06)
QUICK = Effort(rounds=2, slice_seconds=0.001)
HEAD = ("step", "items", "document", "per second", "CPU ms", "wall ms", "× floor", "spread")


def main() -> None:
    """Run what the command line names."""
    asked = _arguments()
    names = [name for name in STEPS if not asked.names or name in asked.names]
    effort = QUICK if asked.quick else THOROUGH
    if asked.rounds:
        effort = Effort(rounds=asked.rounds, slice_seconds=effort.slice_seconds)
    # The walks log a line each; they are made up and thrown away, as they cost a node something.
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - it is no path of ours
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
            logger_factory=structlog.WriteLoggerFactory(file=nowhere),
        )
        rows = _run(names, effort, asked.results)
    for name, of_name in groupby(rows, key=lambda row: str(row["name"])):
        text = json.dumps(list(of_name), indent=2)
        (asked.results / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")
    _say(rows)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(STEPS)}; or all")
    parser.add_argument("--quick", action="store_true", help="two short rounds: does it run?")
    parser.add_argument("--rounds", type=int, default=0, help=f"default: {THOROUGH.rounds}")
    parser.add_argument(
        "--results", type=Path, default=RESULTS, help="where the JSON goes, and the two databases"
    )
    asked = parser.parse_args()
    unknown = sorted(set(asked.names) - set(STEPS))
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}; there is {', '.join(STEPS)}")
    asked.results.mkdir(parents=True, exist_ok=True)
    return asked


def _run(names: list[str], effort: Effort, results: Path) -> list[Row]:
    sample = sample_declaration()
    sizes = (sample, enlarged(sample, LARGE))
    library, profiles = shipped_library(), national_profiles()
    with ExitStack() as stack:

        @cache
        def nodes() -> Pair:
            # Not under /tmp, which may be memory: there `synchronous=FULL` costs nothing.
            folder = stack.enter_context(tempfile.TemporaryDirectory(dir=results, prefix="nodes-"))
            return stack.enter_context(pair_of_nodes(Path(folder)))

        ways = [
            Way(
                declaration=declaration,
                items=item_count(declaration),
                library=library,
                profiles=profiles,
                nodes=nodes,
                agreement_text=pair_agreement("KZ", "UZ"),
                at=datetime.now(UTC),
            )
            for declaration in sizes
        ]
        return measure(cases(names, ways), effort)


def _say(rows: list[Row]) -> None:
    """Print the table in Markdown, as docs/performance.md holds it, and what it was measured on."""
    print(f"| {' | '.join(HEAD)} |")
    print(f"|---|{'---:|' * (len(HEAD) - 1)}")
    for row in rows:
        step = STEPS[str(row["name"])]
        cells = (
            f"**{row['name']}**: {step.title}",
            f"{row['items']}",
            f"{float(row['document_bytes']) / 1000:.0f} kB",
            f"{row['per_s']:,.{1 if float(row['per_s']) < 10 else 0}f}",
            f"{row['cpu_ms']:.2f}",
            f"{row['wall_ms']:.2f}",
            f"{row['ratio_to_floor']:.1f}",
            f"{row['ratio_low_quartile']:.1f}–{row['ratio_high_quartile']:.1f}",
        )
        print(f"| {' | '.join(cells)} |")
    whole = [row for row in rows if STEPS[str(row["name"])].is_whole]
    for row in whole:
        p95 = f"; 95 % within {row['p95_s']} s" if "p95_s" in row else ""
        print(f"\n{row['name']} with {row['items']} items: peak {row['peak_mb']} MB{p95}")
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(
        f"\n{platform.python_implementation()} {platform.python_version()}, {platform.machine()}, "
        f"{os.cpu_count()} cores, load {load}; {rows[0]['rounds']} rounds, medians, "
        "spread is the middle half of the rounds"
    )


if __name__ == "__main__":
    main()
