from __future__ import annotations

from dataclasses import replace

import pytest

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.agreement.grant_terms import (
    Conditions,
    RiskLevel,
    ToldWithin,
    VersionRange,
)
from exchange_node.policy.linting.lint import lint_text
from exchange_node.wco.registry import Registry

HIGHEST = RiskLevel.HIGHEST


def found(agreement: Agreement, registry: Registry, **changed: object) -> list[tuple[str, str]]:
    """Return code and place of what is found when the first grant is changed."""
    first = replace(agreement.grants[0], **changed)  # type: ignore[arg-type]
    changed_text = replace(agreement, grants=(first, *agreement.grants[1:]))
    return [(one.code, one.pointer) for one in lint_text(changed_text, registry)]


@pytest.mark.parametrize(
    ("conditions", "findings"),
    [
        (Conditions(transport_modes=("3",), offices=("UZ270101",), hs_chapters=("24",)), []),
        # Once for each message of the grant: TM-010, TM-011 and TM-014.
        (Conditions(risk_levels=(HIGHEST,)), [("POL-030", "grants[1].conditions.risk_levels")] * 3),
        (Conditions(corridors=("CAREC-3",)), []),
    ],
    ids=str,
)
def test_a_condition_that_is_no_use_is_found(
    conditions: Conditions, findings: list[tuple[str, str]], sample: Agreement, registry: Registry
) -> None:
    assert found(sample, registry, conditions=conditions) == findings


def test_a_condition_that_the_receiver_cannot_see_is_found(
    sample: Agreement, registry: Registry
) -> None:
    conditions = Conditions(transport_modes=("3",))
    allow = tuple(one for one in sample.grants[0].allow if "Mode" not in one and "Means" not in one)

    hidden = found(sample, registry, conditions=conditions, allow=allow, require=())

    assert ("POL-031", "grants[1].conditions.transport_modes") in hidden


def test_an_acknowledgement_is_asked_for_no_condition(
    sample: Agreement, registry: Registry
) -> None:
    alerts = replace(sample.grants[2], conditions=Conditions(risk_levels=(HIGHEST,)))
    agreement = replace(sample, grants=(*sample.grants[:2], alerts, *sample.grants[3:]))

    assert not lint_text(agreement, registry)


@pytest.mark.parametrize(
    ("one", "findings"),
    [
        (VersionRange(code="TM-010", min=1, max=2), []),
        (
            VersionRange(code="TM-010", min=2, max=1),
            [("POL-032", "grants[1].schema_versions[1].min")],
        ),
        (
            VersionRange(code="RA-010", min=1, max=1),
            [("POL-022", "grants[1].schema_versions[1].code")],
        ),
    ],
    ids=str,
)
def test_a_range_of_versions_that_fits_nothing_is_found(
    one: VersionRange, findings: list[tuple[str, str]], sample: Agreement, registry: Registry
) -> None:
    assert found(sample, registry, schema_versions=(one,)) == findings


@pytest.mark.parametrize(
    ("code", "findings"),
    [
        ("TM-010", []),
        ("TM-014", [("POL-036", "grants[1].told_within[1].code")]),
        ("TM-020", [("POL-022", "grants[1].told_within[1].code")]),
    ],
)
def test_a_time_to_tell_that_never_runs_is_found(
    code: str, findings: list[tuple[str, str]], sample: Agreement, registry: Registry
) -> None:
    one = ToldWithin(code=code, minutes=5)

    assert found(sample, registry, told_within=(one,)) == findings
