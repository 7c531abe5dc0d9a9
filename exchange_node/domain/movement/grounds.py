"""Why an office tells of an event: codes with the words that a person reads for them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from exchange_node.domain.movement.states import Event

GROUNDS: Mapping[Event, Mapping[str, str]] = MappingProxyType(
    {
        Event.CANCELLATION: {
            "1": "the movement did not begin",
            "2": "the data were wrong; it is issued anew",
            "3": "the goods were put under another procedure",
            "9": "another reason",
        },
        Event.REQUEST: {
            "1": "the goods are here, and no manifest is",
            "2": "diverted to this office, and going on",
            "3": "diverted to this office, where they are to end",
            "9": "another reason",
        },
        Event.DIVERSION: {
            "2": "to another office, and going on",
            "3": "to another office, where they are to end",
        },
        Event.REFUSAL: {
            "1": "seals broken or missing",
            "2": "papers missing or in doubt",
            "3": "no valid guarantee",
            "4": "vehicle or container not fit for seals",
            "5": "goods prohibited or restricted",
            "9": "another reason",
        },
        Event.INCIDENT: {
            "1": "route left",
            "2": "customs seals broken",
            "3": "goods moved to other means",
            "4": "danger, goods unloaded",
            "5": "tractor changed",
            "6": "other",
        },
        Event.ARRIVAL: {
            "": "at the office",
            "1": "at an authorised consignee",
        },
        Event.REPLY: {
            "1": "nothing is known of it",
            "2": "it arrived: advice or results follow",
            "3": "alternative proof is named",
            "4": "it went on to another office",
            "9": "looked for; an answer follows",
        },
        Event.WITHDRAWAL: {
            "1": "another proof was found",
            "2": "it was begun in error",
            "9": "another reason",
        },
        Event.RECOVERY: {
            "1": "the enquiry was not answered",
            "2": "the enquiry found no proof of an end",
            "3": "what the control found was not settled",
            "9": "another reason",
        },
        Event.COMPETENCE: {
            "1": "noted; an answer follows",
            "2": "this administration recovers",
            "3": "this administration does not recover",
            "4": "recovered here",
            "9": "another reason",
        },
    }
)
"""Why, in a code: what is told of such an event names one (incidents: NCTS code list 019)."""

NOTHING_KNOWN = "1"
"""Ground of a reply that ends an enquiry without proof."""

ANSWER_FOLLOWS = "9"
"""Ground of a reply that promises another."""

UNANSWERED, UNPROVEN, UNSETTLED = "1", "2", "3"
"""Grounds of a recovery that a node begins by itself."""

AT_CONSIGNEE = "1"
"""Ground of an arrival at an authorised consignee, whose results have a time of their own."""

DIVERTED, ENDS_THERE = frozenset({"2", "3"}), "3"
"""Grounds of a request that make a diversion; the last names a new destination."""
