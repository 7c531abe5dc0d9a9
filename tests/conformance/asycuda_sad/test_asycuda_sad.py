from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.conftest import Cross, Told, expectations, outcome

FOLDER = "asycuda_sad"
SENDER = "AL"
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
