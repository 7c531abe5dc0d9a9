"""Which obligatory elements nothing filled, and what would fill them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exchange_node.mapping.profile.naming import TARGET
from exchange_node.mapping.profile.profile import Profile
from exchange_node.wco.notation import Kind
from exchange_node.wco.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """An obligatory element that nothing fills, and the source paths that would."""

    pointer: str
    sources: tuple[str, ...] = ()


def lacking_in(registry: Registry, profile: Profile, filled: set[str]) -> Iterator[Missing]:
    """Yield every obligatory element without a value, inside what is there and what must be."""
    return _Search(registry, profile, filled).below(TARGET, TARGET, is_there=True)


class _Search:
    """Walks the registry beside the pointers that have a value."""

    __slots__ = ("_fills", "_present", "_registry")

    def __init__(self, registry: Registry, profile: Profile, filled: set[str]) -> None:
        self._registry = registry
        self._fills = profile.fills
        self._present = set(filled)
        for pointer in filled:
            above = pointer
            while "/" in above:
                above = above.rpartition("/")[0]
                self._present.add(above)

    def below(self, pointer: str, path: str, *, is_there: bool) -> Iterator[Missing]:
        """Yield what is missing below a class that is there, or that ought to be."""
        for entry in self._registry.children(path, Kind.TRANSIT_MANIFEST):
            base = f"{pointer}/{entry.name}"
            if not entry.is_class:
                if entry.minimum and self._is_missing(base, entry.path, is_there=is_there):
                    yield Missing(pointer=base, sources=self._fills.get(entry.path, ()))
                continue
            places = list(self._places(base)) if entry.maximum != 1 else [base]
            if entry.minimum and not places:
                places = [f"{base}[1]"]
            for place in places:
                if entry.minimum or place in self._present:
                    yield from self.below(place, entry.path, is_there=place in self._present)

    def _is_missing(self, pointer: str, path: str, *, is_there: bool) -> bool:
        if pointer in self._present or f"{pointer}[1]" in self._present:
            return False
        # What only the node or a constant fills comes by itself once its class is there.
        comes_by_itself = path in self._fills and not self._fills[path]
        return is_there or not comes_by_itself

    def _places(self, base: str) -> Iterator[str]:
        number = 1
        while f"{base}[{number}]" in self._present:
            yield f"{base}[{number}]"
            number += 1
