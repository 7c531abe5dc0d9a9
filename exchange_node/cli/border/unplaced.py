"""`post-record …`: crossings that posts recorded of movements that are not known here."""

from __future__ import annotations

import click

from exchange_node.cli.console import Console, print_json


@click.group("post-record")
def post_record_command() -> None:
    """Settle what posts recorded of movements that are not known at this node."""


@post_record_command.command("list")
@click.pass_obj
def list_command(console: Console) -> None:
    """Show what waits for its movement, or waited too long, the longest first, as JSON."""
    from exchange_node.node import placing

    with console.node() as node:
        print_json({"records": placing(node).waiting(console.actor)})


@post_record_command.command("correct")
@click.argument("record")
@click.option("--movement", required=True, help="The number that the movement has.")
@click.option("--why", required=True, help="Why it was recorded with another.")
@click.pass_obj
def correct_command(console: Console, record: str, movement: str, why: str) -> None:
    """Tell a crossing of the movement that it was of; both numbers stay in the audit."""
    from exchange_node.node import placing

    with console.node() as node:
        print_json(placing(node).correct(console.actor, record, movement, why=why))


@post_record_command.command("drop")
@click.argument("record")
@click.option("--why", required=True, help="Why it is told to nobody.")
@click.pass_obj
def drop_command(console: Console, record: str, why: str) -> None:
    """Drop a crossing with a reason; what it said stays in the audit."""
    from exchange_node.node import placing

    with console.node() as node:
        print_json(placing(node).drop(console.actor, record, why=why))
