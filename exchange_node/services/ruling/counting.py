"""Rulings and acts of a time → how often which channel, how often drawn, how often overruled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from exchange_node.risk.deciding.rules import RuleSet
from exchange_node.services.stations.looking.views import View
from exchange_node.store.deciding import acts, rulings


def counted(
    conn: Connection, rules: RuleSet, begin: datetime, end: datetime, *, test: bool
) -> list[View]:
    """Return one line for each office and direction.

    A decision that two persons lowered counts once. What was lifted of the random share is counted
    apart: no rule, and no officer's knowledge, speaks against a draw.
    """
    strength = {one.code: one.strength for one in rules.channels}
    lines: dict[tuple[str, str], View] = {}
    for office, direction, channel, drawn, count in rulings.counted(conn, begin, end, test=test):
        line = lines.setdefault((office, direction), _line(office, direction))
        line["decisions"] += count
        line["channels"][channel] = line["channels"].get(channel, 0) + count
        line["drawn"] += count if drawn else 0
    for office, direction, was, becomes, lifts, count in acts.counted(conn, begin, end, test=test):
        line = lines.setdefault((office, direction), _line(office, direction))
        is_raise = strength.get(becomes, 0) > strength.get(was, 0)
        name = "draws_lifted" if lifts else "raised" if is_raise else "lowered"
        line[name] += count
    for line in lines.values():
        overruled = line["raised"] + line["lowered"] + line["draws_lifted"]
        line["overruled_per_million"] = overruled * 1_000_000 // max(1, line["decisions"])
    return [lines[one] for one in sorted(lines)]


def _line(office: str, direction: str) -> View:
    return {
        "office": office,
        "direction": direction,
        "decisions": 0,
        "channels": {},
        "drawn": 0,
        "raised": 0,
        "lowered": 0,
        "draws_lifted": 0,
    }
