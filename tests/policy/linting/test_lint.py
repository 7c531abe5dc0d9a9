from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from exchange_node.domain.agreement import Agreement, Validity
from exchange_node.domain.agreement.keys import walk
from exchange_node.domain.countersigning.life import Stage
from exchange_node.domain.finding import has_errors
from exchange_node.policy.deciding import HeldAgreement
from exchange_node.policy.linting.lint import (
    Surroundings,
    lets_out_personal_data,
    lint_agreement,
    lint_text,
)
from exchange_node.policy.text.reading import read_agreement
from exchange_node.wco.codelists import read_code_lists
from exchange_node.wco.registry import Registry
from tests.policy.conftest import ON, ROOT

LISTS = ROOT / "wco_schemas" / "codelists" / "purposes.tsv"

CHANGED = [
    # (what is replaced, what with, the rule, its place, its severity)
    ("binding = true", "binding = false", "POL-010", "legal_basis", "error"),
    ('mode = "advance"', 'mode = "on_request"', "POL-012", "grants[1].lead_time_minutes", "error"),
    ('role = "operations_24x7"\nparty = "customs.uz"', 'role = "legal"\nparty = "customs.uz"',
     "POL-014", "contact_points", "warning"),
    ("# signed_on = 2025-12-01", "signed_on = 2026-01-02", "POL-015", "validity.signed_on",
     "error"),
    ("# valid_from = 2026-01-01\n# valid_to = 2026-12-31",
     "valid_from = 2026-01-01\nvalid_to = 2025-12-31", "POL-015", "contact_points[1].valid_to",
     "error"),
    ('authentic_language = "en"\n', "", "POL-016", "languages", "error"),
    ('authentic_language = "en"\n', 'authentic_language = "tg"\n', "POL-022",
     "authentic_language", "error"),
    ('"TRANSIT_CONTROL", "RISK_ANALYSIS"', '"TRANSIT_CONTROL", "CURIOSITY"', "POL-017",
     "grants[1].purposes[2]", "error"),
    ('"extradition", "arrest"]', '"recovery"]', "POL-033",
     "requests.clocks.recovery_start_months", "warning"),
    ('# matters = ["transit", "offences"]', 'matters = ["transit", "offences"]', "POL-033",
     "requests.clocks.recovery_answer_days", "warning"),
    ("results_enquiry_days = 6", "results_enquiry_days = 2", "POL-034",
     "requests.clocks.results_enquiry_days", "warning"),
    (', "TM-014"]', "]", "POL-037", "requests.clocks.manifest_answer_hours", "warning"),
    ("test = true", "test = false", "POL-018", "test", "error"),
    ("expires_on = 2030-12-31", "expires_on = 2026-02-01", "POL-023", "validity.expires_on",
     "warning"),
    ('party = "customs.kz"', 'party = "customs.tj"', "POL-022", "contact_points[1].party", "error"),
    ('grants = ["manifests-kz-uz", ', 'grants = ["others", ', "POL-022", "suspension.grants[1]",
     "error"),
    ('# territory = ["KZ", "UZ"]', 'territory = ["KZ", "UZ-QR"]', "POL-020", "scope.territory",
     "warning"),
    ("# territory_excluded", "territory_excluded", "POL-020", "scope.territory_excluded",
     "warning"),
    ('"extradition", "arrest"]', '"military"]', "POL-020", "scope.excluded", "warning"),
    ('category = "manifest"', 'category = "valuation"', "POL-025", "grants[1].category", "error"),
    ('tls_min = "1.2"', 'tls_min = "1.3"', "POL-020", "security.tls_min", "warning"),
    ("# min_rsa_bits", "min_rsa_bits", "POL-020", "security.min_rsa_bits", "warning"),
    ("# timestamp_required", "timestamp_required", "POL-020", "security.timestamp_required",
     "warning"),
    ('revocation = "if_known"', 'revocation = "required"', "POL-020", "security.revocation",
     "warning"),
    ("# signature_algorithms", "signature_algorithms", "POL-020",
     "security.signature_algorithms", "warning"),
    ('"Declaration/IssueLocationID"', '"Declaration/Nothing"', "POL-001", "", "error"),
]  # fmt: skip


WHOLLY_FOR_PEOPLE = (
    "parties[].names", "parties[].signatory", "equivalence", "grants[].evidence_use",
    "grants[].feedback", "grants[].lead_time_minutes", "grants[].onward",
    "grants[].acknowledge_within_minutes", "personal_data", "requests", "refusal_grounds",
    "postponement_grounds", "reciprocity", "sla", "fallback", "log", "contact_points", "costs",
    "disputes", "change_rules", "suspension", "termination", "breach", "annexes",
)  # fmt: skip
"""What people owe each other: how long something takes, what is done with what has arrived."""

FOR_PEOPLE = {
    "supersedes", "title", "languages", "authentic_language", "legal_basis[].date",
    "legal_basis[].type", "legal_basis[].binding", "validity.signed_on", "validity.auto_renew",
    "validity.provisional", "grants[].category", "grants[].retention.after",
    "grants[].retention.review_every_days", "security.profile", "security.network",
}  # fmt: skip
"""Keys that no gate reads and that narrow nothing which moves."""


@pytest.fixture(name="around")
def _around(registry: Registry) -> Surroundings:
    lists = read_code_lists({"purposes": Path(LISTS).read_text(encoding="utf-8")})
    return Surroundings(registry=registry, code_lists=lists, on=ON, test=True)


def held_as(agreement: Agreement, version: int, state: Stage = Stage.AGREED) -> HeldAgreement:
    return HeldAgreement(agreement=replace(agreement, version=version), stage=state)


def codes(agreement: Agreement, around: Surroundings) -> list[str]:
    return [one.code for one in lint_agreement(agreement, around)]


def test_nothing_is_wrong_with_the_sample(sample: Agreement, around: Surroundings) -> None:
    assert lint_agreement(sample, around) == ()


@pytest.mark.parametrize(("old", "new", "code", "place", "severity"), CHANGED)
def test_what_is_wrong_is_found_at_its_place(
    old: str,
    new: str,
    code: str,
    place: str,
    severity: str,
    sample_text: str,
    around: Surroundings,
) -> None:
    changed = sample_text.replace(old, new, 1)
    assert changed != sample_text

    found = lint_agreement(read_agreement(changed, "changed"), around)

    assert (code, place, severity) in {(one.code, one.pointer, one.severity) for one in found}
    assert all(one.text and one.mend_text for one in found)


def test_a_recovery_for_which_no_answer_has_a_time_is_remarked(
    sample_text: str, around: Surroundings
) -> None:
    one = sample_text.replace("enquiry_answer_days = 28\n", "", 1)
    neither = one.replace("recovery_answer_days = 40\n", "", 1)
    without = neither.replace("recovery_start_months = 7\n", "", 1)

    assert codes(read_agreement(one, "one"), around) == []
    assert codes(read_agreement(neither, "neither"), around) == ["POL-035"]
    assert codes(read_agreement(without, "without"), around) == []


def test_officers_cannot_approve_what_goes_automatically(
    sample_text: str, around: Surroundings
) -> None:
    automatic = sample_text.replace('mode = "advance"', 'mode = "automatic"', 1)
    approved = automatic.replace('# approval = "two"', 'approval = "two"', 1)

    assert "POL-013" in codes(read_agreement(approved, "approved"), around)


def test_a_limit_that_nobody_enforces_is_an_error_in_production(
    sample_text: str, registry: Registry
) -> None:
    text = sample_text.replace('# approval = "one"', "").replace("test = true", "test = false")
    limited = text.replace('# territory = ["KZ", "UZ"]', 'territory = ["KZ", "UZ-QR"]', 1)

    assert not has_errors(lint_text(read_agreement(text, "production"), registry))
    assert [one.code for one in lint_text(read_agreement(limited, "limited"), registry)] == [
        "POL-021"
    ]


def test_every_key_acts_or_limits_or_is_for_people() -> None:
    limiting = {place for place, one in walk(Agreement) if one.key.limits or one.key.limiting}
    silent = {
        place
        for place, one in walk(Agreement)
        if not one.key.acts
        and not one.kind.is_nested
        and place not in limiting
        and not any(place.startswith((f"{above}.", f"{above}[]")) for above in limiting)
    }

    assert {one for one in silent if not one.startswith(WHOLLY_FOR_PEOPLE)} == FOR_PEOPLE


def test_what_acts_is_no_idle_limit() -> None:
    limiting = [one.key for _, one in walk(Agreement) if one.key.limits or one.key.limiting]

    assert limiting
    assert not any(one.acts for one in limiting)


def test_a_person_whom_personal_forgets_is_an_error_in_production(
    sample: Agreement, registry: Registry
) -> None:
    grants = tuple(replace(one, personal=()) for one in sample.grants)
    basis = tuple(replace(one, binding=False) for one in sample.legal_basis)
    unmarked = replace(sample, grants=grants, legal_basis=basis, test=False, personal_data=None)

    found = lint_text(unmarked, registry)

    assert {one.code for one in found} == {"POL-010", "POL-011", "POL-026"}
    assert has_errors(one for one in found if one.code == "POL-026")


def test_without_a_legal_basis_nothing_is_lawful(sample: Agreement, around: Surroundings) -> None:
    assert codes(replace(sample, legal_basis=()), around) == ["POL-024"]


def test_personal_data_wants_to_be_protected(sample: Agreement, around: Surroundings) -> None:
    assert codes(replace(sample, personal_data=None), around) == ["POL-011"]


def test_a_grant_without_personal_fields_lets_out_no_personal_data(sample: Agreement) -> None:
    manifests = sample.grants[0]

    assert lets_out_personal_data(manifests)
    assert not lets_out_personal_data(
        replace(manifests, personal=("Declaration/Authentication/**",))
    )
    assert not lets_out_personal_data(replace(manifests, personal=()))


def test_two_versions_in_force_on_one_day_are_found(
    sample: Agreement, around: Surroundings
) -> None:
    second = replace(sample, version=2)

    assert codes(second, replace(around, held=(held_as(sample, 1),))) == ["POL-019"]


@pytest.mark.parametrize(
    "second",
    [
        {"supersedes": 1},
        {"validity": Validity(in_force_on=date(2031, 1, 1), expires_on=date(2031, 12, 31))},
        {"agreement_id": "urn:carec:maa:kz-uz:other"},
        {"version": 1},
    ],
    ids=["superseding", "later", "another", "the same"],
)
def test_versions_that_follow_each_other_do_not_overlap(
    second: dict[str, object], sample: Agreement, around: Surroundings
) -> None:
    agreement = replace(sample, **({"version": 2} | second))  # type: ignore[arg-type]

    assert codes(agreement, replace(around, held=(held_as(sample, 1),))) == []


def test_an_ended_version_is_in_nobodys_way(sample: Agreement, around: Surroundings) -> None:
    ended = held_as(sample, 1, Stage.TERMINATED)

    assert codes(replace(sample, version=2), replace(around, held=(ended,))) == []


def test_a_version_takes_the_place_of_those_before_the_one_before(
    sample: Agreement, around: Surroundings
) -> None:
    second = held_as(replace(sample, supersedes=1), 2)
    third = replace(sample, version=3, supersedes=2)

    assert codes(third, replace(around, held=(held_as(sample, 1), second))) == []
