"""A joint operation: administrations that look for the same together, for a time.

Only its reference travels, in the alerts that belong to it. It has one form, in which no name has
room: `JO-UZ-2026-0001` is the first that Uzbekistan leads in 2026.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from exchange_node.domain.identifiers import PartyId

MAX_PERIOD = timedelta(days=366)
"""An operation lasts at most as long as an alert may be in force (our choice)."""

MOST_PARTNERS = 20
"""Administrations that take part, beside the one that leads (our choice)."""

LONGEST_NAME = 100
"""Characters of what an operation is called here (our choice)."""

_FORM = re.compile(r"JO-([A-Z]{2})-(20[0-9]{2})-([0-9]{4})")
LAST = 9999
"""The last number of a year: the form has room for no more."""


def is_reference(text: str) -> bool:
    """Whether a text is the reference of an operation."""
    return _FORM.fullmatch(text) is not None


def reference_of(lead: PartyId, year: int, number: int) -> str:
    """Return the reference of the operation of that number which a party leads, from 1."""
    return f"JO-{lead.country}-{year:04d}-{number:04d}"


def country_in(reference: str) -> str:
    """Return the country of who leads an operation, by its reference; empty where it is none."""
    match = _FORM.fullmatch(reference)
    return match.group(1) if match else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A joint operation as it was opened at this node; it is never changed.

    Attributes:
        name: what it is called here; it does not travel.
        lead: party id of the administration that leads it.
        partners: party ids of all others that take part.
        begins, ends: its period, the end excluded.
        purpose: code of the list `purposes`.
    """

    reference: str
    name: str
    lead: str
    partners: tuple[str, ...]
    begins: datetime
    ends: datetime
    purpose: str

    @property
    def members(self) -> tuple[str, ...]:
        """Every administration that takes part, the one that leads first."""
        return (self.lead, *self.partners)
