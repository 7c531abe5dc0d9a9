"""`partner`, `pmode`, `token`: what lets messages flow, and who may use the API."""

from __future__ import annotations

from pathlib import Path

import click

from exchange_node.cli.console import Console, print_json, print_table, read_input
from exchange_node.domain.access import Role

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


@click.group("pmode")
def pmode_command() -> None:
    """P-Modes: what is technically agreed; derived from agreements, cards and pmodes/*.toml."""


@pmode_command.command("list")
@click.pass_obj
def list_pmodes(console: Console) -> None:
    """List every agreed exchange: who sends what to whom, how it travels and is secured."""
    from exchange_node.node import pmode_rows

    with console.node() as node:
        rows = pmode_rows(node)
    if not rows:
        click.echo("Nothing is agreed: take a partner's card.")
        return
    print_table(rows)


@pmode_command.command("show")
@click.argument("pmode_id", metavar="ID")
@click.pass_obj
def show(console: Console, pmode_id: str) -> None:
    """Show every parameter of the P-Mode ID under its standard name, and where it comes from."""
    from exchange_node.node import pmode_parameters

    with console.node() as node:
        rows = pmode_parameters(node, pmode_id)
    print_table(rows)


@pmode_command.command("lint")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.pass_obj
def lint(console: Console, file: Path | None) -> None:
    """Say what is wrong with pmodes/*.toml, or with FILE before it is put there.

    Exits 1 when something would keep messages from being exchanged.
    """
    from exchange_node.node import lint_pmodes

    findings = lint_pmodes(console.folder, file)
    console.findings(findings)
    if any(one.is_error for one in findings):
        raise SystemExit(1)
    if not findings:
        click.echo("Nothing is wrong.")


@click.group("token")
def token_command() -> None:
    """API tokens: make, list, revoke."""


@token_command.command("new")
@click.argument("name")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="What it may; may be repeated.",
)
@click.option(
    "--purpose",
    "purposes",
    multiple=True,
    help="What its bearer works for; may be repeated. Left out, what the roles do.",
)
@click.option(
    "--office",
    "offices",
    multiple=True,
    help="Code of a customs office its bearer sits at; may be repeated.",
)
@click.option(
    "--days",
    default=90,
    show_default=True,
    type=click.IntRange(1, 366),
    help="How many days it is valid.",
)
@click.pass_obj
def new(
    console: Console,
    name: str,
    roles: tuple[str, ...],
    purposes: tuple[str, ...],
    offices: tuple[str, ...],
    days: int,
) -> None:
    """Print a new token for NAME. It is shown this once; the node keeps only its digest."""
    if not name.strip():
        raise click.UsageError("NAME is empty: it stands on every line of the audit.")
    with console.node() as node:
        click.echo(
            node.access.new_token(
                name,
                frozenset(Role(role) for role in roles),
                days=days,
                purposes=purposes,
                offices=offices,
                actor=console.actor.name,
            )
        )


@token_command.command("list")
@click.pass_obj
def list_tokens(console: Console) -> None:
    """List tokens with roles, purposes, offices and ends."""
    with console.node() as node:
        print_json(node.access.tokens())


@token_command.command("revoke")
@click.argument("name")
@click.pass_obj
def revoke(console: Console, name: str) -> None:
    """Withdraw the token of NAME at once."""
    with console.node() as node:
        node.access.revoke(name, actor=console.actor.name)
