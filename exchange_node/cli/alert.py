"""`alert`: draft, preview, send, list, show, why, acknowledge, withdraw, stats; its life beside."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import click

from exchange_node.cli.alerting import life, lists
from exchange_node.cli.alerting.files import FILES
from exchange_node.cli.console import LIMIT, PURPOSE, Console, print_json, read_input
from exchange_node.domain.errors import InvalidAlertError

ALERT_BYTES = 1_000_000
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("alert")
def alert_command() -> None:
    """Risk alerts: draft one, send it, see what became of it, acknowledge a partner's."""


@alert_command.command("draft")
@click.argument("file", type=str)
@click.pass_obj
def draft(console: Console, file: str) -> None:
    """Keep the alert in the JSON FILE ("-" reads standard input) as a draft; print its id.

    The keys are those of POST /api/v1/alerts; docs/alerts.md has every one.
    """
    try:
        plain = json.loads(read_input(file, ALERT_BYTES))
    except ValueError as err:
        raise InvalidAlertError(why=f"{file} is no JSON: {err}") from None
    with console.node() as node:
        print_json(node.alerting.draft(console.actor, plain))


@alert_command.command("send")
@click.argument("alert_id")
@click.option(
    "--to",
    "partners",
    multiple=True,
    help="Party id; may be repeated. A correction, and an alert of an operation, need none.",
)
@click.option("--purpose", default="RISK_ANALYSIS", show_default=True, help="What it is sent for.")
@click.option(
    "--request", default="", help="Number of the partner's open request that it is given on."
)
@click.pass_obj
def send(
    console: Console, alert_id: str, partners: tuple[str, ...], purpose: str, request: str
) -> None:
    """Approve a draft and queue it for each partner; a correction for whoever holds a copy."""
    with console.node() as node:
        sent = node.alerting.send(
            console.actor, alert_id, to=partners, purpose=purpose, request=request
        )
        print_json(sent)


@alert_command.command("preview")
@click.argument("alert_id")
@click.option("--to", "partners", required=True, multiple=True, help="Party id; may be repeated.")
@click.option("--purpose", default="RISK_ANALYSIS", show_default=True, help="What it is sent for.")
@click.pass_obj
def preview(console: Console, alert_id: str, partners: tuple[str, ...], purpose: str) -> None:
    """Show what each partner would read of an alert of ours, as JSON; send nothing."""
    with console.node() as node:
        print_json(node.previewing.preview(console.actor, alert_id, to=partners, purpose=purpose))


@alert_command.command("list")
@click.option("--direction", type=click.Choice(["issued", "received"]), default=None)
@click.option("--limit", type=LIMIT, default=50, show_default=True, help="At most so many.")
@PURPOSE
@click.pass_obj
def list_alerts(console: Console, direction: str | None, limit: int, purpose: str) -> None:
    """List alerts, the newest first, as JSON."""
    with console.node() as node:
        found = node.enquiry.alerts(
            console.actor, direction=direction or "", limit=limit, purpose=purpose
        )
        print_json(found)


@alert_command.command("show")
@click.argument("alert_id")
@click.option("--issuer", default="", help="Who issued it, where two gave the same id.")
@PURPOSE
@click.pass_obj
def show(console: Console, alert_id: str, issuer: str, purpose: str) -> None:
    """Show one alert with its recipients and hits, as JSON."""
    with console.node() as node:
        print_json(node.enquiry.alert(console.actor, alert_id, issuer=issuer, purpose=purpose))


@alert_command.command("why")
@click.argument("hit")
@PURPOSE
@click.pass_obj
def why(console: Console, hit: str, purpose: str) -> None:
    """Say why HIT is one, as JSON: both values of each field, the score, the alert's worth.

    A hit is named by `alert show` and over the API ("hit"), such as 12-340-1.
    """
    with console.node() as node:
        print_json(node.enquiry.why(console.actor, hit, purpose=purpose))


@alert_command.command("acknowledge")
@click.argument("alert_id")
@click.option("--office", required=True, help="The office whose desk has seen it.")
@click.option("--remark", default="", help="A word to the issuer.")
@click.option("--issuer", default="", help="Who issued it, where two gave the same id.")
@PURPOSE
@click.pass_obj
def acknowledge(
    console: Console, alert_id: str, office: str, remark: str, issuer: str, purpose: str
) -> None:
    """Tell the issuer that a received alert was seen."""
    with console.node() as node:
        done = node.alerting.acknowledge(
            console.actor,
            alert_id,
            office=office,
            remark=remark,
            issuer=issuer,
            purpose=purpose,
        )
        print_json(done)


@alert_command.command("withdraw")
@click.argument("alert_id")
@click.option("--why", required=True, help="A word to those who hold it; it names nobody.")
@click.pass_obj
def withdraw(console: Console, alert_id: str, why: str) -> None:
    """Take an alert of ours back, here and at everybody it was sent to."""
    with console.node() as node:
        print_json(node.alerting.withdrawing.withdraw(console.actor, alert_id, why=why))


@alert_command.command("stats")
@click.option("--from", "begin", type=DAY, required=True, help="First day of issue (UTC).")
@click.option("--until", "end", type=DAY, help="Last day; left out, the first alone.")
@click.option(
    "--direction",
    type=click.Choice(["received", "issued"]),
    default="received",
    show_default=True,
    help="Of partners' alerts, or of ours.",
)
@click.option("--test", is_flag=True, help="Of test alerts instead of production.")
@click.option("--operation", default="", help="Reference of a joint operation; of its alerts.")
@PURPOSE
@click.pass_obj
def stats(
    console: Console,
    begin: datetime,
    end: datetime | None,
    direction: str,
    operation: str,
    purpose: str,
    *,
    test: bool,
) -> None:
    """Show how soon alerts were acknowledged and fitted, and how many did, as JSON.

    Each share stands with its count and its interval at 95 %; too few say nothing.
    """
    behind = (end or begin) + timedelta(days=1)
    with console.node() as node:
        shown = node.indicators.show(
            console.actor,
            begin.date(),
            behind.date(),
            direction=direction,
            test=test,
            operation=operation,
            purpose=purpose,
        )
        print_json(shown)


for command in (*life.COMMANDS, *FILES, *lists.COMMANDS):
    alert_command.add_command(command)
