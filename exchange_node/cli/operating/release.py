"""`release`: what waits for officers, exactly what the partner will see, and what becomes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from exchange_node.cli.console import LIMIT, Console, print_json, print_table, write_output
from exchange_node.domain.transmission.content import whole

_ABOUT = (
    "message_id", "partner", "code", "state", "urgency", "purpose", "handling", "agreement",
    "version", "grant", "made_at", "until", "stopped", "why",
)  # fmt: skip


@click.group("release")
def release_command() -> None:
    """Messages whose grant asks for officers: list, look, approve, refuse."""


@release_command.command("list")
@click.option(
    "--state",
    type=click.Choice(["waiting", "released", "refused", "lapsed"]),
    default="waiting",
    show_default=True,
    help="Where they stand.",
)
@click.option("--limit", type=LIMIT, default=50, show_default=True, help="At most so many.")
@click.pass_obj
def list_releases(console: Console, state: str, limit: int) -> None:
    """List what waits as JSON, flash first; or what was released, refused, or waited too long."""
    with console.node() as node:
        print_json(node.releasing.list(console.actor, state=state, limit=limit))


@release_command.command("show")
@click.argument("message_id")
@click.option(
    "--xml",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write the document, byte for byte as the partner will have it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_obj
def show(console: Console, message_id: str, xml: Path | None, *, as_json: bool) -> None:
    """Show exactly what the partner will see of the message MESSAGE_ID, and who is awaited.

    It is minimised, masked and written in the partner's version. Each look is recorded.
    """
    with console.node() as node:
        shown = node.releasing.show(console.actor, message_id)
    if xml is not None and shown["document"] is not None:
        write_output(xml, shown["document"].encode())
    if as_json:
        print_json(shown)
    else:
        _say(shown)


@release_command.command("file")
@click.argument("message_id")
@click.argument("number", type=click.IntRange(min=1))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Where to write it.",
)
@click.pass_obj
def file(console: Console, message_id: str, number: int, output: Path) -> None:
    """Write the file of that NUMBER, counted from 1, byte for byte as it leaves with MESSAGE_ID.

    Its digest stands in the document that is approved. Each look is recorded.
    """
    with console.node() as node:
        named, content = node.releasing.file(console.actor, message_id, number)
        write_output(output, whole(content))
    print_json(named)


@release_command.command("approve")
@click.argument("message_id")
@click.option(
    "--digest", required=True, help="Of the document that you have seen, as `release show` has it."
)
@click.pass_obj
def approve(console: Console, message_id: str, digest: str) -> None:
    """Approve the document of DIGEST: with the last officer's approval the message leaves.

    Whoever had a hand in making the message cannot.
    """
    with console.node() as node:
        print_json(node.releasing.approve(console.actor, message_id, digest=digest))


@release_command.command("refuse")
@click.argument("message_id")
@click.option("--why", required=True, help="The reason; it is told to whoever made the message.")
@click.pass_obj
def refuse(console: Console, message_id: str, why: str) -> None:
    """Keep a message back for good. One officer is enough; who made it may do so too."""
    if not why.strip():
        raise click.UsageError("--why is empty: it stands in the audit.")
    with console.node() as node:
        print_json(node.releasing.refuse(console.actor, message_id, why=why))


def _say(shown: dict[str, Any]) -> None:
    """Print a message with all that the partner will see of it."""
    for name in _ABOUT:
        if shown[name] != "":
            click.echo(f"{name.replace('_', ' ')}: {shown[name]}")
    click.echo(f"made by: {', '.join(shown['made_by'])}")
    approved = ", ".join(one["by"] for one in shown["approved"]) or "nobody"
    click.echo(f"officers: {shown['officers']}, missing: {shown['missing']}")
    click.echo(f"approved by: {approved}")
    click.echo(f"digest: {shown['digest']}")
    for one in shown["files"]:
        click.echo(f"file: {one['name']} ({one['mime_type']}, {one['size']} bytes)")
    if shown["values"]:
        click.echo()
        print_table(
            [{name: one[name] for name in ("path", "value", "meaning")} for one in shown["values"]]
        )
