from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.countersigning.acts import MESSAGES, Act
from exchange_node.domain.countersigning.life import MOVES, Bond, Stage, Who, bond_of
from exchange_node.domain.countersigning.standing import (
    READINGS,
    Standing,
    day_of,
    standing_on,
)
from exchange_node.domain.errors import IllegalActError
from exchange_node.domain.message import CODES
from exchange_node.domain.standing import FOUNDING

KZ, UZ = "customs.kz", "customs.uz"
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


@dataclass(frozen=True, kw_only=True)
class Deed:
    act: Act
    party: str
    ordinal: int = 1
    grants: tuple[str, ...] = ()
    at: datetime = AT


AGREED = (
    Deed(act=Act.OFFERED, party=KZ),
    Deed(act=Act.COUNTERSIGNED, party=UZ),
    Deed(act=Act.CONFIRMED, party=KZ, ordinal=2),
)

deeds = st.builds(
    Deed,
    act=st.sampled_from(Act),
    party=st.sampled_from((KZ, UZ)),
    ordinal=st.integers(1, 5),
    grants=st.sampled_from(((), ("g1",), ("g1", "g2"))),
)


def taken(deeds: Sequence[Deed]) -> Bond:
    bond = Bond()
    for one in deeds:
        try:
            bond = bond.after(one)
        except IllegalActError:
            continue
    return bond


def test_the_way_to_an_agreement() -> None:
    stages = [bond_of(AGREED[:n]).stage for n in range(4)]

    assert stages == [Stage.DRAFT, Stage.OFFERED, Stage.COUNTERSIGNED, Stage.AGREED]


@pytest.mark.parametrize(("stage", "act"), list(product(Stage, Act)), ids=str)
def test_what_the_table_has_no_row_for_is_refused(stage: Stage, act: Act) -> None:
    bond = Bond(stage=stage, offered=frozenset({KZ}), signed=frozenset({KZ}))
    who = [Deed(act=act, party=party) for party in (KZ, UZ)]
    move = MOVES.get((stage, act))

    for one in who:
        allowed = (
            move is not None
            and {
                Who.EITHER: True,
                Who.OPERATOR: True,
                Who.OFFERER: one.party == KZ,
                Who.OTHER: one.party == UZ,
                Who.SECOND: False,
            }[move.who]
        )
        if allowed:
            bond.after(one)
        else:
            with pytest.raises(IllegalActError):
                bond.after(one)


@given(st.lists(deeds, max_size=12))
def test_laws_nobody_is_bound_without_having_signed(done: list[Deed]) -> None:
    bond = taken([one for one in done if one.act is not Act.ACTIVATED])

    if bond.stage in (Stage.COUNTERSIGNED, Stage.AGREED, Stage.SUSPENDED, Stage.TERMINATED):
        assert bond.signed == {KZ, UZ}
        assert bond.offerer in (KZ, UZ)


@given(st.lists(deeds, max_size=12), deeds)
def test_laws_what_is_refused_or_terminated_stays_so(done: list[Deed], then: Deed) -> None:
    bond = taken([*AGREED, *done])

    after = taken([*AGREED, *done, then])
    if bond.stage in (Stage.REFUSED, Stage.TERMINATED):
        assert after.stage is bond.stage


@given(st.lists(deeds, max_size=12))
def test_laws_suspended_is_what_somebody_suspends(done: list[Deed]) -> None:
    bond = taken([*AGREED, *done])

    if bond.stage in (Stage.AGREED, Stage.SUSPENDED):
        assert (bond.stage is Stage.SUSPENDED) is bool(bond.suspended_by)


@given(
    st.permutations([(Act.SUSPENDED, 3), (Act.RESUMED, 4), (Act.SUSPENDED, 5), (Act.RESUMED, 6)])
)
def test_laws_whatever_the_order_on_the_way_the_last_word_of_a_party_holds(
    order: list[tuple[Act, int]],
) -> None:
    done = [Deed(act=act, party=KZ, ordinal=ordinal) for act, ordinal in order]

    assert taken([*AGREED, *done]).stage is Stage.AGREED


_WORDS = (
    Deed(act=Act.GRANTS_SUSPENDED, party=KZ, ordinal=3, grants=("g1", "g2")),
    Deed(act=Act.SUSPENDED, party=KZ, ordinal=4),
    Deed(act=Act.GRANTS_RESUMED, party=KZ, ordinal=5, grants=("g1",)),
    Deed(act=Act.RESUMED, party=KZ, ordinal=6),
    Deed(act=Act.GRANTS_RESUMED, party=KZ, ordinal=7, grants=("g2",)),
    Deed(act=Act.GRANTS_SUSPENDED, party=KZ, ordinal=8, grants=("g1",)),
)


@given(st.permutations(_WORDS), st.integers(0, len(_WORDS)))
def test_laws_words_on_one_grant_say_nothing_of_another_or_of_the_whole(
    order: list[Deed], told: int
) -> None:
    came = order[:told]
    in_order = sorted(came, key=lambda one: one.ordinal)

    assert taken([*AGREED, *came]) == taken([*AGREED, *in_order])
    assert taken([*AGREED, *order]).suspended == {("g1", KZ)}
    assert taken([*AGREED, *order]).stage is Stage.AGREED


def test_of_two_terminations_that_cross_the_first_counts_at_both() -> None:
    kz = Deed(act=Act.TERMINATED, party=KZ, ordinal=3, at=AT + timedelta(days=1))
    uz = Deed(act=Act.TERMINATED, party=UZ, ordinal=2)

    assert bond_of([*AGREED, kz, uz]).ended_at == bond_of([*AGREED, uz, kz]).ended_at == AT


def test_only_who_suspended_resumes() -> None:
    suspended = bond_of([*AGREED, Deed(act=Act.SUSPENDED, party=KZ, ordinal=3)])
    both = suspended.after(Deed(act=Act.SUSPENDED, party=UZ, ordinal=2))

    assert suspended.after(Deed(act=Act.RESUMED, party=UZ, ordinal=2)).stage is Stage.SUSPENDED
    assert both.after(Deed(act=Act.RESUMED, party=KZ, ordinal=4)).stage is Stage.SUSPENDED
    assert suspended.after(Deed(act=Act.RESUMED, party=KZ, ordinal=4)).stage is Stage.AGREED


@given(
    st.sampled_from(Stage),
    st.dates(date(2026, 2, 1), date(2026, 5, 1)),
    st.booleans(),
)
def test_laws_a_version_stands_in_one_way_on_every_day(
    stage: Stage, on: date, is_overtaken: object
) -> None:
    found = standing_on(
        on, stage, in_force_on=FIRST, expires_on=LAST, is_overtaken=bool(is_overtaken)
    )

    in_force = stage is Stage.AGREED and not is_overtaken and FIRST <= on <= LAST
    assert (found is Standing.ACTIVE) is in_force
    assert found.value == stage.value or stage not in (Stage.REFUSED, Stage.TERMINATED)


def test_every_standing_can_be_reached() -> None:
    assert {one.standing for one in READINGS} == set(Standing)
    assert {stage for one in READINGS for stage in one.stages} == set(Stage)


@pytest.mark.parametrize("hours", [-11, 0, 5, 14])
def test_the_day_is_that_of_utc_wherever_the_clock_hangs(hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    last_moment = datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC).astimezone(zone)

    assert day_of(last_moment) == LAST
    assert day_of(last_moment + timedelta(seconds=1)) == date(2026, 4, 1)


def test_the_founding_agreement_covers_acts_and_nothing_else() -> None:
    (grant,) = FOUNDING.between(KZ, UZ, test=False).grants

    assert set(grant.message_codes) == FOUNDING.codes == set(MESSAGES.values())
    assert all(not CODES[one].is_answered for one in FOUNDING.codes)
    assert FOUNDING.between(UZ, KZ, test=True).digest == FOUNDING.digest
