"""`movement recovery`, `competence`, `recovered`: a claim is asked for, taken up, closed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from exchange_node.cli.console import Console
from exchange_node.cli.transit.seen import seen_there, tell, why
from exchange_node.domain.movement import Claim, Event


def _claims(
    ctx: click.Context,  # noqa: ARG001 - click hands it over by position
    param: click.Parameter,
    said: tuple[str, ...],
) -> tuple[Claim, ...]:
    found = []
    for one in said:
        guarantee, _, amount = one.partition("=")
        number, _, currency = amount.partition("=")
        try:
            worth = Decimal(number) if number else None
        except InvalidOperation as err:
            raise click.BadParameter(f"{number!r} is no amount", param=param) from err
        found.append(Claim(guarantee=guarantee, amount=worth, currency=currency))
    return tuple(found)


_CLAIMED = (
    click.option(
        "--guarantee",
        "claims",
        multiple=True,
        callback=_claims,
        metavar="NUMBER[=AMOUNT=CURRENCY]",
        help="A guarantee and what is claimed, or was recovered, under it; may be repeated.",
    ),
    click.option("--competent", default="", help="The office that is to recover."),
)


def _claimed(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_CLAIMED):
        command = option(command)
    return command


@click.command("recovery")
@click.argument("number")
@why(Event.RECOVERY)
@_claimed
@seen_there
@click.pass_obj
def recovery(console: Console, /, number: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Ask for the recovery of what is claimed, for nothing proves an arrival (TM-060)."""
    tell(console, number, Event.RECOVERY, (), seen)


@click.command("competence")
@click.argument("number")
@why(Event.COMPETENCE)
@_claimed
@seen_there
@click.pass_obj
def competence(console: Console, /, number: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Say whether this administration recovers, or did (TM-061)."""
    tell(console, number, Event.COMPETENCE, (), seen)


@click.command("recovered")
@click.argument("number")
@_claimed
@seen_there
@click.pass_obj
def recovered(console: Console, /, number: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Tell that the claim is recovered and the movement closed, at its departure (TM-061)."""
    tell(console, number, Event.RECOVERED, (), seen)
