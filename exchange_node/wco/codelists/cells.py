"""One cell → what a person does not see in it: spaces, signs of control, formulas, mixed scripts.

A line without any of it, as nearly all are, is looked at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from exchange_node.domain.finding import Finding
from exchange_node.wco.codelists import faults

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# The first signs of a formula are those that spreadsheets take for one; a tab parts the cells.
_DOUBTFUL = re.compile(r"^[=+@\- \"]|\t[=+@\- \"]|  | (?:\t|$)|[^\t -~]")
_PLAIN = re.compile(r"[!-~]+")
_FORMULA = ("=", "+", "-", "@")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def cell_faults(line: str, cells: list[str], columns: list[str], pointer: str) -> Iterator[Finding]:
    """Yield what is hidden in the cells of one line."""
    if not _DOUBTFUL.search(line):
        return
    for cell, column in zip(cells, columns, strict=True):
        hidden = next((char for char in cell if unicodedata.category(char) in _HIDDEN), "")
        if hidden:
            yield faults.HIDDEN.found(
                pointer=pointer, value=cell, column=column, character=f"U+{ord(hidden):04X}"
            )
        elif cell != " ".join(cell.split()):
            yield faults.SPACES.found(pointer=pointer, value=cell, column=column)
        elif cell.startswith(_FORMULA):
            yield faults.FORMULA.found(pointer=pointer, value=cell, column=column)
        elif cell.startswith('"') and cell.endswith('"'):
            yield faults.QUOTES.found(pointer=pointer, value=cell, column=column)


def code_fault(code: str) -> str:
    """Return why a text can be no code, "" if it can.

    A Cyrillic letter that looks like a Latin one makes a code that nobody finds again: letters of
    one code are of one script.
    """
    if _PLAIN.fullmatch(code):
        return ""
    if any(char.isspace() for char in code):
        return "there is a space in it"
    scripts = {unicodedata.name(char, "?").partition(" ")[0] for char in code if char.isalpha()}
    if len(scripts) > 1:
        return f"its letters are of several scripts ({', '.join(sorted(scripts)).lower()})"
    return ""


@lru_cache(maxsize=1000)
def day_of(text: str) -> date | None:
    """Read a day as ISO 8601 writes it in full; None where it is none."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
