"""`availability`: when this node is away, and which partner is."""

from __future__ import annotations

from datetime import datetime

import click

from exchange_node.cli.console import Console, print_json
from exchange_node.cli.transit.seen import MOMENT, utc


@click.group("availability")
def availability_command() -> None:
    """When this node is away, told to every partner; who is away, until when and why."""


@availability_command.command("announce")
@click.option(
    "--function",
    "functions",
    type=click.Choice(["receive", "transit", "risk", "assistance", "release"]),
    multiple=True,
    required=True,
    help="What is not done; several times for several.",
)
@click.option("--begins", type=MOMENT, default=None, help="When; UTC unless told; now if not.")
@click.option("--ends", type=MOMENT, required=True, help="When it is expected to be over.")
@click.option("--reason", required=True, help="Why, for the partners' officers.")
@click.option("--planned", is_flag=True, help="It was known beforehand.")
@click.option("--fail", is_flag=True, help="Messages for it fail at once; they wait if not said.")
@click.option("--paper", is_flag=True, help="The paper forms of the procedure are taken meanwhile.")
@click.pass_obj
def announce(
    console: Console,
    functions: tuple[str, ...],
    begins: datetime | None,
    ends: datetime,
    reason: str,
    *,
    planned: bool,
    fail: bool,
    paper: bool,
) -> None:
    """Tell every partner that this node is away (SY-070), and print what is remarked, as JSON."""
    from exchange_node.domain.availability.outage import Function, Meanwhile
    from exchange_node.node import Intended

    intended = Intended(
        functions=[Function(one) for one in functions],
        begins=utc(begins),
        ends=utc(ends) or ends,
        reason=reason,
        meanwhile=Meanwhile.FAIL if fail else Meanwhile.QUEUE,
        paper=paper,
        is_planned=planned,
    )
    with console.node() as node:
        print_json(node.availability.announce(console.actor, intended))


@availability_command.command("withdraw")
@click.argument("number")
@click.pass_obj
def withdraw(console: Console, number: str) -> None:
    """Tell every partner that the outage NUMBER is over, or will not be."""
    with console.node() as node:
        print_json(node.availability.withdraw(console.actor, number))


@availability_command.command("schedule")
@click.pass_obj
def schedule(console: Console) -> None:
    """Tell every partner all outages of this node that are on or lie ahead (SY-071)."""
    with console.node() as node:
        print_json(node.availability.schedule(console.actor))


@availability_command.command("show")
@click.pass_obj
def show(console: Console) -> None:
    """Show who is away and will be, this node and its partners, as JSON."""
    with console.node() as node:
        print_json(node.availability.show(console.actor))
