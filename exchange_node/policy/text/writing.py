"""Agreement → TOML text: what it says, key by key as declared; for a person, with what each means.

Plain, what is at its default is left out. With comments, every key that there is stands in the
text: what holds as it is, what was left out as a comment with an example.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.agreement.keys import Declared, Kind, keys_of

Say = Callable[[str], str]
"""What a message id is in the reader's language."""


def write_agreement(agreement: Agreement, *, header: str = "", say: Say | None = None) -> str:
    """Return the text of an agreement; reading it returns the same agreement.

    Args:
        header: comment lines to stand first.
        say: the reader's language, for comments on every key; without it there are none.
    """
    writer = _Writer(say)
    lines = [*writer.table(agreement, "")]
    return header + "\n".join(lines).strip() + "\n"


class _Writer:
    """Writes tables; what a key means is said where it first stands."""

    def __init__(self, say: Say | None) -> None:
        self._say = say
        self._said: set[tuple[str, str]] = set()

    def table(self, value: object, heading: str) -> Iterator[str]:
        """Yield the lines below a heading: what stands in it, then what has one of its own."""
        keys = keys_of(type(value))
        for one in keys:
            if not one.kind.is_nested:
                yield from self._line(one, one.of(value), heading)
        for one in keys:
            if one.kind.is_nested:
                yield from self._nested(one, one.of(value), heading)

    def _line(self, one: Declared, found: object, heading: str) -> Iterator[str]:
        is_left_out = not one.is_required and found == one.default
        if is_left_out and self._say is None:
            return
        yield from self._meaning(one, heading)
        if not is_left_out:
            yield f"{one.name} = {_value(found)}"
        elif self._say is not None:
            shown = _example(one) if found in (None, "", ()) else _value(found)
            yield from (f"# {line}" for line in f"{one.name} = {shown}".split("\n"))

    def _nested(self, one: Declared, found: object, heading: str) -> Iterator[str]:
        at = f"{heading}.{one.name}" if heading else one.name
        head = f"[[{at}]]" if one.kind is Kind.TABLES else f"[{at}]"
        entries = found if isinstance(found, tuple) else () if found is None else (found,)
        if entries == () or (not one.is_required and found == one.default):
            yield from self._left_out(one, at, head)
            return
        for entry in entries:
            yield ""
            yield from self._meaning(one, heading)
            yield head
            yield from self.table(entry, at)

    def _left_out(self, one: Declared, at: str, head: str) -> Iterator[str]:
        """Yield a table that the text does not have, as comments."""
        if self._say is None or (at, "") in self._said:
            return
        self._said.add((at, ""))
        yield ""
        yield from self._meaning(one, "")
        yield f"# {head}"
        for inner in keys_of(one.table or object):
            if inner.table is None:
                yield f"# {inner.name} = {_example(inner)}  # {self._phrase(inner)}"
        for inner in keys_of(one.table or object):
            if inner.table is not None:
                below = f"{at}.{inner.name}"
                is_list = inner.kind is Kind.TABLES
                yield from self._left_out(inner, below, f"[[{below}]]" if is_list else f"[{below}]")

    def _meaning(self, one: Declared, heading: str) -> Iterator[str]:
        if self._say is None or (heading, one.name) in self._said:
            return
        self._said.add((heading, one.name))
        yield f"# {self._phrase(one)}"

    def _phrase(self, one: Declared) -> str:
        say = self._say or str
        phrase = say(one.key.meaning)
        if one.words is not None:
            choices = (f"{word.value} ({say(word.said)})" for word in one.words)
            phrase += ": " + "; ".join(choices)
        return phrase


def _value(found: object) -> str:
    match found:
        case bool():
            return "true" if found else "false"
        case date():
            return found.isoformat()
        case tuple():
            entries = [_text(str(entry)) for entry in found]
            if not entries:
                return "[]"
            return "[" + "".join(f"\n  {entry}," for entry in entries) + "\n]"
        case str():
            return _text(str(found))
        case _:
            return str(found)


def _example(one: Declared) -> str:
    """Return a value as it might stand under a key."""
    match one.kind:
        case Kind.TRUTH:
            return "true"
        case Kind.DAY:
            return "2026-01-31"
        case Kind.WHOLE:
            return str(max(one.key.low, 1))
        case Kind.TEXTS | Kind.CHOICES:
            return f"[{_example_text(one)}]"
        case _:
            return _example_text(one)


def _example_text(one: Declared) -> str:
    if one.words is not None:
        return _text(next(iter(one.words)).value)
    if one.key.known:
        return _text(one.key.known[0])
    return _text(one.key.shape.example if one.key.shape is not None else "…")


def _text(value: str) -> str:
    # A JSON string is a TOML basic string; what TOML does not take, reading back refuses.
    return json.dumps(value, ensure_ascii=False)
