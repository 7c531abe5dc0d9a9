"""`simulate`: made-up movements, and a partner that is played from a script."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from datetime import time as time_of_day
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exchange_node.cli.console import Console, make_folder, print_json, read_input, write_output

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from exchange_node.rehearsal.partner import Played, Script
    from exchange_node.rehearsal.traffic import Movement, Traffic

LIST_BYTES = 50_000_000
MOST_MOVEMENTS = 1_000_000
"""A file for each is as much as a folder bears (our choice)."""


@click.group("simulate")
def simulate_command() -> None:
    """Play what is not there yet: traffic, partners; for members who test before one is ready."""


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


@simulate_command.command("scripts")
def scripts_command() -> None:
    """List the scripts that come with the program; `partner` and `lint` take their names."""
    from exchange_node.rehearsal.partner import read_script, script_text, shipped_scripts

    for name in shipped_scripts():
        click.echo(f"{name}: {read_script(script_text(name)).title}")


@simulate_command.command("lint")
@click.argument("script")
@click.pass_obj
def lint_command(console: Console, script: str) -> None:
    """Say what is wrong with a script, line by line, and how to mend it."""
    from exchange_node.domain.finding import has_errors
    from exchange_node.rehearsal.partner import lint_script, script_text

    findings = lint_script(script_text(script))
    console.findings(findings)
    if has_errors(findings):
        sys.exit(1)
    click.echo(f"{script}: it can be played")


@simulate_command.command("partner")
@click.argument("script")
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder of who is played; made when it is not there.",
)
@click.option("--card", "cards", multiple=True, help="Card of another partner that it speaks to.")
@click.option(
    "--agreement",
    "agreements",
    multiple=True,
    help="Text of an agreement; left out, a sample with the node of --folder is drafted.",
)
@click.option(
    "--join", is_flag=True, help="Let the node of --folder take its card and the agreement, too."
)
@click.option("--prepare", is_flag=True, help="Make the folder, and do not play yet.")
@click.pass_obj
def partner_command(
    console: Console,
    script: str,
    home: Path,
    cards: tuple[str, ...],
    agreements: tuple[str, ...],
    *,
    join: bool,
    prepare: bool,
) -> None:
    """Play a partner that is not there yet, from a script; SCRIPT is a file or a shipped one.

    It is a node in test with keys of its own, which speaks AS4 over the line. The node of --folder
    is the one that tests against it, in test like it. Prints a JSON line with its two ports, and
    one for whatever arrives and whatever it does. Stops on SIGTERM.
    """
    from exchange_node.rehearsal.partner import found_partner, read_script, script_text

    read = read_script(script_text(script))
    member = console.folder if (console.folder / "node.toml").is_file() else None
    played = found_partner(
        read,
        home,
        member=member,
        cards=[_text(one) for one in cards],
        agreements=[_text(one) for one in agreements],
    )
    if join and member is not None:
        with console.node() as node:
            node.commissioning.add_partner(played.card.read_text("utf-8"))
            for one in played.agreements:
                node.commissioning.add_agreement(one.read_text("utf-8"), actor=console.actor.name)
        click.echo(f"{console.folder} knows {played.party} from its next start on.", err=True)
    elif played.is_new:
        click.echo("The node that tests against it needs:", err=True)
        click.echo(f"    exchange-node partner add {played.card}", err=True)
        for one in played.agreements:
            click.echo(f"    exchange-node agreement add {one}", err=True)
    if not prepare:
        _play(read, Path(script).parent, played)


def _text(path: str) -> str:
    return read_input(path, LIST_BYTES).decode("utf-8", "replace")


def _play(script: Script, folder: Path, played: Played) -> None:
    from exchange_node.config.logs import configure_logs
    from exchange_node.node import serving, settle
    from exchange_node.rehearsal.partner import Player
    from exchange_node.web.server import serve
    from exchange_node.worker import Worker

    def say(said: Mapping[str, object]) -> None:
        click.echo(json.dumps(said, ensure_ascii=False, default=str))

    configure_logs(quiet=True)
    with serving(played.home, passphrase=played.passphrase) as node:
        Player(script=script, node=node, folder=folder, say=say)
        worker = Worker(node)

        def ready(as4_port: int, api_port: int) -> None:
            settle()
            worker.start()
            say({"plays": str(node.settings.administration.party), "as4": as4_port,
                 "api": api_port})  # fmt: skip

        try:
            serve(node, ready)
        finally:
            worker.stop()
