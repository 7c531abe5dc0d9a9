from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from exchange_node.domain.access import Role
from exchange_node.web.as4 import as4_application
from tests.web.conftest import Api, api_of
from tests.world import Pair, pair_of_nodes

PATHS = {
    "/api/v1/submissions": Role.SUBMITTER,
    "/api/v1/alerts": Role.LIAISON,
    "/api/v1/alerts/A-1/send": Role.LIAISON,
    "/api/v1/alerts/A-1/acknowledge": Role.BORDER_POST,
}
KEYS = st.sampled_from(
    ["to", "declaration", "declaration_base64", "facts", "facts_text", "purpose", "key", "office",
     "remark", "subjects", "valid_until", "severity", "summary", "means_id", "marking", "extra"]
)  # fmt: skip
ODD = st.sampled_from(
    [
        "",
        "customs.uz",
        "9" * 30,
        "2026-02-30T25:00:00Z",
        "\x00",
        "a" * 600,
        "<a/>",
        "\u202e",
        "\ud800",
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | ODD
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=12,
)


@pytest.fixture(name="pair", scope="module")
def _pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder: Path = tmp_path_factory.mktemp("junk")
    with pair_of_nodes(folder) as pair:
        yield pair


@pytest.fixture(name="api", scope="module")
def _api(pair: Pair) -> Api:
    return api_of(pair, "kz")


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(PATHS)), st.dictionaries(KEYS, JSON, max_size=6))
def test_laws_of_junk_bodies_are_refused_and_never_fail(
    api: Api, path: str, body: dict[str, object]
) -> None:
    answer = api.client.post(path, content=json.dumps(body), headers=api.headers(PATHS[path]))

    assert 400 <= answer.status_code < 500, answer.text


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(PATHS)), st.binary(max_size=60) | JSON.map(str).map(str.encode))
def test_laws_of_junk_octets_are_refused_and_never_fail(api: Api, path: str, body: bytes) -> None:
    answer = api.client.post(path, content=body, headers=api.headers(PATHS[path]))

    assert 400 <= answer.status_code < 500, answer.text


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=60),
       st.binary(max_size=300))  # fmt: skip
def test_laws_of_junk_messages_are_answered_with_an_error(
    pair: Pair, content_type: str, body: bytes
) -> None:
    client = TestClient(as4_application(pair.uz))

    answer = client.post(
        "/as4", content=body, headers={b"Content-Type": content_type.encode("latin-1")}
    )

    assert answer.status_code == 200
    assert "EBMS:0101" in answer.text
