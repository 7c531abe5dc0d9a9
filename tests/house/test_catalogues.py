"""What the program says to people can be said in every language it promises."""

import pytest

from exchange_node.config.wording import LOCALE, wording
from exchange_node.domain.errors import RoleError
from tools import catalogue, make_catalogues

MESSAGES = catalogue.messages()
LANGUAGES = make_catalogues.LANGUAGES


def test_there_are_sentences_to_say() -> None:
    assert len(MESSAGES) > 100


def test_every_template_that_stands_in_the_source_is_found() -> None:
    written = {template for template, _ in catalogue.written() if template}

    assert written <= set(MESSAGES)


def test_template_and_catalogues_are_up_to_date() -> None:
    assert [path.name for path in make_catalogues.stale()] == []


def test_the_program_looks_where_the_catalogues_lie() -> None:
    assert LOCALE == make_catalogues.LOCALE


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_the_placeholders_of_its_sentence(language: str) -> None:
    changed = [
        message
        for message, text in make_catalogues.translations(language).items()
        if make_catalogues.placeholders(message) != make_catalogues.placeholders(text)
    ]

    assert not changed


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_program_finds_what_the_translators_wrote(language: str) -> None:
    assert make_catalogues.said(language) == make_catalogues.translations(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_translated_is_counted(language: str) -> None:
    missing = make_catalogues.untranslated(language)

    if missing:
        pytest.skip(f"{language}: {len(missing)} sentence(s) are said in English: {missing[:3]}")


def test_a_reader_is_spoken_to_in_the_language_asked_for() -> None:
    refused = RoleError(needed="liaison", held="none")

    said = {language: wording(language).error(refused).sentence for language in ("", *LANGUAGES)}

    assert len(set(said.values())) == len(said)
    assert all("liaison" in sentence for sentence in said.values())


def test_a_language_without_a_catalogue_is_answered_in_english() -> None:
    refused = RoleError(needed="liaison", held="none")

    assert wording("ky").error(refused).sentence == str(refused)
