"""Which fields may name a natural person.

A trader, a carrier or a representative may be a person (sole proprietor), and a driver, an officer
or a contact always is. Their names, numbers, addresses and telephones are personal data
(Regulation (EU) 2016/679, article 4(1); Convention 108+, article 2 a; Kazakhstan, Law No. 94-V,
article 1; Uzbekistan, Law No. ZRU-547, article 4). Countries and codes of a role or a kind
name nobody.
"""

from __future__ import annotations

_PEOPLE = frozenset(
    {
        "Agent",
        "Authenticator",
        "AuthorisationHolder",
        "Carrier",
        "Communication",
        "Consignee",
        "Consignor",
        "Contact",
        "Declarant",
        "NotifyParty",
        "ext:Driver",
        "ext:SupplyChainActor",
    }
)
"""Classes whose fields say who somebody is and how to reach them."""

_NAMING = ("Name", "ID", "Line", "CityName", "PostcodeID", "Date", "DateTime")
"""How the names of fields end that tell a person from others."""


def names_a_person(path: str) -> bool:
    """Whether the field at a path may name a natural person."""
    *classes, name = path.split("/")
    return name.endswith(_NAMING) and not _PEOPLE.isdisjoint(classes)
