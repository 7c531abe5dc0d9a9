from __future__ import annotations

import pytest

from exchange_node.policy.paths import Coverage, is_well_formed, root_of


@pytest.mark.parametrize(
    "path",
    [
        "Declaration/ID",
        "Declaration/Consignment/ext:Driver/**",
        "InterGov/ext:RiskAlert/ext:Subject/ext:PartyName",
        "Declaration/**",
    ],
)
def test_a_path_of_names_is_well_formed(path: str) -> None:
    assert is_well_formed(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/Declaration/ID",
        "Declaration/",
        "Declaration/*/ID",
        "Declaration/**/ID",
        "Declaration//ID",
        "Declaration/Consignment[1]/ID",
        "Declaration/other:ID",
        "Declaration/ID\n",
        "**",
        "/".join(["A"] * 18),
    ],
)
def test_anything_else_is_not(path: str) -> None:
    assert not is_well_formed(path)


def test_the_root_is_the_first_name() -> None:
    assert root_of("Declaration/Consignment/**") == "Declaration"
    assert root_of("Declaration") == "Declaration"


def test_a_field_covers_itself_alone() -> None:
    coverage = Coverage.of(["Declaration/Agent/Name"])

    assert coverage.covers("Declaration/Agent/Name")
    assert not coverage.covers("Declaration/Agent/NameX")
    assert not coverage.covers("Declaration/Agent")
    assert not coverage.covers("Declaration/Agent/Name/First")
    assert not coverage.covers("Agent/Name")


def test_a_subtree_covers_what_is_below_and_no_neighbour() -> None:
    coverage = Coverage.of(["Declaration/Agent/**"])

    assert coverage.covers("Declaration/Agent/Name")
    assert coverage.covers("Declaration/Agent/Address/Line")
    assert not coverage.covers("Declaration/AgentX/Name")
    assert not coverage.covers("Declaration/ID")


def test_a_foreign_namespace_is_covered_by_nothing() -> None:
    coverage = Coverage.of(["Declaration/**"])

    assert not coverage.covers("Declaration/Agent/other:Name")
