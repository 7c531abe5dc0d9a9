"""`profile`: try the golden examples of national profiles, and say how much they cover."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from exchange_node.cli.console import Console
    from exchange_node.config.examples import Tried

SHOWN = 40
"""How many differences of one example are said; the rest is counted."""


@click.group("profile")
def profile_command() -> None:
    """National profiles: try their examples, look what they cover."""


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
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.pass_obj
def coverage_command(console: Console, folder: Path) -> None:
    """Say for every file below FOLDER which profile recognises it and how much of it is covered.

    A value is covered when it is mapped or left out on purpose. Facts are not brought, so what
    only they can fill is counted among the errors.
    """
    from exchange_node.config.examples import coverage_of

    for one in coverage_of(console.folder, folder):
        told = f"{one.profile}\t{one.coverage:.1%}\t{one.leaves}\t{one.errors}"
        name = one.path.relative_to(folder).as_posix()
        click.echo(f"{name}\t{told}" if not one.error else f"{name}\t{one.error}")


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
