"""`explain`, and the table of `map --explain`: what made a value, and what became of a leaf."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import click

from exchange_node.cli.console import Console, print_json, read_input
from exchange_node.cli.workbench import DOCUMENT_BYTES, mapping_options

WIDTHS = (64, 32, 44, 6, 28)
"""Characters of a column; the last is as long as it has to be (our choice)."""

VALUES = ("element", "value", "from", "line", "rule", "how")
_STEERING = frozenset({"Cc", "Cf"})
LEAVES = ("leaf", "value", "fate", "line", "rule", "why")


@click.command("explain")
@click.argument("file", type=str)
@click.argument("pointer")
@mapping_options
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_obj
def explain_command(
    console: Console,
    file: str,
    pointer: str,
    format_name: str,
    facts_file: str,
    country: str,
    *,
    as_json: bool,
) -> None:
    """Say what made the values at POINTER of a national declaration FILE ("-": standard input).

    POINTER is a WCO pointer (Declaration/Consignment[1]/Carrier/Name), a chain of WCO ids
    (42A/28A/29A/23A/137), or a source path: then it says what became of the leaves there. Positions
    may be left out, and a class stands for everything in it. Exits 1 when nothing stands there, and
    names what is near.
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
    found = bench.explain(mapped, pointer)
    if as_json:
        print_json(found)
        return
    for one in found["values"]:
        _value(one)
    for one in found["missing"]:
        _say(f"{one['pointer']} ({one['wco_ids']}): missing")
        _say(f"  filled from: {one['sources'] or 'no line of the profile'}")
    for one in found["leaves"]:
        _leaf(one)


def say_trace(trace: dict[str, list[dict[str, Any]]]) -> None:
    """Print a table of every value, and one of every leaf that carries none."""
    click.echo(_table(VALUES, map(_row, trace["values"])))
    if trace["leaves"]:
        rows = (
            (
                one.get("source") or ".",
                one.get("value", ""),
                one["fate"].replace("_", " "),
                str(one.get("source_line") or ""),
                one.get("rule", ""),
                one.get("note", ""),
            )
            for one in trace["leaves"]
        )
        click.echo()
        click.echo(_table(LEAVES, rows))


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    return (
        one["pointer"],
        one["value"],
        _first(row.get("source") or "." for row in one["sources"]),
        _first(str(row["source_line"]) for row in one["sources"] if row.get("source_line")),
        one["rule"],
        _how(one),
    )


def _first(texts: Iterable[str]) -> str:
    """Return the first of several, and how many there are besides."""
    every = list(dict.fromkeys(texts))
    return f"{every[0]} +{len(every) - 1}" if len(every) > 1 else "".join(every)


def _how(one: dict[str, Any]) -> str:
    """Return how a value came about, in words; nothing for one that was taken over as it is."""
    sources = one["sources"]
    suppliers = dict.fromkeys(row["supplied_by"] for row in sources if row.get("supplied_by"))
    origin = "" if one["origin"] == "source" else str(one["origin"])
    words = (
        origin,
        f"supplied by {', '.join(suppliers)}" if suppliers else "",
        f"codes of {', '.join(one['crosswalks'])}" if one["crosswalks"] else "",
        "cut" if one.get("is_cut") else "",
        "spelt anew" if one.get("is_spelt_anew") else "",
    )
    return "; ".join(word for word in words if word)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows in columns that are as wide as they need to be, and no wider than they may."""
    cells = [tuple(map(_shown, row, (*WIDTHS, 0))) for row in (head, *rows)]
    wide = [max(len(row[number]) for row in cells) for number in range(len(WIDTHS))]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, wide, strict=False)), row[-1]])
        for row in cells
    ]
    return "\n".join(line.rstrip() for line in lines)


def _shown(text: str, most: int) -> str:
    """Return a text on one line; one that is too long keeps its end, which tells places apart."""
    plain = _plain(text)
    return plain if not most or len(plain) <= most else f"…{plain[1 - most :]}"


def _say(line: str) -> None:
    """Print a line as it is indented, and plain."""
    plain = _plain(line)
    click.echo(f"{line[: len(line) - len(line.lstrip(' '))]}{plain}")


def _plain(text: str) -> str:
    """Return a text on one line, with U+FFFD for what would steer a terminal or turn its order."""
    return "".join(
        "\ufffd" if unicodedata.category(char) in _STEERING else char
        for char in " ".join(text.split())
    )


def _value(one: dict[str, Any], indent: str = "") -> None:
    _say(f"{indent}{one['pointer']} ({one['wco_ids']})")
    _say(f"{indent}  value: {one['value']}")
    _say(f"{indent}  rule: {one['rule']}")
    how = _how(one)
    if how:
        _say(f"{indent}  how: {how}")
    if one["code_list"]:
        _say(f"{indent}  code list: {one['code_list']}")
    if not indent:
        for row in one["sources"]:
            at = f"line {row['source_line']}" if row.get("source_line") else "no line"
            _say(f"  from: {row.get('source') or '.'} ({at}): {row.get('value', '')}")


def _leaf(one: dict[str, Any]) -> None:
    at = f"line {one['source_line']}" if one.get("source_line") else "no line"
    _say(f"{one.get('source') or '.'} ({at}): {one.get('value', '')}")
    why = one.get("note", "")
    _say(f"  {one['fate'].replace('_', ' ')}{f': {why}' if why else ''}")
    if one.get("rule"):
        _say(f"  rule: {one['rule']}")
    for each in one["carried_by"]:
        _value(each, "  ")
