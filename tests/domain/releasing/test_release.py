from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import OtherDocumentError, OwnWorkError, ReleaseNotNowError
from exchange_node.domain.message import Exchange
from exchange_node.domain.releasing.release import Made, Release, State, ends_at

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
DIGEST = "a" * 64
WAITS = Release(
    message_id="m1@customs.kz",
    exchange=Exchange(
        sender="customs.kz", recipient="customs.uz", code="TM-010", agreement_id="urn:a",
        agreement_version=1, agreement_digest=DIGEST, grant="g", purpose="TRANSIT_CONTROL",
        handling="restricted", test=True,
    ),
    conversation_id="KZ/mrn/1",
    ref_to_message_id="",
    makers=("drafter", "sender"),
    urgency="",
    needed=2,
    made_at=AT,
    until=AT + timedelta(hours=72),
    digest=DIGEST,
    document_id="release/m1@customs.kz",
)  # fmt: skip


def test_two_officers_let_a_message_go() -> None:
    both = WAITS.approved("one", DIGEST, AT).approved("two", DIGEST, AT)

    gone = both.released("two", AT)

    assert (gone.state, gone.settled_by, gone.missing) == (State.RELEASED, "two", 0)


def test_nothing_is_let_go_while_officers_are_missing() -> None:
    with pytest.raises(ReleaseNotNowError, match="waiting for 1 more"):
        WAITS.approved("one", DIGEST, AT).released("one", AT)


@pytest.mark.parametrize("maker", WAITS.makers)
def test_no_maker_approves(maker: str) -> None:
    with pytest.raises(OwnWorkError):
        WAITS.approved(maker, DIGEST, AT)


def test_another_document_is_not_approved() -> None:
    with pytest.raises(OtherDocumentError):
        WAITS.approved("one", "b" * 64, AT)


def test_a_third_approval_is_not_taken() -> None:
    both = WAITS.approved("one", DIGEST, AT).approved("two", DIGEST, AT)

    with pytest.raises(ReleaseNotNowError, match="as many as it needs"):
        both.approved("three", DIGEST, AT)


def test_nobody_approves_at_the_moment_when_the_time_ends() -> None:
    with pytest.raises(ReleaseNotNowError, match="past its time"):
        WAITS.approved("one", DIGEST, WAITS.until)


@pytest.mark.parametrize("state", [State.RELEASED, State.REFUSED, State.LAPSED])
@pytest.mark.parametrize("act", ["approve", "refuse", "lapse", "release"])
def test_what_is_settled_stays_so(state: State, act: str) -> None:
    settled = replace(WAITS, state=state)
    acts = {
        "approve": lambda: settled.approved("one", DIGEST, AT),
        "refuse": lambda: settled.refused("one", "no", AT),
        "lapse": lambda: settled.lapsed("node", "late", AT),
        "release": lambda: settled.released("one", AT),
    }

    with pytest.raises(ReleaseNotNowError, match=f"is {state.value}"):
        acts[act]()


def test_a_refusal_keeps_who_and_why() -> None:
    refused = WAITS.refused("drafter", "sent by mistake", AT)

    assert (refused.state, refused.settled_by, refused.why) == (
        State.REFUSED, "drafter", "sent by mistake",
    )  # fmt: skip


def test_a_wait_ends_with_what_the_message_says() -> None:
    longest, soon = timedelta(hours=72), AT + timedelta(hours=1)

    assert ends_at(Made(), AT, longest) == AT + longest
    assert ends_at(Made(valid_until=soon), AT, longest) == soon
    assert ends_at(Made(valid_until=AT + timedelta(days=9)), AT, longest) == AT + longest


def test_its_clock_is_near_after_three_quarters_of_its_time() -> None:
    assert WAITS.remind_at == AT + timedelta(hours=54)


@given(st.lists(st.sampled_from(["drafter", "sender", "one", "two", "three"]), max_size=8))
def test_laws_nobody_lets_go_alone_what_they_made(names: list[str]) -> None:
    waits = WAITS
    for name in names:
        try:
            waits = waits.approved(name, DIGEST, AT)
        except (OwnWorkError, ReleaseNotNowError):
            continue

    voters = [vote.by for vote in waits.votes]
    assert len(set(voters)) == len(voters) <= 2
    assert not set(voters) & set(WAITS.makers)
    assert waits.is_approved == (len(voters) == 2)
