"""`agreement explain`: the reasoning of the gates over every grant that could matter."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from exchange_node.cli.console import Console, print_json, read_input
from exchange_node.cli.workbench import DOCUMENT_BYTES

if TYPE_CHECKING:
    from exchange_node.node import Reasons


@click.command("explain")
@click.option(
    "--message",
    "file",
    type=str,
    required=True,
    help='A national declaration or a finished WCO document; "-" reads standard input.',
)
@click.option(
    "--to", "partner", required=True, help="The partner: its country (UZ) or its party id."
)
@click.option(
    "--purpose", default="TRANSIT_CONTROL", show_default=True, help="What it would be sent for."
)
@click.option(
    "--format", "format_name", default="", help="The national profile; left out, it is detected."
)
@click.option(
    "--facts", "facts_file", default="", help="TOML or JSON: what the declaration does not carry."
)
@click.option(
    "--request", default="", help="Number of the partner's open request that it would be given on."
)
@click.option(
    "--on",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="The day on which it would be sent; left out, today.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_obj
def explain_agreement(
    console: Console,
    file: str,
    partner: str,
    purpose: str,
    format_name: str,
    facts_file: str,
    request: str,
    on: datetime | None,
    *,
    as_json: bool,
) -> None:
    """Explain what the agreements say to a message: every check of every grant, and its answer.

    Names the clause, what would be withheld, and for each no what would have to change and who has
    to act. `dry-run` tells whether the whole way is open. Exits 1 when no grant permits it.
    """
    from exchange_node.node import reasoning

    facts = read_input(facts_file, DOCUMENT_BYTES) if facts_file else b""
    with console.node() as node:
        reasons = reasoning(node).explain(
            console.actor,
            read_input(file, DOCUMENT_BYTES),
            partner=f"customs.{partner.lower()}" if len(partner) == 2 else partner,
            purpose=purpose,
            format_name=format_name,
            facts=facts.decode("utf-8", "replace"),
            on=on.date() if on else None,
            request=request,
        )
    if as_json:
        print_json(reasons.as_dict(console.wording.fill))
    else:
        _say(console, reasons)
    if not reasons.is_permitted:
        raise SystemExit(1)


def _say(console: Console, reasons: Reasons) -> None:
    click.echo(f"{reasons.code} -> {reasons.partner}, {reasons.purpose}, {reasons.on}")
    for one in reasons.weighed:
        plain: dict[str, Any] = one.as_dict(console.wording.fill)
        click.echo()
        names = (plain["agreement"], f"v{plain['version']}", plain["grant"])
        click.echo(f"{' '.join(names) if plain['agreement'] else '-'}: {plain['code']}")
        click.echo(f"  {plain['clause']}")
        for check in plain["checks"]:
            _check(check)
        if "withheld" in plain:
            click.echo(f"  withheld: {len(plain['withheld'])}")
            for field in plain["withheld"]:
                click.echo(f"    {field['pointer']}{' (personal)' if field['personal'] else ''}")


def _check(check: dict[str, Any]) -> None:
    click.echo(f"  {'yes' if check['passed'] else 'NO ':3}  {check['question']}")
    if check["passed"]:
        return
    click.echo(f"       [{check['check']}] {check['answer']}")
    click.echo(f"       {check['change']}")
    click.echo(f"       -> {check['who_text']}")
