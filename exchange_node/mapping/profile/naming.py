"""Which source paths a profile reads, and which would fill each WCO element.

Facts are named by these paths, and what is missing is explained by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from exchange_node.mapping.profile.numbers import Count
from exchange_node.mapping.profile.path import Path
from exchange_node.mapping.profile.profile import CrossCheck, Group, ProfileLine

TARGET = "Declaration"
Names = tuple[str, ...]


class _Register:
    """Names and who reads them, each once and in order."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: dict[str, dict[str, None]] = {}

    def note(self, paths: Sequence[Path], contexts: Iterable[Names], by: str) -> None:
        for context in contexts:
            for one in paths:
                names = "/".join(one.names(context))
                if names:
                    self.found.setdefault(names, {})[by] = None

    def plain(self) -> Mapping[str, tuple[str, ...]]:
        return {name: tuple(by) for name, by in self.found.items()}


def named_by(top: Group, checks: tuple[CrossCheck, ...]) -> Mapping[str, tuple[str, ...]]:
    """Return every source path a profile reads, without tests, with the lines that read it."""
    register = _Register()
    for group, outer, inner in _walk(top, [()]):
        if group.link is not None and group.link.here is not None:
            register.note([group.link.here], outer, group.name)
        register.note(list(_asked(group)), inner, group.name)
        for line in group.lines:
            register.note(list(_read(line)), inner, line.name)
    for check in checks:
        register.note([*check.one.paths(), *check.other.paths()], [()], f"check.{check.name}")
    return register.plain()


def filled_by(top: Group) -> Mapping[str, tuple[str, ...]]:
    """Return for every WCO path that a line fills the source paths it is filled from."""
    fills: dict[str, dict[str, None]] = {}

    def visit(one: Group, target: str, contexts: list[Names]) -> None:
        here = joined(target, one.to)
        inner = _inner(one, contexts)
        for line in one.lines:
            register = _Register()
            draw = line.draw
            counted = [draw.path] if isinstance(draw, Count) else []
            register.note([*draw.paths(), *counted], inner, line.name)
            for to in line.to:
                fills.setdefault(joined(here, to), {}).update(dict.fromkeys(register.found))
        for below in one.groups:
            visit(below, here, inner)

    visit(top, TARGET, [()])
    return {target: tuple(sources) for target, sources in fills.items()}


def joined(target: str, to: str) -> str:
    """Return a WCO path below a class; a leading slash starts from the body root."""
    if to.startswith("/"):
        return f"{TARGET}{to}"
    return f"{target}/{to}" if to else target


def _walk(top: Group, contexts: list[Names]) -> Iterator[tuple[Group, list[Names], list[Names]]]:
    """Yield every group with the nodes of the group above it and its own, as names."""
    inner = _inner(top, contexts)
    yield top, contexts, inner
    for below in top.groups:
        yield from _walk(below, inner)


def _inner(group: Group, contexts: list[Names]) -> list[Names]:
    return [path.names(context) for path in group.each for context in contexts] or contexts


def _asked(group: Group) -> Iterator[Path]:
    """Yield the paths by which a group tells its nodes apart."""
    if group.link is not None:
        yield group.link.there
    if group.distinct is not None:
        yield group.distinct


def _read(line: ProfileLine) -> Iterator[Path]:
    for drawn in (line.draw, line.default, line.currency, line.unit, line.zone_of):
        if drawn is not None:
            yield from drawn.paths()
