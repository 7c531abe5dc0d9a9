"""What an office saw, as options of a command; told to the node and printed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import click

from exchange_node.cli.console import Console, print_json
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
)
from exchange_node.domain.movement.fallback import Fallback

MOMENT = click.DateTime(["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S"])


def kilograms(text: str) -> Decimal:
    """Return a mass that was typed (WCO 131: at most 16 digits, 6 of them after the point)."""
    if not re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,6})?", text):
        raise click.BadParameter(f"{text[:20]!r} is no mass in kilograms")
    return Decimal(text)


_SEEN = (
    click.option("--office", required=True, help="The office that saw it."),
    click.option("--at", type=MOMENT, default=None, help="When; UTC unless told; now if not."),
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
    click.option(
        "--gross-mass",
        type=kilograms,
        metavar="KG",
        default=None,
        help="What was weighed, in kilograms; up to 6 digits after the point.",
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
    click.option(
        "--fallback",
        default="",
        metavar="WHY",
        help="It was recorded on paper while the line was down; needs --at.",
    ),
    click.option("--remark", default="", help="A word to the partners."),
)


def why(event: Event) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the option of an event that says why."""
    said = "; ".join(f"{code}: {text}" for code, text in GROUNDS[event].items())
    return click.option(
        "--ground", type=click.Choice(list(GROUNDS[event])), required=True, help=f"{said}."
    )


def seen_there(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of what an office saw."""
    for option in reversed(_SEEN):
        command = option(command)
    return command


def tell(
    console: Console,
    number: str,
    event: Event,
    controls: tuple[Control, ...],
    seen: dict[str, Any],
) -> None:
    """Tell an event with what the options say of it, and print what came of it."""
    report = Report(
        movement=number,
        event=event,
        office=seen["office"],
        occurred_at=utc(seen["at"]),
        means=(
            SeenMeans(id=seen["plate"], nationality=seen["nationality"]) if seen["plate"] else None
        ),
        equipment=_equipment(seen["container"], seen["seals"]),
        packages=seen["packages"],
        gross_mass_kg=seen["gross_mass"],
        controls=controls,
        ground=seen.get("ground", ""),
        place=SeenPlace(name=seen["place"]) if seen["place"] else None,
        papers=tuple(
            Paper(type_code=kind, id=number)
            for kind, _, number in (one.partition("=") for one in seen["papers"])
        ),
        claims=seen.get("claims", ()),
        competent=seen.get("competent", ""),
        fallback=_fallback(seen["fallback"], seen["at"]),
        remark=seen["remark"],
    )
    with console.node() as node:
        print_json(node.movements.telling.tell(console.actor, report))


def _fallback(reason: str, at: datetime | None) -> Fallback | None:
    """Return the mark of what was recorded on paper, when it says it was."""
    if not reason:
        return None
    recorded_at = utc(at)
    if recorded_at is None:
        raise click.UsageError("--fallback needs --at: when it was recorded")
    return Fallback(reason=reason[:512], recorded_at=recorded_at)


def utc(at: datetime | None) -> datetime | None:
    """Return a moment that was told without a zone as one of UTC."""
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
