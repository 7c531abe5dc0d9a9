from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.wco.notation import (
    REPEATING,
    REPEATING_ANYWHERE,
    iso_moment,
    iso_of,
    may_repeat,
    path_of,
    read_moment,
    steps,
    wco_moment,
)
from exchange_node.wco.registry import Registry

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda n: timezone(timedelta(minutes=n)))
MOMENTS = st.datetimes(
    min_value=datetime(1900, 1, 2),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=OFFSETS,
)


@pytest.mark.parametrize(
    ("iso", "wco"),
    [
        ("2026-01-01T12:00:00+05:00", ("304", "20260101120000+05")),
        ("2026-01-01T12:00:00-03:00", ("304", "20260101120000-03")),
        ("2026-01-01T12:00:00Z", ("304", "20260101120000Z")),
        ("2026-01-01T12:00:00+05:30", ("304", "20260101063000Z")),
        ("2026-01-01T12:00+05:00", ("304", "20260101120000+05")),
        ("2026-01-01T12:00:00.987654Z", ("304", "20260101120000Z")),
        ("2026-01-01", ("102", "20260101")),
    ],
)
def test_a_moment_is_written_as_wco_writes_it(iso: str, wco: tuple[str, str]) -> None:
    assert wco_moment(iso) == wco


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-01-01T12:00:00", "2026-02-30", "2026-13-01T00:00:00Z", "01/02/2026",
     "2026-01-01T25:00:00Z"],
)  # fmt: skip
def test_what_is_no_moment_with_an_offset_is_not_written(text: str) -> None:
    assert wco_moment(text) is None


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("102", "20260230"),
        ("102", "2026-01-01"),
        ("304", "20260101"),
        ("304", "20260101126000Z"),
        ("203", "202601011200"),
        ("304", "00000101000000Z"),
    ],
)
def test_what_is_no_wco_moment_is_not_read(code: str, text: str) -> None:
    assert iso_moment(code, text) is None


@pytest.mark.parametrize("iso", ["0001-01-01T00:00:00+05:30", "9999-12-31T23:59:59-05:30"])
def test_a_moment_beyond_the_calendar_is_none(iso: str) -> None:
    assert wco_moment(iso) is None
    assert read_moment(iso) is None


@given(MOMENTS)
def test_laws_a_moment_survives_the_wire(moment: datetime) -> None:
    written = wco_moment(iso_of(moment))
    assert written is not None
    read = iso_moment(*written)
    assert read is not None
    assert read_moment(read) == moment.replace(microsecond=0)


def test_a_day_is_read_as_its_first_moment_in_utc() -> None:
    assert read_moment("2026-03-05") == datetime(2026, 3, 5, tzinfo=UTC)


def test_text_that_is_no_moment_is_read_as_none() -> None:
    assert read_moment("2026-02-30") is None
    assert read_moment("noon") is None


def test_a_pointer_has_position_one_where_none_is_written() -> None:
    assert steps("Declaration/Consignment[2]/ext:Driver/ext:Name") == (
        ("Declaration", 1),
        ("Consignment", 2),
        ("ext:Driver", 1),
        ("ext:Name", 1),
    )


@pytest.mark.parametrize("text", ["", "A//B", "A[0]", "A[x]", "A/B]"])
def test_what_is_no_pointer_has_no_steps(text: str) -> None:
    assert steps(text) is None


def test_a_path_is_a_pointer_without_positions() -> None:
    assert path_of("A/B[12]/C[1]") == "A/B/C"


def test_what_repeats_is_what_the_registry_lets_repeat(registry: Registry) -> None:
    pairs: dict[str, bool] = {}
    for one in registry.entries:
        parent, _, child = "/".join(one.path.split("/")[-2:]).partition("/")
        if child and child not in REPEATING_ANYWHERE:
            pairs[f"{parent}/{child}"] = pairs.get(f"{parent}/{child}", False) or one.maximum != 1
    assert {pair for pair, repeats in pairs.items() if repeats} == REPEATING


def test_what_repeats_anywhere_repeats_everywhere(registry: Registry) -> None:
    found = [one for one in registry.entries if one.name in REPEATING_ANYWHERE]
    assert found
    assert all(one.maximum != 1 for one in found)
    assert may_repeat("Declaration", "AdditionalDocument")
