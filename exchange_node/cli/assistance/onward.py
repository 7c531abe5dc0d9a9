"""`onward`: consent to a further use asked, decided, listed; a record exported with its leave."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from exchange_node.cli.console import LIMIT, Console, print_json, write_output
from exchange_node.cli.manifest import MOMENT
from exchange_node.domain.onward.asking import Ground, Outcome
from exchange_node.domain.onward.wanted import FURTHERED, Intended, Use
from exchange_node.domain.retention import Kept

PRIVATE = 0o600


def _use(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command what names a further use."""
    for one in (
        click.option("--message", default="", help="MessageId that brought it; else the newest."),
        click.option("--purpose", required=True, help="What the recipient uses it for."),
        click.option(
            "--use",
            type=click.Choice([one.value for one in Use]),
            default=Use.WORK.value,
            show_default=True,
            help="The recipient's work, or evidence in which proceedings.",
        ),
        click.option("--to", "recipient", required=True, help="Agency, country, or our party id."),
        click.argument("subject"),
        click.argument("kind", type=click.Choice([one.value for one in FURTHERED])),
    ):
        command = one(command)
    return command


def _intended(
    kind: str, subject: str, recipient: str, use: str, purpose: str, message: str
) -> Intended:
    return Intended(
        kind=Kept(kind),
        subject=subject,
        recipient=recipient,
        use=Use(use),
        purpose=purpose,
        message_id=message,
    )


@click.group("onward")
def onward_command() -> None:
    """Further use of what a partner sent: consent asked and decided, records exported."""


@onward_command.command("ask")
@_use
@click.option("--why", required=True, help="The reason, in words; the supplier reads it.")
@click.option("--until", type=MOMENT, help="How long the use lasts, e.g. 2026-12-31T00:00Z.")
@click.pass_obj
def ask(
    console: Console,
    kind: str,
    subject: str,
    recipient: str,
    use: str,
    purpose: str,
    message: str,
    why: str,
    until: datetime | None,
) -> None:
    """Ask the supplier of SUBJECT for consent: a movement, or ISSUER/ID of an alert.

    What was asked already, and is not refused, is not asked again.
    """
    intended = _intended(kind, subject, recipient, use, purpose, message)
    with console.node() as node:
        print_json(node.consenting.ask(console.actor, intended, why=why, until=until))


@onward_command.command("decide")
@click.argument("request_id")
@click.argument("outcome", type=click.Choice([one.value for one in Outcome]))
@click.option("--ground", type=click.Choice(["", *Ground]), default="", help="Why not; coded.")
@click.option("--conditions", default="", help="In words, for the partner.")
@click.option("--until", type=MOMENT, help="How long it is consented to.")
@click.option("--partner", default="", help="Who asks, where two gave the same number.")
@click.pass_obj
def decide(
    console: Console,
    request_id: str,
    outcome: str,
    ground: str,
    conditions: str,
    until: datetime | None,
    partner: str,
) -> None:
    """Answer a partner's request REQUEST_ID; a consent that stands can be withdrawn."""
    with console.node() as node:
        print_json(
            node.consenting.decide(
                console.actor,
                request_id,
                Outcome(outcome),
                ground=ground,
                conditions=conditions,
                until=until,
                partner=partner,
            )
        )


@onward_command.command("list")
@click.option("--direction", type=click.Choice(["asked", "received"]), default=None)
@click.option("--exports", is_flag=True, help="List what was exported instead.")
@click.option("--partner", default="", help="Only with this party.")
@click.option("--subject", default="", help="Only this movement, or ISSUER/ID of an alert.")
@click.option("--limit", type=LIMIT, default=50, show_default=True, help="At most so many.")
@click.pass_obj
def list_requests(
    console: Console,
    direction: str | None,
    partner: str,
    subject: str,
    limit: int,
    *,
    exports: bool,
) -> None:
    """List what was asked and told as it stands now, the newest first."""
    with console.node() as node:
        if exports:
            found = node.exporting.register(
                console.actor, partner=partner, subject=subject, limit=limit
            )
        else:
            found = node.consenting.register(
                console.actor,
                direction=direction or "",
                partner=partner,
                subject=subject,
                limit=limit,
            )
        print_json(found)


@onward_command.command("show")
@click.argument("request_id")
@click.option("--partner", default="", help="Who asks, where two gave the same number.")
@click.pass_obj
def show(console: Console, request_id: str, partner: str) -> None:
    """Show a request with every answer, and what was said in words."""
    with console.node() as node:
        print_json(node.consenting.request(console.actor, request_id, partner=partner))


@onward_command.command("export")
@_use
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="File for the record; the cover note is written beside it, as FILE.cover.json.",
)
@click.option("--why", default="", help="The reason in words, for a supplier that is told.")
@click.option("--preview", is_flag=True, help="Say what would be decided; export nothing.")
@click.pass_obj
def export(
    console: Console,
    kind: str,
    subject: str,
    recipient: str,
    use: str,
    purpose: str,
    message: str,
    output: Path | None,
    why: str,
    *,
    preview: bool,
) -> None:
    """Write the record about SUBJECT for a further use, with a cover note, if it may be.

    As evidence goes the sealed document as it came, for work a plain view of its fields. Exits 1
    with code, clause, sentence and what would change it where the agreement forbids it.
    """
    intended = _intended(kind, subject, recipient, use, purpose, message)
    with console.node() as node:
        if preview:
            said = node.exporting.preview(console.actor, intended, console.wording.fill)
            print_json(said)
            raise SystemExit(0 if said["permitted"] else 1)
        if output is None:
            raise click.UsageError("Say where to write the record: --output FILE.")
        made = node.exporting.export(console.actor, intended, why=why)
        cover = json.dumps(made.cover, ensure_ascii=False, indent=2).encode()
        write_output(output, made.content, mode=PRIVATE)
        write_output(output.with_name(f"{output.name}.cover.json"), cover, mode=PRIVATE)
        print_json(made.cover)
