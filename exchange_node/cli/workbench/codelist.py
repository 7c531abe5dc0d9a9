"""`codelist`: what lists of codes a node holds, and how a member's own is checked and taken in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exchange_node.cli.console import Console, print_json, print_table, read_input

if TYPE_CHECKING:
    from exchange_node.domain.finding import Finding
    from exchange_node.node import Change

CODE_LIST_BYTES = 20_000_000
DAY = click.DateTime(formats=["%Y-%m-%d"])
SIGNS = {"added": "+", "removed": "-", "changed": "~", "validity changed": "~"}

NAME = click.option("--name", default="", help="Which list it is, `customs_offices` for instance.")
COUNTRY = click.option(
    "--country", default="", help="Whose part of the list it is (ISO 3166), KZ for instance."
)


@click.group("codelist")
def codelist_command() -> None:
    """Code lists: offices, procedures, package kinds and all others that codes are checked by."""


@codelist_command.command("check")
@click.argument("file", type=str)
@NAME
@COUNTRY
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_obj
def check(console: Console, file: str, name: str, country: str, as_json: bool) -> None:
    """Say everything that is wrong with the list FILE ("-" reads standard input), by line.

    Without --name and --country the name of the file tells them: customs_offices.KZ.tsv.

    Exits 1 when something keeps the list from being taken.
    """
    from exchange_node.node import check_list, named_by

    told_name, told_country = named_by(Path(file).stem)
    findings = check_list(
        read_input(file, CODE_LIST_BYTES),
        name=name or told_name,
        country=country or ("" if name else told_country),
    )
    if as_json:
        print_json(console.as_json(findings))
    else:
        console.findings(findings)
        if not findings:
            click.echo("Nothing is wrong.")
    _stop_at_errors(findings)


@codelist_command.command("diff")
@click.argument("old", type=str)
@click.argument("new", type=str)
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
@click.pass_obj
def diff(console: Console, old: str, new: str, as_json: bool) -> None:
    """Say how the list NEW differs from the list OLD: added, removed, changed, other days.

    Exits 1 when one of them cannot be read whole; `codelist check` says why.
    """
    from exchange_node.node import compare_lists

    changes, findings = compare_lists(
        read_input(old, CODE_LIST_BYTES), read_input(new, CODE_LIST_BYTES)
    )
    if as_json:
        print_json([one.as_dict() for one in changes])
    else:
        _say(changes)
    for which, found in findings.items():
        errors = [one for one in found if one.is_error]
        if errors:
            click.echo(f"{old if which == 'old' else new}:", err=True)
            console.findings(errors, err=True)
    _stop_at_errors([one for found in findings.values() for one in found])


@codelist_command.command("import")
@click.argument("file", type=str)
@click.option(
    "--name", required=True, help="Which list it is; `codelist list` names those there are."
)
@COUNTRY
@click.option(
    "--from", "since", type=DAY, help="The day from which it counts (YYYY-MM-DD; default: today)."
)
@click.option("--dry-run", is_flag=True, help="Check and compare, and write nothing.")
@click.pass_obj
def import_(
    console: Console,
    file: str,
    name: str,
    country: str,
    since: datetime | None,
    dry_run: bool,
) -> None:
    """Take the list FILE ("-" reads standard input) into the node's folder.

    It is checked, compared with the edition that would count on that day, written, and entered in
    the audit. It counts from its day on, once the node was started again; until that day the
    edition before it counts.

    Exits 1 and writes nothing when the list has errors.
    """
    from exchange_node.node import code_listing

    with console.node() as node:
        listing = code_listing(console.folder)
        intake = listing.intake(
            read_input(file, CODE_LIST_BYTES),
            name=name,
            country=country,
            since=since.date() if since else None,
        )
        console.findings(intake.findings, err=True)
        _stop_at_errors(intake.findings)
        _say(intake.changes)
        if dry_run:
            return
        if intake.is_same:
            click.echo("This list is held already; nothing was written.")
            return
        path = listing.take(intake, node.engine, actor=console.actor.name)
    click.echo(f"{path.name}, version {intake.digest[:12]}, counts from {intake.place.since} on.")
    click.echo("A node that is running takes it up at its next start.")


@codelist_command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@click.pass_obj
def list_(console: Console, as_json: bool) -> None:
    """List every edition of every code list, with its day, its version and whether it counts."""
    from exchange_node.node import code_listing

    rows = code_listing(console.folder).rows()
    if as_json:
        print_json(rows)
    else:
        print_table(rows)


@codelist_command.command("show")
@click.argument("name")
@COUNTRY
@click.option("--on", "day", type=DAY, help="The day on which they hold (default: today).")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@click.pass_obj
def show(console: Console, name: str, country: str, day: datetime | None, as_json: bool) -> None:
    """Print the codes of the list NAME that hold on a day, parted by tabs."""
    from exchange_node.node import code_listing

    lines = code_listing(console.folder).lines(
        name, country=country, on=day.date() if day else None
    )
    rows = [
        {
            "code": one.code,
            "name_en": one.name,
            "valid_from": str(one.valid_from or ""),
            "valid_to": str(one.valid_to or ""),
            "source": one.source,
            "retrieved": one.retrieved,
        }
        for one in lines
    ]
    if as_json:
        print_json(rows)
    else:
        for row in ({key: key for key in rows[0]} if rows else {}, *rows):
            if row:
                click.echo("\t".join(row.values()))


def _say(changes: Iterable[Change]) -> None:
    counts: dict[str, int] = {}
    for one in changes:
        kind = one.kind.value
        counts[kind] = counts.get(kind, 0) + 1
        if kind == "added":
            said = one.after
        elif kind == "removed":
            said = one.before
        else:
            said = f"{one.before} → {one.after}"
        click.echo(f"{SIGNS[kind]} {one.code}  {said}")
    click.echo(", ".join(f"{number} {kind}" for kind, number in counts.items()) or "No difference.")


def _stop_at_errors(findings: Iterable[Finding]) -> None:
    if any(one.is_error for one in findings):
        raise SystemExit(1)
