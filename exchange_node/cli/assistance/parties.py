"""How a command of assistance names the other side."""

from __future__ import annotations

from exchange_node.domain.identifiers import PartyId


def party_of(text: str) -> str:
    """Return the party that is named by its id or by its country: `customs.uz`, `UZ`.

    Raises:
        MalformedIdentifierError: it is neither.
    """
    return text if text.startswith("customs.") else str(PartyId.of_country(text))
