from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from exchange_node.mapping import opened, read_profiles
from exchange_node.mapping.recognising import read_as
from exchange_node.mapping.tree import Source


@dataclass(frozen=True, slots=True)
class Told:
    """What was read of a file: its leaves by path, the line of each, and what was found."""

    source: Source

    @property
    def leaves(self) -> list[tuple[str, str]]:
        return [(one.path(self.source.body), one.text) for one in self.source.leaves]

    @property
    def lines(self) -> list[tuple[str, int]]:
        return [(one.path(self.source.body), one.line) for one in self.source.leaves]

    @property
    def envelope(self) -> list[tuple[str, str]]:
        return [(one.path(self.source.body), one.text) for one in self.source.envelope]

    @property
    def findings(self) -> list[tuple[str, dict[str, str]]]:
        return [(one.code, {**one.facts, "value": one.value}) for one in self.source.findings]

    @property
    def codes(self) -> list[str]:
        return [one.code for one in self.source.findings]


Read = Callable[[str, str | bytes], Told]


@pytest.fixture(name="read", scope="session")
def _read() -> Read:
    """Read a file by a profile written in the test."""

    def read(profile: str, data: str | bytes) -> Told:
        compiled = read_profiles({"test": profile}).by_name["test"]
        file = data if isinstance(data, bytes) else data.encode()
        return Told(read_as(opened(file), compiled))

    return read
