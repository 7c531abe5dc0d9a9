"""Rows → a table in Markdown, as docs/performance.md holds it."""

from __future__ import annotations

from collections.abc import Iterable

Row = dict[str, str | int | float]

_HEAD = (
    "| what | store | alerts of | alerts | manifests | per second | at first | CPU ms"
    " | p50 ms | p95 ms | last hit p50 ms | p95 ms | hits | aim |"
)


def table(rows: Iterable[Row]) -> str:
    """Return a line for each row."""
    return "\n".join((_HEAD, f"|---|---|---|{'---:|' * 11}", *map(_line, rows)))


def _line(one: Row) -> str:
    times = " | ".join(
        f"{1000 * float(one[name]):.1f}" if name in one else ""
        for name in ("p50_s", "p95_s", "last_p50_s", "last_p95_s")
    )
    first = f"{float(one['first_per_s']):,.0f}" if "first_per_s" in one else ""
    return (
        f"| {one['name']} | {one['store']} | {one['kind']} | {int(one['alerts']):,}"
        f" | {int(one['manifests']):,} | {float(one['per_s']):,.0f} | {first}"
        f" | {float(one['cpu_ms']):.2f} | {times} | {one['hits']} | {one.get('aim', '')} |"
    )
