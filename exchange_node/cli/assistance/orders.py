"""`order`, `breach`: what was handed over is corrected, deleted, or was misused."""

from __future__ import annotations

from datetime import datetime

import click

from exchange_node.cli.console import LIMIT, Console, print_json
from exchange_node.domain.errors import UnusableQueryError
from exchange_node.domain.orders.breach import Misuse
from exchange_node.domain.orders.order import Ground, Kind, Which
from exchange_node.domain.retention import Kept

_KIND = click.Choice([Kept.MANIFEST.value, Kept.ALERT.value])  # what an order can name
_DIRECTION = click.option("--direction", type=click.Choice(["sent", "received"]), default=None)
_LIMITED = click.option(
    "--limit", type=LIMIT, default=50, show_default=True, help="At most so many."
)
_GROUND = click.option(
    "--ground",
    type=click.Choice([one.value for one in Ground]),
    required=True,
    help="Why, as a code that the partner's node knows.",
)
_WHY = click.option("--why", default="", help="Why, in words; the partner reads it.")
_PARTNER = click.option("--partner", default="", help="Only the copies of this party.")
_MESSAGE = click.option("--message", default="", help="Only what this message took there.")
_ALERT_VERSION = click.option(
    "--version", type=click.IntRange(min=1), default=None, help="Only this version of an alert."
)


@click.group("order")
def order_command() -> None:
    """Orders to correct or delete what partners were given, and what became of them."""


@order_command.command("delete")
@click.argument("kind", type=_KIND)
@click.argument("subject")
@_GROUND
@_WHY
@_PARTNER
@_MESSAGE
@_ALERT_VERSION
@click.pass_obj
def delete(
    console: Console,
    kind: str,
    subject: str,
    ground: str,
    why: str,
    partner: str,
    message: str,
    version: int | None,
) -> None:
    """Order every copy of SUBJECT deleted: a movement, or the id of an alert of ours."""
    which = Which(
        kind=Kept(kind), subject=subject, partner=partner, message_id=message, version=version or 0
    )
    with console.node() as node:
        print_json(
            node.ordering.order(console.actor, Kind.DELETION, which, ground=Ground(ground), why=why)
        )


@order_command.command("correct")
@click.argument("kind", type=_KIND)
@click.argument("subject")
@click.option(
    "--value",
    "values",
    multiple=True,
    required=True,
    help="POINTER=VALUE: what is right; may be repeated.",
)
@_GROUND
@_WHY
@_PARTNER
@_MESSAGE
@_ALERT_VERSION
@click.pass_obj
def correct(
    console: Console,
    kind: str,
    subject: str,
    values: tuple[str, ...],
    ground: str,
    why: str,
    partner: str,
    message: str,
    version: int | None,
) -> None:
    """Order values of every copy of SUBJECT corrected; pointers are those of `map --explain`."""
    which = Which(
        kind=Kept(kind), subject=subject, partner=partner, message_id=message, version=version or 0
    )
    with console.node() as node:
        print_json(
            node.ordering.order(
                console.actor,
                Kind.CORRECTION,
                which,
                ground=Ground(ground),
                why=why,
                values=_pairs("--value", values),
            )
        )


@order_command.command("list")
@_DIRECTION
@click.option("--partner", default="", help="Only what goes to, or comes from, this party.")
@click.option("--overdue", is_flag=True, help="Only what should have been done and is not.")
@_LIMITED
@click.pass_obj
def list_orders(
    console: Console, direction: str | None, partner: str, limit: int, *, overdue: bool
) -> None:
    """List orders of both sides, the newest first."""
    with console.node() as node:
        print_json(
            node.ordering.list(
                console.actor,
                direction=direction or "",
                partner=partner,
                overdue=overdue,
                limit=limit,
            )
        )


@order_command.command("show")
@click.argument("order_id")
@click.pass_obj
def show_order(console: Console, order_id: str) -> None:
    """Show an order: why, which values, and what became of each record at each partner."""
    with console.node() as node:
        print_json(node.ordering.show(console.actor, order_id))


@click.group("breach")
def breach_command() -> None:
    """Unauthorised use of what a partner gave: told to it, or told by it."""


@breach_command.command("tell")
@click.argument("partner")
@click.option("--misuse", type=click.Choice([one.value for one in Misuse]), required=True)
@click.option("--discovered", required=True, help="When it was found out, with its offset.")
@click.option("--occurred", default="", help="When it happened, if that is known.")
@click.option("--what", required=True, help="What happened.")
@click.option("--measures", required=True, help="What was done about it.")
@click.option(
    "--say", multiple=True, help="WORD=TEXT: what else the agreement asks for; may be repeated."
)
@click.option("--manifest", "movements", multiple=True, help="A movement; may be repeated.")
@click.option("--alert", "alerts", multiple=True, help="An alert's id; may be repeated.")
@click.pass_obj
def tell(
    console: Console,
    partner: str,
    misuse: str,
    discovered: str,
    occurred: str,
    what: str,
    measures: str,
    say: tuple[str, ...],
    movements: tuple[str, ...],
    alerts: tuple[str, ...],
) -> None:
    """Tell PARTNER that something it gave was used without a right."""
    from exchange_node.node import Happened

    happened = Happened(
        misuse=Misuse(misuse),
        discovered_at=_moment("--discovered", discovered),
        occurred_at=_moment("--occurred", occurred) if occurred else None,
        what=what,
        measures=measures,
        said=_pairs("--say", say),
    )
    records = [
        *(Which(kind=Kept.MANIFEST, subject=one) for one in movements),
        *(Which(kind=Kept.ALERT, subject=one) for one in alerts),
    ]
    with console.node() as node:
        print_json(node.telling_breach.tell(console.actor, partner, happened, records=records))


@breach_command.command("list")
@_DIRECTION
@click.option("--partner", default="", help="Only what goes to, or comes from, this party.")
@_LIMITED
@click.pass_obj
def list_breaches(console: Console, direction: str | None, partner: str, limit: int) -> None:
    """List notices of misuse, the newest first."""
    with console.node() as node:
        print_json(
            node.telling_breach.list(
                console.actor, direction=direction or "", partner=partner, limit=limit
            )
        )


@breach_command.command("show")
@click.argument("breach_id")
@click.pass_obj
def show_breach(console: Console, breach_id: str) -> None:
    """Show a notice of misuse, and what may be done about it."""
    with console.node() as node:
        print_json(node.telling_breach.show(console.actor, breach_id))


def _pairs(option: str, given: tuple[str, ...]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name:
            raise UnusableQueryError(what=option, why="want NAME=VALUE")
        if name in pairs:
            raise UnusableQueryError(what=option, why=f"{name[:80]} is given twice")
        pairs[name] = value
    return pairs


def _moment(option: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise UnusableQueryError(what=option, why="want a moment as ISO 8601") from None
