from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange_node.domain.finding import has_errors
from tests.conformance.conftest import Cross, Told, expectations, outcome

HERE = Path(__file__).parent
SENDERS = {"asycuda_sad": "AL", "eaeu_customs_ru": "RU", "ncts_ctc": "XI"}
"""Folder of the corpus → a country whose administration could have submitted what lies there."""

pytestmark = pytest.mark.corpus


def expected_files() -> Iterator[tuple[str, str, Told]]:
    for folder in SENDERS:
        for name, expected in expectations(folder):
            yield folder, name, expected


@pytest.mark.parametrize(("folder", "name", "expected"), list(expected_files()))
def test_a_real_file_fares_as_expected(
    corpus: Path, cross: Cross, folder: str, name: str, expected: Told
) -> None:
    assert outcome(corpus / folder / name, cross, SENDERS[folder]) == expected


@pytest.mark.parametrize("folder", SENDERS)
def test_every_other_file_of_the_folder_is_answered_too(
    corpus: Path, cross: Cross, folder: str
) -> None:
    expected = {name for name, _ in expectations(folder)}

    answers = {
        path.name: outcome(path, cross, SENDERS[folder])
        for path in sorted((corpus / folder).glob("*.xml"))
        if path.name not in expected
    }

    assert all(answers.values())


@pytest.mark.parametrize(
    ("folder", "name", "supplier"),
    [
        ("eaeu_customs_ru", "road_car_ge_kz", "customs post of entry"),
        ("eaeu_customs_ru", "container_wrapped", "customs post of entry"),
        ("ncts_ctc", "cc015c-valid-2", "office of departure XI000081"),
    ],
)
def test_with_its_facts_a_real_declaration_becomes_a_valid_manifest(
    corpus: Path, cross: Cross, folder: str, name: str, supplier: str
) -> None:
    facts = HERE / folder / f"{name}.facts.toml"

    mapped, said = cross(corpus / folder / f"{name}.xml", SENDERS[folder], facts)

    assert not has_errors(mapped.findings)
    assert not has_errors(said)
    assert {row.supplied_by for row in mapped.report.facts_used} == {supplier}
