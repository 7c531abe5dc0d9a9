"""A TOML table of a profile → checked values; every complaint names profile and place."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from typing import NoReturn

from exchange_node.domain.errors import InvalidProfileError


class Table:
    """One table of a profile, with its place for the messages.

    Raises:
        InvalidProfileError: from every method, when the table is not as it asks.
    """

    __slots__ = ("place", "profile", "values")

    def __init__(self, values: Mapping[str, object], profile: str, place: str) -> None:
        self.values = values
        self.profile = profile
        self.place = place

    def fail(self, why: str) -> NoReturn:
        """Refuse the profile at this place."""
        raise InvalidProfileError(profile=self.profile, place=self.place or "top level", why=why)

    def only(self, known: Collection[str]) -> None:
        """Refuse keys that the language does not have, and name the nearest that it has."""
        for key in self.values:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                self.fail(f"{key!r} is no key here{hint}")

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def text(self, key: str, otherwise: str = "") -> str:
        """Return a text."""
        value = self.values.get(key, otherwise)
        if not isinstance(value, str):
            self.fail(f"{key} must be a text in quotes")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false; false where it is not said."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            self.fail(f"{key} must be true or false")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; a single text is a list of one."""
        value = self.values.get(key, [])
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            self.fail(f"{key} must be a text or a list of texts")
        return tuple(listed)

    def table(self, key: str) -> Table:
        """Return a table below this one; an empty one where there is none."""
        value = self.values.get(key, {})
        if not isinstance(value, Mapping):
            self.fail(f"{key} must be a table")
        return Table(value, self.profile, f"{self.place}.{key}".lstrip("."))

    def tables(self, key: str) -> Iterable[tuple[str, Table]]:
        """Return the tables below a key, by name."""
        outer = self.table(key)
        return [(name, outer.table(name)) for name in outer.values]

    def rows(self, key: str) -> list[Table]:
        """Return a list of tables (`[[key]]`)."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            self.fail(f"{key} must be a list of tables ([[{key}]])")
        return [
            Table(one, self.profile, f"{self.place}.{key}[{number}]".lstrip("."))
            for number, one in enumerate(value, start=1)
        ]

    def mapping(self, key: str) -> dict[str, str]:
        """Return a table of texts."""
        inner = self.table(key)
        return {name: inner.text(name) for name in inner.values}
