from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.countersigning.life import Stage
from exchange_node.domain.retention import Kept, LegalHold, Stamp
from exchange_node.policy.disposal import permit_disposal, retention_ends, stricter
from exchange_node.policy.gates import HeldAgreement
from exchange_node.policy.verdict import Code

SINCE = datetime(2026, 3, 2, 8, tzinfo=UTC)
GRANT = "manifests-kz-uz"


def stamp_of(held: HeldAgreement, days: int = 1095) -> Stamp:
    return Stamp(
        kind=Kept.MANIFEST,
        number=7,
        subject="KZ/mrn/26KZ",
        partner="customs.kz",
        message_id="m@customs.kz",
        agreement_id=held.agreement.agreement_id,
        agreement_version=held.agreement.version,
        grant=GRANT,
        kept_since=SINCE,
        delete_after=SINCE + timedelta(days=days),
    )


def later(held: HeldAgreement, days: int, begins: date = date(2026, 6, 1)) -> HeldAgreement:
    grants = tuple(
        replace(one, retention=replace(one.retention, max_days=days))
        if one.grant_id == GRANT
        else one
        for one in held.agreement.grants
    )
    validity = replace(held.agreement.validity, in_force_on=begins)
    agreement = replace(held.agreement, version=2, validity=validity, grants=grants)
    return replace(held, agreement=agreement)


def test_what_is_kept_for_three_years_goes_when_they_are_over(held: HeldAgreement) -> None:
    stamp = stamp_of(held)
    end = SINCE + timedelta(days=1095)

    before = permit_disposal([held], stamp, None, end - timedelta(seconds=1))
    after = permit_disposal([held], stamp, None, end)

    assert (before.code, after.code) == (Code.NOT_DUE, Code.ALLOW)
    assert before.text == f"manifest 7 is kept under grant {GRANT} until 2029-03-01"
    assert after.clause == "sample text, article 7: information in advance"


def test_a_later_version_that_is_stricter_counts_from_its_first_day(held: HeldAgreement) -> None:
    stamp, both = stamp_of(held), [held, later(held, 30)]

    assert retention_ends(both, stamp, datetime(2026, 5, 31, tzinfo=UTC)) == stamp.delete_after
    assert retention_ends(both, stamp, datetime(2026, 6, 1, tzinfo=UTC)) == SINCE + timedelta(30)
    assert stricter(both, datetime(2026, 6, 1, tzinfo=UTC)) == (
        (held, held.agreement.grant(GRANT), 30),
    )


def test_a_later_version_that_is_laxer_changes_nothing(held: HeldAgreement) -> None:
    both, at = [held, later(held, 4000)], datetime(2026, 7, 1, tzinfo=UTC)

    assert retention_ends(both, stamp_of(held), at) == SINCE + timedelta(days=1095)
    assert stricter(both, at) == ()


def test_that_a_stricter_version_was_ended_gives_nothing_back(held: HeldAgreement) -> None:
    ended = replace(later(held, 30), stage=Stage.TERMINATED)

    verdict = permit_disposal([held, ended], stamp_of(held), None, datetime(2026, 7, 1, tzinfo=UTC))

    assert verdict.is_permitted


def test_a_version_that_never_counted_shortens_nothing(held: HeldAgreement) -> None:
    at = datetime(2026, 7, 1, tzinfo=UTC)
    never = replace(later(held, 1), stage=Stage.TERMINATED, ended_on=date(2026, 5, 20))
    agreement = later(held, 1).agreement
    ours, theirs = agreement.parties
    others = replace(held, agreement=replace(
        agreement, parties=(ours, replace(theirs, node="customs.tj")),
    ))  # fmt: skip

    for one in (never, others):
        assert retention_ends([held, one], stamp_of(held), at) == SINCE + timedelta(days=1095)
        assert stricter([held, one], at) == ()


def test_a_legal_hold_keeps_what_is_overdue_and_says_so(held: HeldAgreement) -> None:
    hold = LegalHold(
        kind=Kept.MANIFEST, subject="KZ/mrn/26KZ", why="court order 4/26", placed_at=SINCE,
        placed_by="liaison", number=3,
    )  # fmt: skip

    verdict = permit_disposal([held], stamp_of(held), hold, SINCE + timedelta(days=2000))

    assert verdict.code is Code.LEGAL_HOLD
    assert verdict.text == "manifest 7 is kept by legal hold 3: court order 4/26"


def test_a_record_whose_agreement_is_not_held_any_more_goes_on_its_own_day(
    held: HeldAgreement,
) -> None:
    stamp = stamp_of(held)

    assert permit_disposal([], stamp, None, stamp.delete_after).is_permitted
    assert not permit_disposal([], stamp, None, SINCE).is_permitted


@given(
    days=st.integers(1, 4000),
    later_days=st.integers(1, 4000),
    passed=st.integers(0, 5000),
)
def test_laws_of_retention(held: HeldAgreement, days: int, later_days: int, passed: int) -> None:
    stamp, both = stamp_of(held, days), [held, later(held, later_days)]
    at = SINCE + timedelta(days=passed)

    ends = retention_ends(both, stamp, at)

    assert ends <= stamp.delete_after
    assert ends == retention_ends(reversed(both), stamp, at)
    assert permit_disposal(both, stamp, None, at).is_permitted == (ends <= at)
