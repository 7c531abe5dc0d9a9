"""`agreement`: what lets messages flow, as a text that both sides hold."""

from __future__ import annotations

from pathlib import Path

import click

from exchange_node.cli.console import Console, print_json, read_input
from exchange_node.cli.workbench.reasoning import explain_agreement

AGREEMENT_BYTES = 1_000_000


@click.group("agreement")
def agreement_command() -> None:
    """Agreements: nothing leaves and nothing is taken without one that is active."""


@agreement_command.command("list")
@click.pass_obj
def list_agreements(console: Console) -> None:
    """List the agreements this node was given, with their state and digest, as JSON."""
    with console.node() as node:
        print_json(node.commissioning.agreements())


@agreement_command.command("activate")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def activate(console: Console, file: Path) -> None:
    """Activate the agreement in the TOML FILE; both sides must name the digest that is printed."""
    with console.node() as node:
        text = read_input(str(file), AGREEMENT_BYTES).decode("utf-8", "replace")
        agreement = node.commissioning.add_agreement(text, actor=console.actor.name, name=file.name)
        print_json(
            {
                "agreement": agreement.agreement_id,
                "version": agreement.version,
                "digest": agreement.digest,
                "in_force_on": agreement.in_force_on,
                "expires_on": agreement.expires_on,
                "test": agreement.test,
            }
        )


@agreement_command.command("suspend")
@click.argument("agreement_id")
@click.option("--version", type=int, required=True, help="Which version of it.")
@click.option("--why", required=True, help="Why; it stands in the audit.")
@click.pass_obj
def suspend(console: Console, agreement_id: str, version: int, why: str) -> None:
    """Suspend an agreement: what waits is held, not lost; nothing new is taken."""
    with console.node() as node:
        node.commissioning.suspend_agreement(
            agreement_id, version, actor=console.actor.name, why=why
        )
        print_json(node.commissioning.agreements())


agreement_command.add_command(explain_agreement)
