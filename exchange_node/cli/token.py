"""`token`: who may use the API, and as what."""

from __future__ import annotations

import click

from exchange_node.cli.console import Console, print_json
from exchange_node.domain.access import Role


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
)
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 366))
@click.pass_obj
def new(console: Console, name: str, roles: tuple[str, ...], days: int) -> None:
    """Print a new token for NAME. It is shown this once; the node keeps only its digest."""
    with console.node() as node:
        click.echo(
            node.access.new_token(
                name, frozenset(Role(role) for role in roles), days=days, actor=console.actor.name
            )
        )


@token_command.command("list")
@click.pass_obj
def list_tokens(console: Console) -> None:
    """List tokens with roles and ends."""
    with console.node() as node:
        print_json(node.access.tokens())


@token_command.command("revoke")
@click.argument("name")
@click.pass_obj
def revoke(console: Console, name: str) -> None:
    """Withdraw the token of NAME at once."""
    with console.node() as node:
        node.access.revoke(name, actor=console.actor.name)
