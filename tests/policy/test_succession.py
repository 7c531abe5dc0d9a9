from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from exchange_node.domain.agreement.clauses.course import Validity
from exchange_node.domain.agreement.clauses.operation import ChangeRules
from exchange_node.domain.countersigning.life import Stage
from exchange_node.domain.message import Exchange
from exchange_node.policy.gates import HeldAgreement, permit_leaving, permit_receiving
from exchange_node.policy.verdict import Code, Verdict

BEGINS = date(2026, 7, 1)
BEFORE = datetime(2026, 6, 30, 23, 50, tzinfo=UTC)
AFTER = datetime(2026, 7, 1, 0, 10, tzinfo=UTC)
WEEK = timedelta(days=7)


def newer_of(
    held: HeldAgreement, *, begins: date = BEGINS, overlap: int | None = None, **changed: object
) -> HeldAgreement:
    rules = ChangeRules(who="both", overlap_days=overlap) if overlap else None
    agreement = replace(
        held.agreement,
        version=2,
        digest="2" * 64,
        validity=Validity(in_force_on=begins, expires_on=date(2027, 12, 31)),
        change_rules=rules,
    )
    return replace(held, agreement=agreement, **changed)  # type: ignore[arg-type]


def both_gates(
    held: list[HeldAgreement], exchange: Exchange, on: date, made_at: datetime
) -> tuple[Verdict, Verdict]:
    leaving = permit_leaving(held, exchange, on, made_at=made_at, patience=WEEK)
    return leaving, permit_receiving(held, exchange, on, made_at=made_at, patience=WEEK)


def test_what_was_sealed_before_midnight_leaves_and_arrives_after_it(
    held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    for verdict in both_gates([held, newer_of(held)], manifest_exchange, BEGINS, BEFORE):
        assert verdict.code is Code.ALLOW
        assert verdict.agreement is held.agreement
        assert Code.OVERTAKEN in [one.check for one in verdict.steps]


def test_it_does_so_though_the_older_version_has_expired_at_that_midnight(
    held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    days = Validity(in_force_on=date(2026, 1, 1), expires_on=date(2026, 6, 30))
    ends = replace(held, agreement=replace(held.agreement, validity=days))

    for verdict in both_gates([ends, newer_of(held)], manifest_exchange, BEGINS, BEFORE):
        assert verdict.code is Code.ALLOW


def test_what_is_sealed_under_the_older_version_afterwards_is_the_wrong_text(
    held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    leaving, receiving = both_gates([held, newer_of(held)], manifest_exchange, BEGINS, AFTER)

    assert leaving.code is Code.OVERTAKEN
    assert receiving.code is Code.DIGEST_DIFFERS
    assert "version 2" in receiving.text
    assert "version 1" in receiving.text


@pytest.mark.parametrize(
    ("overlap", "last"), [(None, date(2026, 7, 8)), (1, date(2026, 7, 2)), (30, date(2026, 7, 31))]
)
def test_the_older_version_counts_as_long_as_the_newer_one_says(
    overlap: int | None, last: date, held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    known = [held, newer_of(held, overlap=overlap)]

    within = both_gates(known, manifest_exchange, last, BEFORE)
    beyond = both_gates(known, manifest_exchange, last + timedelta(days=1), BEFORE)

    assert {one.code for one in within} == {Code.ALLOW}
    assert {one.code for one in beyond} == {Code.OVERTAKEN}
    assert all(one.is_final for one in beyond)
    assert beyond[0].text == (
        "urn:carec:maa:kz-uz:transit version 2 decides since 2026-07-01T00:00+00:00; what was "
        f"sealed before under version 1 counted until {last}"
    )


@pytest.mark.parametrize(
    ("changed", "code", "is_final"),
    [
        ({"stage": Stage.SUSPENDED}, Code.SUSPENDED, False),
        ({"stage": Stage.TERMINATED, "ended_on": BEGINS}, Code.TERMINATED, True),
        ({"suspended_grants": frozenset({"manifests-kz-uz"})}, Code.GRANT_SUSPENDED, False),
    ],
    ids=str,
)
def test_what_stops_the_newer_version_stops_what_was_sealed_before_it(
    changed: dict[str, object],
    code: Code,
    is_final: bool,  # noqa: FBT001 - a case of the table
    held: HeldAgreement,
    manifest_exchange: Exchange,
) -> None:
    newer = newer_of(held, **changed)  # type: ignore[arg-type]

    for verdict in both_gates([held, newer], manifest_exchange, BEGINS, BEFORE):
        assert verdict.code is code
        assert verdict.is_final is is_final


def test_the_newer_version_is_named_where_it_is_what_stands_in_the_way(
    held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    newer = newer_of(held, stage=Stage.SUSPENDED)

    verdict, _ = both_gates([held, newer], manifest_exchange, BEGINS, BEFORE)

    assert verdict.text == "urn:carec:maa:kz-uz:transit version 2 is suspended here"


def test_what_was_suspended_before_it_was_overtaken_waits_no_longer_than_it_counts(
    held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    known = [replace(held, stage=Stage.SUSPENDED), newer_of(held)]

    within, _ = both_gates(known, manifest_exchange, BEGINS, BEFORE)
    beyond, _ = both_gates(known, manifest_exchange, date(2026, 8, 1), BEFORE)

    assert (within.code, within.is_final) == (Code.SUSPENDED, False)
    assert within.text == "urn:carec:maa:kz-uz:transit version 1 is suspended here"
    assert (beyond.code, beyond.is_final) == (Code.OVERTAKEN, True)


def test_a_version_agreed_on_its_first_day_counts_from_then(
    held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    newer = newer_of(held, agreed_at=datetime(2026, 7, 1, 12, tzinfo=UTC))

    for verdict in both_gates([held, newer], manifest_exchange, BEGINS, AFTER):
        assert verdict.code is Code.ALLOW


def test_a_version_that_begins_by_a_partners_clock_which_is_ahead_has_begun(
    held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    newer = newer_of(held)
    under = replace(manifest_exchange, agreement_version=2, agreement_digest="2" * 64)

    early = permit_receiving([held, newer], under, date(2026, 6, 30), made_at=AFTER, patience=WEEK)
    forged = permit_receiving(
        [held, newer], under, date(2026, 6, 30), made_at=BEFORE, patience=WEEK
    )

    assert early.code is Code.ALLOW
    assert forged.code is Code.DIGEST_DIFFERS


def test_after_several_versions_the_first_that_took_the_place_says_how_long(
    held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    second = newer_of(held, overlap=3)
    third = newer_of(held, begins=date(2026, 7, 2), overlap=90)
    third = replace(third, agreement=replace(third.agreement, version=3, digest="3" * 64))
    known = [held, second, third]

    within, _ = both_gates(known, manifest_exchange, date(2026, 7, 4), BEFORE)
    beyond, _ = both_gates(known, manifest_exchange, date(2026, 7, 5), BEFORE)

    assert within.code is Code.ALLOW
    assert beyond.code is Code.OVERTAKEN


def test_what_waits_under_an_expired_version_never_leaves(
    held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    verdict, _ = both_gates([held], manifest_exchange, date(2031, 1, 1), BEFORE)

    assert (verdict.code, verdict.is_final) == (Code.NOT_IN_FORCE, True)


def test_what_waits_under_a_version_that_was_refused_after_all_never_leaves(
    held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    gone = newer_of(held, begins=date(2026, 6, 1), stage=Stage.REFUSED)
    under = replace(manifest_exchange, agreement_version=2, agreement_digest="2" * 64)

    verdict, _ = both_gates([held, gone], under, BEGINS, BEFORE)

    assert (verdict.code, verdict.is_final) == (Code.NOT_COUNTERSIGNED, True)


def test_an_answer_waits_for_the_end_of_a_suspension_whatever_the_day(
    held: HeldAgreement, manifest_exchange: Exchange
) -> None:
    answer = replace(manifest_exchange, sender="customs.uz", recipient="customs.kz", code="SY-002")
    stopped = replace(held, stage=Stage.SUSPENDED)

    verdict = permit_leaving([stopped], answer, date(2031, 1, 1), made_at=BEFORE, patience=WEEK)

    assert (verdict.code, verdict.is_final) == (Code.SUSPENDED, False)
