"""`python -m benchmarks.alerts`: matching measured, a table printed, results/alerts.json written.

Four things are measured: manifests that were read against so many live alerts, with no store
(`match`); the same manifests filed, matched, decided on and committed (`file`); new alerts filed,
matched and committed against so many held manifests, and then until the last hit stands (`alert`);
and, over the line, alerts that are issued while a backlog of manifests drains (`arrive`, on SQLite
alone). Alerts look for numbers and codes alone (`exact`), or each for somebody by name (`names`).
With EXCHANGE_NODE_TEST_DSN (`tools/with_postgres.sh`) the store is PostgreSQL, else SQLite.
`--held FOLDER` names a store that `benchmarks.lookup --keep` left: it is copied and stays as it is.
Rows of the other store that are in the file stay there.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import structlog

from benchmarks.alerts.alone import Watched, rate, unlike_naive
from benchmarks.alerts.arriving import issued_until, laid, running
from benchmarks.alerts.drawing import EXACT, NAMES, Desk
from benchmarks.alerts.filed import Taken, file_alerts, file_manifests, origin_of, quantile
from benchmarks.alerts.filling import fill, settle_down
from benchmarks.alerts.places import agreed, copied, filled, traffic_from
from benchmarks.alerts.report import Row, table
from benchmarks.lookup.place import placed, store_of
from benchmarks.lookup.report import surroundings
from exchange_node import node as nodes
from exchange_node.domain.manifest import TransitManifest
from exchange_node.rehearsal.traffic import Traffic
from exchange_node.store.database import transaction

RESULTS = Path(__file__).resolve().parents[1] / "results"
SIZES = (1_000, 10_000, 100_000)
PAIRS = 10_000
"""Random pairs of alert and manifest that are held against a loop over everything."""

ON_THE_ROAD = 20_000
"""Movements among which the alerts look for something while manifests are matched and filed."""

VIEWS = 4_500
FILED, NEW = 150, 60
"""Manifests that are matched and filed, and new alerts, for each row; fewer with `--quick`."""

AIMS = {("match", EXACT): "5,000 a second", ("match", NAMES): "150 a second"}
AIM_OF_ALERT = "p95 under 1 s"
AIM_OF_ARRIVAL = "p95 under 30 s"

BACKLOG, ALONE = 1_500, 60
"""Manifests that wait when alerts are issued beside them, and alerts with nothing beside them."""


def main() -> None:
    """Measure one store."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.alerts", description=__doc__)
    parser.add_argument("--alerts", type=int, default=max(SIZES), help="at the most")
    parser.add_argument("--manifests", type=int, default=1_000_000, help="held, without --held")
    parser.add_argument("--held", type=Path, help="a store that benchmarks.lookup --keep left")
    parser.add_argument("--seconds", type=float, default=60.0, help="of CPU for each row, at most")
    parser.add_argument("--only", choices=("match", "file", "alert", "arrive"), action="append")
    parser.add_argument("--quick", action="store_true", help="shows that everything runs")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--table", action="store_true", help="print what was measured, no more")
    asked = parser.parse_args()
    path = asked.results / "alerts.json"
    if asked.table:
        print(table(json.loads(path.read_text("utf-8"))))
        return
    if asked.quick:
        asked.alerts, asked.manifests, asked.seconds = 300, 50, 1.0
    asked.results.mkdir(parents=True, exist_ok=True)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    rows = list(_measured(asked))
    others = json.loads(path.read_text("utf-8")) if path.is_file() else []
    taken = {_what(one) for one in rows}
    kept = [one for one in others if _what(one) not in taken]
    path.write_text(f"{json.dumps([*kept, *rows], indent=2)}\n", encoding="utf-8")
    print(f"{table(rows)}\n\n{surroundings()}")


def _what(row: Row) -> tuple[object, ...]:
    """Return what a row measured, so that it takes the place of the last of its own only."""
    size = {"alert": "manifests", "arrive": "store"}.get(str(row["name"]), "alerts")
    return row["name"], row["store"], row["kind"], row[size]


def _measured(asked: argparse.Namespace) -> Iterator[Row]:
    sizes = [size for size in SIZES if size < asked.alerts] + [asked.alerts]
    now = datetime.now(UTC)
    traffic = traffic_from(now)
    wanted = asked.only or ("match", "file", "alert", "arrive")
    for kind in (EXACT, NAMES):
        movements = min(asked.manifests, ON_THE_ROAD)
        desk = Desk(traffic=traffic, kind=kind, movements=movements, at=now)
        if "match" in wanted:
            yield from _alone(asked, desk, sizes)
        if "file" in wanted:
            yield from _filed(asked, desk, sizes)
    if "alert" in wanted:
        yield from _new(asked, now)
    if "arrive" in wanted:
        yield from _arriving(asked)


def _alone(asked: argparse.Namespace, desk: Desk, sizes: list[int]) -> Iterator[Row]:
    watched, count = Watched(desk.at), 0
    views = _views(desk.traffic, 60 if asked.quick else VIEWS)
    for size in sizes:
        for alert in desk.alerts(size - count, first=count + 1):
            count += 1
            watched.add(count, alert)
        gc.collect()
        gc.freeze()  # as `serve` does with what stays
        taken = rate(watched, views, asked.seconds)
        unlike = unlike_naive(watched, views, PAIRS // (100 if asked.quick else 1))
        _told(f"match {desk.kind} {size}: {taken.per_s:.0f}/s, {unlike} pairs unlike naive")
        yield {
            "name": "match",
            "store": "none",
            "kind": desk.kind,
            "alerts": size,
            "manifests": taken.count,
            "per_s": round(taken.per_s, 1),
            "first_per_s": round(taken.first_per_s, 1),
            "cpu_ms": round(taken.cpu_ms, 4),
            "hits": taken.hits,
            "candidates": taken.candidates,
            "unlike_naive": unlike,
            "aim": AIMS["match", desk.kind],
            **_load(),
        }


def _views(traffic: Traffic, count: int) -> list[TransitManifest]:
    return [one.manifest for one in traffic.movements(count)]


def _filed(asked: argparse.Namespace, desk: Desk, sizes: list[int]) -> Iterator[Row]:
    with placed(None, beside=asked.results) as folder, store_of(folder, kept=False) as node:
        manifests_under, alerts_under = agreed(node, desk.at)
        done, filed = 0, 0
        for size in sizes:
            began = time.perf_counter()
            with transaction(node.engine) as conn:
                more = desk.alerts(size - done, first=done + 1)
                fill(conn, more, origin_of(alerts_under, "filled"), node.enquiry.vault)
                settle_down(conn)
            done = size
            _told(f"{size} alerts of {desk.kind} filled in {time.perf_counter() - began:.0f} s")
            # The first ones are not measured: a node has read what it matches with long ago.
            count = 10 if asked.quick else FILED
            file_manifests(node, desk.traffic.movements(count, first=filed + 1), manifests_under)
            filed += count
            movements = desk.traffic.movements(count, first=filed + 1)
            taken = file_manifests(node, movements, manifests_under)
            filed += count
            yield _row("file", node, desk.kind, taken) | {"alerts": size, "manifests": filed}


def _new(asked: argparse.Namespace, now: datetime) -> Iterator[Row]:
    with (
        placed(None, beside=asked.results) as folder,
        copied(asked.held, folder) if asked.held else filled(folder, asked.manifests, now) as held,
    ):
        node, traffic, count = held
        _, under = agreed(node, now)
        for kind in (EXACT, NAMES):
            desk = Desk(traffic=traffic, kind=kind, movements=count, at=now)
            number = 10 if asked.quick else NEW
            alerts = [desk.alert(one, on_the_road=1.0) for one in range(1, number + 1)]
            if kind == NAMES:  # an id is given once
                alerts = [replace(one, alert_id=f"{one.alert_id}N") for one in alerts]
            taken = file_alerts(node, alerts, under, traffic)
            last = {f"last_p{one}_s": round(taken.quantile_of_last(one), 5) for one in (50, 95)}
            row = _row("alert", node, kind, taken) | last
            yield row | {"alerts": number, "manifests": count, "aim": AIM_OF_ALERT}


def _arriving(asked: argparse.Namespace) -> Iterator[Row]:
    backlog, alone = (20, 3) if asked.quick else (BACKLOG, ALONE)
    # Not under /tmp, which may be memory: there `synchronous=FULL` costs nothing.
    with tempfile.TemporaryDirectory(dir=asked.results, prefix="nodes-") as folder:
        pair = laid(Path(folder), backlog)
        _told(f"{backlog} manifests wait")
        with running(pair) as way:
            beside = issued_until(way, lambda _: way.filed() >= backlog, first=1)
            rested = issued_until(
                way, lambda taken: len(taken.took) >= alone, first=len(beside.took) + 1
            )
    for kind, taken in (("backlog", beside), ("alone", rested)):
        many = len(taken.took) + taken.manifests
        _told(f"arrive {kind}: {len(taken.took)} alerts, {taken.manifests} manifests")
        yield {
            "name": "arrive",
            "store": "sqlite",
            "kind": kind,
            "alerts": len(taken.took),
            "manifests": taken.manifests,
            "per_s": round(many / taken.seconds, 1),
            "cpu_ms": round(1000 * taken.cpu_seconds / many, 3),
            "p50_s": round(quantile(taken.took, 50), 5),
            "p95_s": round(quantile(taken.took, 95), 5),
            "hits": 0,
            "aim": AIM_OF_ARRIVAL,
            **_load(),
        }


def _row(name: str, node: nodes.Node, kind: str, taken: Taken) -> Row:
    cpu = sum(taken.cpu) / len(taken.cpu)
    _told(f"{name} {kind}: {1000 * cpu:.1f} ms of CPU")
    return {
        "name": name,
        "store": node.engine.dialect.name,
        "kind": kind,
        "per_s": round(len(taken.wall) / sum(taken.wall), 1),
        "cpu_ms": round(1000 * cpu, 3),
        "p50_s": round(taken.quantile(50), 5),
        "p95_s": round(taken.quantile(95), 5),
        "hits": taken.hits,
        **_load(),
    }


def _load() -> Row:
    return {"load_average": round(os.getloadavg()[0], 1)}


def _told(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
