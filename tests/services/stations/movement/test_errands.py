from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from exchange_node import node as nodes
from exchange_node.domain.countersigning.life import Stage
from exchange_node.domain.movement import Route, State
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.text.reading import read_agreement
from exchange_node.policy.times import among, least
from exchange_node.services.stations.movement.errands import answer_due
from exchange_node.store.movements.views import KeptMovement

AT = datetime(2026, 3, 1, tzinfo=UTC)
PARTIES = ("customs.kz", "customs.tm", "customs.uz")


def held(
    to: str, *, days: int, version: int = 1, stage: Stage = Stage.AGREED, **clocks: int | None
) -> HeldAgreement:
    agreement = read_agreement(nodes.pair_agreement("KZ", to, on=date(2026, 1, 1)), "agreement")
    requests = agreement.requests
    assert requests is not None
    times = replace(requests.clocks, enquiry_answer_days=days, recovery_answer_days=None, **clocks)
    agreement = replace(agreement, version=version, requests=replace(requests, clocks=times))
    return HeldAgreement(agreement=agreement, stage=stage)


def kept() -> KeptMovement:
    return KeptMovement(
        movement="KZ:mrn:1",
        official_number="1",
        route=Route(departure="customs.kz", destination="customs.uz", transit=("customs.tm",)),
        test=False,
        state=State.ENQUIRY,
        begun_at=AT,
        changed_at=AT,
        delete_after=AT,
    )


def test_an_answer_is_missing_when_the_longest_time_of_those_who_were_asked_has_run_out() -> None:
    under = among([held("UZ", days=60), held("TM", days=28)], PARTIES, AT)

    assert answer_due(kept(), under, AT) == AT + timedelta(days=60)
    assert answer_due(kept(), [], AT) is None


@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.OFFERED, Stage.REFUSED])
def test_a_text_that_is_not_agreed_sets_no_clock(stage: Stage) -> None:
    agreements = [held("UZ", days=60), held("UZ", days=3, version=2, stage=stage)]

    assert least(among(agreements, PARTIES, AT), "enquiry_answer_days") == 60


def test_a_version_that_was_overtaken_sets_no_clock() -> None:
    agreements = [held("UZ", days=3), held("UZ", days=60, version=2)]

    assert least(among(agreements, PARTIES, AT), "enquiry_answer_days") == 60


def test_an_agreement_that_has_ended_since_still_counts_the_time_of_what_moved_under_it() -> None:
    ended = replace(held("UZ", days=60), stage=Stage.TERMINATED, ended_on=date(2026, 2, 1))

    assert least(among([ended], PARTIES, AT), "enquiry_answer_days") == 60


def test_a_version_that_ended_gives_way_to_the_next_one() -> None:
    first = replace(held("UZ", days=3), stage=Stage.TERMINATED, ended_on=date(2026, 2, 1))

    found = among([held("UZ", days=60, version=2), first], PARTIES, AT)

    assert least(found, "enquiry_answer_days") == 60


def test_agreements_of_others_set_no_clock() -> None:
    assert among([held("TM", days=3)], {"customs.kz", "customs.uz"}, AT) == []
