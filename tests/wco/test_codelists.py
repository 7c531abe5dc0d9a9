from __future__ import annotations

from datetime import date

import pytest

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.wco.codelists import HS, CodeLists, read_code_lists

HEAD = "code\tname_en\tvalid_from\tvalid_to\tsource\tretrieved"
ON = date(2026, 3, 1)


def lists(*lines: str) -> CodeLists:
    return read_code_lists({"things.tsv": "\n".join((HEAD, *lines))})


def test_a_code_is_known_on_its_days_only() -> None:
    found = lists("A\tan a\t2026-01-01\t2026-12-31\tus\t2026-01-01")

    assert found.knows("things", "A", date(2026, 1, 1))
    assert found.knows("things", "A", date(2026, 12, 31))
    assert not found.knows("things", "A", date(2025, 12, 31))
    assert not found.knows("things", "A", date(2027, 1, 1))


def test_blank_lines_are_no_codes() -> None:
    assert lists("", "A\tan a\t\t\tus\t", "").codes("things")[0].code == "A"


def test_a_code_may_return_with_a_new_meaning() -> None:
    found = lists("A\told\t\t2020-12-31\tus\t", "A\tnew\t2024-01-01\t\tus\t")

    assert not found.knows("things", "A", date(2022, 1, 1))
    assert found.knows("things", "A", ON)
    assert found.name("things", "A") == "new"
    assert len(found.codes("things")) == 2


def test_a_list_that_is_not_loaded_knows_nothing() -> None:
    assert not lists().knows("nothing", "A", ON)
    assert lists().name("nothing", "A") == ""


def test_an_office_is_known_where_its_country_has_no_list(code_lists: CodeLists) -> None:
    assert code_lists.knows("customs_offices", "KZ550101", ON)
    assert not code_lists.knows("customs_offices", "KZ999999", ON)
    assert not code_lists.knows("customs_offices", "UZ999999", ON)
    assert code_lists.knows("customs_offices", "GB000120", ON)
    assert not code_lists.knows("customs_offices", "ZZ000120", ON)
    assert not code_lists.knows("customs_offices", "YY000120", ON)
    assert not code_lists.knows("customs_offices", "12345678", ON)
    assert not code_lists.knows("customs_offices", "GB", ON)


def test_all_countries_and_those_of_ncts_are_there(code_lists: CodeLists) -> None:
    iso = [one.code for one in code_lists.codes("iso3166")]
    assert len(iso) >= 249
    assert {"KZ", "UZ", "AF", "CN", "XI", "XK", "ZZ"} <= set(iso)
    assert code_lists.knows("iso4217", "KZT", ON)
    assert code_lists.knows("rec21", "NE", ON)


def test_countries_agree_with_the_package() -> None:
    iso3166 = pytest.importorskip("iso3166", reason="iso3166 is not installed")
    assert len({one.alpha2 for one in iso3166.countries}) >= 249


@pytest.mark.parametrize(
    "text",
    [
        "",
        "code,name\nA,B",
        f"{HEAD}\nA\tb",
        f"{HEAD}\n \tb\t\t\tus\t",
        f"{HEAD}\nA\tb\t01.02.2026\t\tus\t",
    ],
)
def test_a_list_that_is_not_one_is_refused(text: str) -> None:
    with pytest.raises(InvalidSettingError) as refused:
        read_code_lists({"things.tsv": text})
    assert "things.tsv" in str(refused.value)


def test_every_line_says_where_it_comes_from(code_lists: CodeLists) -> None:
    for name in code_lists.names:
        if name != HS:  # the words are not ours to ship
            assert all(one.name for one in code_lists.codes(name)), name
        assert all(one.source and one.retrieved for one in code_lists.codes(name)), name
