"""`quality`: how often documents are accepted, and what stops them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import click

from exchange_node.cli.console import LIMIT, Console, print_json, print_table
from exchange_node.domain.finding import Finding

DAY = click.DateTime(formats=["%Y-%m-%d"])
TITLES = {"out": "Handed in here", "in": "Received from partners"}
OUTCOMES = {
    "accepted": "accepted",
    "remarked": "with remarks",
    "refused": "refused here",
    "rejected": "refused there",
    "open": "open",
}
FOUND = {
    "refused": "refused here",
    "rejected": "refused there",
    "missing": "missing",
    "wrong": "wrong",
    "warned": "warned",
    "noted": "noted there",
    "defaulted": "defaulted",
    "filled": "from facts",
    "cut": "cut",
}
"""Column by the name that it has in JSON."""


@click.command("quality")
@click.option("--office", default="", help="Only this customs office; - is none.")
@click.option("--partner", default="", help="Only this party id.")
@click.option("--format", "format_name", default="", help="Only this profile, or message code.")
@click.option("--field", default="", help="Only this WCO path, end of a path, or chain of WCO ids.")
@click.option("--since", type=DAY, default=None, help="First day, UTC (default: 30 days in all).")
@click.option("--until", type=DAY, default=None, help="Last day, UTC (default: today).")
@click.option(
    "--direction",
    type=click.Choice(["in", "out"]),
    default=None,
    help="Only what was handed in here (out), or what partners sent (in).",
)
@click.option(
    "--by",
    type=click.Choice(["office", "partner", "field", "format", "day"]),
    default="office",
    show_default=True,
    help="What the rows are.",
)
@click.option("--limit", type=LIMIT, default=50, show_default=True, help="At most so many rows.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_obj
def quality_command(
    console: Console,
    office: str,
    partner: str,
    format_name: str,
    field: str,
    since: datetime | None,
    until: datetime | None,
    direction: str | None,
    by: str,
    limit: int,
    as_json: bool,
) -> None:
    """Show how often documents are accepted, and which fields and rules stop them, worst first.

    Shares are of documents, in the days when they were handed in or came (docs/quality.md).
    """
    with console.node() as node:
        found = node.quality.figures(
            console.actor,
            direction=direction or "",
            office=office,
            partner=partner,
            format_name=format_name,
            field=field,
            since=_day(since),
            until=_day(until),
            by=by,
            limit=limit,
        )
    if as_json:
        print_json(found)
        return
    for number, part in enumerate(found["parts"]):
        if number:
            click.echo()
        _say_part(console, found, part)


def _say_part(console: Console, found: Mapping[str, Any], part: Mapping[str, Any]) -> None:
    by = found["by"]
    click.echo(f"{TITLES[part['direction']]}, {found['since']} to {found['until']}, by {by}")
    if not part["total"]["documents"]:
        click.echo("    nothing was counted in these days")
        return
    is_field = by == "field" or bool(found["field"])
    columns = FOUND if is_field else {**OUTCOMES, **FOUND}
    rows = [_row(by, one, columns) for one in part["rows"]]
    if not is_field:
        rows.append(_row(by, {by: "all", **part["total"]}, columns))
    if rows:
        print_table([_without(one, _empty(rows)) for one in rows])
    else:
        click.echo("    nothing was found there")
    if part["more"]:
        click.echo(f"    {part['more']} more; --limit shows them")
    if by == "field":
        _say_rules(console, part["rows"])
    elif part["stops"]:
        click.echo("What stops most:")
        _say_rules(console, part["stops"])
        click.echo("    More with --by field, and --office, --partner or --format.")


def _row(by: str, one: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, str]:
    told = {by: one[by] or "?", "documents": str(one["documents"])}
    first = one.get("first_time")
    if first is not None:
        told["first time"] = (
            f"{_percent(first['share'])} of {first['decided']}" if first["decided"] else "-"
        )
    for name, title in columns.items():
        if name in one:
            count, share = one[name], one["shares"].get(name)
            told[title] = f"{count} ({_percent(share)})" if count and share else str(count)
    return told


def _empty(rows: list[dict[str, str]]) -> set[str]:
    """Return the columns that say nothing in any row; outcomes are always said."""
    always = {FOUND["refused"], FOUND["rejected"], OUTCOMES["accepted"]}
    return {name for name in rows[0] if all(row[name] == "0" for row in rows)} - always


def _without(row: dict[str, str], names: set[str]) -> dict[str, str]:
    return {name: text for name, text in row.items() if name not in names}


def _say_rules(console: Console, rows: list[Mapping[str, Any]]) -> None:
    """Say of each field which rules were met there, and how to mend it."""
    for one in rows:
        for rule in one["rules"]:
            click.echo(
                f"    {one['field']}: {rule['rule']} in {rule['documents']} ({FOUND[rule['what']]})"
            )
            if "sentence" in rule:
                said = console.wording.finding(Finding.from_dict(rule))
                for line in (said.sentence, said.mend):
                    click.echo(f"        {line}")
        if any("sources" not in rule.get("facts", {}) for rule in one["rules"]):
            for name, sources in one["filled_from"].items():
                click.echo(f"        {name} fills it from {', '.join(sources) or 'nothing'}")


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None


def _percent(share: float) -> str:
    return f"{share:.0%}" if share in {0, 1} or share >= 0.1 else f"{share:.1%}"
