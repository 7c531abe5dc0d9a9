"""Generated pages and tables: errors, rules, transmission, messages, commands, routes, settings."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Any, cast
from unittest.mock import Mock

import click

from exchange_node.cli import cli
from exchange_node.config.settings import _File
from exchange_node.domain import message, transmission
from exchange_node.domain.errors import NodeError
from exchange_node.node import Node
from exchange_node.policy.verdict import ALLOWED, Code
from exchange_node.risk.decision import NO_HIT, NO_HIT_REASON, TABLE
from exchange_node.web.api import api_application
from tools import catalogue

PROGRAM = "exchange-node"
GENERATED = "<!-- Written by `make docs` from the program; edits here are overwritten. -->\n"
WIDTH = 88

ROOMS = {
    "wco": "WCO documents",
    "mapping": "National declarations",
    "policy": "Agreements",
    "security": "Certificates",
    "services": "Sending and filing",
    "node": "A node's folder (`exchange-node check`)",
}
"""What the rules of a room are about, in the order of the page."""


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    names = list(head)
    lines = [names, ["---"] * len(names), *(list(row) for row in rows)]
    return "".join("| " + " | ".join(map(_cell, line)) + " |\n" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _first(doc: str | None) -> str:
    return inspect.cleandoc(doc or "").partition("\n\n")[0].replace("\n", " ")


def errors() -> str:
    """Return docs/errors.md: every error by its family."""
    families: dict[type[NodeError], list[type[NodeError]]] = {}
    for leaf in catalogue.leaves():
        parent = leaf.__mro__[1]
        families.setdefault(leaf if parent is NodeError else parent, []).append(leaf)
    parts = [
        "# Errors\n",
        GENERATED,
        "Every error has a code that stays, a sentence and a way to mend it. Names in braces are"
        " facts that are filled in. A partner is told the ebMS code, and the sentence only once it"
        " is authenticated. *Again* marks what may succeed later without anybody doing anything.\n",
    ]
    for family in sorted(families, key=lambda one: one.__name__):
        leaves = families[family]
        parts.append(f"## {_first(family.__doc__).rstrip('.')}\n")
        if leaves != [family]:
            parts.append(
                f"`{family.__name__}`; what fits none of these has the code `{family.code}`"
                f" (`{family.ebms_code}`).\n"
            )
        parts.append(
            table(
                ("code", "ebMS", "what is said", "what to do", "again"),
                (
                    (
                        f"`{one.code}`",
                        f"`{one.ebms_code}`",
                        one.sentence,
                        one.mend,
                        "yes" if one.retryable else "",
                    )
                    for one in leaves
                ),
            )
        )
    return "\n".join(parts)


def rules() -> str:
    """Return docs/rules.md: every numbered rule, gate check and channel line."""
    places = catalogue.rules()
    unknown = {one.room for one in places} - set(ROOMS)
    if unknown:
        raise ValueError(f"say in doc_pages.ROOMS what the rules of {sorted(unknown)} are about")
    parts = [
        "# Rules\n",
        GENERATED,
        "An error stops a document, a node or an agreement; a warning travels with it. Names in"
        " braces are filled in for each finding; `pointer` is its place, `value` what stood there.\n",
    ]
    for room, title in ROOMS.items():
        rows = [
            (f"`{one.rule.code}`", one.rule.severity.value, one.rule.sentence, one.rule.mend)
            for one in places
            if one.room == room
        ]
        if rows:
            parts += [f"## {title}\n", table(("rule", "severity", "finding", "what to do"), rows)]
    parts += [
        "## Gates\n",
        "Asked in this order; the first no decides. [agreements.md](agreements.md) says which gate"
        " asks what.\n",
        table(
            ("code", "what is asked", "what is said when the answer is no"),
            (
                *((f"`{code}`", check.question, check.denial) for code, check in catalogue.checks()),
                (f"`{Code.ALLOW}`", "", f"(permitted) {ALLOWED}"),
            ),
        ),
        "## Channels\n",
        "The strongest line decides; [alerts.md](alerts.md) says what a hit rests on.\n",
        table(
            ("rule", "a hit by", "severity", "channel", "reason"),
            (
                *(
                    (
                        f"`{one.rule}`",
                        one.ground.value,
                        ", ".join(map(str, one.severities)),
                        one.channel.value,
                        one.reason,
                    )
                    for one in TABLE
                ),
                (f"`{NO_HIT}`", "nothing", "", "green", NO_HIT_REASON),
            ),
        ),
    ]
    return "\n".join(parts)


def transmissions() -> str:
    """Return docs/transmission.md: the state diagram of `MOVES`, and its states and events."""
    moves = [
        (before.value, event.__name__, after.value)
        for (before, event), after in transmission.MOVES.items()
    ]
    names = {state: state.value.replace("-", "_") for state in transmission.State}
    arrows: dict[tuple[str, str], list[str]] = {}
    for (before, event), after in transmission.MOVES.items():
        arrows.setdefault((names[before], names[after]), []).append(event.__name__)
    final = [names[one] for one in transmission.State if one in transmission.FINAL]
    diagram = [
        "stateDiagram-v2",
        *(f'    state "{state.value}" as {name}' for state, name in names.items()),
        f"    [*] --> {names[transmission.State.QUEUED]}",
        *(f"    {a} --> {b}: {', '.join(sorted(events))}" for (a, b), events in arrows.items()),
        *(f"    {name} --> [*]" for name in final),
    ]
    events = sorted({event for _, event in transmission.MOVES}, key=lambda one: one.__name__)
    return "\n".join(
        [
            "# Transmission\n",
            GENERATED,
            "How far one message has come on its way to one partner. A try sends the same bytes"
            " under the same MessageId; a receipt wins over every timer, whenever it comes. What is"
            " final is not sent again, but a late receipt is still recorded.\n",
            "```mermaid",
            *diagram,
            "```\n",
            "## Events\n",
            table(
                ("event", "what has happened"),
                ((f"`{one.__name__}`", _first(one.__doc__)) for one in events),
            ),
            "## Moves\n",
            table(
                ("in state", "on event", "to state"),
                ((f"`{a}`", f"`{event}`", f"`{b}`") for a, event, b in sorted(moves)),
            ),
            "An event that a state does not list is a defect of the program"
            " (`domain.illegal-transition`).\n",
        ]
    )


def codes() -> str:
    """Return the table of message codes."""
    return table(
        ("code (`Action`)", "what", "`Service`", "root", "TypeCode", "FunctionCode", "answered"),
        (
            (
                f"`{one.code}`",
                one.name,
                f"`{one.service}`",
                f"`{one.root}`",
                one.type_code or "the document's own",
                one.function,
                f"by `{message.BUSINESS_ANSWER}`" if one.is_answered else "never",
            )
            for one in message.CODES.values()
        ),
    )


def commands() -> Iterator[tuple[str, click.Command, click.Context]]:
    """Yield every command with its full name, groups before their members, in order of names."""
    top = click.Context(cli, info_name=PROGRAM, terminal_width=WIDTH, max_content_width=WIDTH)
    yield PROGRAM, cli, top
    yield from _members(cli, PROGRAM, top)


def _members(
    group: click.Group, name: str, parent: click.Context
) -> Iterator[tuple[str, click.Command, click.Context]]:
    for each in sorted(group.list_commands(parent)):
        command = group.get_command(parent, each)
        assert command is not None  # noqa: S101 - the group has just listed it
        context = click.Context(command, parent=parent, info_name=each)
        yield f"{name} {each}", command, context
        if isinstance(command, click.Group):
            yield from _members(command, f"{name} {each}", context)


def command_table() -> str:
    """Return the table of commands, a group with its members in one row."""
    rows = []
    for name, command, context in commands():
        if context.parent is None or context.parent.parent is not None:
            continue
        row = f"`{name}`"
        if isinstance(command, click.Group):
            row += " " + ", ".join(f"`{one}`" for one in sorted(command.list_commands(context)))
        rows.append((row, _first(command.help)))
    return table(("command", "what it does"), rows)


def command_page() -> str:
    """Return docs/cli.md: the help of every command."""
    parts = ["# Commands\n", GENERATED]
    for name, command, context in commands():
        level = "##" if len(name.split()) <= 2 else "###"
        parts.append(f"{level} {name}\n\n```text\n{command.get_help(context).strip()}\n```\n")
    return "\n".join(parts)


def description() -> dict[str, Any]:
    """Return the API's own description (OpenAPI)."""
    # The routes are asked for what they take, never called: no node stands behind them.
    return api_application(cast("Node", Mock())).openapi()


def routes() -> str:
    """Return the table of the API's routes."""
    rows = [
        (f"`{method.upper()} {path}`", str(one.get("description", "")))
        for path, methods in description()["paths"].items()
        for method, one in methods.items()
    ]
    return table(("request", "what it does"), rows)


def settings() -> str:
    """Return the table of settings: key, default, what it may be."""
    schema = _File.model_json_schema()
    rows = []
    for section, where in schema["properties"].items():
        for key, one in schema["$defs"][_reference(where)]["properties"].items():
            default = one.get("default", "(has to be set)")
            shown = f"`{default}`" if default != "" else "empty"
            rows.append((f"`{section}.{key}`", shown, bounds(one) or str(one["type"])))
    return table(("setting", "default", "may be"), rows)


def _reference(schema: dict[str, Any]) -> str:
    found = schema.get("$ref") or schema["allOf"][0]["$ref"]
    return str(found).rpartition("/")[2]


def bounds(schema: dict[str, Any]) -> str:
    """Return the bounds that a JSON schema sets on one value, in words."""
    said = []
    for key, words in (
        ("minLength", "at least {} character(s)"),
        ("maxLength", "at most {} characters"),
        ("minItems", "at least {} entry"),
        ("maxItems", "at most {} entries"),
        ("minimum", "at least {}"),
        ("exclusiveMinimum", "more than {}"),
        ("maximum", "at most {}"),
        ("pattern", "`{}`"),
        ("enum", "one of {}"),
    ):
        if key in schema:
            value = schema[key]
            if isinstance(value, list):
                value = ", ".join(f"`{one}`" if one else "nothing" for one in value)
            said.append(words.format(value))
    return ", ".join(said)
