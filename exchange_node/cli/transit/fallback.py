"""`movement cleared` and `movement fallback`: what was recorded without the line."""

from __future__ import annotations

from datetime import date, datetime

import click

from exchange_node.cli.console import Console, print_json

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("cleared")
@click.argument("number")
@click.option("--notice", required=True, help="The number of the notice (`movement show`).")
@click.option(
    "--outcome",
    type=click.Choice(["agrees", "differs"]),
    required=True,
    help="Whether the paper says what was told.",
)
@click.option("--paper", required=True, help="The number of the paper, or the SHA-256 of a file.")
@click.pass_obj
def cleared(console: Console, number: str, notice: str, outcome: str, paper: str) -> None:
    """Clear an event that was recorded without the line: the paper was held against it."""
    with console.node() as node:
        print_json(
            node.movements.clearing.clear(
                console.actor, number, notice, outcome=outcome, paper=paper
            )
        )


@click.command("fallback")
@click.option("--since", type=_DAY, default=None, help="First day, UTC (default: 30 days in all).")
@click.option("--until", type=_DAY, default=None, help="Last day, UTC (default: today).")
@click.pass_obj
def fallback(console: Console, since: datetime | None, until: datetime | None) -> None:
    """Show how much was recorded without the line, per office and per partner, as JSON."""
    with console.node() as node:
        print_json(
            node.movements.clearing.shares(console.actor, since=_day(since), until=_day(until))
        )


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None
