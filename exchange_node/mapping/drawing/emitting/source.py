"""Lines of a function → the function, with everything that it is bound to.

The text is put together from our own lines and the names `c0`, `c1`, …; no value is ever written
into it. The same text is compiled once, however many functions are made with it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from zlib import crc32

MOST_TEXTS = 1_024
"""Texts that are kept compiled (our choice: the shipped profiles need about a hundred)."""


class Source:
    """The text of one function while it is written.

    Every line is added at a depth; `bind` returns the name under which a value can be used.
    """

    __slots__ = ("_bound", "_lines")

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._bound: list[object] = []

    def bind(self, value: object) -> str:
        """Return a name for a value that the function uses."""
        self._bound.append(value)
        return f"c{len(self._bound) - 1}"

    def add(self, depth: int, *lines: str) -> None:
        """Add lines of the function's body, at a depth below it."""
        self._lines += [f"{'    ' * (depth + 2)}{line}" for line in lines]

    def made(self) -> Callable[..., Any]:
        """Return the function: node, draft and frame → whether something of its own was found."""
        names = ", ".join([f"c{number}" for number in range(len(self._bound))])
        head = (f"def make({names}):", "    def emit(node, draft, here):")
        make = _making("\n".join((*head, *self._lines, "    return emit")))
        function: Callable[..., Any] = make(*self._bound)
        return function


@lru_cache(maxsize=MOST_TEXTS)
def _making(text: str) -> Callable[..., Callable[..., Any]]:
    """Return what binds a function of this text."""
    names: dict[str, Any] = {}
    called = f"<line of a plan, {crc32(text.encode()):08x}>"
    # The text has no value in it: `Source` knows names of its own and nothing else.
    exec(compile(text, called, "exec"), names)  # noqa: S102
    made: Callable[..., Callable[..., Any]] = names["make"]
    return made
