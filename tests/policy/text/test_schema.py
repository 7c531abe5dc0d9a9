from __future__ import annotations

import json
from typing import Any

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.agreement.keys import walk
from exchange_node.policy.text.schema import schema_text

SCHEMA: dict[str, Any] = json.loads(schema_text())


def at(place: str) -> dict[str, Any]:
    found = SCHEMA
    for name in place.split("."):
        found = found["properties"][name.removesuffix("[]")]
        found = found["items"] if name.endswith("[]") else found
    return found


def test_every_key_stands_in_the_schema_with_its_meaning() -> None:
    for place, one in walk(Agreement):
        assert at(place)["description"].startswith(one.key.meaning)


def test_no_other_key_is_accepted() -> None:
    assert SCHEMA["additionalProperties"] is False
    assert at("grants[].retention")["additionalProperties"] is False


def test_bounds_and_words_are_those_of_the_keys() -> None:
    assert at("grants[].retention.max_days") | {"description": ""} == {
        "description": "", "type": "integer", "minimum": 1, "maximum": 36_500,
    }  # fmt: skip
    assert at("grants[].approval")["enum"] == ["none", "one", "two"]
    assert at("parties")["minItems"] == at("parties")["maxItems"] == 2
    assert at("parties[].country")["pattern"] == "^(?:[A-Z]{2})$"
    assert at("validity.in_force_on")["format"] == "date"
    assert SCHEMA["required"] == [
        "format", "agreement_id", "version", "title", "test", "parties", "validity", "grants",
    ]  # fmt: skip
