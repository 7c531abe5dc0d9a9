"""The list of customs offices → which way a movement may take from one country to another."""

from __future__ import annotations

import csv
from dataclasses import dataclass

from exchange_node.domain.errors import RehearsalError

COUNTRIES = {
    "AF": "Afghanistan", "AZ": "Azerbaijan", "CN": "China", "GE": "Georgia", "KG": "Kyrgyzstan",
    "KZ": "Kazakhstan", "MN": "Mongolia", "PK": "Pakistan", "TJ": "Tajikistan",
    "TM": "Turkmenistan", "UZ": "Uzbekistan",
}  # fmt: skip
"""The eleven members of CAREC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A customs office: its code begins with the country, its name tells what it is for."""

    code: str
    name: str

    @property
    def country(self) -> str:
        """ISO 3166 alpha-2."""
        return self.code[:2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What a movement between two neighbours chooses from; each holds one office at least."""

    departures: tuple[Office, ...]
    exits: tuple[Office, ...]
    entries: tuple[Office, ...]
    destinations: tuple[Office, ...]


def offices_in(text: str) -> tuple[Office, ...]:
    """Return the offices of a code list (TSV with the columns `code` and `name_en`)."""
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return tuple(
        Office(code=row["code"], name=row.get("name_en") or "") for row in rows if row.get("code")
    )


def ways(offices: tuple[Office, ...], sender: str, recipient: str) -> Ways:
    """Return the ways by road from one country to another.

    Border posts are told by their names (`road border post with Uzbekistan`), inland offices by
    being no border post, station, port or airport.

    Raises:
        RehearsalError: the list has no office of a kind that is needed.
    """
    found = Ways(
        departures=_inland(offices, sender),
        exits=_posts(offices, sender, recipient),
        entries=_posts(offices, recipient, sender),
        destinations=_inland(offices, recipient),
    )
    lacking = [
        name
        for name in ("departures", "exits", "entries", "destinations")
        if not getattr(found, name)
    ]
    if lacking:
        raise RehearsalError(
            step="choosing a way",
            why=f"the list of offices has no {' and no '.join(lacking)} of {sender} to {recipient}",
        )
    return found


def _posts(offices: tuple[Office, ...], country: str, neighbour: str) -> tuple[Office, ...]:
    wanted = f"road border post with {COUNTRIES.get(neighbour, neighbour)}"
    return tuple(one for one in offices if one.country == country and wanted in one.name)


def _inland(offices: tuple[Office, ...], country: str) -> tuple[Office, ...]:
    return tuple(one for one in offices if one.country == country and "inland" in one.name)
