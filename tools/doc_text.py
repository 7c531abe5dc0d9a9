"""Markdown: tables, paragraphs, and bounds in words."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

GENERATED = "<!-- Written by `make docs` from the program; edits here are overwritten. -->\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    names = list(head)
    lines = [names, ["---"] * len(names), *(list(row) for row in rows)]
    return "".join("| " + " | ".join(map(_cell, line)) + " |\n" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def paragraph(text: str) -> str:
    """Return a text as one paragraph, however its lines were broken."""
    return " ".join(text.split()) + "\n"


def first(doc: str | None) -> str:
    """Return the first sentence or lines of a docstring, up to its first blank line."""
    return inspect.cleandoc(doc or "").partition("\n\n")[0].replace("\n", " ")


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
