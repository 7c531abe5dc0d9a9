from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.agreement.clauses.operation import Maintenance, ServiceLevel
from exchange_node.domain.availability.outage import Function, Meanwhile, Outage
from exchange_node.domain.countersigning.life import Stage
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.text.reading import read_agreement
from exchange_node.services.availability.promised import late_findings
from tests.policy.conftest import ROOT

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)  # a Monday
SAMPLE = read_agreement(
    (ROOT / "agreements" / "kz-uz-transit.toml").read_text(encoding="utf-8"), "sample"
)  # fmt: skip
AGREED = HeldAgreement(agreement=SAMPLE, stage=Stage.AGREED)


def other(**said: object) -> HeldAgreement:
    """Return an agreement with Turkmenistan that promises something else."""
    parties = (SAMPLE.parties[0], replace(SAMPLE.parties[1], country="TM", node="customs.tm"))
    level = ServiceLevel(**said)  # type: ignore[arg-type]
    text: Agreement = replace(SAMPLE, agreement_id="kz-tm", parties=parties, sla=level)
    return HeldAgreement(agreement=text, stage=Stage.AGREED)


NOTHING_SAID = other()


def planned(ahead: timedelta, length: timedelta) -> Outage:
    return Outage(
        number="kz1", party="customs.kz", functions=(Function.TRANSIT,), begins=NOW + ahead,
        ends=NOW + ahead + length, reason="x", meanwhile=Meanwhile.QUEUE, paper=False,
        is_planned=True, told_at=NOW,
    )  # fmt: skip


def since(minutes: int) -> Outage:
    one = planned(-timedelta(minutes=minutes), timedelta(hours=3))
    return replace(one, is_planned=False)


def said(outage: Outage, *held: HeldAgreement) -> list[str]:
    return [f"{one.code} {one.text}" for one in late_findings(outage, held, NOW)]


HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("length", "hours"), [(30 * MINUTE, 24), (31 * MINUTE, 120), (8 * HOUR, 120)], ids=str
)
def test_planned_work_is_announced_as_early_as_is_agreed_for_its_length(
    length: timedelta, hours: int
) -> None:
    assert said(planned(hours * HOUR, length), AGREED) == []
    (found,) = said(planned(hours * HOUR - MINUTE, length), AGREED)

    assert found.startswith("AVAIL-05")
    assert f"{hours - 1} hours ahead" in found
    assert f"ask for {hours} " in found


def test_work_that_is_longer_than_any_that_is_agreed_is_announced_in_working_days() -> None:
    (found,) = said(planned(240 * HOUR, 25 * HOUR), AGREED)

    assert found.startswith("AVAIL-01")


def test_of_several_agreements_the_strictest_counts() -> None:
    early = other(maintenance=(Maintenance(longest_minutes=60, notice_hours=300),))
    soon = other(outage_notice_minutes=5)

    assert said(planned(299 * HOUR, 30 * MINUTE), AGREED) == []
    assert said(planned(299 * HOUR, 30 * MINUTE), AGREED, early) != []
    assert said(since(15), AGREED) == []
    assert "more than 5 minutes" in said(since(15), AGREED, soon)[0]


@pytest.mark.parametrize(
    "held",
    [
        NOTHING_SAID,
        replace(AGREED, agreement=replace(SAMPLE, sla=None)),
        replace(AGREED, stage=Stage.OFFERED),
        replace(AGREED, stage=Stage.TERMINATED, ended_on=NOW.date()),
        replace(AGREED, is_suspended=True, stage=Stage.OFFERED),
    ],
    ids=["nothing said", "no service", "offered", "terminated", "suspended offer"],
)
def test_where_no_agreement_in_force_says_it_the_node_has_times_of_its_own(
    held: HeldAgreement,
) -> None:
    assert said(planned(48 * HOUR, 30 * MINUTE), held)[0].startswith("AVAIL-01")
    assert said(since(30), held) == []
    assert "more than 30 minutes" in said(since(31), held)[0]


def test_a_word_of_an_outage_is_due_as_soon_as_is_agreed() -> None:
    assert said(since(15), AGREED) == []
    assert said(since(16), AGREED)[0].startswith("AVAIL-02")
    assert "more than 15 minutes" in said(since(16), AGREED)[0]


def test_an_agreement_between_others_says_nothing_to_us() -> None:
    foreign = tuple(
        replace(one, country="TJ", node="customs.tj") if one.country == "KZ" else one
        for one in SAMPLE.parties
    )
    between = replace(AGREED, agreement=replace(SAMPLE, parties=foreign))

    assert said(since(30), between) == []
