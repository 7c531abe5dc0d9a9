"""`pmode list|show|lint`: what is agreed, where each value comes from, and what is wrong."""

from __future__ import annotations

from pathlib import Path

import click

from exchange_node.cli.console import Console


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
        click.echo("Nothing is agreed: take a partner's card and activate an agreement.")
        return
    _table(rows)


@pmode_command.command("show")
@click.argument("pmode_id", metavar="ID")
@click.pass_obj
def show(console: Console, pmode_id: str) -> None:
    """Show every parameter of the P-Mode ID under its standard name, and where it comes from."""
    from exchange_node.node import pmode_parameters

    with console.node() as node:
        rows = pmode_parameters(node, pmode_id)
    _table(rows)


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


def _table(rows: list[dict[str, str]]) -> None:
    """Print rows under their keys, each column as wide as its widest value."""
    widths = {key: max(len(key), *(len(row[key]) for row in rows)) for key in rows[0]}
    click.echo("  ".join(key.ljust(width) for key, width in widths.items()).rstrip())
    for row in rows:
        click.echo("  ".join(row[key].ljust(width) for key, width in widths.items()).rstrip())
