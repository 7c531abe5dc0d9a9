"""The keys of an agreement's text, as they are declared → the tables of docs/agreements.md."""

from __future__ import annotations

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.agreement.keys import Declared, Key, Kind, walk
from tools.doc_text import table

_NAMES = {
    Kind.TEXT: "text",
    Kind.CHOICE: "one of",
    Kind.WHOLE: "whole number",
    Kind.TRUTH: "`true` or `false`",
    Kind.DAY: "date",
    Kind.TEXTS: "list of texts",
    Kind.CHOICES: "list of",
    Kind.TABLE: "table",
    Kind.TABLES: "tables",
}


def keys() -> str:
    """Return the table of every key: its place, what it says, what stands there, what acts."""
    return table(
        ("key", "what it says", "what stands there", "left out", "acts"),
        (
            (
                f"`{place}`",
                one.key.meaning,
                _value(one),
                _left_out(one),
                _acts(one.key),
            )
            for place, one in walk(Agreement)
        ),
    )


def _acts(key: Key) -> str:
    if key.acts:
        return "yes"
    if key.limiting:
        return f"limits: {', '.join(f'`{one}`' for one in key.limiting)}"
    return "limits" if key.limits else ""


def _value(one: Declared) -> str:
    said = _NAMES[one.kind]
    if one.words is not None:
        said += " " + ", ".join(f"`{word.value}`" for word in one.words)
    if one.key.known:
        said += ": " + ", ".join(f"`{known}`" for known in one.key.known)
    if one.kind is Kind.WHOLE:
        said += f", {one.key.low} to {one.key.high}"
    if one.key.shape is not None:
        said += f", as `{one.key.shape.example}`"
    if one.kind.is_list:
        least = f"{one.key.least} to " if one.key.least else "at most "
        said += f" ({least}{one.key.most})" if one.key.least != one.key.most else " (two)"
    return said


def _left_out(one: Declared) -> str:
    if one.is_required:
        return "refused"
    if one.kind.is_nested or one.default in (None, "", ()):
        return ""
    if isinstance(one.default, bool):
        return f"`{str(one.default).lower()}`"
    listed = one.default if isinstance(one.default, tuple) else (one.default,)
    return ", ".join(f"`{each}`" for each in listed)
