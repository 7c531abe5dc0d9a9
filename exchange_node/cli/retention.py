"""`hold`, `disposal`: what must stay although its retention ends, and proof of what is gone."""

from __future__ import annotations

from datetime import datetime

import click

from exchange_node.cli.console import LIMIT, Console, print_json
from exchange_node.domain.retention import Kept

_KIND = click.Choice([one.value for one in Kept])


@click.group("hold")
def hold_command() -> None:
    """Legal holds: what a court or an authority ordered to be kept."""


@hold_command.command("place")
@click.argument("kind", type=_KIND)
@click.argument("subject")
@click.option("--why", required=True, help="The order, its number and who gave it.")
@click.pass_obj
def place(console: Console, kind: str, subject: str, why: str) -> None:
    """Keep what was received about SUBJECT: a movement, ISSUER/ID, the id of an order or notice."""
    with console.node() as node:
        print_json(node.keeping.place(console.actor, Kept(kind), subject, why=why))


@hold_command.command("lift")
@click.argument("number", type=int)
@click.option("--why", required=True, help="Why; it stands in the audit.")
@click.pass_obj
def lift(console: Console, number: int, why: str) -> None:
    """Lift the hold NUMBER; what is overdue goes at the worker's next round."""
    with console.node() as node:
        print_json(node.keeping.lift(console.actor, number, why=why))


@hold_command.command("list")
@click.option("--lifted", is_flag=True, help="Show those that were lifted as well.")
@click.option("--limit", type=LIMIT, default=100, show_default=True, help="At most so many.")
@click.pass_obj
def list_holds(console: Console, limit: int, *, lifted: bool) -> None:
    """List the holds that stand, the newest first."""
    with console.node() as node:
        print_json(node.keeping.holds(console.actor, lifted=lifted, limit=limit))


@click.group("disposal")
def disposal_command() -> None:
    """Disposal when a retention has ended: its certificates, and the clock that it goes by."""


@disposal_command.command("list")
@click.option("--partner", default="", help="Only what came from this party.")
@click.option("--subject", default="", help="Only this movement, or ISSUER/ID of an alert.")
@click.option("--limit", type=LIMIT, default=100, show_default=True, help="At most so many.")
@click.pass_obj
def list_disposals(console: Console, partner: str, subject: str, limit: int) -> None:
    """List certificates, the newest first."""
    with console.node() as node:
        print_json(
            node.keeping.disposals(console.actor, partner=partner, subject=subject, limit=limit)
        )


@disposal_command.command("show")
@click.argument("number", type=int)
@click.pass_obj
def show(console: Console, number: int) -> None:
    """Show the certificate NUMBER with the line of the audit that it rests on."""
    with console.node() as node:
        print_json(node.keeping.certificate(console.actor, number))


@disposal_command.command("clock")
@click.pass_obj
def clock(console: Console) -> None:
    """Show how far disposal believes this machine's clock, and how much is due by it."""
    with console.node() as node:
        print_json(node.keeping.clock_state(console.actor))


@disposal_command.command("confirm-clock")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--why", required=True, help="How you know, and what had happened.")
@click.pass_obj
def confirm_clock(console: Console, day: datetime, why: str) -> None:
    """Vouch that DAY (2026-11-22) is today, from elsewhere than this machine: disposal goes on."""
    with console.node() as node:
        print_json(node.keeping.confirm_clock(console.actor, day.date(), why=why))
