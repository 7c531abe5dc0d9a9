"""`alert import`: lists of alerts, in and out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from exchange_node.cli.console import Console, print_json, read_input, write_output

LIST_BYTES = 5_000_000


@click.command("import")
@click.argument("file", type=str, required=False)
@click.option("--source", default="", help="Whose list it is: two may give one number.")
@click.option(
    "--dry-run", is_flag=True, help="Do everything, say what becomes of it, keep nothing."
)
@click.option("--keep-good", is_flag=True, help="Keep what is good although something is not.")
@click.option("--template", is_flag=True, help="Print a list in CSV with all columns and no row.")
@click.pass_obj
def import_list(
    console: Console,
    file: str | None,
    source: str,
    *,
    dry_run: bool,
    keep_good: bool,
    template: bool,
) -> None:
    """Keep the alerts of the list FILE (CSV or JSON, "-" reads standard input) as drafts.

    Says of each alert what becomes of it, what is wrong with it, where, and how to mend it. Nothing
    is kept unless all are good; what was imported before is not made again.
    """
    if template:
        from exchange_node.node import alert_list_template

        click.echo(alert_list_template(), nl=False)
        return
    if file is None:
        raise click.UsageError("want a FILE, or --template")
    content = read_input(file, LIST_BYTES)
    with console.node() as node:
        done = node.importing.run(
            console.actor, content, source=source, dry_run=dry_run, keep_good=keep_good
        )
    print_json(done)
    if "wrong" in done["counted"]:
        sys.exit(1)


@click.command("export")
@click.argument("alert_ids", nargs=-1)
@click.option("--misp", is_flag=True, help="Events in the JSON form of MISP; the same as a form.")
@click.option(
    "--form",
    type=click.Choice(["csv", "json", "misp"]),
    default="json",
    show_default=True,
    help="A list that `alert import` reads, or events for MISP.",
)
@click.option("--issuer", default="", help="Who issued them, where two gave the same id.")
@click.option("--purpose", default="RISK_ANALYSIS", show_default=True, help="What it is used for.")
@click.option("--output", type=Path, help="The file; left out, it is printed.")
@click.pass_obj
def export_list(
    console: Console,
    alert_ids: tuple[str, ...],
    form: str,
    issuer: str,
    purpose: str,
    output: Path | None,
    *,
    misp: bool,
) -> None:
    """Write alerts into a file that stays here: those named, else ours that have not ended.

    What may not stand in a file is told, with the reason.
    """
    from exchange_node.node import ListForm

    with console.node() as node:
        made = node.listing.run(
            console.actor,
            ListForm("misp" if misp else form),
            alert_ids,
            issuer=issuer,
            purpose=purpose,
        )
    if output is None:
        click.echo(made.content)
    else:
        write_output(output, made.content, mode=0o600)
    console.findings(made.left, err=True)
    if made.left and alert_ids:
        sys.exit(1)


COMMANDS = (import_list, export_list)
