"""What is shown of an agreement → text for a terminal or a letter."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from exchange_node.policy.showing.outline import Line, Part

WIDTH = 100
_STEP = "  "
_SHORT = 60
"""Characters of a list that is said on one line."""


def as_text(whole: Part) -> str:
    """Return a whole as text, no line of it longer than it must be."""
    return (
        "\n".join([whole.title, "=" * min(len(whole.title), WIDTH), "", *_inside(whole, 0)]) + "\n"
    )


def _inside(part: Part, depth: int) -> Iterator[str]:
    for line in part.lines:
        yield from _line(line, _STEP * depth)
    for below in part.parts:
        yield ""
        yield f"{_STEP * depth}{below.title}"
        yield from _inside(below, depth + 1)


def _line(line: Line, indent: str) -> Iterator[str]:
    if not line.label:
        yield from _wrapped(" ".join(line.values), indent, indent)
        return
    together = ", ".join(line.values)
    if len(line.values) == 1 or (len(together) <= _SHORT and ": " not in together):
        yield from _wrapped(f"{line.label}: {together}", indent, indent + _STEP)
        return
    yield f"{indent}{line.label}:"
    for value in line.values:
        yield from _wrapped(f"- {value}", indent + _STEP, indent + _STEP * 2)


def _wrapped(text: str, first: str, others: str) -> list[str]:
    return textwrap.wrap(
        text,
        width=WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )
