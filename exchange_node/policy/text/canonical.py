"""Plain values of a text → canonical JSON (RFC 8785) → digest: the identity of an agreement.

Comments, blank lines and the order of keys do not count; every value does, and so does the order
within a list. Dates are ISO 8601 texts in it; floats are refused, since the same number would have
several spellings in the text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeAlias

import rfc8785

from exchange_node.domain.errors import InvalidAgreementError
from exchange_node.policy.text.toml_table import quoted

Json: TypeAlias = "str | int | list[Json] | dict[str, Json]"


def canonical_json(plain: Mapping[str, object], name: str) -> bytes:
    """Return the canonical JSON of the plain values of a text.

    Raises:
        InvalidAgreementError: one of them has no place in an agreement.
    """
    try:
        return rfc8785.dumps({key: _jsonable(one, name, quoted(key)) for key, one in plain.items()})
    except rfc8785.CanonicalizationError as err:
        raise InvalidAgreementError(which=name, place="text", why=str(err)) from None


def digest_of(canonical: bytes) -> str:
    """Return the SHA-256 of canonical JSON, lower-case hex."""
    return hashlib.sha256(canonical).hexdigest()


def _jsonable(value: object, name: str, place: str) -> Json:
    match value:
        case str() | bool() | int():
            return value
        case date() if not isinstance(value, datetime):
            return value.isoformat()
        case dict():
            return {
                key: _jsonable(one, name, f"{place}.{quoted(key)}") for key, one in value.items()
            }
        case list():
            return [_jsonable(one, name, f"{place}[{i}]") for i, one in enumerate(value, start=1)]
        case _:
            raise InvalidAgreementError(
                which=name, place=place, why="floats and times of day have no place in an agreement"
            )
