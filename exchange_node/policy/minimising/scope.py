"""Agreement + document → is it about what the agreement is about, and where the agreement applies?

Matters: a message of transit is about transit, one of recovery about recovery, an alert about its
category and about offences, a paper of assistance about the matter that it names. One of them has
to be among those agreed, and recovery must not be kept out.

Territory: countries, as offices and route name them. A country of a party that the agreement leaves
out, or one that it excludes, stops a document; one that is covered has to be among those named. A
document that names no place says nothing of a territory. Of a part of a country (`UZ-QR`) no
document says whether a place lies in it: `lint` tells so, and the country counts as a whole.

Certificates: those that the agreement names for a party, where it names any. It is the seal that
signs for an administration; the card says which access point sends for it.

Source: Johannesburg Convention, art. 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.agreement.clauses.basis import Excluded, Matter, Scope
from exchange_node.domain.message import ANSWERS, CODES, OUTLIVING, Service
from exchange_node.policy.checks import Code

if TYPE_CHECKING:
    from exchange_node.wco.document import Document

Said = Mapping[str, tuple[str, ...]]

MATTERS, COUNTRIES = "matters", "countries"
"""What a document says, beside what conditions ask (`conditions.said_by`)."""

_CATEGORY = "InterGov/ext:RiskAlert/ext:CategoryCode"
_MATTER = (
    "InterGov/ext:AssistanceRequest/ext:MatterCode",
    "InterGov/ext:AssistanceInformation/ext:MatterCode",
)
_ROUTE = ("Declaration/Consignment/Itinerary/RoutingCountryCode",)
OF_CATEGORY: Mapping[str, Matter] = MappingProxyType(
    {
        "NAR": Matter.DRUGS,
        "PRE": Matter.DRUGS,
        "CIT": Matter.WILDLIFE,
        "IPR": Matter.INTELLECTUAL_PROPERTY,
        "WEA": Matter.WEAPONS,
        "DUG": Matter.DUAL_USE,
        "VAL": Matter.VALUATION,
        "ORI": Matter.ORIGIN,
        "CLA": Matter.CLASSIFICATION,
        "TRD": Matter.TRANSIT,
        "CUR": Matter.CASH,
        "ENV": Matter.WASTE,
        "CUL": Matter.CULTURAL_PROPERTY,
    }
)
"""The matter of an alert by its category (code list `risk_categories`); the others: offences."""

RECOVERING = frozenset({"TM-060", "TM-061"})
"""Codes that are about the recovery of a claim, which agreements may keep out."""

_COUNTRY = 2
_SHOWN_DIGITS = 16


def said_of_scope(document: Document, offices: tuple[str, ...]) -> Said:
    """Return what a document says of matters and places; `offices` are those that it names."""
    matters = [one for path in _MATTER for one in document.values(path)]
    categories = document.values(_CATEGORY)
    matters += [OF_CATEGORY[one].value for one in categories if one in OF_CATEGORY]
    matters += [Matter.OFFENCES.value] if categories else []
    countries = [one[:_COUNTRY] for one in offices if one]
    countries += [one for path in _ROUTE for one in document.values(path)]
    return {MATTERS: tuple(matters), COUNTRIES: tuple(dict.fromkeys(countries))}


def is_scoped(code: str) -> bool:
    """Whether scope is asked of a code: not of answers, nor of what outlives an agreement."""
    return code not in ANSWERS and code not in OUTLIVING


def scope_checks(
    agreement: Agreement, code: str, said: Said
) -> Iterator[tuple[Code, dict[str, str]]]:
    """Yield each check that the scope asks for, with what is amiss as facts; empty if nothing is.

    A scope that names nothing asks nothing.
    """
    if not is_scoped(code):
        return
    scope = agreement.scope
    if scope.matters or Excluded.RECOVERY in scope.excluded:
        yield Code.MATTER, _other_matters(scope, code, said)
    if scope.territory or scope.territory_excluded:
        yield Code.TERRITORY, _elsewhere(agreement, said)


def certificate_checks(
    agreement: Agreement, sender: str, code: str, certificate: str
) -> Iterator[tuple[Code, dict[str, str]]]:
    """Yield the check that is asked where the agreement names the certificates of a party.

    Args:
        agreement: the version that the document is sealed under.
        sender: who sealed it.
        code: of the message; an answer of the node, and what outlives an agreement, go by the card.
        certificate: SHA-256 of the certificate that it is sealed with, lower-case hex.
    """
    named = next((one.certificates for one in agreement.parties if one.node == sender), ())
    if not named or code == "SY-002" or code in OUTLIVING:
        return
    amiss = {
        "sender": sender,
        "agreement": agreement.agreement_id,
        "version": str(agreement.version),
        "certificate": certificate[:_SHOWN_DIGITS],
        "agreed_certificates": ", ".join(one[:_SHOWN_DIGITS] for one in named),
    }
    yield Code.CERTIFICATE, {} if certificate in named else amiss


def is_part(place: str) -> bool:
    """Whether a place of a scope is a part of a country, in which no document says to lie."""
    return len(place) > _COUNTRY


def _other_matters(scope: Scope, code: str, said: Said) -> dict[str, str]:
    found = said.get(MATTERS, ())
    kind = CODES.get(code)
    if code in RECOVERING:
        found = (*found, Matter.RECOVERY.value)
    elif kind is not None and kind.service is Service.TRANSIT:
        found = (*found, Matter.TRANSIT.value)
    agreed = tuple(one.value for one in scope.matters)
    if Excluded.RECOVERY in scope.excluded and Matter.RECOVERY.value in found:
        agreed = tuple(one.value for one in scope.matters or Matter if one is not Matter.RECOVERY)
    elif not scope.matters:
        return {}
    if not found or any(one in agreed for one in found):
        return {}
    return {"agreed_matters": ", ".join(agreed), "said_matters": ", ".join(dict.fromkeys(found))}


def _elsewhere(agreement: Agreement, said: Said) -> dict[str, str]:
    scope, found = agreement.scope, said.get(COUNTRIES, ())
    within = {one[:_COUNTRY] for one in scope.territory}
    without = {one for one in scope.territory_excluded if not is_part(one)}
    parties = {one.country for one in agreement.parties}
    amiss = [
        one for one in found if one in without or (within and one in parties and one not in within)
    ]
    if found and within and not within.intersection(found):
        amiss = list(found)
    if not amiss:
        return {}
    territory = ", ".join((*scope.territory, *(f"-{one}" for one in scope.territory_excluded)))
    return {"agreed_territory": territory, "said_territory": ", ".join(amiss)}
