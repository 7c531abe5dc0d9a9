"""`alert take-up`, `alert reject`, `alert feedback`: what a desk does with a partner's alert."""

from __future__ import annotations

import json

import click

from exchange_node.cli.console import PURPOSE, Console, print_json, read_input
from exchange_node.domain.alert import RejectionReason, Stage
from exchange_node.domain.errors import InvalidAlertError

FEEDBACK_BYTES = 200_000

_OFFICE = click.option("--office", required=True, help="The office whose desk does it.")
_REMARK = click.option("--remark", default="", help="A word to the issuer.")
_ISSUER = click.option("--issuer", default="", help="Who issued it, where two gave the same id.")


@click.command("take-up")
@click.argument("alert_id")
@_OFFICE
@_REMARK
@_ISSUER
@PURPOSE
@click.pass_obj
def take_up(
    console: Console, alert_id: str, office: str, remark: str, issuer: str, purpose: str
) -> None:
    """Tell the issuer that a desk here deals with a received alert."""
    with console.node() as node:
        done = node.alerting.answering.say(
            console.actor, alert_id, Stage.TREATMENT, office=office, remark=remark,
            issuer=issuer, purpose=purpose,
        )  # fmt: skip
        print_json(done)


@click.command("reject")
@click.argument("alert_id")
@click.option(
    "--reason",
    required=True,
    type=click.Choice([one.value for one in RejectionReason]),
    help="NLB no legal basis, ILL cannot be read or understood, NCO not competent.",
)
@_OFFICE
@_REMARK
@_ISSUER
@PURPOSE
@click.pass_obj
def reject(
    console: Console,
    alert_id: str,
    reason: str,
    office: str,
    remark: str,
    issuer: str,
    purpose: str,
) -> None:
    """Tell the issuer that a received alert is not taken, and why."""
    with console.node() as node:
        done = node.alerting.answering.say(
            console.actor, alert_id, Stage.REJECTED, office=office, remark=remark,
            rejection=RejectionReason(reason), issuer=issuer, purpose=purpose,
        )  # fmt: skip
        print_json(done)


@click.command("feedback")
@click.argument("alert_id")
@click.argument("file", type=str)
@_ISSUER
@PURPOSE
@click.pass_obj
def feedback(console: Console, alert_id: str, file: str, issuer: str, purpose: str) -> None:
    """Tell the issuer what came of its alert, from the JSON FILE ("-" reads standard input).

    The keys are those of POST /api/v1/alerts/{alert_id}/feedback; docs/alerts.md has every one.
    """
    try:
        plain = json.loads(read_input(file, FEEDBACK_BYTES))
    except ValueError as err:
        raise InvalidAlertError(why=f"{file} is no JSON: {err}") from None
    if not isinstance(plain, dict):
        raise InvalidAlertError(why=f"{file} holds no JSON object")
    with console.node() as node:
        done = node.alerting.reporting.report(
            console.actor, alert_id, plain, issuer=issuer, purpose=purpose
        )
        print_json(done)


COMMANDS = (take_up, reject, feedback)
"""Commands of the group `alert`."""
