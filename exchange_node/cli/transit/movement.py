"""`movement`: show its timeline, tell what an office saw."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from exchange_node.cli.console import PURPOSE, Console, print_json
from exchange_node.domain.movement import (
    GROUNDS,
    Control,
    Event,
    Paper,
    Report,
    SeenEquipment,
    SeenMeans,
    SeenPlace,
    SeenSeal,
    event_of_controls,
)

_MOMENT = click.DateTime(["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S"])
_SEEN = (
    click.option("--office", required=True, help="The office that saw it."),
    click.option("--at", type=_MOMENT, default=None, help="When; UTC unless told; now if not."),
    click.option("--plate", default="", help="The vehicle as it was found."),
    click.option("--nationality", default="", help="Where the vehicle is registered."),
    click.option("--container", default="", help="The container or trailer as it was found."),
    click.option(
        "--seal",
        "seals",
        multiple=True,
        metavar="NUMBER[=CONDITION[=OLD]]",
        help="A customs seal on it, its condition (list seal_conditions), and the number of the "
        "one that it took the place of; may be repeated.",
    ),
    click.option(
        "--packages", type=click.IntRange(min=0), default=None, help="How many there are."
    ),
    click.option("--place", default="", help="Where it happened, away from the office."),
    click.option(
        "--paper",
        "papers",
        multiple=True,
        metavar="TYPE=NUMBER",
        help="Minutes, a photograph, a proof (list uncl1001): its number, or the SHA-256 of a "
        "file; may be repeated.",
    ),
    click.option("--remark", default="", help="A word to the partners."),
)


def _ground(event: Event) -> Callable[[Callable[..., None]], Callable[..., None]]:
    said = "; ".join(f"{code}: {text}" for code, text in GROUNDS[event].items())
    return click.option(
        "--ground", type=click.Choice(list(GROUNDS[event])), required=True, help=f"{said}."
    )


def _seen(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_SEEN):
        command = option(command)
    return command


@click.group("movement")
def movement_command() -> None:
    """Movements: where one stands, what happened, who is waited for; tell what an office saw."""


@movement_command.command("show")
@click.argument("number")
@PURPOSE
@click.pass_obj
def show(console: Console, number: str, purpose: str) -> None:
    """Show the movement of an MRN or national NUMBER as this node sees it, as JSON."""
    with console.node() as node:
        print_json(node.movements.timeline.show(console.actor, number, purpose=purpose))


@movement_command.command("crossed")
@click.argument("number")
@click.option(
    "--direction",
    type=click.Choice(["exit", "entry"]),
    required=True,
    help="Out of this country, or into it.",
)
@_seen
@click.pass_obj
def crossed(console: Console, /, number: str, direction: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Tell that a movement crossed the border (TM-020)."""
    _tell(console, number, Event(direction), (), seen)


@movement_command.command("cancelled")
@click.argument("number")
@_ground(Event.CANCELLATION)
@_seen
@click.pass_obj
def cancelled(console: Console, /, number: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Tell that a movement is cancelled, before it crossed a border (TM-012)."""
    _tell(console, number, Event.CANCELLATION, (), seen)


@movement_command.command("refused")
@click.argument("number")
@_ground(Event.REFUSAL)
@_seen
@click.pass_obj
def refused(console: Console, /, number: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Tell that a movement was refused at the border (TM-021)."""
    _tell(console, number, Event.REFUSAL, (), seen)


@movement_command.command("incident")
@click.argument("number")
@_ground(Event.INCIDENT)
@_seen
@click.pass_obj
def incident(console: Console, /, number: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Tell of an incident on the way: transhipment, new seals, another vehicle (TM-030)."""
    _tell(console, number, Event.INCIDENT, (), seen)


@movement_command.command("continued")
@click.argument("number")
@_seen
@click.pass_obj
def continued(console: Console, /, number: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Tell that a movement goes on after an incident (TM-030)."""
    _tell(console, number, Event.CONTINUATION, (), seen)


@movement_command.command("enquired")
@click.argument("number")
@_seen
@click.pass_obj
def enquired(console: Console, /, number: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Ask where a movement is that did not arrive in time (TM-052)."""
    _tell(console, number, Event.ENQUIRY, (), seen)


@movement_command.command("asked")
@click.argument("number")
@click.pass_obj
def asked(console: Console, number: str) -> None:
    """Ask every partner that takes part where a movement stands (TM-050)."""
    report = Report(movement=number, event=Event.QUESTION, office="")
    with console.node() as node:
        print_json(node.movements.telling.tell(console.actor, report))


@movement_command.command("replied")
@click.argument("number")
@_ground(Event.REPLY)
@_seen
@click.pass_obj
def replied(console: Console, /, number: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Say what was found on an enquiry; alternative proof is named by --paper (TM-053)."""
    _tell(console, number, Event.REPLY, (), seen)


@movement_command.command("arrived")
@click.argument("number")
@_seen
@click.pass_obj
def arrived(console: Console, /, number: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Tell that a movement arrived at its destination (TM-040)."""
    _tell(console, number, Event.ARRIVAL, (), seen)


@movement_command.command("controlled")
@click.argument("number")
@click.option(
    "--control",
    "controls",
    multiple=True,
    required=True,
    metavar="RESULT[=TYPE]",
    help="A result (list control_results) and what was checked (control_types); may be repeated.",
)
@click.option("--solved", is_flag=True, help="What had been found is settled (TM-042).")
@_seen
@click.pass_obj
def controlled(
    console: Console,
    /,
    number: str,
    controls: tuple[str, ...],
    *,
    solved: bool,
    **seen: Any,  # noqa: ANN401 - the options above
) -> None:
    """Tell what the control at the destination found (TM-041)."""
    made = tuple(
        Control(result=result, type_code=kind)
        for result, _, kind in (one.partition("=") for one in controls)
    )
    _tell(console, number, Event.SOLVED if solved else event_of_controls(made), made, seen)


@movement_command.command("discharged")
@click.argument("number")
@_seen
@click.pass_obj
def discharged(console: Console, /, number: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Tell that a movement is discharged at its departure (TM-043)."""
    _tell(console, number, Event.DISCHARGE, (), seen)


def _tell(
    console: Console,
    number: str,
    event: Event,
    controls: tuple[Control, ...],
    seen: dict[str, Any],
) -> None:
    report = Report(
        movement=number,
        event=event,
        office=seen["office"],
        occurred_at=_utc(seen["at"]),
        means=(
            SeenMeans(id=seen["plate"], nationality=seen["nationality"]) if seen["plate"] else None
        ),
        equipment=_equipment(seen["container"], seen["seals"]),
        packages=seen["packages"],
        controls=controls,
        ground=seen.get("ground", ""),
        place=SeenPlace(name=seen["place"]) if seen["place"] else None,
        papers=tuple(
            Paper(type_code=kind, id=number)
            for kind, _, number in (one.partition("=") for one in seen["papers"])
        ),
        remark=seen["remark"],
    )
    with console.node() as node:
        print_json(node.movements.telling.tell(console.actor, report))


def _utc(at: datetime | None) -> datetime | None:
    if at is None:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _equipment(container: str, seals: tuple[str, ...]) -> tuple[SeenEquipment, ...]:
    if not container:
        if seals:
            raise click.UsageError("--seal needs the --container that it is on")
        return ()
    return (
        SeenEquipment(
            id=container,
            seals=tuple(
                SeenSeal(id=number, condition=condition, replaces=old)
                for number, condition, old in ((*one.split("=", 2), "", "")[:3] for one in seals)
            ),
        ),
    )
