from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from exchange_node.domain.agreement.clauses.assistance import Postponement, Refusal, RequestPart
from exchange_node.domain.agreement.clauses.basis import Matter
from exchange_node.domain.alert import Contact
from exchange_node.domain.assistance.papers import GROUNDS, AssistanceRequest, Person

EMPTY = AssistanceRequest(
    request_id="q1",
    requester="customs.kz",
    issued_at=datetime(2026, 3, 2, tzinfo=UTC),
    language="ru",
)
SAID: dict[RequestPart, dict[str, object]] = {
    RequestPart.ADMINISTRATION: {"administration": "Customs"},
    RequestPart.OFFICE: {"contact": Contact(office="KZ550302")},
    RequestPart.MATTER: {"matter": Matter.TRANSIT},
    RequestPart.MEASURE: {"measure": "a copy"},
    RequestPart.REASON: {"reason": "doubt"},
    RequestPart.PURPOSE: {"purpose": "duties"},
    RequestPart.FACTS: {"facts": "it was so"},
    RequestPart.PERSONS: {"persons": (Person(name="A"),)},
    RequestPart.DECLARATION: {"declarations": ("26KZ1",)},
    RequestPart.CHECKS: {"checks": "the books"},
    RequestPart.DOCUMENTS: {"documents": ("invoice",)},
    RequestPart.OWN_LAW: {"own_law": "article 8"},
    RequestPart.RECIPROCITY: {"could_reciprocate": False},
}
BLANK: dict[str, object] = {
    "administration": " ", "contact": Contact(office=" "), "measure": "\t", "reason": " ",
    "purpose": " ", "facts": "\n", "persons": (Person(name=" "),), "declarations": (" ",),
    "checks": " ", "documents": ("",), "own_law": " ",
}  # fmt: skip


@pytest.mark.parametrize("part", RequestPart)
def test_a_request_says_the_part_that_it_was_given_and_no_other(part: RequestPart) -> None:
    request = replace(EMPTY, **SAID[part])  # type: ignore[arg-type]  # fields by their names

    assert [one for one in RequestPart if request.says(one)] == [part]


def test_blanks_say_nothing() -> None:
    request = replace(EMPTY, **BLANK)  # type: ignore[arg-type]  # fields by their names

    assert not any(request.says(one) for one in RequestPart)


def test_no_ground_has_the_code_of_another() -> None:
    assert len(GROUNDS) == len(Refusal) + len(Postponement)
