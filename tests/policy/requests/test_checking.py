from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.agreement.clauses.assistance import (
    Form,
    Postponement,
    Refusal,
    RequestPart,
)
from exchange_node.domain.agreement.clauses.basis import Matter
from exchange_node.domain.assistance.life import Act
from exchange_node.domain.assistance.papers import AssistanceRequest, Ground, Information, Reply
from exchange_node.policy.requests.checking import (
    check_information,
    check_reply,
    check_request,
)
from exchange_node.wco.assistance_codec import PLACES

AT = datetime(2026, 6, 15, 8, tzinfo=UTC)
REQUEST = AssistanceRequest(
    request_id="q1", requester="customs.kz", issued_at=AT, language="ru", matter=Matter.TRANSIT
)
REPLY = Reply(
    reply_id="r1", request_id="q1", requester="customs.kz", issuer="customs.uz", issued_at=AT,
    act=Act.ACKNOWLEDGED, language="ru",
)  # fmt: skip


def codes(found: tuple[object, ...]) -> list[str]:
    return [one.code for one in found]  # type: ignore[attr-defined]


def answered(sample: Agreement, act: Act, code: str, **more: object) -> list[str]:
    reply = replace(REPLY, act=act, **more)  # type: ignore[arg-type]
    return codes(check_reply(reply, sample, code=code))


def test_every_part_that_the_agreement_wants_is_named_with_its_place(sample: Agreement) -> None:
    found = [one for one in check_request(REQUEST, sample) if one.code == "CAREC-H001"]

    assert sample.requests is not None
    wanted = set(sample.requests.required) - {RequestPart.MATTER}
    assert {one.value for one in found} == {one.value for one in wanted}
    assert {one.pointer for one in found} == {PLACES[one] for one in wanted}
    assert all(sample.agreement_id in one.text for one in found)


def test_an_agreement_without_a_clause_on_requests_asks_for_nothing(sample: Agreement) -> None:
    assert check_request(REQUEST, replace(sample, requests=None)) == ()


def test_a_language_that_was_not_agreed_is_refused(sample: Agreement) -> None:
    request = replace(REQUEST, language="fr")

    assert "CAREC-H002" in codes(check_request(request, sample))
    assert "CAREC-H002" in codes(check_reply(replace(REPLY, language="fr"), sample, code="MA-011"))


@pytest.mark.parametrize(
    ("form", "named", "is_wrong"),
    [
        (Form.ORAL, "", True),
        (Form.ORAL, "o1", False),
        (Form.ELECTRONIC, "o1", True),
        (Form.ELECTRONIC, "", False),
    ],
)
def test_a_request_names_an_oral_one_exactly_when_it_confirms_it(
    sample: Agreement, form: Form, named: str, *, is_wrong: bool
) -> None:
    found = codes(check_request(replace(REQUEST, form=form, oral_request=named), sample))

    assert ("CAREC-H004" in found) is is_wrong


def test_a_form_that_was_not_agreed_is_refused(sample: Agreement) -> None:
    assert sample.requests is not None
    written = replace(sample.requests, forms=(Form.WRITTEN,))

    assert "CAREC-H003" in codes(check_request(REQUEST, replace(sample, requests=written)))


def test_a_matter_outside_the_scope_is_refused_where_one_is_agreed(sample: Agreement) -> None:
    narrow = replace(sample, scope=replace(sample.scope, matters=(Matter.TRANSIT,)))
    told = Information(
        information_id="i1", issuer="customs.kz", issued_at=AT, language="ru",
        matter=Matter.DRUGS, facts="so",
    )  # fmt: skip

    assert codes(check_information(told, narrow)) == ["CAREC-H005"]
    assert check_information(replace(told, matter=Matter.TRANSIT), narrow) == ()
    assert "CAREC-H005" not in codes(check_request(REQUEST, narrow))


@pytest.mark.parametrize(
    ("ground", "code"),
    [
        (None, ["CAREC-H006"]),
        (Refusal.SOVEREIGNTY, []),
        (Refusal.TRADE_SECRET, ["CAREC-H007"]),
        (Postponement.INVESTIGATION, ["CAREC-H007"]),
    ],
)
@pytest.mark.parametrize("act", [Act.REFUSED, Act.REMAINDER_REFUSED])
def test_it_is_refused_on_a_ground_that_the_agreement_lists_alone(
    sample: Agreement, act: Act, ground: Ground | None, code: list[str]
) -> None:
    message = "MA-012" if act is Act.REFUSED else "MA-014"

    assert answered(sample, act, message, ground=ground, text="what there is") == code


@pytest.mark.parametrize(
    ("days", "ground", "code"),
    [
        (90, Postponement.INVESTIGATION, []),
        (91, Postponement.INVESTIGATION, ["CAREC-H008"]),
        (0, Postponement.INVESTIGATION, ["CAREC-H009"]),
        (30, Postponement.PROSECUTION, ["CAREC-H007"]),
        (30, None, ["CAREC-H006"]),
    ],
)
def test_it_is_postponed_on_a_listed_ground_for_as_long_as_agreed(
    sample: Agreement, days: int, ground: Ground | None, code: list[str]
) -> None:
    until = AT + timedelta(days=days)

    assert answered(sample, Act.POSTPONED, "MA-012", ground=ground, until=until) == code


def test_postponed_again_it_is_not_longer_in_all(sample: Agreement) -> None:
    again = replace(
        REPLY, act=Act.POSTPONED, ground=Postponement.INVESTIGATION, until=AT + timedelta(days=60)
    )
    first = AT - timedelta(days=40)

    assert codes(check_reply(again, sample, code="MA-012", postponed_at=first)) == ["CAREC-H008"]


def test_a_postponement_without_an_end_is_none(sample: Agreement) -> None:
    assert answered(
        sample, Act.POSTPONED, "MA-012", ground=Postponement.INVESTIGATION
    ) == ["CAREC-H009"]  # fmt: skip


def test_what_is_said_travels_as_its_own_message(sample: Agreement) -> None:
    assert answered(sample, Act.COMPLETE, "MA-011", text="here") == ["CAREC-H010"]


@pytest.mark.parametrize("act", [Act.COMPLETE, Act.PARTIAL])
def test_an_answer_says_something(sample: Agreement, act: Act) -> None:
    assert answered(sample, act, "MA-014") == ["CAREC-H011"]
    assert answered(sample, act, "MA-014", text="here it is") == []
    assert answered(sample, Act.NOTHING_FOUND, "MA-014") == []


def test_a_ground_is_given_where_something_is_refused_alone(sample: Agreement) -> None:
    assert answered(sample, Act.COMPLETE, "MA-014", ground=Refusal.BURDEN, text="x") == [
        "CAREC-H007"
    ]
