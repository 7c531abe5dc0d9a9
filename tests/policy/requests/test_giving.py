from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from exchange_node.domain.agreement import Mode
from exchange_node.domain.assistance.given_on import GivenOn
from exchange_node.domain.message import CODES, Exchange
from exchange_node.policy.checks import CHECKS, Code
from exchange_node.policy.gates import HeldAgreement, permit_leaving, permit_sending
from exchange_node.policy.requests.giving import UNASKED, wants_request
from exchange_node.policy.verdict import Verdict

ON = date(2026, 6, 15)
CLOSED = datetime(2026, 6, 15, 8, tzinfo=UTC)
REQUEST = GivenOn(
    reference="q1",
    message_id="m1@customs.uz",
    requester="customs.uz",
    requested="customs.kz",
    test=True,
)


@pytest.fixture(name="asked_only")
def _asked_only(held: HeldAgreement) -> HeldAgreement:
    grants = tuple(replace(one, mode=Mode.ON_REQUEST) for one in held.agreement.grants)
    return replace(held, agreement=replace(held.agreement, grants=grants))


def leaving(
    held: HeldAgreement, given_on: GivenOn | None, made_at: datetime | None = None
) -> Verdict:
    agreement = held.agreement
    return permit_leaving(
        [held],
        Exchange(
            sender="customs.kz",
            recipient="customs.uz",
            code="TM-010",
            agreement_id=agreement.agreement_id,
            agreement_version=agreement.version,
            agreement_digest=agreement.digest,
            grant=agreement.grants[0].grant_id,
            purpose="TRANSIT_CONTROL",
            handling=agreement.grants[0].handling.value,
            test=True,
        ),
        ON,
        made_at=made_at,
        given_on=given_on,
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, Code.ALLOW),
        ({"requester": "customs.tm"}, Code.NO_REQUEST),
        ({"requested": "customs.tm"}, Code.NO_REQUEST),
        ({"requester": "customs.kz", "requested": "customs.uz"}, Code.NO_REQUEST),
        ({"test": False}, Code.NO_REQUEST),
        ({"open_until": CLOSED}, Code.NO_REQUEST),
    ],
    ids=str,
)
def test_only_an_open_request_of_whoever_gets_it_lets_a_message_go(
    asked_only: HeldAgreement, changes: dict[str, object], code: Code
) -> None:
    request = replace(REQUEST, **changes)  # type: ignore[arg-type]  # fields by their names

    assert leaving(asked_only, request).code is code


@pytest.mark.parametrize(
    ("made_at", "code"),
    [
        (CLOSED - timedelta(seconds=1), Code.ALLOW),
        (CLOSED, Code.ALLOW),
        (CLOSED + timedelta(seconds=1), Code.NO_REQUEST),
    ],
    ids=str,
)
def test_what_was_sealed_while_the_request_was_open_still_travels(
    asked_only: HeldAgreement, made_at: datetime, code: Code
) -> None:
    request = replace(REQUEST, open_until=CLOSED)

    assert leaving(asked_only, request, made_at).code is code


def test_a_refusal_names_its_clause_and_what_was_named(asked_only: HeldAgreement) -> None:
    verdict = leaving(asked_only, replace(REQUEST, open_until=CLOSED))

    assert verdict.clause == asked_only.agreement.grants[0].clause
    assert "no open request of customs.uz" in verdict.text
    assert "(named: q1)" in verdict.text
    assert "--request" in CHECKS[verdict.code].mend


def test_a_grant_that_needs_no_request_is_taken_first(asked_only: HeldAgreement) -> None:
    first = asked_only.agreement.grants[0]
    free = replace(first, grant_id="free", mode=Mode.AUTOMATIC)
    both = replace(asked_only, agreement=replace(asked_only.agreement, grants=(first, free)))

    verdict = permit_sending(
        [both], sender="customs.kz", recipient="customs.uz", code="TM-010",
        purpose="TRANSIT_CONTROL", test=True, on=ON,
    )  # fmt: skip

    assert verdict.grant == free


def test_what_gives_something_by_itself_wants_a_request_and_nothing_else_does(
    asked_only: HeldAgreement,
) -> None:
    grant = asked_only.agreement.grants[0]

    wanting = {
        code for code, one in CODES.items() if one.is_answered and wants_request(grant, code)
    }

    assert wanting >= {"TM-010", "RA-010", "MA-020"}
    assert wanting.isdisjoint(UNASKED)
    assert {"MA-010", "MA-014", "MA-030", "MA-041", "RA-020", "SY-002"} <= UNASKED
    assert not wants_request(replace(grant, mode=Mode.ADVANCE), "TM-010")
