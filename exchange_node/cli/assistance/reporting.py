"""`assistance report`: what each side asked of the other, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import click

from exchange_node.cli.assistance.parties import party_of
from exchange_node.cli.console import Console, print_json, print_table

DAY = click.DateTime(formats=["%Y-%m-%d"])
COLUMNS = {
    "asked": "asked",
    "answered": "answered",
    "refused": "refused",
    "postponed": "postponed",
    "open": "open",
    "overdue": "overdue",
    "oral": "oral",
    "lapsed": "lapsed",
}
"""Column by the name that it has in JSON."""


@click.command("report")
@click.option("--partner", default="", help="Only with this country or party.")
@click.option("--since", type=DAY, default=None, help="First day, UTC (default: 1 January).")
@click.option("--until", type=DAY, default=None, help="Last day, UTC (default: today).")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_obj
def report(
    console: Console,
    partner: str,
    since: datetime | None,
    until: datetime | None,
    *,
    as_json: bool,
) -> None:
    """Show reciprocity: what we asked of each partner, what they asked, and what came of it.

    Counted are requests that were made in these days, as they stand now; nothing of what they say.
    """
    with console.node() as node:
        found = node.reciprocity.report(
            console.actor,
            partner=party_of(partner) if partner else "",
            since=_day(since),
            until=_day(until),
        )
    if as_json:
        print_json(found)
        return
    click.echo(f"Asked from {found['since']} to {found['until']}, as it stands now")
    if not found["rows"]:
        click.echo("    nothing was asked in these days")
        return
    print_table([_row(one) for one in found["rows"]])


def _row(one: Mapping[str, Any]) -> dict[str, str]:
    said = {
        "partner": str(one["partner"]),
        "who asked": "we" if one["direction"] == "ours" else "they",
    }
    said |= {title: str(one[name]) for name, title in COLUMNS.items()}
    days = one["mean_days"]
    grounds = ", ".join(f"{ground} {count}" for ground, count in one["refused_by"].items())
    return said | {"days to answer": "-" if days is None else str(days), "grounds": grounds or "-"}


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None
