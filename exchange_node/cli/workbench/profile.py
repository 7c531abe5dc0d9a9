"""`profile`: draft one from samples, try their examples, hold them against each other."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exchange_node.cli.console import print_json, read_input, write_output
from exchange_node.cli.workbench import DOCUMENT_BYTES
from exchange_node.domain.errors import UnwritableOutputError

if TYPE_CHECKING:
    from exchange_node.cli.console import Console
    from exchange_node.config.examples import Tried

SHOWN = 40
"""How many differences of one example are said; the rest is counted."""


@click.group("profile")
def profile_command() -> None:
    """National profiles: draft one, try their examples, look what they cover, compare two."""


@profile_command.command("draft")
@click.argument("files", nargs=-1, required=True, type=str)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the profile goes; its name without ending is the profile's.",
)
@click.option("--force", is_flag=True, help="Replace a profile that is there already.")
@click.pass_obj
def draft_command(
    console: Console, files: tuple[str, ...], output: Path | None, *, force: bool
) -> None:
    """Propose a profile for a format that none reads, from sample FILES ("-": standard input).

    Each path of the samples is held against what the known profiles call the elements, and its
    values against code lists, check digits and shapes of dates and numbers. Above each line of the
    draft stands how sure it is, and why; what is not sure enough is a comment, and what nothing is
    known of stands at the end. Values of the samples are not written into it, but codes are.
    """
    from exchange_node.node import drafting

    if output is not None and output.is_file() and not force:
        raise UnwritableOutputError(what=output, why="it is there already; --force replaces it")
    name = output.stem if output is not None else "draft"
    made = drafting(console.folder).draft(name, [read_input(one, DOCUMENT_BYTES) for one in files])
    if output is not None:
        write_output(output, made.toml.encode())
    else:
        click.echo(made.toml, nl=False)
    click.echo(
        f"{made.placed} path(s) with a line, {made.proposed} with a proposal,"
        f" {made.unplaced} not placed",
        err=True,
    )


@profile_command.command("diff")
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@click.option("--file", "sample", default="", help="Map this file by both, and say what differs.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_obj
def diff_command(console: Console, one: str, other: str, sample: str, *, as_json: bool) -> None:
    """Say what the profiles A and B map differently; each is a name, or a file (.toml).

    By WCO path: what only one of them fills, and what they fill from another source, with another
    conversion, or on another condition. With --file, also which values come out differently; no
    facts are brought.
    """
    from exchange_node.node import drafting

    bench = drafting(console.folder)
    contrasts = bench.compare(one, other)
    outcomes = bench.compare_on(one, other, read_input(sample, DOCUMENT_BYTES)) if sample else ()
    if as_json:
        told: dict[str, object] = {"profiles": [row.as_dict() for row in contrasts]}
        if sample:
            told["values"] = [row.as_dict() for row in outcomes]
        print_json(told)
        return
    click.echo(f"A: {one}\nB: {other}\n")
    for row in contrasts:
        click.echo(f"{row.target}: {row.what}")
        _say_sides((row.one, row.rule), (row.other, row.other_rule))
    kinds = Counter(row.what for row in contrasts)
    said = ", ".join(f"{count} {what}" for what, count in kinds.items())
    click.echo(said or "They map alike.")
    if sample:
        click.echo(f"\nvalues of {sample}:")
        for value in outcomes:
            click.echo(value.pointer)
            _say_sides((value.one, value.rule), (value.other, value.other_rule))
        click.echo(f"{len(outcomes)} value(s) come out differently")


@profile_command.command("test")
@click.argument("names", nargs=-1)
@click.option(
    "--update", is_flag=True, help="Write what comes out as what is expected from now on."
)
@click.option(
    "--from",
    "country",
    default="",
    help="Who submits an example that does not say so yet (ISO 3166).",
)
@click.pass_obj
def test_command(console: Console, names: tuple[str, ...], country: str, *, update: bool) -> None:
    """Map the examples beside the profiles NAMES again; without NAMES, those of all profiles.

    An example is a declaration in national/examples/NAME/. Beside it lie its facts
    (.facts.toml), the WCO document that it becomes (.wco.xml) and what else is said of it
    (.expected.toml). Every difference is shown at its place.

    Exits 1 when something differs; with --update, the expectation is written anew and what
    changed is said.
    """
    from exchange_node.config.examples import (
        profiles_with_examples,
        try_examples,
        write_expectation,
    )

    failed = passed = 0
    for one in try_examples(console.folder, names, sender=country):
        if one.trial.has_passed:
            passed += 1
            click.echo(f"passed   {one.title}: {_figures(one)}")
            continue
        if update:
            write_expectation(one)
            click.echo(f"written  {one.title}: {_figures(one)}")
        else:
            failed += 1
            click.echo(f"FAILED   {one.title}")
        _say_differences(one)
    without = [
        name
        for name, examples in profiles_with_examples(console.folder).items()
        if not examples and (not names or name in names)
    ]
    for name in without:
        click.echo(f"missing  {name} has no example")
    if not update:
        click.echo(f"{passed} example(s) as expected, {failed} not", err=True)
    if failed or (names and without):
        raise SystemExit(1)


@profile_command.command("coverage")
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.pass_obj
def coverage_command(console: Console, path: Path) -> None:
    """Say of the file at PATH, or of each below it, which profile reads it and what is covered.

    A value is covered when it is mapped or left out on purpose. Facts are not brought, so what
    only they can fill is counted among the errors.
    """
    from exchange_node.config.examples import coverage_of

    for one in coverage_of(console.folder, path):
        told = f"{one.profile}\t{one.coverage:.1%}\t{one.leaves}\t{one.errors}"
        name = one.path.name if path.is_file() else one.path.relative_to(path).as_posix()
        click.echo(f"{name}\t{told}" if not one.error else f"{name}\t{one.error}")


def _say_sides(one: tuple[str, str], other: tuple[str, str]) -> None:
    for name, (said, rule) in (("A", one), ("B", other)):
        if rule:
            click.echo(f"  {name}  {said or '(nothing)'}  [{rule}]")


def _figures(one: Tried) -> str:
    found = one.trial.found
    if found.error:
        return f"refused, {found.error}"
    errors = sum(said.startswith("error ") for said in found.findings)
    return (
        f"{found.coverage:.1%} of {one.trial.leaves} values, {errors} error(s), "
        f"{len(found.findings) - errors} warning(s)"
    )


def _say_differences(one: Tried) -> None:
    if one.trial.is_new:
        click.echo("    nothing was expected of it yet")
        return
    for difference in one.differences[:SHOWN]:
        click.echo(f"    {difference}")
    if len(one.differences) > SHOWN:
        click.echo(f"    and {len(one.differences) - SHOWN} more")
