"""`partner`: our own card for the partner, and the partner's card for us."""

from __future__ import annotations

import click

from exchange_node.cli.console import Console, print_json, read_input

CARD_BYTES = 200_000


@click.group("partner")
def partner_command() -> None:
    """Partners: exchange cards (address and certificates) and nothing more is to be configured."""


@partner_command.command("card")
@click.pass_obj
def card(console: Console) -> None:
    """Print this node's card: what a partner needs to talk to it. It holds nothing secret.

    Hand it over on a way that proves it is yours: what the partner trusts is in it.
    """
    from exchange_node.node import card_of

    click.echo(card_of(console.folder), nl=False)


@partner_command.command("add")
@click.argument("file", type=str)
@click.pass_obj
def add(console: Console, file: str) -> None:
    """Take a partner's card FILE ("-" reads standard input) into the node's folder."""
    with console.node() as node:
        print_json(
            node.commissioning.add_partner(read_input(file, CARD_BYTES).decode("utf-8", "replace"))
        )


@partner_command.command("list")
@click.pass_obj
def list_partners(console: Console) -> None:
    """List the partners with their addresses and the fingerprints of their certificates."""
    with console.node() as node:
        print_json(node.commissioning.partners())
