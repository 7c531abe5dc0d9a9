"""A source path as a profile writes it → a selection of nodes.

    path      = ["/"] step {"/" step} | "."
    step      = ".." | name {"[" test "]"}
    test      = number [".." [number]] | ["!"] path | path ["!"] "=" value {"|" value}
              | path ["!"] "~" regular expression | path (">" | ">=" | "<" | "<=") number

Names are local names; `@name` is an attribute. A path is relative to the group's node unless it
begins with a slash, which is the declaration. A test on a path asks whether it has a value there,
or one that is as it says. Nothing here knows XML: the nodes may come from any notation.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from exchange_node.mapping.profile.notation.asking import asking
from exchange_node.mapping.tree import Node

_TEST = re.compile(
    r"(?P<path>(?:[^\[\]=~<>!]|\[[^\[\]]*\])+)(?P<not>!?)(?P<how>=|~|>=|<=|>|<)(?P<value>.*)\Z",
    re.DOTALL,
)
_STEP = re.compile(r"(?P<name>\.\.|@?[^\[\]/@=|]+)(?P<tests>(?:\[[^\[\]]+\])*)\Z")
_SLASH = re.compile(r"/(?![^\[]*\])")
_PLACE = re.compile(r"(?P<first>[1-9][0-9]{0,5})(?P<range>\.\.(?P<last>[1-9][0-9]{0,5})?)?\Z")


Selects = Callable[[Node, Node], list[Node]]
"""A compiled path: node and declaration → nodes, for reading alone: they may be the tree's own."""
Picks = Callable[[Node, Node], "Node | None"]
"""A compiled path: node and declaration → the first node that carries a text."""
Holds = Callable[[Node, Node], bool]
"""A compiled condition on a node of a declaration."""


class PathError(Exception):
    """A path is not written as the language demands; never leaves the room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A condition on one node: at `path` there is a value, or one that `says` yes to."""

    path: Path
    says: Callable[[str], bool] | None = None
    negated: bool = False
    written: str = field(default="", compare=False)

    def compiled(self) -> Holds:
        """Return the function that says whether a node passes."""
        select, told, negated = self.path.selecting(), self.says, self.negated

        def has(node: Node, root: Node) -> bool:
            for one in select(node, root):
                if one.text or one.has_data():
                    return not negated
            return negated

        if told is None:
            return has
        says = told

        def asks(node: Node, root: Node) -> bool:
            for one in select(node, root):
                if one.text and says(one.text):
                    return not negated
            return negated

        return asks


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """Conditions of which one has to hold."""

    tests: tuple[Test, ...]

    def compiled(self) -> Holds:
        """Return them as one function."""
        every = tuple(one.compiled() for one in self.tests)

        def holds(node: Node, root: Node) -> bool:
            return any(one(node, root) for one in every)

        return holds


Condition = Test | AnyOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One name with its tests; `first` and `last` bound the positions that pass (0: no bound)."""

    name: str
    tests: tuple[Test, ...] = ()
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A compiled path, as written and as steps."""

    written: str
    steps: tuple[Step, ...]
    absolute: bool

    def plain(self) -> tuple[int, tuple[str, ...]] | None:
        """Return how many steps it goes up first, and the names down; None where it asks more."""
        names = [one.name for one in self.steps]
        up = next((n for n, name in enumerate(names) if name != ".."), len(names))
        if ".." in names[up:] or any(one.tests or one.first for one in self.steps):
            return None
        return up, tuple(names[up:])

    def selecting(self) -> Selects:
        """Return `select` as one function, as short as the path allows."""
        plain = self.plain()
        if plain is None or plain[0] or self.absolute or len(plain[1]) != 1:
            return self._walking()
        name = plain[1][0]

        def below(node: Node, root: Node) -> list[Node]:  # noqa: ARG001 - as every path
            return node.children.get(name) or []

        return below

    def picking(self) -> Picks:
        """Return a function that finds the first node with a text, as short as the path allows."""
        plain = self.plain()
        if plain is None or plain[0] > 1:
            select = self._walking()
            return lambda node, root: next((one for one in select(node, root) if one.text), None)
        up, names = plain
        below = _first_below(names)
        if self.absolute:
            return lambda node, root: below(root)  # noqa: ARG005 - as every path
        if up:
            return lambda node, root: (  # noqa: ARG005
                below(above) if (above := node.above) is not None else None
            )
        if len(names) == 1:
            return _first_child(names[0])
        return lambda node, root: below(node)  # noqa: ARG005

    def _walking(self) -> Selects:
        """Return `select` as one function, whose tests are functions too."""
        steps = tuple(
            (one.name, tuple(test.compiled() for test in one.tests), one.first, one.last)
            for one in self.steps
        )
        absolute = self.absolute

        def walk(node: Node, root: Node) -> list[Node]:
            found = [root if absolute else node]
            for name, tests, first, last in steps:
                if name == "..":
                    found = [up for one in found if (up := one.above) is not None]
                    continue
                below: list[Node] = []
                for one in found:
                    same = one.children.get(name)
                    if not same:
                        continue
                    for holds in tests:
                        same = [at for at in same if holds(at, root)]
                    below += same[first - 1 : last or None] if first else same
                if not below:
                    return below
                found = below
            return found

        return walk

    def select(self, node: Node, root: Node) -> list[Node]:
        """Return the nodes the path leads to, in document order."""
        return self.selecting()(node, root)

    @property
    def last(self) -> str:
        """The name it ends with; empty where it ends with a node that it does not name."""
        name = self.steps[-1].name if self.steps else ""
        return "" if name == ".." else name

    def names(self, context: tuple[str, ...]) -> tuple[str, ...]:
        """Return the names from the declaration down, tests left out, seen from a group's node."""
        names = [] if self.absolute else list(context)
        for step in self.steps:
            if step.name == "..":
                del names[-1:]
            else:
                names.append(step.name)
        return tuple(names)


def _first_child(name: str) -> Picks:
    def child(node: Node, root: Node) -> Node | None:  # noqa: ARG001 - as every path
        same = node.children.get(name)
        if same is not None:
            for one in same:
                if one.text:
                    return one
        return None

    return child


def _first_below(names: tuple[str, ...]) -> Callable[[Node], Node | None]:
    """Return a search down the names: depth first, which is document order."""
    if not names:
        return lambda node: node if node.text else None
    name, rest = names[0], names[1:]
    if not rest:
        child = _first_child(name)
        return lambda node: child(node, node)
    deeper = _first_below(rest)

    def search(node: Node) -> Node | None:
        same = node.children.get(name)
        if same is not None:
            for one in same:
                found = deeper(one)
                if found is not None:
                    return found
        return None

    return search


def read_path(written: str) -> Path:
    """Compile a path.

    Raises:
        PathError: it is not built as the language demands.
    """
    absolute = written.startswith("/")
    body = written.removeprefix("/")
    if not body:
        raise PathError("the path is empty")
    steps = () if body == "." else tuple(_step(one) for one in _SLASH.split(body))
    return Path(written=written, steps=steps, absolute=absolute)


def steps_from(path: Path, context: tuple[str, ...]) -> tuple[str, ...]:
    """Return the steps of a path as written, with their tests, seen from a group's node."""
    found = [] if path.absolute else list(context)
    for step in _SLASH.split(path.written.removeprefix("/")):
        if step == "..":
            del found[-1:]
        elif step != ".":
            found.append(step)
    return tuple(found)


def read_test(written: str) -> Test:
    """Compile a condition: `path`, `path=a|b`, `path~regex` or `path>=5`; `!` turns it round.

    Raises:
        PathError: it is not built as the language demands.
    """
    found = _TEST.match(written)
    if found is None:
        path = read_path(written.removeprefix("!"))
        return Test(path=path, negated=written.startswith("!"), written=written)
    negated, how, value = found["not"], found["how"], found["value"]
    path = read_path(found["path"])
    try:
        return Test(path=path, says=asking(how, value), negated=bool(negated), written=written)
    except ValueError as err:
        raise PathError(str(err)) from None


def read_place(written: str) -> tuple[int, int] | None:
    """Read `2`, `2..` or `2..4`: the first and the last position, 0 where there is no last."""
    place = _PLACE.match(written)
    if place is None:
        return None
    first = int(place["first"])
    return first, int(place["last"] or 0) if place["range"] else first


def _step(written: str) -> Step:
    parsed = _STEP.match(written)
    if parsed is None:
        raise PathError(f"{written!r} is no step of a path")
    tests: list[Test] = []
    first = last = 0
    for one in re.findall(r"\[([^\[\]]+)\]", parsed["tests"]):
        place = read_place(one)
        if place is None:
            tests.append(read_test(one))
        else:
            first, last = place
    return Step(name=parsed["name"], tests=tuple(tests), first=first, last=last)
