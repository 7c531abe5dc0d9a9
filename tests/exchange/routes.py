"""The sample's movement on a longer way: Kazakhstan, Uzbekistan, Turkmenistan, Afghanistan."""

from __future__ import annotations

from tests.world import DECLARATION, FACTS, replaced

FOUR = ("kz", "uz", "tm", "af")
DESTINATION = "AF260103"
"""Where the goods go: the sample's office, as one of Afghanistan."""


def four_country_declaration() -> bytes:
    """Return the sample's declaration for goods that go to Afghanistan."""
    text = DECLARATION.read_text("utf-8")
    country = "<catESAD_cu:DestinationCountryCode>{}</catESAD_cu:DestinationCountryCode>"
    text = replaced(text, country.format("UZ"), country.format("AF"))
    head, _, tail = text.partition("<DeliveryCustomsOffice>")
    return (head + "<DeliveryCustomsOffice>" + replaced(tail, ">860<", ">004<")).encode()


def four_country_facts(*between: str) -> str:
    """Return its facts; `between` are the countries between the first and the last."""
    route = ", ".join(f'"{one}"' for one in ("KZ", *(between or ("UZ", "TM")), "AF"))
    return replaced(FACTS.read_text("utf-8"), '["KZ", "UZ"]', f"[{route}]")
