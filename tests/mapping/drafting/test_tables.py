from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange_node.domain.errors import (
    ExcessiveDeclarationError,
    InputError,
    UnfitSamplesError,
)
from exchange_node.mapping.drafting import Draft, Sources, draft
from exchange_node.mapping.drafting.samples import columns, tables
from exchange_node.mapping.sources.delimited import MAX_COLUMNS
from exchange_node.mapping.sources.opening import Plain

Drafts = Callable[..., Draft]
TABLE = "Gross,Net\n1,2\n3,4\n"
BLANKS = ["\u00a0\n", "\u2003\n", "\u3000\u3000\n", "\u2028\n", "\x85\n"]
LAW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TEXTS = st.text(alphabet='ab1 ,;\n\r"HI\u00a0\u2003\u3000', max_size=60).map(str.encode)


def no_ideas(name: str) -> tuple[str, ...]:
    return ()


@pytest.mark.parametrize("blank", BLANKS)
def test_a_sample_of_blanks_alone_is_named(blank: str, drafted: Drafts) -> None:
    with pytest.raises(UnfitSamplesError, match="no line in sample 1"):
        drafted(blank, TABLE)
    with pytest.raises(UnfitSamplesError, match="no line in sample 2"):
        drafted(TABLE, blank)


@LAW
@given(samples=st.lists(TEXTS | st.sampled_from(BLANKS).map(str.encode), min_size=2, max_size=3))
def test_laws_several_samples_are_drafted_from_or_refused_with_one_of_our_errors(
    samples: list[bytes], sources: Sources
) -> None:
    try:
        made = draft("draft", samples, sources)
    except InputError:
        return
    assert made.toml


def test_a_header_in_utf_8_is_read_as_such_however_short(drafted: Drafts) -> None:
    assert 'columns = ["Größe"' in drafted("Größe;Net\n1;2\n3;4\n").toml


def test_more_columns_than_are_read_are_refused_before_they_are_looked_at() -> None:
    def asked(name: str) -> tuple[str, ...]:
        raise AssertionError(name)

    header = ",".join(f"column a{n}" for n in range(MAX_COLUMNS + 1))
    row = ",".join("1" for _ in range(MAX_COLUMNS + 1))

    with pytest.raises(ExcessiveDeclarationError, match="columns in sample 1"):
        tables.table_layout([Plain(f"{header}\n{row}\n".encode())], asked)


def test_the_headers_of_samples_cost_no_more_than_their_own_length() -> None:
    header = ",".join(f"column a{n}" for n in range(MAX_COLUMNS))
    row = ",".join(str(n) for n in range(MAX_COLUMNS))
    begun = time.perf_counter()

    tables.table_layout([Plain(f"{header}\n{row}\n{row}\n".encode())] * 50, no_ideas)

    assert time.perf_counter() - begun < 3


def test_one_long_line_costs_no_more_than_its_own_length() -> None:
    lines = ["AB  12 34"] * 1_999 + ["AB  12 34" + " " * 90_000 + "x"]
    begun = time.perf_counter()

    told = columns.columns_layout(lines, [])

    assert time.perf_counter() - begun < 2
    assert any('F90010 = "90010.."' in line for line in told)


def test_a_line_of_more_places_than_a_profile_can_name_is_refused(drafted: Drafts) -> None:
    with pytest.raises(ExcessiveDeclarationError, match="characters in a line"):
        drafted("AB  12 34\n" * 3 + "AB  12 34" + " " * 100_000 + "x\n")
