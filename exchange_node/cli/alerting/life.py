"""`alert correct` of ours; `take-up`, `reject`, `feedback`, `sighting` of a partner's."""

from __future__ import annotations

import json

import click

from exchange_node.cli.console import PURPOSE, Console, print_json, read_input
from exchange_node.domain.alert import RejectionReason, Stage
from exchange_node.domain.alerting import SeenIn
from exchange_node.domain.errors import InvalidAlertError

FILE_BYTES = 1_000_000

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
    plain = _object_in(file)
    with console.node() as node:
        done = node.alerting.reporting.report(
            console.actor, alert_id, plain, issuer=issuer, purpose=purpose
        )
        print_json(done)


@click.command("sighting")
@click.argument("alert_id")
@click.option("--seen", "seen_at", required=True, help="When it was: ISO 8601 with its offset.")
@click.option("--office", required=True, help="The office where it was seen.")
@click.option(
    "--in",
    "seen_in",
    required=True,
    type=click.Choice([one.value for one in SeenIn]),
    help="DEC declaration, XNG crossing, ARR arrival, CAM camera, OFF an officer, OTH other.",
)
@click.option("--what", required=True, help="What was seen, in words.")
@click.option("--hit", default="", help="A hit of `alert show` that it is about.")
@click.option("--movement", default="", help="The movement, where it is between both sides.")
@_ISSUER
@PURPOSE
@click.pass_obj
def sighting(
    console: Console,
    alert_id: str,
    seen_at: str,
    office: str,
    seen_in: str,
    what: str,
    hit: str,
    movement: str,
    issuer: str,
    purpose: str,
) -> None:
    """Tell the issuer that something its alert looks for was seen, and that nobody acted.

    There may be as many as there are; none is the last word on the alert.
    """
    plain = {"seen_at": seen_at, "seen_in": seen_in, "office": office, "what": what}
    about = {"hit": hit, "movement": movement}
    with console.node() as node:
        done = node.alerting.reporting.sighted(
            console.actor, alert_id, plain | about, issuer=issuer, purpose=purpose
        )
        print_json(done)


@click.command("correct")
@click.argument("alert_id")
@click.argument("file", type=str)
@click.option("--why", required=True, help="A word to those who hold it; it names nobody.")
@click.pass_obj
def correct(console: Console, alert_id: str, file: str, why: str) -> None:
    """Draft a correction of an alert of ours from the JSON FILE, which has the whole alert.

    "-" reads standard input; the keys are those of `alert draft`. `alert send` lets it take the
    place of what it corrects, here and at everybody who may hold a copy.
    """
    plain = _object_in(file)
    with console.node() as node:
        print_json(node.alerting.correcting.correct(console.actor, alert_id, plain, why=why))


def _object_in(file: str) -> dict[str, object]:
    """Return the JSON object in a file.

    Raises:
        InvalidAlertError: it is none.
    """
    try:
        plain = json.loads(read_input(file, FILE_BYTES))
    except ValueError as err:
        raise InvalidAlertError(why=f"{file} is no JSON: {err}") from None
    if not isinstance(plain, dict):
        raise InvalidAlertError(why=f"{file} holds no JSON object")
    return plain


COMMANDS = (correct, take_up, reject, feedback, sighting)
"""Commands of the group `alert`."""
