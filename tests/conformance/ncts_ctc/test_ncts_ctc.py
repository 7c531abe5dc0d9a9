from __future__ import annotations

from pathlib import Path

import pytest

from exchange_node.domain.finding import has_errors
from tests.conformance.conftest import Cross, Told, expectations, outcome

FOLDER = "ncts_ctc"
SENDER = "XI"
HERE = Path(__file__).parent
pytestmark = pytest.mark.corpus


@pytest.mark.parametrize(("name", "expected"), list(expectations(FOLDER)))
def test_a_real_file_fares_as_expected(
    corpus: Path, cross: Cross, name: str, expected: Told
) -> None:
    assert outcome(corpus / FOLDER / name, cross, SENDER) == expected


def test_every_other_file_of_the_folder_is_answered_too(corpus: Path, cross: Cross) -> None:
    expected = dict(expectations(FOLDER))

    answers = {
        path.name: outcome(path, cross, SENDER)
        for path in sorted((corpus / FOLDER).glob("*.xml"))
        if path.name not in expected
    }

    assert all(answers.values())


def test_with_its_facts_a_real_declaration_becomes_a_valid_manifest(
    corpus: Path, cross: Cross
) -> None:
    file = corpus / FOLDER / "cc015c-valid-2.xml"

    mapped, said = cross(file, SENDER, HERE / "cc015c-valid-2.facts.toml")

    assert not has_errors(mapped.findings)
    assert not has_errors(said)
    assert mapped.document.value("Declaration/ID") == "23XI00008100001852"
