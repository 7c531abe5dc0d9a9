from __future__ import annotations

import pytest

from exchange_node.config.wording import wording
from exchange_node.domain.errors import UnauthenticatedError, UnknownRecordError


@pytest.mark.parametrize("language", ["", "en", "xx"])
def test_a_language_without_a_catalogue_is_english(language: str) -> None:
    said = wording(language).error(UnknownRecordError(kind="alert", key="A1"))

    assert said.sentence == "no alert 'A1' is held here"
    assert said.mend


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_a_catalogue_says_it_in_the_reader_s_language(language: str) -> None:
    said = wording(language).error(UnauthenticatedError())

    assert not said.sentence.isascii()
