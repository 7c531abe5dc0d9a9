"""Lines of columns of characters → how they are read: by a type at their begin, or all alike.

How such a file begins is like many others, so a draft never says it: the profile is used by name
until somebody does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from exchange_node.domain.errors import ExcessiveDeclarationError, UnfitSamplesError
from exchange_node.mapping.drafting.samples.signs import by_name_only
from exchange_node.mapping.drafting.toml import quoted

MOST_TYPES = 12
MOST_PLACES = 99_999
"""Characters of a line: a profile names places with five digits."""
_FIRST = re.compile(r"[A-Z][A-Z0-9]{0,2}(?=[ 0-9])")
_FILLED = re.compile(r"[^ ]+")


def columns_layout(lines: Sequence[str], head: list[str]) -> list[str]:
    """Return the layout of lines of columns: one begins behind a place that is always blank.

    Raises:
        UnfitSamplesError: nothing in them is alike from line to line.
        ExcessiveDeclarationError: a line is longer than a profile can name the places of.
    """
    if max(map(len, lines)) > MOST_PLACES:
        why = f"more than {MOST_PLACES} characters in a line"
        raise ExcessiveDeclarationError(notation="file of columns", why=why)
    types = {found[0] for line in lines if (found := _FIRST.match(line))}
    is_typed = (
        1 < len(types) <= MOST_TYPES
        and all(map(_FIRST.match, lines))
        and len({len(one) for one in types}) == 1
    )
    width = len(next(iter(types))) if is_typed else 0
    kinds: Mapping[str, list[str]] = {"L": list(lines)}
    if is_typed:
        kinds = {one: [line for line in lines if line.startswith(one)] for one in sorted(types)}
    read = ["[read]", 'kind = "fixed"', *head]
    opens = lines[0][:width]
    if is_typed:
        read += [f'record = "1..{width}"', f"opens = {quoted(opens)}"]
    records: list[str] = []
    for name, same in kinds.items():
        spans = list(_spans(same, width))
        if not spans:
            raise UnfitSamplesError(why="no columns can be told in their lines")
        told = ", ".join(f'F{first} = "{first}..{last or ""}"' for first, last in spans)
        called = "." if is_typed and name == opens else ("row" if not is_typed else name)
        records += ["", f"[read.records.{name}]", f"name = {quoted(called)}",
                    f"spans = {{ {told} }}"]  # fmt: skip
    if len(lines) < 2 or sum(one.count('= "') for one in records) < 2:
        raise UnfitSamplesError(why="no columns can be told in their lines")
    start = f"^{opens}[ 0-9]" if is_typed else "^"
    return [*by_name_only(start), "", *read, *records]


def _spans(lines: Sequence[str], skip: int) -> Iterator[tuple[int, int]]:
    """Yield first and last place of each column; 0 for the end of the line."""
    width = max(map(len, lines))
    filled = bytearray(width)
    for line in lines:
        for found in _FILLED.finditer(line):
            filled[found.start() : found.end()] = b"\1" * len(found[0])
    start = None
    for n in range(skip, width):
        if start is None and filled[n]:
            start = n
        elif start is not None and not filled[n] and (n + 1 >= width or filled[n + 1]):
            yield start + 1, n
            start = None
    if start is not None:
        yield start + 1, 0
