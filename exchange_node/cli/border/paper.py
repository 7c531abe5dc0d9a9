"""`manifest print`: the paper that goes along with the goods."""

from __future__ import annotations

from pathlib import Path

import click

from exchange_node.cli.console import PURPOSE, Console, print_json, write_output


@click.group("manifest")
def manifest_command() -> None:
    """Transit manifests on paper."""


@manifest_command.command("print")
@click.argument("mrn")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The PDF file to write.",
)
@PURPOSE
@click.pass_obj
def print_command(console: Console, mrn: str, out: Path, purpose: str) -> None:
    """Write the accompanying document of a movement as PDF.

    Its code is checked without a line by `exchange-node post verify`.
    """
    from exchange_node.node import printing

    with console.node() as node:
        printed = printing(node).print(console.actor, mrn, purpose=purpose)
        write_output(out, printed.pdf, mode=0o600)
        print_json(
            {
                "written": str(out),
                "movement": printed.movement,
                "code": printed.code,
                "valid_until": printed.valid_until.isoformat(),
            }
        )
