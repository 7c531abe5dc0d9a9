"""One value × its element in the registry → what is wrong with format, code and attributes.

What was good once is good again: codes and units come many times in one document.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from exchange_node.domain.finding import Finding
from exchange_node.wco.codelists import OFFICES
from exchange_node.wco.notation import Kind
from exchange_node.wco.rules import structure_rules as rules

if TYPE_CHECKING:
    from exchange_node.wco.codelists import CodeLists
    from exchange_node.wco.compiled.classes import Kid
    from exchange_node.wco.registry import Entry

ATTRIBUTE_LISTS = {"currencyID": "iso4217", "unitCode": "rec20"}
"""Code list of the attributes that carry a code."""

LAX = frozenset({Kind.GOODS_DECLARATION})
"""Kinds whose codes are another administration's: what our lists do not have is only told."""


class Values:
    """Checks the values of one document; `good` is what the lists knew, by path or attribute."""

    __slots__ = ("_code_lists", "_on", "good")

    def __init__(self, code_lists: CodeLists, on: date) -> None:
        self._code_lists = code_lists
        self._on = on
        self.good: dict[str, set[str]] = {}

    def text(self, value: str, kid: Kid, pointer: str) -> Finding | None:
        """Check a value against its format and its code list."""
        entry = kid.entry
        found = None
        if not value.strip():
            if entry.minimum:
                found = missing(entry, pointer)
            else:
                found = rules.EMPTY.found(pointer=pointer, value=value, name=entry.tag)
        elif kid.limit is not None and len(value) > kid.limit and not kid.decimals:
            found = rules.TOO_LONG.found(
                pointer=pointer, value=value, name=entry.tag, length=len(value), limit=kid.limit
            )
        elif len(value) < kid.least or not (kid.least or kid.fits(value)):
            found = _wrong_format(value, entry, pointer)
        elif entry.code_list:
            found = self._code(value, entry, pointer)
        return found

    def _code(self, value: str, entry: Entry, pointer: str) -> Finding | None:
        if self._code_lists.knows(entry.code_list, value, self._on):
            self.good.setdefault(entry.path, set()).add(value)
            return None
        if entry.kind in LAX:
            return _unlisted(value, entry.tag, entry.code_list, pointer)
        if entry.code_list == OFFICES:
            return rules.UNKNOWN_OFFICE.found(
                pointer=pointer, value=value, name=entry.tag, country=value[:2]
            )
        return rules.UNKNOWN_CODE.found(
            pointer=pointer, value=value, name=entry.tag, list=entry.code_list
        )

    def attribute(
        self, name: str, value: str | None, kid: Kid, pointer: str, *, is_needed: bool
    ) -> Finding | None:
        """Check one attribute that an element may or must have."""
        tag = kid.entry.tag
        if value is None:
            if is_needed:
                return rules.NO_ATTRIBUTE.found(pointer=pointer, attribute=name, name=tag)
            return None
        list_name = ATTRIBUTE_LISTS.get(name, "")
        if not list_name or self._code_lists.knows(list_name, value, self._on):
            self.good.setdefault(name, set()).add(value)
            return None
        if kid.entry.kind in LAX:
            return _unlisted(value, f"{tag}/@{name}", list_name, pointer)
        return rules.UNKNOWN_CODE.found(
            pointer=pointer, value=value, name=f"{tag}/@{name}", list=list_name
        )


def _unlisted(value: str, name: str, code_list: str, pointer: str) -> Finding:
    return rules.UNLISTED_CODE.found(pointer=pointer, value=value, name=name, list=code_list)


def missing(entry: Entry, pointer: str) -> Finding:
    """Say that a value is missing."""
    return rules.MISSING.found(
        pointer=pointer, name=entry.tag, wco_id=entry.wco_id, meaning=entry.meaning
    )


def _wrong_format(value: str, entry: Entry, pointer: str) -> Finding:
    return rules.WRONG_FORMAT.found(
        pointer=pointer, value=value, name=entry.tag, format=entry.format
    )
