"""Rows → a table in Markdown, as docs/performance.md holds it, and what they were measured on."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterable

Row = dict[str, str | int | float]

_HEAD = "| store | key | manifests | p50 ms | p95 ms | p99 ms | CPU ms | behind s | away | load |"


def table(rows: Iterable[Row]) -> str:
    """Return a line for each row; a line below says how each store was filled."""
    listed = list(rows)
    lines = [_HEAD, f"|---|---|{'---:|' * 8}", *map(_line, listed), ""]
    for store in dict.fromkeys(one["store"] for one in listed):
        one = next(row for row in listed if row["store"] == store)
        lines.append(
            f"{store}: {one['lookups_per_s']} look-ups/s, {one['arrivals_per_s']} arrivals/s;"
            f" loaded in {one['load_s']} s, {one['store_mb']} MB"
        )
    return "\n".join(lines)


def surroundings() -> str:
    """Return what the figures were measured on; nothing in it names this machine."""
    return (
        f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()},"
        f" {os.cpu_count()} cores, SQLite {sqlite3.sqlite_version}"
    )


def _line(one: Row) -> str:
    times = " | ".join(f"{1000 * float(one[name]):.1f}" for name in ("p50_s", "p95_s", "p99_s"))
    away = int(one["turned_away"]) + int(one["arrivals_turned_away"])
    return (
        f"| {one['store']} | {one['key']} | {int(one['manifests']):,} | {times}"
        f" | {float(one['cpu_ms']):.1f} | {one['arrivals_behind_s']} | {away}"
        f" | {one['load_average']} |"
    )
