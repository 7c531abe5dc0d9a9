from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from exchange_node.domain.agreement import Agreement, AgreementParty
from exchange_node.domain.errors import InvalidAgreementError
from exchange_node.policy.text.draft import sample_agreement_text
from exchange_node.policy.text.reading import read_agreement

GE = AgreementParty(country="GE", administration='Revenue "Service"', node="customs.ge")
KZ = AgreementParty(country="KZ", administration="Комитет", node="customs.kz")
UZ = AgreementParty(country="UZ", administration="Customs", node="customs.uz")


def draft(sample_text: str, sender: AgreementParty = GE, recipient: AgreementParty = KZ) -> str:
    return sample_agreement_text(
        sample_text,
        sender=sender,
        recipient=recipient,
        agreement_id="urn:carec:maa:ge-kz:demo",
        in_force_on=date(2026, 6, 15),
        expires_on=date(2026, 6, 22),
    )


def test_a_draft_permits_what_the_sample_permits(sample_text: str, sample: Agreement) -> None:
    drafted = read_agreement(draft(sample_text), "draft")

    assert drafted.parties == (GE, KZ)
    assert drafted.test is True
    assert (drafted.in_force_on, drafted.expires_on) == (date(2026, 6, 15), date(2026, 6, 22))
    assert [one.grant_id for one in drafted.grants] == [
        "manifests-ge-kz",
        "alerts-ge-kz",
        "alerts-kz-ge",
        "events-ge-kz",
        "events-kz-ge",
        "controls-kz-ge",
    ]
    for made, pattern in zip(drafted.grants, sample.grants, strict=True):
        there = pattern.sender == "customs.kz"
        assert (made.sender, made.recipient) == (
            ("customs.ge", "customs.kz") if there else ("customs.kz", "customs.ge")
        )
        assert made == replace(
            pattern, grant_id=made.grant_id, sender=made.sender, recipient=made.recipient
        )


def test_a_draft_between_the_partners_of_the_sample_the_other_way_round(sample_text: str) -> None:
    drafted = read_agreement(draft(sample_text, UZ, KZ), "draft")

    assert drafted.grants[0].sender == "customs.uz"
    assert drafted.grants[0].grant_id == "manifests-uz-kz"


def test_both_ends_draft_the_same_text(sample_text: str) -> None:
    assert draft(sample_text) == draft(sample_text)


@pytest.mark.parametrize(
    "sender",
    [
        KZ,
        replace(GE, node="customs.xx"),
        replace(GE, administration=""),
        replace(GE, administration='"\nallow = ["'),
        replace(GE, administration="\x7f"),
        replace(GE, administration="\ud800"),
    ],
    ids=["itself", "node", "empty", "injection", "control", "surrogate"],
)
def test_what_makes_no_agreement_is_refused(sender: AgreementParty, sample_text: str) -> None:
    with pytest.raises(InvalidAgreementError):
        draft(sample_text, sender)


def test_a_sample_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidAgreementError):
        draft("a = 1")
