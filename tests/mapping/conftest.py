from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from exchange_node.config import shipped
from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping import (
    Facts,
    Mapped,
    Profiles,
    map_declaration,
    read_facts,
    read_profiles,
)
from exchange_node.wco.rules import WcoLibrary

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
PLAIN = """
[detect]
roots = ["D"]
"""


@pytest.fixture(name="library", scope="session")
def _library() -> WcoLibrary:
    return shipped.library()


@pytest.fixture(name="profiles", scope="session")
def _profiles() -> Profiles:
    return shipped.national_profiles()


@pytest.fixture(name="draw")
def _draw(library: WcoLibrary) -> Callable[..., Mapped]:
    """Map a document by the lines of a profile written in the test."""

    def draw(
        lines: str, xml: str, facts: str = "", *, sender: str = "KZ", head: str = ""
    ) -> Mapped:
        profile = read_profiles({"test": head + PLAIN + lines}).by_name["test"]
        return map_declaration(
            xml.encode(),
            profile,
            read_facts(facts) if facts else Facts(),
            library,
            sender=PartyId.of_country(sender),
            agency="Customs",
            at=AT,
            reference="R-1",
        )

    return draw
