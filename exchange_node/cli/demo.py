"""`demo`: two administrations on this machine, from a declaration to an alert's acknowledgement."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from exchange_node.cli.console import print_json, read_input
from exchange_node.cli.document import DOCUMENT_BYTES


@click.command("demo")
@click.option(
    "--declaration", default="", help="A national declaration of your own; left out, the sample."
)
@click.option(
    "--format", "format_name", default="", help="Its national profile; left out, it is detected."
)
@click.option(
    "--facts", "facts_file", default="", help="TOML or JSON: what the declaration does not carry."
)
@click.option(
    "--from", "sender", default="", help="Sending country (ISO 3166); left out, the document tells."
)
@click.option(
    "--to", "recipient", default="", help="Receiving country; left out, the document tells."
)
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep the two nodes in this folder.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object with the facts of every step."
)
def demo_command(
    declaration: str,
    format_name: str,
    facts_file: str,
    sender: str,
    recipient: str,
    keep: Path | None,
    as_json: bool,
) -> None:
    """Walk the first crossing between two nodes in two processes on this machine.

    Makes keys, certificates and databases on the spot and an agreement dated today and flagged
    test; nothing outside a temporary folder is touched. Exits 1 if any step failed.
    """
    from exchange_node.rehearsal.story import Script, rehearse, sample_script

    if declaration:
        script = Script(
            declaration=read_input(declaration, DOCUMENT_BYTES),
            name=Path(declaration).name,
            facts=read_input(facts_file, DOCUMENT_BYTES).decode("utf-8", "replace")
            if facts_file
            else "",
            format_name=format_name,
            sender=sender.upper(),
            recipient=recipient.upper(),
        )
    else:
        script = sample_script()

    def say(name: str, line: str) -> None:
        if not as_json:
            click.echo(f"{name:>12}  {line}")

    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        facts = rehearse(script, keep, say)
    else:
        with tempfile.TemporaryDirectory(prefix="exchange-node-demo-") as folder:
            facts = rehearse(script, Path(folder), say)
    if as_json:
        print_json(facts)
    elif facts["ok"]:
        click.echo(f"{'done':>12}  {facts['seconds']}")
    else:
        click.echo(f"{'failed':>12}  {facts['failed']}", err=True)
    if not facts["ok"]:
        raise SystemExit(1)
