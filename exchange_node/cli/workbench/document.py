"""`map` and `validate`: look at documents without sending anything; no node is needed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exchange_node.cli.console import Console, print_json, read_input, write_output
from exchange_node.cli.workbench import DOCUMENT_BYTES, mapping_options
from exchange_node.cli.workbench.explaining import say_trace

if TYPE_CHECKING:
    from exchange_node.domain.finding import Finding
    from exchange_node.node import Workbench


@click.command("map")
@click.argument("file", type=str)
@mapping_options
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the WCO document goes.",
)
@click.option("--json", "as_json", is_flag=True, help="Print report, trace and findings as JSON.")
@click.option(
    "--explain", "explained", is_flag=True, help="Say of each value where it comes from: a table."
)
@click.pass_obj
def map_command(
    console: Console,
    file: str,
    format_name: str,
    facts_file: str,
    country: str,
    output: Path | None,
    as_json: bool,
    *,
    explained: bool,
) -> None:
    """Map a national declaration FILE ("-" reads standard input) onto the WCO Data Model.

    Writes WCO XML and a report of what was mapped, defaulted, cut, translated, dropped and missing:
    the XML to standard output (or, with --explain, a table of what made each of its values and what
    became of every other leaf), report and findings to standard error.

    Exits 1 when the document has errors.
    """
    from exchange_node.node import workbench

    bench = workbench(console.folder)
    mapped = bench.map(
        read_input(file, DOCUMENT_BYTES),
        format_name=format_name,
        facts=read_input(facts_file, DOCUMENT_BYTES).decode("utf-8", "replace")
        if facts_file
        else "",
        country=country,
    )
    if output is not None:
        write_output(output, mapped.document)
    if as_json:
        print_json(
            {
                "format": mapped.format_name,
                "report": mapped.report.as_dict(),
                "findings": _layered(console, bench, mapped.findings),
                "document": mapped.document.decode() if output is None else str(output),
            }
        )
    else:
        if explained:
            say_trace(bench.trace(mapped))
        elif output is None:
            click.echo(mapped.document.decode())
        _say_report(mapped.report.counts, mapped.report.coverage, mapped.format_name)
        for title, found in bench.by_layer(mapped.findings).items():
            click.echo(title, err=True)
            console.findings(found, err=True)
    if any(one.is_error for one in mapped.findings):
        raise SystemExit(1)


@click.command("validate")
@click.argument("file", type=str)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_obj
def validate_command(console: Console, file: str, as_json: bool) -> None:
    """Check a WCO document FILE ("-" reads standard input): schema, code lists, rules.

    Prints every finding by its layer, errors first, with its rule, place, WCO ids, value, sentence
    and what to do. Exits 1 when there are errors.
    """
    from exchange_node.node import workbench

    bench = workbench(console.folder)
    findings = bench.validate(read_input(file, DOCUMENT_BYTES))
    if as_json:
        print_json(_layered(console, bench, findings))
    else:
        for title, found in bench.by_layer(findings).items():
            click.echo(title)
            console.findings(found, wco_pointer=bench.wco_pointer)
        errors = sum(one.is_error for one in findings)
        click.echo(f"{errors} error(s), {len(findings) - errors} warning(s)", err=True)
    if any(one.is_error for one in findings):
        raise SystemExit(1)


def _layered(
    console: Console, bench: Workbench, findings: tuple[Finding, ...]
) -> list[dict[str, object]]:
    return [
        plain | {"layer": bench.layer_of(one), "wco_pointer": bench.wco_pointer(one.pointer)}
        for one, plain in zip(findings, console.as_json(findings), strict=True)
    ]


def _say_report(counts: Mapping[str, int], coverage: float, format_name: str) -> None:
    click.echo(f"format: {format_name}", err=True)
    for name, number in counts.items():
        click.echo(f"{name.replace('_', ' ')}: {number}", err=True)
    click.echo(f"coverage: {round(coverage, 4)}", err=True)
