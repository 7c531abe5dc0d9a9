"""What the program says of itself: message codes, commands, routes, settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast
from unittest.mock import Mock

import click

from exchange_node.cli import cli
from exchange_node.config.settings.reading import _File
from exchange_node.domain import message
from exchange_node.node import Node
from exchange_node.web.api import api_application
from tools.doc_text import GENERATED, bounds, first, table

PROGRAM = "exchange-node"
WIDTH = 88

RARELY = frozenset({
    "capture", "codelist", "decision", "demo", "disposal", "hold", "key", "notice",
    "operation", "pmode", "profile", "replay", "token",
})  # fmt: skip
"""Commands that the README leaves to docs/cli.md: nobody needs them every day."""


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
    top = click.Context(
        cli,
        info_name=PROGRAM,
        terminal_width=WIDTH,
        max_content_width=WIDTH,
        **cli.context_settings,
    )
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


def everyday_table() -> str:
    """Return the table of everyday commands, for the README."""
    return command_table(leaving_out=RARELY)


def command_table(leaving_out: frozenset[str] = frozenset()) -> str:
    """Return the table of commands, a group with its members in one row."""
    rows = []
    for name, command, context in commands():
        if context.parent is None or context.parent.parent is not None:
            continue
        if context.info_name in leaving_out:
            continue
        row = f"`{name}`"
        if isinstance(command, click.Group):
            members = sorted(command.list_commands(context))
            row = f"`{name}` " + " · ".join(f"`{one}`" for one in members)
        rows.append((row, first(command.help)))
    return table(("command", "what it does"), rows)


def command_page() -> str:
    """Return docs/cli.md: the help of every command."""
    parts = ["# Commands\n", GENERATED, command_table() + "\n"]
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
