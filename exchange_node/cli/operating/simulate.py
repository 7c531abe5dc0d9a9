"""`simulate traffic`: made-up movements as files, or handed to a node that is in test."""

from __future__ import annotations

from datetime import date, datetime
from datetime import time as time_of_day
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exchange_node.cli.console import Console, make_folder, print_json, read_input, write_output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exchange_node.rehearsal.traffic import Movement, Traffic

LIST_BYTES = 50_000_000
MOST_MOVEMENTS = 1_000_000
"""A file for each is as much as a folder bears (our choice)."""


@click.group("simulate")
def simulate_command() -> None:
    """Play what is not there yet: traffic for members who test before a partner is ready."""


@simulate_command.command("traffic")
@click.option(
    "--movements", type=click.IntRange(1, MOST_MOVEMENTS), required=True, help="How many."
)
@click.option(
    "--seed",
    type=click.IntRange(0, 9999),
    default=1,
    show_default=True,
    help="The same seed makes the same traffic.",
)
@click.option("--from", "sender", default="KZ", show_default=True, help="Sending country.")
@click.option("--to", "recipient", default="UZ", show_default=True, help="Receiving country.")
@click.option(
    "--begin",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="First day of release, UTC; left out, today. It is part of what the seed makes.",
)
@click.option(
    "--daily", type=click.IntRange(1), default=1500, show_default=True, help="Releases a day."
)
@click.option(
    "--offices", default="", help="TSV of customs offices; left out, the sample of the program."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the files into this folder.",
)
@click.option(
    "--kind",
    type=click.Choice(["declaration", "manifest"]),
    default="declaration",
    show_default=True,
    help="With --out: national declarations with their facts, or the WCO manifests made of them.",
)
@click.option(
    "--submit", is_flag=True, help="Hand each to the node of --folder, for the partner of --to."
)
@click.pass_obj
def traffic_command(
    console: Console,
    movements: int,
    seed: int,
    sender: str,
    recipient: str,
    begin: datetime | None,
    daily: int,
    offices: str,
    out: Path | None,
    kind: str,
    *,
    submit: bool,
) -> None:
    """Make up realistic traffic: nothing in it is real, and one seed always makes the same.

    Writes it with --out, hands it to a node with --submit; a node that is in production refuses.
    """
    if not out and not submit:
        raise click.UsageError("say where it goes: --out FOLDER or --submit")
    from exchange_node import node as nodes

    day = begin.date() if begin else nodes.utc_now().date()
    traffic = _traffic(seed, sender.upper(), recipient.upper(), offices, day, daily)
    drawn = traffic.movements(movements)
    told: dict[str, object] = {"movements": movements, "seed": seed, "begin": day.isoformat()}
    if submit:
        told |= _submitted(console, traffic, movements)
    if out:
        make_folder(out)
        written = _manifests(console, drawn, out) if kind == "manifest" else _written(drawn, out)
        told |= {"written": str(out), "files": written}
    print_json(told)


def _traffic(
    seed: int, sender: str, recipient: str, offices: str, day: date, daily: int
) -> Traffic:
    from datetime import UTC

    from exchange_node.config.shipped import shipped
    from exchange_node.rehearsal.traffic import Traffic, offices_in
    from exchange_node.rehearsal.traffic.declarations import require_declared

    require_declared(sender)
    text = (
        read_input(offices, LIST_BYTES).decode("utf-8", "replace")
        if offices
        else shipped("wco_schemas", "codelists", "samples", "customs_offices.tsv").read_text(
            encoding="utf-8"
        )
    )
    return Traffic(
        seed=seed,
        sender=sender,
        recipient=recipient,
        offices=offices_in(text),
        begin=datetime.combine(day, time_of_day(), UTC),
        daily=daily,
    )


def _written(drawn: Iterator[Movement], out: Path) -> int:
    """Write a declaration and its facts for each movement; return how many files there are."""
    from exchange_node.rehearsal.traffic.declarations import declaration_of, facts_of

    count = 0
    for one in drawn:
        write_output(out / f"{one.mrn}.xml", declaration_of(one))
        write_output(out / f"{one.mrn}.facts.json", facts_of(one).encode())
        count += 2
    return count


def _manifests(console: Console, drawn: Iterator[Movement], out: Path) -> int:
    """Write the manifest of each movement; return how many files there are."""
    from exchange_node import node as nodes
    from exchange_node.rehearsal.traffic.declarations import declaration_of, facts_of

    bench = nodes.workbench(console.folder)
    count = 0
    for one in drawn:
        mapped = bench.map(declaration_of(one), facts=facts_of(one), country=one.sender)
        write_output(out / f"{one.mrn}.xml", mapped.document)
        count += 1
    return count


def _submitted(console: Console, traffic: Traffic, movements: int) -> dict[str, object]:
    from exchange_node.rehearsal.traffic.submitting import submit

    with console.node() as node:
        return dict(submit(node, console.actor, traffic, movements))
