"""`message`: what is on its way, and what the audit says."""

from __future__ import annotations

import click

from exchange_node.cli.console import LIMIT, Console, print_json


@click.group("message")
def message_command() -> None:
    """Messages to partners: list them, verify and show the audit."""


@message_command.command("list")
@click.option("--state", default="", help="queued, awaiting-receipt, held, receipted, refused, …")
@click.option("--partner", default="", help="Party id.")
@click.option("--limit", type=LIMIT, default=50, show_default=True, help="At most so many.")
@click.pass_obj
def list_messages(console: Console, state: str, partner: str, limit: int) -> None:
    """List messages to partners, the newest first, as JSON."""
    with console.node() as node:
        print_json(node.enquiry.messages(console.actor, state=state, partner=partner, limit=limit))


@message_command.command("audit")
@click.option("--movement", default="", help="Only this movement.")
@click.option("--limit", type=LIMIT, default=100, show_default=True, help="At most so many.")
@click.pass_obj
def audit(console: Console, movement: str, limit: int) -> None:
    """Show the audit, the newest first, after verifying that its chain is whole."""
    with console.node() as node:
        print_json(node.enquiry.audit(console.actor, movement=movement, limit=limit))
