from __future__ import annotations

from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from exchange_node.domain.access import Role
from exchange_node.web.api import api_application
from tests.world import Pair


@dataclass(frozen=True)
class Api:
    """The API of one node, asked with the token of one role."""

    client: TestClient
    tokens: dict[Role, str]

    def headers(self, role: Role) -> dict[str, str]:
        """Return the headers of a role."""
        return {"Authorization": f"Bearer {self.tokens[role]}"}


def api_of(pair: Pair, name: str) -> Api:
    """Return one node's API."""
    node = getattr(pair, name)
    tokens = {
        role: node.access.new_token(f"{name} {role}", frozenset({role}), days=1) for role in Role
    }
    return Api(client=TestClient(api_application(node)), tokens=tokens)


@pytest.fixture(name="kz")
def _kz(pair: Pair) -> Api:
    return api_of(pair, "kz")


@pytest.fixture(name="uz")
def _uz(pair: Pair) -> Api:
    return api_of(pair, "uz")
