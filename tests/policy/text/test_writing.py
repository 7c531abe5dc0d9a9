from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.agreement.clauses.assistance import Form
from exchange_node.domain.agreement.keys import walk
from exchange_node.domain.errors import InvalidAgreementError
from exchange_node.policy.text.reading import read_agreement
from exchange_node.policy.text.writing import write_agreement


def without_digest(agreement: Agreement) -> Agreement:
    return replace(agreement, digest="")


def test_the_sample_is_read_back_as_it_was_written(sample: Agreement) -> None:
    written = write_agreement(sample)

    assert without_digest(read_agreement(written, "written")) == without_digest(sample)


def test_comments_on_every_key_change_nothing(sample: Agreement) -> None:
    plain = write_agreement(sample)

    commented = write_agreement(sample, say=str)

    assert read_agreement(commented, "commented") == read_agreement(plain, "plain")


def test_a_commented_text_has_every_key_there_is(sample: Agreement) -> None:
    commented = write_agreement(sample, say=str)

    missing = [
        place
        for place, one in walk(Agreement)
        if f"{one.name} = " not in commented and f"{one.name}]" not in commented
    ]

    assert missing == []


def test_what_a_key_means_is_said_in_the_language_asked_for(sample: Agreement) -> None:
    commented = write_agreement(sample, say=str.upper)

    assert "# TITLE\ntitle = " in commented


def test_a_commented_key_can_be_put_in_force_by_taking_the_mark_away(sample: Agreement) -> None:
    commented = write_agreement(sample, say=str)

    freed = commented.replace("# attachments = false", "attachments = true", 1)

    assert read_agreement(freed, "freed").grants[0].attachments is True


def test_a_list_that_is_left_out_is_a_comment_to_its_end(sample: Agreement) -> None:
    assert sample.requests is not None
    by_default = replace(sample, requests=replace(sample.requests, forms=(Form.ELECTRONIC,)))

    commented = write_agreement(by_default, say=str)

    assert '# forms = [\n#   "electronic",\n# ]\n' in commented
    assert without_digest(read_agreement(commented, "commented")) == without_digest(by_default)


SIGNS = ['"', "\\", '\\"', r"\u0041", "#", '"' * 3, "\N{HANGUL SYLLABLE GAG}", "\N{GRINNING FACE}"]


@pytest.mark.parametrize("words", SIGNS)
def test_signs_that_toml_reads_otherwise_are_read_back_as_they_were(
    sample: Agreement, words: str
) -> None:
    agreement = replace(sample, title=words)

    for say in (None, str):
        assert read_agreement(write_agreement(agreement, say=say), "signs").title == words


def test_a_sign_that_was_lost_has_no_way_into_an_agreement(sample: Agreement) -> None:
    lost = write_agreement(replace(sample, title="\N{REPLACEMENT CHARACTER}"))

    for text in (lost, lost.replace("\N{REPLACEMENT CHARACTER}", r"\ufffd")):
        with pytest.raises(InvalidAgreementError, match=r"U\+FFFD"):
            read_agreement(text, "lost")


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_laws_of_clauses_reading_undoes_writing(
    small: Agreement, clauses: st.SearchStrategy[dict[str, Any]], data: st.DataObject
) -> None:
    agreement = replace(small, **data.draw(clauses))

    for say in (None, str):
        written = write_agreement(agreement, say=say)
        assert without_digest(read_agreement(written, "drawn")) == without_digest(agreement)


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_laws_of_the_digest_two_texts_have_one_where_they_say_the_same(
    small: Agreement, clauses: st.SearchStrategy[dict[str, Any]], data: st.DataObject
) -> None:
    one, other = (write_agreement(replace(small, **data.draw(clauses))) for _ in range(2))

    same_values = tomllib.loads(one) == tomllib.loads(other)

    assert (read_agreement(one, "1").digest == read_agreement(other, "2").digest) is same_values
