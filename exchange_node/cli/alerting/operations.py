"""`operation …`: joint operations that bundle alerts, partners and a period."""

from __future__ import annotations

import click

from exchange_node.cli.console import LIMIT, PURPOSE, Console, print_json


@click.group("operation")
def operation_command() -> None:
    """Joint operations: open or join one, list them, show one with its alerts, close it."""


@operation_command.command("open")
@click.option("--name", required=True, help="What it is called here; the name goes to nobody.")
@click.option(
    "--partner", "partners", multiple=True, required=True,
    help="Party id of who takes part; may be repeated.",
)  # fmt: skip
@click.option("--ends", required=True, help="Its end: ISO 8601 with its offset.")
@click.option("--begins", default=None, help="Its beginning; left out, now.")
@click.option("--lead", default="", help="Party id of who leads it; left out, we do.")
@click.option("--reference", default="", help="The one that a partner who leads it has given.")
@click.option("--purpose", default="RISK_ANALYSIS", show_default=True, help="What it is for.")
@click.pass_obj
def open_operation(
    console: Console,
    name: str,
    partners: tuple[str, ...],
    ends: str,
    begins: str | None,
    lead: str,
    reference: str,
    purpose: str,
) -> None:
    """Open an operation that we lead, or join one of a partner's; print it with its reference."""
    plain = {
        "name": name, "partners": list(partners), "ends": ends, "begins": begins, "lead": lead,
        "reference": reference, "purpose": purpose,
    }  # fmt: skip
    with console.node() as node:
        print_json(node.operations.open(console.actor, plain))


@operation_command.command("list")
@click.option("--limit", type=LIMIT, default=50, show_default=True, help="At most so many.")
@PURPOSE
@click.pass_obj
def list_operations(console: Console, limit: int, purpose: str) -> None:
    """List operations, the last opened first, and those that only alerts name, as JSON."""
    with console.node() as node:
        print_json(node.operations.list(console.actor, limit=limit, purpose=purpose))


@operation_command.command("show")
@click.argument("reference")
@PURPOSE
@click.pass_obj
def show(console: Console, reference: str, purpose: str) -> None:
    """Show an operation with its alerts, as JSON."""
    with console.node() as node:
        print_json(node.operations.show(console.actor, reference, purpose=purpose))


@operation_command.command("close")
@click.argument("reference")
@click.option("--why", required=True, help="A word for the record; it stays here.")
@click.pass_obj
def close(console: Console, reference: str, why: str) -> None:
    """Close an operation; print which of its alerts live on. Nothing is withdrawn."""
    with console.node() as node:
        print_json(node.operations.close(console.actor, reference, why=why))
