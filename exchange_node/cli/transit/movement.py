"""`movement`: show its timeline, tell what an office saw."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from exchange_node.cli.console import PURPOSE, Console, print_json
from exchange_node.cli.transit.fallback import cleared, fallback
from exchange_node.cli.transit.recovery import competence, recovered, recovery
from exchange_node.cli.transit.seen import MOMENT, seen_there, tell, utc, why
from exchange_node.domain.movement import AT_CONSIGNEE, Control, Event, Report, event_of_controls


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
@seen_there
@click.pass_obj
def crossed(console: Console, /, number: str, direction: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Tell that a movement crossed the border (TM-020)."""
    tell(console, number, Event(direction), (), seen)


@movement_command.command("cancelled")
@click.argument("number")
@why(Event.CANCELLATION)
@seen_there
@click.pass_obj
def cancelled(console: Console, /, number: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Tell that a movement is cancelled, before it crossed a border (TM-012)."""
    tell(console, number, Event.CANCELLATION, (), seen)


@movement_command.command("refused")
@click.argument("number")
@why(Event.REFUSAL)
@seen_there
@click.pass_obj
def refused(console: Console, /, number: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Tell that a movement was refused at the border (TM-021)."""
    tell(console, number, Event.REFUSAL, (), seen)


@movement_command.command("incident")
@click.argument("number")
@why(Event.INCIDENT)
@seen_there
@click.pass_obj
def incident(console: Console, /, number: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Tell of an incident on the way: transhipment, new seals, another vehicle (TM-030)."""
    tell(console, number, Event.INCIDENT, (), seen)


@movement_command.command("continued")
@click.argument("number")
@seen_there
@click.pass_obj
def continued(console: Console, /, number: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Tell that a movement goes on after an incident (TM-030)."""
    tell(console, number, Event.CONTINUATION, (), seen)


@movement_command.command("enquired")
@click.argument("number")
@seen_there
@click.pass_obj
def enquired(console: Console, /, number: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Ask where a movement is that did not arrive in time (TM-052)."""
    tell(console, number, Event.ENQUIRY, (), seen)


@movement_command.command("asked")
@click.argument("number")
@click.pass_obj
def asked(console: Console, number: str) -> None:
    """Ask every partner that takes part where a movement stands (TM-050)."""
    report = Report(movement=number, event=Event.QUESTION, office="")
    with console.node() as node:
        print_json(node.movements.telling.tell(console.actor, report))


@movement_command.command("requested")
@click.argument("number")
@why(Event.REQUEST)
@click.option("--office", required=True, help="The office that has the goods, or wants to know.")
@click.option("--at", type=MOMENT, default=None, help="Since when; UTC unless told; now if not.")
@click.option(
    "--of",
    "departure",
    default="",
    metavar="PARTY",
    help="Who is asked; the country of the MRN unless told.",
)
@click.pass_obj
def requested(
    console: Console, number: str, ground: str, office: str, at: datetime | None, departure: str
) -> None:
    """Ask the country of departure for the manifest of a movement (TM-013)."""
    report = Report(
        movement=number,
        event=Event.REQUEST,
        office=office,
        occurred_at=utc(at),
        ground=ground,
        to=(departure,) if departure else (),
    )
    with console.node() as node:
        print_json(node.movements.telling.tell(console.actor, report))


@movement_command.command("replied")
@click.argument("number")
@why(Event.REPLY)
@seen_there
@click.pass_obj
def replied(console: Console, /, number: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Say what was found on an enquiry; alternative proof is named by --paper (TM-053)."""
    tell(console, number, Event.REPLY, (), seen)


@movement_command.command("informed")
@click.argument("number")
@seen_there
@click.pass_obj
def informed(console: Console, /, number: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Tell more about what is enquired after, by --paper and --remark (TM-054)."""
    tell(console, number, Event.INFORMATION, (), seen)


@movement_command.command("withdrawn")
@click.argument("number")
@why(Event.WITHDRAWAL)
@seen_there
@click.pass_obj
def withdrawn(console: Console, /, number: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Tell that an enquiry is withdrawn, at the departure (TM-054)."""
    tell(console, number, Event.WITHDRAWAL, (), seen)


@movement_command.command("arrived")
@click.argument("number")
@click.option(
    "--consignee", is_flag=True, help="At an authorised consignee, on behalf of the office."
)
@seen_there
@click.pass_obj
def arrived(console: Console, /, number: str, *, consignee: bool, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Tell that a movement arrived at its destination (TM-040)."""
    seen["ground"] = AT_CONSIGNEE if consignee else ""
    tell(console, number, Event.ARRIVAL, (), seen)


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
@seen_there
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
    tell(console, number, Event.SOLVED if solved else event_of_controls(made), made, seen)


@movement_command.command("discharged")
@click.argument("number")
@seen_there
@click.pass_obj
def discharged(console: Console, /, number: str, **seen: Any) -> None:  # noqa: ANN401 - the options above
    """Tell that a movement is discharged at its departure (TM-043)."""
    tell(console, number, Event.DISCHARGE, (), seen)


for _one in (recovery, competence, recovered):
    movement_command.add_command(_one)
for _without_the_line in (cleared, fallback):
    movement_command.add_command(_without_the_line)
