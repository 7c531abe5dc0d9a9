from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import strategies as st

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.agreement.keys import Declared, Kind, keys_of

WORDS = st.text(
    # No agreement has U+FFFD, which is a symbol (So): it stands for what a reader has lost.
    st.characters(
        codec="utf-8",
        categories=("L", "N", "P", "S"),
        exclude_characters="\N{REPLACEMENT CHARACTER}",
    ),
    min_size=1,
    max_size=12,
).map(partial(normalize, "NFC"))
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))


def anything(table: type, **given: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - of any table
    """Any value of a table of the text; what keys say together is not heeded, unless given."""
    made = {one.attribute: given.get(one.attribute, under(one)) for one in keys_of(table)}
    return st.builds(
        table, **made, **{name: one for name, one in given.items() if name not in made}
    )


def under(one: Declared) -> st.SearchStrategy[Any]:
    held = _held(one)
    return held if one.is_required else st.just(one.default) | held


def _held(one: Declared) -> st.SearchStrategy[Any]:
    match one.kind:
        case Kind.WHOLE:
            return st.integers(one.key.low, one.key.high)
        case Kind.TRUTH:
            return st.booleans()
        case Kind.DAY:
            return DAYS
        case Kind.TABLE:
            return anything(one.table or object)
        case _:
            return _listed(one) if one.kind.is_list else _single(one)


def _listed(one: Declared) -> st.SearchStrategy[Any]:
    entries = anything(one.table) if one.table is not None else _single(one)
    unique = one.table is None
    return st.lists(entries, min_size=one.key.least, max_size=3, unique=unique).map(tuple)


def _single(one: Declared) -> st.SearchStrategy[Any]:
    if one.words is not None:
        return st.sampled_from(list(one.words))
    if one.key.known:
        return st.sampled_from(one.key.known)
    if one.key.shape is not None:
        return st.from_regex(one.key.shape.pattern, fullmatch=True).filter(
            lambda text: text.isprintable() and text == text.strip() and text.isascii()
        )
    return WORDS


@pytest.fixture(name="small", scope="session")
def _small(sample: Agreement) -> Agreement:
    """The sample with its alerts alone."""
    return replace(sample, grants=sample.grants[1:2])


@pytest.fixture(name="clauses", scope="session")
def _clauses() -> st.SearchStrategy[dict[str, Any]]:
    """What an agreement says around its parties, grants and days."""
    fixed = {
        "format",
        "agreement_id",
        "version",
        "supersedes",
        "parties",
        "grants",
        "validity",
        "annexes",
    }
    return st.fixed_dictionaries(
        {one.attribute: under(one) for one in keys_of(Agreement) if one.attribute not in fixed}
    )
