"""`notice`: what desks were told, somebody's word that he has seen it, a trial of a desk's ways."""

from __future__ import annotations

import click

from exchange_node.cli.console import LIMIT, Console, print_json

STATES = ("open", "told", "acknowledged", "passed-on", "unanswered")


@click.group("notice")
def notice_command() -> None:
    """What desks were told (desks.toml): list it, acknowledge it, try a desk's ways."""


@notice_command.command("list")
@click.option("--state", type=click.Choice(STATES), default=None, help="Where they stand.")
@click.option("--limit", type=LIMIT, default=50, show_default=True, help="At most so many.")
@click.pass_obj
def list_notices(console: Console, state: str | None, limit: int) -> None:
    """List what desks were told, the newest first, as JSON."""
    with console.node() as node:
        print_json(node.telling.noticing.list(console.actor, state=state or "", limit=limit))


@notice_command.command("acknowledge")
@click.argument("number", type=click.IntRange(min=1))
@click.pass_obj
def acknowledge(console: Console, number: int) -> None:
    """Say that the notice of that NUMBER was seen: it goes to no other desk."""
    with console.node() as node:
        print_json(node.telling.noticing.acknowledge(console.actor, number))


@notice_command.command("try")
@click.argument("desk")
@click.pass_context
def try_out(ctx: click.Context, desk: str) -> None:
    """Tell DESK by each of its ways that this is a trial; exits 1 where one does not take it."""
    from exchange_node.node import new_id

    console: Console = ctx.obj
    with console.node() as node:
        tried = node.telling.noticing.try_out(console.actor, desk, new_id())
    print_json(tried)
    if any(became != "told" for became in tried["ways"].values()):
        ctx.exit(1)
