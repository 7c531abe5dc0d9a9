"""`submit`, `submission`, `prearrival …`: hand a declaration over, follow it, look ahead."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exchange_node.cli.console import (
    LIMIT,
    PURPOSE,
    Console,
    print_json,
    read_attachment,
    read_input,
    write_output,
)
from exchange_node.cli.workbench import DOCUMENT_BYTES
from exchange_node.domain.errors import UnknownRecordError

if TYPE_CHECKING:
    from exchange_node.node import Node

MOMENT = click.DateTime(formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"])


@click.command("submit")
@click.argument("file", type=str)
@click.option("--to", "partner", required=True, help="The partner's party id, e.g. customs.uz.")
@click.option(
    "--format", "format_name", default="", help="The national profile; left out, it is detected."
)
@click.option(
    "--facts", "facts_file", default="", help="TOML or JSON: what the declaration does not carry."
)
@click.option(
    "--purpose", default="TRANSIT_CONTROL", show_default=True, help="What it is sent for."
)
@click.option(
    "--request", default="", help="Number of the partner's open request that it is given on."
)
@click.option(
    "--key", default="", help="Your own key of this submission: the same key is taken once."
)
@click.option(
    "--attach",
    "attached",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A file that goes with the declaration; may be given again. The agreement must permit it.",
)
@click.pass_obj
def submit_command(
    console: Console,
    file: str,
    partner: str,
    format_name: str,
    facts_file: str,
    purpose: str,
    request: str,
    key: str,
    attached: tuple[Path, ...],
) -> None:
    """Queue the national declaration FILE ("-" reads standard input) for a partner.

    Of a movement that the partner was told before it is the amendment (TM-011), until the first
    border; "transmission" says so. Prints what was done as JSON. Exits 1, saying why, when it was
    refused; nothing is sent then.
    """
    with console.node() as node:
        submission = node.dispatch.submit(
            console.actor,
            read_input(file, DOCUMENT_BYTES),
            partner=partner,
            format_name=format_name,
            facts=read_input(facts_file, DOCUMENT_BYTES).decode("utf-8", "replace")
            if facts_file
            else "",
            purpose=purpose,
            idempotency_key=key,
            request=request,
            files=[
                read_attachment(one, node.new_spool(), node.settings.attachment_bytes)
                for one in attached
            ],
        )
        print_json(node.enquiry.submission(console.actor, submission.submission_id))
        if submission.is_refused:
            console.findings(submission.findings, err=True)
            raise SystemExit(1)


@click.group("submission")
def submission_command() -> None:
    """Follow what was handed over."""


@submission_command.command("show")
@click.argument("submission_id")
@click.option(
    "--report", "whole", is_flag=True, help="Show its report and trace instead, row by row."
)
@click.option(
    "--explain", "pointer", default="", help="Show what made a value, or became of a leaf, instead."
)
@click.pass_obj
def show_submission_command(
    console: Console, submission_id: str, pointer: str, *, whole: bool
) -> None:
    """Show what became of a submission, as JSON.

    --explain takes a WCO pointer, a chain of WCO ids, or a source path, as `explain` does.
    """
    with console.node() as node:
        if pointer:
            print_json(node.losses.explain(console.actor, submission_id, pointer))
        elif whole:
            print_json(node.losses.report(console.actor, submission_id))
        else:
            print_json(node.enquiry.submission(console.actor, submission_id))


@click.group("prearrival", invoke_without_command=True)
@click.option("--office", default="", help="Any customs office on the route.")
@click.option("--plate", default="", help="Tractor, trailer or wagon, as it is painted.")
@click.option("--container", default="", help="Container number.")
@click.option("--mrn", default="", help="Official number of the movement.")
@click.option("--seal", default="", help="Number of a customs seal.")
@click.option(
    "--from", "begin", type=MOMENT, help="Expected not before, e.g. 2026-01-31T08:00+05:00."
)
@click.option("--to", "end", type=MOMENT, help="Expected before.")
@click.option("--limit", type=LIMIT, default=50, show_default=True, help="At most so many.")
@click.option("--after", default="", help="The `next` of the page before.")
@PURPOSE
@click.pass_context
def prearrival_command(
    context: click.Context,
    office: str,
    plate: str,
    container: str,
    mrn: str,
    seal: str,
    begin: datetime | None,
    end: datetime | None,
    limit: int,
    after: str,
    purpose: str,
) -> None:
    """List manifests that are expected, as JSON; every look leaves a line in the access log.

    `show` and `attachment` take one of them by its official number.
    """
    if context.invoked_subcommand is not None:
        return
    console: Console = context.obj
    with console.node() as node:
        print_json(
            node.enquiry.prearrival(
                console.actor,
                office=office,
                plate=plate,
                container=container,
                mrn=mrn,
                seal=seal,
                begin=begin,
                end=end,
                limit=limit,
                after=after,
                purpose=purpose,
            )
        )


@prearrival_command.command("expected")
@click.option("--office", required=True, help="The customs office that waits.")
@click.option("--from", "begin", type=MOMENT, help="Due not before; left out, since a day ago.")
@click.option("--to", "end", type=MOMENT, help="Due before; left out, in the next two days.")
@click.option(
    "--limit", type=click.IntRange(1, 50), default=20, show_default=True, help="At most so many."
)
@click.option("--after", default="", help="The `next` of the page before.")
@PURPOSE
@click.pass_obj
def expected_command(
    console: Console,
    office: str,
    begin: datetime | None,
    end: datetime | None,
    limit: int,
    after: str,
    purpose: str,
) -> None:
    """List who is coming to an office, the earliest first, as JSON: when, in which channel.

    `age_minutes` is how long ago the manifest came; `missing` names what it does not tell.
    """
    with console.node() as node:
        view = node.enquiry.expected(
            console.actor,
            office=office,
            begin=begin,
            end=end,
            limit=limit,
            after=after,
            purpose=purpose,
        ).view
        assert view is not None  # noqa: S101 - nothing was known before
        now = node.clock()
    for one in view["expected"]:
        age = now - datetime.fromisoformat(one["received_at"])
        one["age_minutes"] = int(age.total_seconds()) // 60
    print_json(view)


@prearrival_command.command("scan")
@click.argument("paper")
@click.argument("digest", default="")
@PURPOSE
@click.pass_obj
def scan_command(console: Console, paper: str, digest: str, purpose: str) -> None:
    """Say whether a paper tells of what is held, as JSON.

    PAPER is the whole code of an accompanying document (CX1…), which is verified; or it is the
    movement's number, and DIGEST the SHA-256 of the sealed document.
    """
    from exchange_node.node import scanning

    with console.node() as node:
        look, who = node.enquiry, console.actor
        if digest:
            print_json(look.scanned(who, mrn=paper, digest=digest, purpose=purpose))
        else:
            print_json(scanning(node).code(who, paper, purpose=purpose))


@prearrival_command.command("show")
@click.argument("mrn")
@PURPOSE
@click.pass_obj
def show_command(console: Console, mrn: str, purpose: str) -> None:
    """Show the manifest of a movement and what is attached to it, as JSON."""
    with console.node() as node:
        number = _number(console, node, mrn)
        print_json(node.enquiry.manifest(console.actor, number, purpose=purpose))


@prearrival_command.command("attachment")
@click.argument("mrn")
@click.argument("position", type=click.IntRange(1, 99))
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="The file to write it to."
)
@PURPOSE
@click.pass_obj
def attachment_command(console: Console, mrn: str, position: int, out: Path, purpose: str) -> None:
    """Write what is attached to a manifest at POSITION (from 1) to a file."""
    with console.node() as node:
        number = _number(console, node, mrn)
        found = node.enquiry.attachment(console.actor, number, position, purpose=purpose)
        write_output(out, found.content)
        print_json({"written": str(out), "name": found.name, "mime_type": found.mime_type})


def _number(console: Console, node: Node, mrn: str) -> int:
    """Return the number of the movement's newest manifest."""
    arrivals = node.enquiry.prearrival(console.actor, mrn=mrn, limit=1)["arrivals"]
    if not arrivals:
        raise UnknownRecordError(kind="manifest", key=mrn)
    return int(arrivals[0]["number"])
