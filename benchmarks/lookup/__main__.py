"""`python -m benchmarks.lookup`: fill a store, ask it, print the table, write results/lookup.json.

Every question is one of the walk behind the API, with its view gate and its line in the access log
for the question and for each manifest that is shown. Meanwhile manifests arrive: filed, weighed
against alerts and decided on, without reception and validation. With EXCHANGE_NODE_TEST_DSN
(`tools/with_postgres.sh`) the store is PostgreSQL, else SQLite in a folder beside the results. Rows
of the other store that are in the file stay there. `--keep FOLDER` leaves the loaded store in that
folder and asks it again the next time, so that filling and measuring need not be one sitting.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypedDict, cast

import structlog
from sqlalchemy import text

from benchmarks.lookup.asking import Arriving, Taken, ask
from benchmarks.lookup.loading import Drawing, load, processes
from benchmarks.lookup.place import placed, store_of
from benchmarks.lookup.report import Row, surroundings, table
from benchmarks.lookup.rows import Under, document_of
from exchange_node import node as nodes
from exchange_node.config.shipped import shipped
from exchange_node.domain.access import Actor, Role
from exchange_node.policy.text.reading import read_agreement
from exchange_node.rehearsal.traffic import Movement, Traffic, offices_in
from exchange_node.services.stations.agreements import exchange_under
from exchange_node.store.database import transaction
from exchange_node.store.payloads import digest_of
from exchange_node.store.records.held import Direction

RESULTS = Path(__file__).resolve().parents[1] / "results"
POST = Actor(name="post at the border", roles=frozenset({Role.BORDER_POST}))
DAILY = 11_000
"""Releases a day: a million in the ninety days that manifests are kept."""

MANY = 10_000
"""Manifests from which on several processes draw them."""

AIM_S = 0.05


def main() -> None:
    """Measure one store."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lookup", description=__doc__)
    parser.add_argument("--manifests", type=int, default=1_000_000)
    parser.add_argument(
        "--load-minutes",
        type=float,
        default=20.0,
        help="after which the store is measured with what it holds by then",
    )
    parser.add_argument("--seconds", type=float, default=20.0, help="of questions of each key")
    parser.add_argument("--lookups", type=float, default=50.0, help="a second")
    parser.add_argument("--arrivals", type=float, default=20.0, help="a second")
    parser.add_argument("--quick", action="store_true", help="200 manifests, a second of each key")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--keep", type=Path, help="a folder where the loaded store stays")
    parser.add_argument("--load-only", action="store_true", help="fill the kept store, ask nothing")
    parser.add_argument("--table", action="store_true", help="print what was measured, no more")
    asked = parser.parse_args()
    path = asked.results / "lookup.json"
    if asked.table:
        print(table(json.loads(path.read_text("utf-8"))))
        return
    if asked.quick:
        asked.manifests, asked.seconds = 200, 1.0
    asked.results.mkdir(parents=True, exist_ok=True)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with (
        placed(asked.keep, beside=asked.results) as folder,
        store_of(folder, kept=asked.keep is not None) as node,
    ):
        loaded = _loaded(node, asked, folder / "loaded.json")
        if asked.load_only:
            return
        rows = _measured(node, asked, loaded)
    others = json.loads(path.read_text("utf-8")) if path.is_file() else []
    kept = [one for one in others if one["store"] != rows[0]["store"]]
    path.write_text(f"{json.dumps([*kept, *rows], indent=2)}\n", encoding="utf-8")
    print(f"{table(rows)}\n\n{surroundings()}")


class Loaded(TypedDict):
    """What a store was filled with: from which day on (ISO), how many, in what time."""

    begin: str
    manifests: int
    seconds: float


def _loaded(node: nodes.Node, asked: argparse.Namespace, noted: Path) -> Loaded:
    if noted.is_file():
        return cast("Loaded", json.loads(noted.read_text("utf-8")))
    now = datetime.now(UTC)
    # The last of what is loaded was released today: as a store is that has run for a while.
    days = asked.manifests // DAILY
    begin = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days)
    began = time.perf_counter()
    drawing = Drawing(
        traffic=_traffic(begin),
        under=_under(node, now),
        count=asked.manifests,
        processes=processes() if asked.manifests > MANY else 1,
        until=time.monotonic() + 60 * asked.load_minutes,
    )
    count = load(node.engine, node.enquiry.vault, drawing)
    seconds = time.perf_counter() - began
    print(f"{count:,} manifests loaded in {seconds:.0f} s", file=sys.stderr, flush=True)
    loaded = Loaded(begin=begin.isoformat(), manifests=count, seconds=seconds)
    noted.write_text(json.dumps(loaded), encoding="utf-8")
    return loaded


def _traffic(begin: datetime) -> Traffic:
    listed = shipped("wco_schemas", "codelists", "samples", "customs_offices.tsv")
    return Traffic(
        seed=1,
        sender="KZ",
        recipient="UZ",
        offices=offices_in(listed.read_text(encoding="utf-8")),
        begin=begin,
        daily=DAILY,
    )


def _measured(node: nodes.Node, asked: argparse.Namespace, loaded: Loaded) -> list[Row]:
    asked.manifests = loaded["manifests"]
    traffic = _traffic(datetime.fromisoformat(loaded["begin"]))
    under = _under(node, datetime.now(UTC))
    rows = []
    next_number = _next_number(node, loaded)
    for name, question in _questions(node).items():
        pick = random.Random(f"questions {name}")  # noqa: S311 - no secret
        chosen = [
            traffic.movement(pick.randrange(asked.manifests) + 1)
            for _ in range(max(40, int(asked.seconds * asked.lookups)))
        ]
        asking = [_bound(question, one) for one in chosen]
        cpu = _alone(asking[:40])
        arriving = Arriving(
            act=_filing(node, traffic, under, next_number), per_second=asked.arrivals
        )
        with arriving:
            taken = ask(asking, asked.lookups)
        next_number += arriving.done
        rows.append(_row(node, name, asked, taken, arriving, loaded["seconds"]) | {"cpu_ms": cpu})
    return rows


def _next_number(node: nodes.Node, loaded: Loaded) -> int:
    # A kept store holds besides what arrived while it was asked the last time.
    with node.engine.connect() as conn:
        held = conn.execute(text("SELECT count(*) FROM manifest")).scalar_one()
    return max(int(held), loaded["manifests"]) + 1


def _questions(node: nodes.Node) -> dict[str, Callable[[Movement], int]]:
    look = node.enquiry

    def found(*, mrn: str = "", plate: str = "", container: str = "", seal: str = "") -> int:
        view = look.prearrival(POST, mrn=mrn, plate=plate, container=container, seal=seal, limit=20)
        return len(view["arrivals"])

    def expected(one: Movement) -> int:
        view = look.expected(POST, office=one.entry).view
        return len(view["expected"]) if view else 0

    return {
        "mrn": lambda one: found(mrn=one.mrn),
        "plate": lambda one: found(plate=one.tractor),
        "container": lambda one: found(container=one.container or one.trailer),
        "seal": lambda one: found(seal=one.seals[0]),
        "scan": lambda one: len(
            look.scanned(POST, mrn=one.mrn, digest=digest_of(document_of(one)))["arrivals"]
        ),
        "expected": expected,
    }


def _alone(questions: list[Callable[[], int]]) -> float:
    """Return the milliseconds of CPU that a question costs while nothing else is done."""
    questions[0]()
    began = time.process_time()
    for one in questions:
        one()
    return round((time.process_time() - began) / len(questions) * 1000, 3)


def _filing(node: nodes.Node, traffic: Traffic, under: Under, first: int) -> Callable[[int], None]:
    return lambda at: _file(node, traffic.movement(first + at), under)


def _bound(question: Callable[[Movement], int], one: Movement) -> Callable[[], int]:
    return lambda: question(one)


def _under(node: nodes.Node, now: datetime) -> Under:
    agreement = read_agreement(nodes.pair_agreement("KZ", "UZ"), "agreement")
    grant = next(one for one in agreement.grants if one.sender == "customs.kz")
    own = node.settings.administration
    exchange = exchange_under(
        agreement, grant, own=own, recipient="customs.uz", code="TM-010", purpose="TRANSIT_CONTROL"
    )
    months = agreement.requests.clocks.recovery_start_months if agreement.requests else None
    exchange = replace(exchange, sender="customs.kz")
    return Under(exchange=exchange, grant=grant, at=now, recovery_start_months=months)


def _file(node: nodes.Node, one: Movement, under: Under) -> None:
    with transaction(node.engine) as conn:
        node.enquiry.holding.file_manifest(
            conn,
            one.manifest,
            document_of(one),
            direction=Direction.RECEIVED,
            exchange=under.exchange,
            grant=under.grant,
            message_id=f"{one.stamp}@simulated",
            at=datetime.now(UTC),
        )


def _row(
    node: nodes.Node,
    name: str,
    asked: argparse.Namespace,
    taken: Taken,
    arriving: Arriving,
    loaded: float,
) -> Row:
    return {
        "name": "lookup",
        "store": node.engine.dialect.name,
        "key": name,
        "manifests": asked.manifests,
        "lookups": len(taken.seconds),
        "found": taken.found,
        "turned_away": taken.turned_away,
        "arrivals_turned_away": arriving.turned_away,
        "lookups_per_s": asked.lookups,
        "arrived": arriving.done,
        "arrivals_per_s": asked.arrivals,
        "arrivals_behind_s": round(arriving.behind_s, 3),
        "p50_s": round(taken.quantile(50), 5),
        "p95_s": round(taken.quantile(95), 5),
        "p99_s": round(taken.quantile(99), 5),
        "aim_s": AIM_S,
        "load_s": round(loaded, 1),
        "store_mb": round(_size(node) / 1e6, 1),
        "load_average": round(os.getloadavg()[0], 1),
    }


def _size(node: nodes.Node) -> int:
    if node.engine.dialect.name == "postgresql":
        with node.engine.connect() as conn:
            size = conn.execute(text("SELECT pg_database_size(current_database())"))
            return int(size.scalar_one())
    path = Path(str(node.engine.url.database))
    return sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*"))


if __name__ == "__main__":
    main()
