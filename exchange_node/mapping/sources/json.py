"""JSON → the tree of a declaration: keys are names, a list repeats its key, `null` is no value.

A reader of our own, for three things that the standard library's does not tell: the line of every
value, the place of a key that stands twice, and what could be read of a file that breaks off.
Numbers stay as they are written (RFC 8259).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from exchange_node.domain.errors import ExcessiveDeclarationError, UnreadableDeclarationError
from exchange_node.domain.finding import Finding
from exchange_node.mapping.findings import BROKEN, NO_TEXT, SAID_TWICE
from exchange_node.mapping.profile.recognition import Detection, Kind
from exchange_node.mapping.sources.decoding import Text, cleared, is_text
from exchange_node.mapping.sources.planting import MAX_VALUES, Flaws, Planting
from exchange_node.mapping.tree import Node, Source

MAX_DEPTH = 64
_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_PLAIN = re.compile(r'"([^"\\\x00-\x1f]*)"')
_TEXT = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*+"')
_WORD = re.compile(r"[a-z]+|.?", re.DOTALL)
_WORDS = {"true": "true", "false": "false", "null": ""}


@dataclass(slots=True)
class Value:
    """A value with its line: a text, the members of an object, or the elements of a list."""

    line: int
    text: str = ""
    members: list[tuple[str, Value]] | None = None
    elements: list[Value] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Json:
    """A parsed text."""

    top: Value
    findings: tuple[Finding, ...] = ()

    def fit(self, detection: Detection) -> tuple[int, ...] | None:
        """Whether a profile is for it, and how well: the more keys it names the better."""
        if detection.kind is not Kind.JSON or not self._bodies(detection):
            return None
        return (-len(detection.keys),)

    def read(self, detection: Detection) -> Source:
        """Return the tree of the first declaration in it."""
        bodies = self._bodies(detection)
        planting = Planting(detection, line=bodies[0].line)
        if bodies[0] is self.top:
            _members(planting, planting.body, bodies[0], bodies[0])
        else:
            outer = planting.outside("document", self.top.line)
            planting.turn(to_body=False)
            _plant(planting, outer, "declaration", self.top, bodies[0])
        source = planting.source(*self.findings)
        source.bodies = len(bodies)
        return source

    def _bodies(self, detection: Detection) -> list[Value]:
        """Return the objects that are declarations of a profile."""
        found = _objects(self.top)
        for step in detection.body:
            found = [
                each
                for one in found
                for key, value in one.members or ()
                if key == step
                for each in _objects(value)
            ]
        keys = set(detection.keys)
        return [one for one in found if keys <= {key for key, _ in one.members or ()}]

    def messages(self) -> tuple[str, ...]:
        """JSON names no message type."""
        return ()

    @property
    def seen(self) -> str:
        """What it is, for those who know no profile for it."""
        first = next(iter(_objects(self.top)), None)
        if first is None:
            return "JSON without an object"
        keys = list(dict.fromkeys(key for key, _ in first.members or ()))
        return f"a JSON object with the keys {', '.join(keys[:12])[:200] or '(none)'}"


def _objects(value: Value) -> list[Value]:
    """Return an object, or those in a list."""
    return [one for one in value.elements or [value] if one.members is not None]


def _plant(planting: Planting, above: Node, name: str, value: Value, body: Value) -> None:
    if value.elements is not None:
        for one in value.elements:
            if one.elements is None:
                _plant(planting, above, name, one, body)
            else:  # a list in a list: a node for each, with its elements below
                _plant(planting, planting.node(above, name, one.line), name, one, body)
    elif value.members is not None:
        node = planting.node(above, name, value.line)
        if value is body:
            planting.body = node
            planting.turn(to_body=True)
        _members(planting, node, value, body)
        if value is body:
            planting.turn(to_body=False)
    elif value.text:
        planting.leaf(above, name, value.text, value.line)


def _members(planting: Planting, node: Node, value: Value, body: Value) -> None:
    for key, one in value.members or ():
        _plant(planting, node, key, one, body)


def read_json(text: Text) -> Json:
    """Parse a text.

    Raises:
        UnreadableDeclarationError: not one value of it can be read.
        ExcessiveDeclarationError: it nests too deep, or has more values than are let in.
    """
    reader = _Reader(text.characters)
    top = reader.top()
    if top is None or not (top.members or top.elements):
        flaw = reader.broken or (1, 1, "there is no value in it")
        raise UnreadableDeclarationError(notation="JSON", line=flaw[0], column=flaw[1], why=flaw[2])
    if reader.broken is not None:
        line, column, why = reader.broken
        reader.flaws.found(BROKEN, line=line, column=column, why=why)
    return Json(top=top, findings=(*text.findings, *reader.flaws.all()))


@dataclass(slots=True)
class _Reader:
    """Reads one text from its beginning to its end, or to where it breaks."""

    characters: str
    at: int = 0
    line: int = 1
    line_begins: int = 0
    values: int = 0
    broken: tuple[int, int, str] | None = None
    flaws: Flaws = field(default_factory=Flaws)

    def top(self) -> Value | None:
        """Read the one value of the text."""
        value = self._value(0)
        if self.broken is None and self._next():
            self._break("something stands behind the end")
        return value

    def _next(self) -> str:
        """Pass over blanks; return the character that follows, empty at the end."""
        found = _SPACE.match(self.characters, self.at)
        end = found.end() if found else self.at
        if end > self.at:
            passed = self.characters.count("\n", self.at, end)
            if passed:
                self.line += passed
                self.line_begins = self.characters.rfind("\n", 0, end) + 1
            self.at = end
        return self.characters[end : end + 1]

    def _break(self, why: str) -> None:
        if self.broken is None:
            end = self.at >= len(self.characters)
            why = f"it breaks off where {why}" if end else f"{why}"
            self.broken = self.line, self.at - self.line_begins + 1, why

    def _value(self, depth: int) -> Value | None:
        """Read one value; what was read of it until it breaks."""
        sign = self._next()
        self.values += 1
        if self.values > MAX_VALUES:
            raise ExcessiveDeclarationError(notation="JSON", why=f"more than {MAX_VALUES} values")
        if sign in "{[" and sign:
            if depth >= MAX_DEPTH:
                why = f"it nests deeper than {MAX_DEPTH}"
                raise ExcessiveDeclarationError(notation="JSON", why=why)
            self.at += 1
            return self._object(depth) if sign == "{" else self._list(depth)
        line = self.line
        if sign == '"':
            text = self._text()
            return None if text is None else Value(line, text)
        number = _NUMBER.match(self.characters, self.at) if sign in "-0123456789" else None
        if number is not None:
            self.at = number.end()
            return Value(line, number[0])
        word = _WORD.match(self.characters, self.at)
        if word is not None and word[0] in _WORDS:
            self.at = word.end()
            return Value(line, _WORDS[word[0]])
        self._break("a value is expected")
        return None

    def _object(self, depth: int) -> Value:
        members: list[tuple[str, Value]] = []
        value = Value(self.line, members=members)
        lines: dict[str, int] = {}
        for _ in self._parts("}"):
            line, column = self.line, self.at - self.line_begins + 1
            key = self._text() if self.characters[self.at : self.at + 1] == '"' else None
            if key is None or self._next() != ":":
                self._break("a key and a colon are expected")
                break
            self.at += 1
            if key in lines:
                self.flaws.found(SAID_TWICE, value=key, line=line, column=column, first=lines[key])
            lines.setdefault(key, line)
            one = self._value(depth + 1)
            if one is not None:
                members.append((key, one))
        return value

    def _list(self, depth: int) -> Value:
        elements: list[Value] = []
        value = Value(self.line, elements=elements)
        for _ in self._parts("]"):
            one = self._value(depth + 1)
            if one is not None:
                elements.append(one)
        return value

    def _parts(self, end: str) -> Iterator[None]:
        """Stop at each part of an object or a list, until its end or until it breaks."""
        if self._next() == end:
            self.at += 1
            return
        while True:
            yield
            if self.broken is not None:
                return
            sign = self._next()
            if sign not in {",", end}:
                self._break(f"a comma or {end} is expected")
                return
            self.at += 1
            if sign == end:
                return
            self._next()

    def _text(self) -> str | None:
        """Read a text in quotes."""
        plain = _PLAIN.match(self.characters, self.at)
        if plain is not None:
            self.at = plain.end()
            return plain[1]
        found = _TEXT.match(self.characters, self.at)
        if found is None:
            self._break("the quotes of a text are not closed in their line")
            return None
        try:
            text = str(json.loads(found[0]))
        except ValueError:
            self._break("a text has an escape that there is not")
            return None
        if not is_text(text):
            self.flaws.found(
                NO_TEXT, value="an escaped control character", line=self.line,
                column=self.at - self.line_begins + 1, count=1,
            )  # fmt: skip
            text = cleared(text)
        self.at = found.end()
        return text
