"""One value × its element in the registry → what is wrong with format, code and attributes.

What was good once is good again: codes and units come many times in one document.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from exchange_node.domain.finding import Finding
from exchange_node.wco.codelists import OFFICES, PROCEDURES
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
    """Checks the values of one document; `good` is what the lists knew, by path or attribute.

    The day of the document decides which codes hold; what has ended since is a warning.
    """

    __slots__ = ("_code_lists", "_country", "_day", "_on", "good")

    def __init__(self, code_lists: CodeLists, on: date, day: date, country: str) -> None:
        self._code_lists = code_lists
        self._on = on
        self._day = day
        self._country = country
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
        list_name, name = entry.code_list, entry.tag
        if self._held(list_name, value):
            ended = self._ended(list_name, value, name, pointer)
            if ended is None:
                self.good.setdefault(entry.path, set()).add(value)
            return ended
        if entry.kind in LAX:
            return _unlisted(value, name, list_name, pointer)
        if list_name == OFFICES:
            return rules.UNKNOWN_OFFICE.found(
                pointer=pointer, value=value, name=name, country=value[:2], day=self._day
            )
        if list_name == PROCEDURES:
            return rules.UNKNOWN_PROCEDURE.found(
                pointer=pointer, value=value, name=name, country=self._country, day=self._day
            )
        return rules.UNKNOWN_CODE.found(
            pointer=pointer, value=value, name=name, list=list_name, day=self._day
        )

    def _held(self, list_name: str, value: str) -> bool:
        """Whether a code held on the day of the document."""
        return self._code_lists.knows(
            list_name, value, self._day, told=self._on, country=self._country
        )

    def _ended(self, list_name: str, value: str, name: str, pointer: str) -> Finding | None:
        """Say that a code which held on the day of the document holds no more."""
        if self._day >= self._on or self._code_lists.knows(
            list_name, value, self._on, country=self._country
        ):
            return None
        return rules.ENDED_CODE.found(
            pointer=pointer, value=value, name=name, list=list_name, day=self._day, on=self._on
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
        shown = f"{tag}/@{name}"
        if list_name and not self._held(list_name, value):
            if kid.entry.kind in LAX:
                return _unlisted(value, shown, list_name, pointer)
            return rules.UNKNOWN_CODE.found(
                pointer=pointer, value=value, name=shown, list=list_name, day=self._day
            )
        ended = self._ended(list_name, value, shown, pointer) if list_name else None
        if ended is None:
            self.good.setdefault(name, set()).add(value)
        return ended


def _unlisted(value: str, name: str, list_name: str, pointer: str) -> Finding:
    return rules.UNLISTED_CODE.found(pointer=pointer, value=value, name=name, list=list_name)


def missing(entry: Entry, pointer: str) -> Finding:
    """Say that a value is missing."""
    return rules.MISSING.found(
        pointer=pointer, name=entry.tag, wco_id=entry.wco_id, meaning=entry.meaning
    )


def _wrong_format(value: str, entry: Entry, pointer: str) -> Finding:
    return rules.WRONG_FORMAT.found(
        pointer=pointer, value=value, name=entry.tag, format=entry.format
    )
