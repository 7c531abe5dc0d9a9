"""`agreement`: what lets messages flow, as a text that both sides hold."""

from __future__ import annotations

from pathlib import Path

import click

from exchange_node.cli.console import Console, print_json, read_input
from exchange_node.cli.countersigning import COMMANDS
from exchange_node.cli.workbench.reasoning import explain_agreement

AGREEMENT_BYTES = 1_000_000


@click.group("agreement")
def agreement_command() -> None:
    """Agreements: nothing leaves and nothing is taken without one that is active."""


@agreement_command.command("list")
@click.pass_obj
def list_agreements(console: Console) -> None:
    """List every agreement held: how it stands, its digest, who signed and who is waited for."""
    with console.node() as node:
        print_json(node.standings.all())


@agreement_command.command("activate")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def activate(console: Console, file: Path) -> None:
    """Activate the test agreement in the TOML FILE by hand, unsigned, on each side.

    Both must name the digest that is printed. What binds is offered and countersigned.
    """
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


for _command in COMMANDS:
    agreement_command.add_command(_command)
agreement_command.add_command(explain_agreement)
