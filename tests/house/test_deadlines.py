"""The table of deadlines in docs/movements.md says what agreements can say, and the sample does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.agreement.grant_terms import TOLD_OF
from exchange_node.domain.agreement.keys import keys_of, walk
from exchange_node.domain.message import CODES
from exchange_node.policy.text.reading import read_agreement

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "movements.md").read_text(encoding="utf-8")
SAMPLE = ROOT / "agreements" / "kz-uz-transit.toml"
TOLD = "grants[].told_within[].minutes"
TEXT_ALONE = {"sla.receipt_seconds"}


def _rows() -> list[tuple[str, str, str, str]]:
    table = PAGE.split("<!-- deadlines -->\n")[1].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in table]
    return [(one[0], one[1], one[2], one[3]) for one in cells]


ROWS = _rows()
NAMED = sorted({key for _, keys, _, _ in ROWS for key in re.findall(r"`([^`]+)`", keys)})
READ = read_agreement(SAMPLE.read_text(encoding="utf-8"), "sample")


def said(table: object, place: str) -> list[int]:
    """Return the numbers that stand under a key, wherever a text has it."""
    name, _, rest = place.partition(".")
    (one,) = [key for key in keys_of(type(table)) if key.name == name.removesuffix("[]")]
    found = one.of(table)
    some = [each for each in (found if one.kind.is_list else (found,)) if each is not None]
    return [number for each in some for number in said(each, rest)] if rest else some


@pytest.mark.parametrize("key", NAMED)
def test_every_key_that_the_table_names_is_a_key_of_the_agreement_and_acts(key: str) -> None:
    acts = {place: one.key.acts for place, one in walk(Agreement)}

    assert acts[key] is (key not in TEXT_ALONE)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_the_table_says_of_the_sample_stands_there(row: tuple[str, str, str, str]) -> None:
    codes, keys, sample, _ = row
    numbers = {int(one) for one in re.findall(r"\d+", sample)}

    if TOLD in keys:
        (code,) = re.findall(r"`([^`]+)`", codes)
        found = {one.told_within_minutes(code) for one in READ.grants} - {None}
    else:
        found = {one for key in re.findall(r"`([^`]+)`", keys) for one in said(READ, key)}

    assert found == numbers


def test_the_table_names_messages_alone_and_each_that_may_be_told_late() -> None:
    named = {code for codes, _, _, _ in ROWS for code in re.findall(r"`([^`]+)`", codes)}

    assert named <= {*CODES, "SY-001"}
    assert set(TOLD_OF) <= named
