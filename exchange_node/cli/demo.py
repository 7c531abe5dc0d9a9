"""`demo`: two administrations on this machine, from a declaration to an alert's acknowledgement."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click

from exchange_node.cli.console import make_folder, print_json, read_input
from exchange_node.cli.workbench import DOCUMENT_BYTES


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
    help="Keep the two nodes in this folder, to look into with --folder DIRECTORY/customs.XX.",
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

    if not declaration and (format_name or facts_file or sender or recipient):
        raise click.UsageError("--format, --facts, --from and --to go with --declaration")
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
        make_folder(keep)
        facts = rehearse(script, keep, say)
    else:
        with tempfile.TemporaryDirectory(prefix="exchange-node-demo-") as folder:
            facts = rehearse(script, Path(folder), say)
    if as_json:
        print_json(facts)
    elif facts["ok"]:
        click.echo(f"{'done':>12}  {_durations(facts['seconds'])}")
    else:
        _say_failure(facts["failed"])
    if not facts["ok"]:
        raise SystemExit(1)


def _durations(seconds: Any) -> str:  # noqa: ANN401 - plain values, as --json prints them
    return ", ".join(f"{name} {took} s" for name, took in seconds.items())


def _say_failure(failed: Any) -> None:  # noqa: ANN401 - plain values, as --json prints them
    click.echo(f"{'failed':>12}  {failed['text']} [{failed['code']}]", err=True)
    for one in failed["findings"]:
        place = "" if one["text"].startswith(one["pointer"]) else f"{one['pointer']}: "
        click.echo(f"{'':>14}{one['severity']}: [{one['code']}] {place}{one['text']}", err=True)
        click.echo(f"{'':>18}{one['mend_text']}", err=True)
    click.echo(f"{'':>14}{failed['mend']}", err=True)
