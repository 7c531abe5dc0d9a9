"""`dry-run`: would a partner take this file, and if not, why, and whose turn is it?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exchange_node.cli.console import (
    Console,
    print_json,
    read_attachment,
    read_input,
    write_output,
)
from exchange_node.cli.workbench import DOCUMENT_BYTES

if TYPE_CHECKING:
    from exchange_node.node import Trial

_MARKS = {True: "passed", False: "FAILED", None: "not reached"}


@click.command("dry-run")
@click.argument("file", type=str)
@click.option("--to", "partner", required=True, help="The partner's party id, e.g. customs.uz.")
@click.option(
    "--purpose", default="TRANSIT_CONTROL", show_default=True, help="What it would be sent for."
)
@click.option(
    "--format", "format_name", default="", help="The national profile; left out, it is detected."
)
@click.option(
    "--facts", "facts_file", default="", help="TOML or JSON: what the declaration does not carry."
)
@click.option(
    "--request", default="", help="Number of the partner's open request that it would be given on."
)
@click.option(
    "--on",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="The day on which it would be sent; left out, today.",
)
@click.option(
    "--preview",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write what the partner would see, and nothing more.",
)
@click.option(
    "--attach",
    "attached",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A file that would go with it; may be given again. The agreement must permit it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_obj
def dry_run_command(
    console: Console,
    file: str,
    partner: str,
    purpose: str,
    format_name: str,
    facts_file: str,
    request: str,
    on: datetime | None,
    preview: Path | None,
    attached: tuple[Path, ...],
    *,
    as_json: bool,
) -> None:
    """Try FILE ("-" reads standard input): a national declaration, or a finished WCO document.

    It goes through the steps of a submission, and through what the partner's node would do with it;
    nothing is stored, sealed or sent. Says each step, what would be withheld, and for all that
    stands in the way who has to act. What the partner holds is taken to be what is held here.

    Exits 1 when it would be refused, here or there.
    """
    from exchange_node.node import trying

    with console.node() as node:
        files = [
            read_attachment(one, node.new_spool(), node.settings.attachment_bytes)
            for one in attached
        ]
        trial = trying(node).look(
            console.actor,
            read_input(file, DOCUMENT_BYTES),
            partner=partner,
            purpose=purpose,
            format_name=format_name,
            facts=read_input(facts_file, DOCUMENT_BYTES).decode("utf-8", "replace")
            if facts_file
            else "",
            on=on.date() if on else None,
            request=request,
            attachments=len(files),
        )
    if preview is not None and trial.preview:
        write_output(preview, trial.preview)
    if as_json:
        print_json(trial.as_dict(console.wording.fill))
    else:
        _say(console, trial, preview)
    if trial.fate != "accepted":
        raise SystemExit(1)


def _say(console: Console, trial: Trial, preview: Path | None) -> None:
    fill = console.wording.fill
    click.echo(fill(trial.sentence, trial.facts))
    for step in trial.steps:
        click.echo(f"{_MARKS[step.passed]:>11}  {fill(step.sentence, trial.facts)}")
        for one in step.findings:
            console.findings([one.finding])
            if one.finding.is_error or step.stage == "release":
                click.echo(f"    -> {fill(one.turn.sentence, one.turn.facts)}")
    if trial.withheld:
        click.echo(f"withheld: {len(trial.withheld)}")
        for field in trial.withheld:
            click.echo(f"    {field['pointer']}{' (personal)' if field['personal'] else ''}")
    if trial.masked:
        click.echo(f"masked: {len(trial.masked)}")
        for field in trial.masked:
            click.echo(f"    {field['pointer']} ({field['method']})")
    if preview is not None:
        said = str(preview) if trial.preview else "-"
        click.echo(f"preview: {said}")
