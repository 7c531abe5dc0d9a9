"""The declared keys → JSON Schema (draft 2020-12), by which an editor checks and completes a text.

It says what a key says alone; reading also looks at what keys say together.
"""

from __future__ import annotations

import json
from typing import Any

from exchange_node.domain.agreement import FORMAT, Agreement
from exchange_node.domain.agreement.keys import MAX_CHARACTERS, Declared, Kind, keys_of

ADDRESS = f"urn:carec:schema:{FORMAT}"


def schema_text() -> str:
    """Return the JSON Schema of an agreement's text."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ADDRESS,
        "title": FORMAT,
        **_table(Agreement),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _table(table: type) -> dict[str, Any]:
    keys = keys_of(table)
    schema: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {one.name: _property(one) for one in keys},
    }
    if required := [one.name for one in keys if one.is_required]:
        schema["required"] = required
    return schema


def _property(one: Declared) -> dict[str, Any]:
    described: dict[str, Any] = {"description": one.key.meaning}
    if one.words is not None:
        described["description"] += ": " + "; ".join(f"{word} ({word.said})" for word in one.words)
    if one.kind is Kind.TABLE:
        return described | _table(one.table or object)
    if one.kind is Kind.TABLES:
        return described | _list(one, _table(one.table or object))
    if one.kind.is_list:
        return described | _list(one, _single(one)) | {"uniqueItems": True}
    return described | _single(one)


def _list(one: Declared, items: dict[str, Any]) -> dict[str, Any]:
    bounds = {"minItems": one.key.least} if one.key.least else {}
    return {"type": "array", **bounds, "maxItems": one.key.most, "items": items}


def _single(one: Declared) -> dict[str, Any]:
    match one.kind:
        case Kind.WHOLE:
            return {"type": "integer", "minimum": one.key.low, "maximum": one.key.high}
        case Kind.TRUTH:
            return {"type": "boolean"}
        case Kind.DAY:
            return {"type": "string", "format": "date"}
        case Kind.CHOICE | Kind.CHOICES:
            return {"enum": [word.value for word in one.words or ()]}
        case _:
            return _text(one)


def _text(one: Declared) -> dict[str, Any]:
    if one.key.known:
        return {"enum": list(one.key.known)}
    schema: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": MAX_CHARACTERS}
    if one.key.shape is not None:
        schema |= {"pattern": f"^(?:{one.key.shape.pattern})$", "examples": [one.key.shape.example]}
    return schema
