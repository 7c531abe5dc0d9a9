"""Rows → a table in Markdown, as docs/performance.md holds it, and what they were measured on."""

from __future__ import annotations

import os
import platform
import sqlite3
import ssl
from collections.abc import Iterable, Mapping
from typing import cast

from lxml import etree

from benchmarks.as4.rows import SHARES, Row

_FIGURES = ("per second", *(f"p{share} ms" for share in SHARES), "CPU ms", "peak MB")
EXCHANGE = ("suite", "document", "", *_FIGURES, "× phase4", "floor CPU ms", "× floor")
CORRIDOR = ("items", "document", *_FIGURES, "floor CPU ms", "× floor")


def tables(rows: Iterable[Row]) -> str:
    """Return a table for each kind of row; CPU and peak are of sender + receiver."""
    listed = list(rows)
    exchanges = [one for one in listed if one["kind"] == "exchange"]
    corridors = [one for one in listed if one["kind"] == "corridor"]
    lines = []
    if exchanges:
        lines += [*_head(EXCHANGE, 3), *(line for one in exchanges for line in _exchange(one))]
    if corridors:
        lines += ["", *_head(CORRIDOR, 0), *map(_corridor, corridors)]
    return "\n".join(lines)


def surroundings() -> str:
    """Return what the figures were measured on; nothing in it names this machine."""
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, {platform.python_implementation()}"
        f" {platform.python_version()}, {ssl.OPENSSL_VERSION.rpartition(' ')[0]},"
        f" lxml {etree.__version__}, SQLite {sqlite3.sqlite_version}"
    )


def _head(names: tuple[str, ...], texts: int) -> list[str]:
    return [_line(names), f"|{'---|' * texts}{'---:|' * (len(names) - texts)}"]


def _exchange(row: Row) -> Iterable[str]:
    ratio, peer = row["ratio_to_phase4"], row["phase4"]
    what = (str(row["suite"]), _size(row))
    beside = "–" if ratio is None else f"**{ratio:.2f}**"
    below = (f"{row['floor_cpu_ms']:.2f}", f"**{row['ratio_to_floor']:.2f}**")
    yield _line((*what, "node", *_figures(row), beside, *below))
    if peer is not None:
        yield _line((*what, "phase4", *_figures(cast("Row", peer)), "", "", ""))


def _corridor(row: Row) -> str:
    below = (f"{row['floor_cpu_ms']:.2f}", f"**{row['ratio_to_floor']:.2f}**")
    return _line((str(row["items"]), _size(row), *_figures(row), *below))


def _figures(row: Mapping[str, object]) -> tuple[str, ...]:
    return (
        f"{row['per_s']:.1f} ({row['per_s_lowest']:.0f}–{row['per_s_highest']:.0f})",
        *(f"{row[f'p{share}_ms']:.0f}" for share in SHARES),
        f"{row['sender_cpu_ms']:.1f} + {row['receiver_cpu_ms']:.1f}",
        f"{row['sender_peak_mb']:.0f} + {row['receiver_peak_mb']:.0f}",
    )


def _size(row: Row) -> str:
    size = cast("int", row["document_bytes"])
    return f"{size / 1e6:g} MB" if size >= 1e6 else f"{size / 1000:.0f} KB"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
