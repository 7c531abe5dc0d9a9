from __future__ import annotations

from collections.abc import Callable

import pytest

from exchange_node.config import shipped
from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping.declaration import Mapped, map_declaration
from exchange_node.mapping.drafting import Draft, Sources, draft
from exchange_node.mapping.facts import Facts
from exchange_node.mapping.golden.case import AT
from exchange_node.mapping.profile import Profile, read_profiles

Drafts = Callable[..., Draft]
Maps = Callable[[Draft, bytes], Mapped]


@pytest.fixture(name="sources", scope="session")
def _sources() -> Sources:
    return Sources(
        profiles=shipped.national_profiles(), library=shipped.library(), words=shipped.words()
    )


@pytest.fixture(name="drafted")
def _drafted(sources: Sources) -> Drafts:
    return lambda *samples: draft("draft", [one.encode() for one in samples], sources)


def profile_of(made: Draft) -> Profile:
    return read_profiles({"draft": made.toml}).by_name["draft"]


@pytest.fixture(name="mapped")
def _mapped(sources: Sources) -> Maps:
    def mapped(made: Draft, data: bytes) -> Mapped:
        return map_declaration(
            data, profile_of(made), Facts(), sources.library, sender=PartyId.of_country("KZ"),
            agency="Customs", at=AT, reference="R-1",
        )  # fmt: skip

    return mapped
