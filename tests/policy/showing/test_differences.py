from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from exchange_node.config.wording import wording
from exchange_node.domain.agreement import Agreement, Grant, Handling, Validity
from exchange_node.domain.agreement.clauses.basis import LegalBasis
from exchange_node.domain.agreement.grant_terms import Onward, OnwardDefault
from exchange_node.policy.showing.differences import differences
from exchange_node.policy.showing.phrases import Phrase

MANIFESTS = "Grants · manifests-kz-uz"


def said(before: Agreement, after: Agreement) -> list[str]:
    return [one.said(str) for one in differences(before, after, str)]


def with_first(agreement: Agreement, grant: Grant) -> Agreement:
    return replace(agreement, grants=(grant, *agreement.grants[1:]))


def test_an_agreement_does_not_differ_from_itself(sample: Agreement) -> None:
    assert said(sample, sample) == []


def test_dates_and_clocks_say_which_way_they_went(sample: Agreement) -> None:
    grant = sample.grants[0]
    changed = replace(
        with_first(sample, replace(grant, retention=replace(grant.retention, max_days=365))),
        validity=Validity(in_force_on=date(2026, 1, 1), expires_on=date(2031, 12, 31)),
        version=2,
    )

    assert said(sample, changed) == [
        "Version: higher, 2, before 1",
        (
            "Validity · In force up to and including (day of UTC): "
            "later, 2031-12-31, before 2030-12-31"
        ),
        (
            f"{MANIFESTS} · Retention · Longest time the receiver may keep it, in days: "
            "shorter, 365, before 1095"
        ),
    ]


def test_what_may_leave_is_told_path_by_path(sample: Agreement) -> None:
    grant = sample.grants[0]
    kept = tuple(one for one in grant.allow if one != "Declaration/Agent/Name")
    changed = with_first(
        sample, replace(grant, allow=(*kept, "Declaration/InvoiceAmount"), purposes=("STATISTICS",))
    )

    assert said(sample, changed) == [
        f"{MANIFESTS} · Purposes it may be used for: now also STATISTICS",
        f"{MANIFESTS} · Purposes it may be used for: no longer TRANSIT_CONTROL",
        f"{MANIFESTS} · Purposes it may be used for: no longer RISK_ANALYSIS",
        f"{MANIFESTS} · Fields that may leave: now allowed: Declaration/InvoiceAmount",
        f"{MANIFESTS} · Fields that may leave: no longer allowed: Declaration/Agent/Name",
    ]


@pytest.mark.parametrize(
    ("old", "new", "phrases"),
    [
        (("A/B/**",), ("A/B/**", "A/B/C"), [Phrase.ORDER]),
        (("A/B/**",), ("A/B/**", "A/B/C/**"), [Phrase.ORDER]),
        (("A/B/**",), ("A/B/C",), [Phrase.NO_LONGER_ALLOWED]),
        (("A/B/C",), ("A/B/**",), [Phrase.NOW_ALLOWED]),
        (("A/B",), ("A/B/**",), [Phrase.NOW_ALLOWED]),
        (("A/B", "A/C"), ("A/C", "A/B"), [Phrase.ORDER]),
    ],
)
def test_a_path_that_a_subtree_covers_is_no_news(
    old: tuple[str, ...], new: tuple[str, ...], phrases: list[Phrase], sample: Agreement
) -> None:
    before, after = (
        with_first(sample, replace(sample.grants[0], allow=paths)) for paths in (old, new)
    )

    assert [one.phrase for one in differences(before, after, str)] == phrases


def test_a_grant_that_came_or_went_is_told_with_all_it_says(sample: Agreement) -> None:
    fewer = replace(sample, grants=sample.grants[:2])

    assert "Grants · alerts-uz-kz: gone" in said(sample, fewer)
    came = said(fewer, sample)
    assert "Grants · alerts-uz-kz: new" in came
    assert "Grants · alerts-uz-kz · Fields that may leave: now allowed: InterGov/ID" in came


def test_a_part_that_came_or_went_is_told(sample: Agreement) -> None:
    without = replace(sample, log=None)

    assert said(sample, without)[0] == "Proof: gone"
    assert "Proof · Proof is kept for, in years: now 10, nothing before" in said(without, sample)


def test_words_are_told_as_people_say_them(sample: Agreement) -> None:
    grant = replace(
        sample.grants[0],
        handling=Handling.CONFIDENTIAL,
        onward=Onward(default=OnwardDefault.CONSENT),
    )

    told = [
        one.said(wording("ru").say)
        for one in differences(sample, with_first(sample, grant), wording("ru").say)
    ]

    assert told == [
        (
            "Разрешения · manifests-kz-uz · Режим обращения: конфиденциально, прежде для "
            "служебного пользования"
        ),
        (
            "Разрешения · manifests-kz-uz · Передача третьим лицам · Тем, кто не назван: "
            "с согласия, прежде запрещено"
        ),
    ]


def test_names_that_look_counted_hide_no_change(sample: Agreement) -> None:
    treaty = LegalBasis(instrument="Treaty", binding=True)
    counted = replace(treaty, instrument="Treaty (2)")
    second = replace(treaty, binding=False)
    before = replace(sample, legal_basis=(counted, treaty, second))
    after = replace(sample, legal_basis=(replace(counted, binding=False), treaty, second))

    assert said(before, after) == ["Legal basis · Treaty (2) · Binding in law: no, before yes"]
