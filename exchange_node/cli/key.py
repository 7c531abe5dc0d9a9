"""`key`: the node's own keys and certificates, and new ones for roll-over or for another suite."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from exchange_node.cli.console import Console, print_json

_PURPOSES = ("tls", "signing", "encryption", "seal")
_SUITES = ("edelivery-1.15", "edelivery-2.0", "edelivery-2.0-ecc")


@click.group("key")
def key_command() -> None:
    """Keys of this node: which are used, which follow, and how new ones are made."""


@key_command.command("list")
@click.pass_obj
def list_keys(console: Console) -> None:
    """List every certificate of this node as JSON: kind, suites, validity and use.

    `use` is "now"; "next", with the moment in `used_from`; "beside" (not used, though its key still
    opens what was encrypted for it); or "ended". No key is opened.
    """
    from exchange_node.node import keys_of

    print_json(keys_of(console.folder))


@key_command.command("new")
@click.argument("purpose", type=click.Choice(_PURPOSES))
@click.option(
    "--suite",
    default="",
    type=click.Choice(("", *_SUITES)),
    help="What it signs or opens in (default: that of the keys there are).",
)
@click.option(
    "--valid-from",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day of its certificate, UTC (default: now).",
)
@click.option(
    "--days",
    default=730,
    show_default=True,
    type=click.IntRange(1, 3650),
    help="How many days its certificate is valid.",
)
@click.pass_obj
def new(console: Console, purpose: str, suite: str, valid_from: datetime | None, days: int) -> None:
    """Make a new key for PURPOSE beside the old, with a certificate and a signing request.

    Nothing there is written over. The new key is used once its certificate has been valid for
    `keys.overlap_days`; an encryption key opens from the node's next start.
    """
    from exchange_node.node import keys_of, new_key

    if suite and purpose in ("tls", "seal"):
        raise click.UsageError(f"a {purpose} key is the same with every suite: leave --suite out.")
    with console.node() as node:
        written = new_key(
            node,
            purpose,
            actor=console.actor.name,
            suite=suite,
            valid_from=valid_from.replace(tzinfo=UTC) if valid_from else None,
            days=days,
        )
    for path in written:
        click.echo(f"wrote {path}")
    names = {path.name for path in written}
    for row in keys_of(console.folder):
        if row["file"] in names and row["used_from"]:
            click.echo(f"It is used from {row['used_from']} on.")
    click.echo("Next: start the node again, then give partners its card (`partner card`).")
