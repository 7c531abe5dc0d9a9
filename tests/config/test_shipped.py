from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from exchange_node.config import shipped
from exchange_node.domain.errors import InvalidProfileError, InvalidSettingError

OFFICES = "code\tname_en\tvalid_from\tvalid_to\tsource\tretrieved\nUZ000001\tTashkent\t\t\tx\t\n"
DAY = date(2026, 3, 1)


def test_what_did_not_change_is_the_same_value_again() -> None:
    once, again = shipped.library(), shipped.library()

    assert once.registry is again.registry
    assert once.schemas is again.schemas
    assert once.code_lists is again.code_lists
    assert shipped.national_profiles() is shipped.national_profiles()


def test_a_list_that_was_written_meanwhile_counts(tmp_path: Path) -> None:
    before = shipped.library(tmp_path).code_lists
    (tmp_path / "customs_offices.tsv").write_text(OFFICES, encoding="utf-8")

    after = shipped.library(tmp_path).code_lists

    assert not before.name("customs_offices", "UZ000001")
    assert after.name("customs_offices", "UZ000001") == "Tashkent"
    assert after.knows("customs_offices", "UZ000001", DAY)


def test_what_is_wrong_is_wrong_each_time_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "customs_offices.tsv").write_text("nothing", encoding="utf-8")
    (tmp_path / "own.toml").write_text("[nothing", encoding="utf-8")

    for _ in range(2):
        with pytest.raises(InvalidSettingError):
            shipped.library(tmp_path)
        with pytest.raises(InvalidProfileError):
            shipped.national_profiles(tmp_path)
