from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import InvalidProfileError
from exchange_node.mapping import Mapped, findings, read_profiles
from exchange_node.mapping.profile.notation import (
    date_shape,
    number_shape,
    read_moment,
    read_number,
    read_units,
)

Draw = Callable[..., Mapped]
LINES = "[groups.declaration.lines]\n"
GROSS = "Declaration/TotalGrossMassMeasure"


def codes(mapped: Mapped) -> list[str]:
    return [one.code for one in mapped.findings if one.code != findings.MISSING.code]


@pytest.mark.parametrize(
    ("shape", "text", "value"),
    [
        ("1.234,56", "1.234,56", "1234.56"),
        ("1.234,56", "1234,5", "1234.5"),
        ("1.234,56", "1.234", "1234"),
        ("1.234,56", "-12.345.678,9", "-12345678.9"),
        ("1 234,56", "1\u00a0234\u202f567,8", "1234567.8"),
        ("1234,56", "1540,25", "1540.25"),
        ("1,234.56", "1,234,567.89", "1234567.89"),
        ("1'234.56", "1\u2019234.5", "1234.5"),
        ("1,23,456.78", "12,34,567.8", "1234567.8"),
        ("1.234", "12.345", "12345"),
        ("1234", "17", "17"),
    ],
)
def test_a_number_is_read_by_the_shape_that_is_declared(shape: str, text: str, value: str) -> None:
    assert read_number(text, number_shape(shape)) == Decimal(value)


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ("1.234,56", "12.34"),
        ("1.234,56", "1,234.56"),
        ("1.234,56", "1.5"),
        ("1234,56", "1.234,5"),
        ("1,234.56", "1,23"),
        ("1 234,56", "1 23"),
        ("1,234.56", "1e5"),
        ("1234", "1,5"),
        ("1.234,56", ""),
        ("1,23,456.78", "1,234,567.00"),
    ],
)
def test_a_number_of_another_shape_is_none(shape: str, text: str) -> None:
    assert read_number(text, number_shape(shape)) is None


@pytest.mark.parametrize("written", ["1,234,56", "1234.56,7", "2.345,67", "", "1.234.56"])
def test_what_is_no_shape_of_a_number_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="is no shape"):
        number_shape(written)


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from(["1.234,56", "1 234,56"]))
def test_laws_of_numbers_written_by_a_shape_and_read_again(number: Decimal, shape: str) -> None:
    written = f"{number:,.2f}"
    if shape == "1.234,56":
        written = written.translate(str.maketrans(",.", ".,"))
    else:
        written = written.translate(str.maketrans(",.", " ,"))

    assert read_number(written, number_shape(shape)) == number


def test_numbers_of_a_profile_are_read_by_its_shape_and_texts_are_left_alone(draw: Draw) -> None:
    lines = """
    [groups.declaration.lines]
    gross = { from = "G", to = "TotalGrossMassMeasure" }
    packages = { sum = "P", to = "TotalPackageQuantity" }
    id = { from = "I", to = "ID" }
    """

    mapped = draw(
        lines,
        "<D><G>1.234,5</G><P>1.000</P><P>2</P><I>1.234,5</I></D>",
        head='number = "1.234,56"\n',
    )

    assert mapped.document.value(GROSS) == "1234.5"
    assert mapped.document.value("Declaration/TotalPackageQuantity") == "1002"
    assert mapped.document.value("Declaration/ID") == "1.234,5"
    assert codes(mapped) == []


@pytest.mark.parametrize(
    ("text", "is_read"),
    [
        ("9" * 16, True),
        ("9" * 16 + "." + "9" * 12, True),
        ("9" * 16 + "." + "9" * 13, False),
        ("1.5" + "0" * 40, True),
        ("0" * 40 + "1.5", True),
        ("12.300000000000001", True),
        ("1" * 17, False),
        ("1" * 35 + ".1234567", False),
    ],
)
def test_a_number_that_could_not_be_counted_with_exactly_is_none(
    text: str, *, is_read: bool
) -> None:
    assert (read_number(text) is not None) == is_read
    assert (read_number(text, number_shape("1234.56")) is not None) == is_read


def test_a_number_that_is_too_long_is_refused_at_its_place(draw: Draw) -> None:
    lines = LINES + 'g = { from = "G", to = "TotalGrossMassMeasure" }'

    mapped = draw(lines, f"<D><G>{'1' * 35}.1234567</G></D>")

    assert [(one.code, one.pointer) for one in mapped.findings if one.pointer == "G"] == [
        (findings.UNREADABLE_NUMBER.code, "G")
    ]


def test_a_number_that_does_not_fit_the_declared_shape_is_refused_at_its_place(draw: Draw) -> None:
    lines = LINES + 'g = { from = "G", number = "1.234,56", to = "TotalGrossMassMeasure" }'

    mapped = draw(lines, "<D><G>12.34</G></D>")

    assert [(one.code, one.pointer) for one in mapped.findings if one.pointer == "G"] == [
        (findings.UNREADABLE_NUMBER.code, "G")
    ]
    assert [row.source for row in mapped.report.refused] == ["G"]


def test_a_fact_has_a_decimal_point_whatever_the_declaration_writes(draw: Draw) -> None:
    lines = LINES + 'g = { from = "G", to = "TotalGrossMassMeasure" }'
    head = 'number = "1.234,56"\n'

    filled = draw(lines, "<D/>", "G = 12.5", head=head)
    agreed = draw(lines, "<D><G>1.234,50</G></D>", "G = 1234.5", head=head)

    assert filled.document.value(GROSS) == "12.5"
    assert codes(agreed) == []


def test_what_is_compared_is_read_by_the_shape_too(draw: Draw) -> None:
    lines = '[[check]]\nname = "c"\none = "T"\nother = { sum = "G" }\n'

    mapped = draw(lines, "<D><T>3.000,5</T><G>1.000,5</G><G>2.000</G></D>",
                  head='number = "1.234,56"\n')  # fmt: skip

    assert codes(mapped) == []


@pytest.mark.parametrize(
    ("unit", "value", "kilograms"),
    [("TNE", "1.5", "1500"), ("168", "2", "2000"), ("GRM", "500", "0.5"), ("LBR", "10", "4.535924"),
     ("PUD", "2", "32.76"), ("KGM", "7", "7"), ("", "7", "7")],
)  # fmt: skip
def test_a_mass_is_converted_by_its_unit(draw: Draw, unit: str, value: str, kilograms: str) -> None:
    lines = """
    [units]
    PUD = "16.38 KGM"
    [crosswalks.unit]
    passes = "[A-Z]{3}"
    codes = { "168" = "TNE" }
    [groups.declaration.lines.g]
    from = "G"
    unit = { from = "U", crosswalk = "unit" }
    convert_to = "KGM"
    to = "TotalGrossMassMeasure"
    """

    mapped = draw(lines, f"<D><G>{value}</G><U>{unit}</U></D>")

    (leaf,) = mapped.document.at(GROSS)
    assert (leaf.value, leaf.attributes["unitCode"]) == (kilograms, "KGM")
    assert mapped.report.unmapped == ()


def test_numbers_of_several_units_are_summed_in_one(draw: Draw) -> None:
    lines = LINES + (
        'g = { sum = "I/G", unit = "../U", convert_to = "KGM", to = "TotalGrossMassMeasure" }'
    )

    mapped = draw(lines, "<D><I><G>2</G><U>TNE</U></I><I><G>5</G><U>KGM</U></I><I><G>1</G></I></D>")

    assert mapped.document.value(GROSS) == "2006"


@pytest.mark.parametrize("way", ['from = "G"', 'sum = "G"'])
def test_a_unit_that_measures_something_else_is_refused(draw: Draw, way: str) -> None:
    where = "U" if way.startswith("from") else "../U"
    lines = LINES + (
        f'g = {{ {way}, unit = "{where}", convert_to = "KGM", to = "TotalGrossMassMeasure" }}'
    )

    mapped = draw(lines, "<D><G>2</G><U>LTR</U></D>")

    assert findings.UNCONVERTIBLE.code in codes(mapped)
    assert "U" in [row.source for row in mapped.report.refused]


@pytest.mark.parametrize("said", [{"A": "x KGM"}, {"A": "1 XXX"}, {"A": "1"}, {"A": "-1 KGM"}])
def test_a_unit_without_a_factor_is_refused(said: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"no number|no unit|write|no factor"):
        read_units(said)


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("1 234,50 USD", "1234.5", "USD"),
        ("USD1.234,50", None, None),
        ("EUR 17", "17", "EUR"),
        ("17,5 сом", "17.5", "KGS"),
        ("$ 3", "3", "USD"),
    ],
)
def test_amount_and_currency_of_one_field_are_parted(
    draw: Draw, text: str, amount: str | None, currency: str | None
) -> None:
    lines = """
    [crosswalks.currency]
    passes = "[A-Z]{3}"
    codes = { "сом" = "KGS", "$" = "USD" }
    [groups.declaration.lines]
    value = { from = "V", money = "currency", number = "1 234,56", to = "InvoiceAmount" }
    """

    mapped = draw(lines, f"<D><V>{text}</V></D>")

    found = [
        (leaf.value, leaf.attributes["currencyID"])
        for leaf in mapped.document.at("Declaration/InvoiceAmount")
    ]
    assert found == ([(amount, currency)] if amount else [])
    if not amount:
        assert findings.UNREADABLE_NUMBER.code in codes(mapped)


TASHKENT, BERLIN = ZoneInfo("Asia/Tashkent"), ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("shape", "text", "told"),
    [
        ("D.M.YYYY", "2.3.2026", "2026-03-02"),
        ("DD MMM YYYY", "02 mar 2026", "2026-03-02"),
        ("YYYYDDD", "2026061", "2026-03-02"),
        ("YYYYMMDDhhmmssfffzz", "20260302081500123+0530", "2026-03-02T08:15:00+05:30"),
        ("YYYY-MM-DD hh:mmzz", "2026-03-02 08:15Z", "2026-03-02T08:15:00+00:00"),
        ("M/D/YYYY h:mm AP", "3/2/2026 12:05 AM", "2026-03-02T00:05:00+05:00"),
        ("M/D/YYYY h:mm AP", "3/2/2026 1:05 pm", "2026-03-02T13:05:00+05:00"),
        ("DD.MM.YYYY hh:mm", "02.03.2026 24:00", "2026-03-03T00:00:00+05:00"),
        ("ISO", "2026-12-31T24:00:00", "2027-01-01T00:00:00+05:00"),
        ("ISO", "2026-12-31T24:00Z", "2027-01-01T00:00:00+00:00"),
    ],
)
def test_a_date_is_read_by_its_shape(shape: str, text: str, told: str) -> None:
    read = read_moment(text, (date_shape(shape),), TASHKENT)

    assert read is not None
    assert (read.moment or read.day).isoformat() == told


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ("YYYYDDD", "2026366"),
        ("YYYYDDD", "2026000"),
        ("M/D/YYYY h:mm AP", "3/2/2026 13:05 PM"),
        ("DD.MM.YYYY hh:mm", "02.03.2026 24:01"),
        ("DD MMM YYYY", "02 MRZ 2026"),
        ("YYYY-MM-DD hh:mmzz", "2026-03-02 08:15+99:00"),
        ("DD.MM.YYYY hh:mm", "31.12.9999 24:00"),
        ("ISO", "2026-02-30T24:00"),
        ("ISO", "2026-03-02T24:01"),
    ],
)
def test_a_date_that_never_was_is_none(shape: str, text: str) -> None:
    assert read_moment(text, (date_shape(shape),), UTC) is None


@pytest.mark.parametrize(("pivot", "year"), [(70, 2026), (26, 1926), (27, 2026), (0, 1926)])
def test_years_of_two_digits_turn_at_the_declared_pivot(pivot: int, year: int) -> None:
    read = read_moment("02.03.26", (date_shape("DD.MM.YY", pivot=pivot),), UTC)

    assert read is not None
    assert read.day == date(year, 3, 2)


@pytest.mark.parametrize(
    ("text", "later", "offset"),
    [
        ("2026-10-25T02:30:00", False, 2),
        ("2026-10-25T02:30:00", True, 1),
        ("2026-03-29T02:30:00", False, 1),
    ],
)
def test_where_the_clock_was_changed_the_profile_says_which_and_it_is_noted(
    text: str, *, later: bool, offset: int
) -> None:
    read = read_moment(text, (date_shape("ISO", later=later),), BERLIN)

    assert read is not None
    assert read.moment is not None
    span = read.moment.utcoffset()
    assert span is not None
    assert (span.total_seconds() / 3600, read.is_ambiguous) == (offset, True)


@given(st.integers(0, 2 * 10**9))
def test_laws_of_local_times_are_never_moved_without_a_word(second: int) -> None:
    plain = datetime.fromtimestamp(second, UTC).replace(tzinfo=None)
    read = read_moment(plain.isoformat(), (date_shape("ISO"),), BERLIN)

    assert read is not None
    assert read.moment is not None
    back = read.moment.astimezone(UTC).astimezone(BERLIN).replace(tzinfo=None)
    assert back == plain or read.is_ambiguous


def test_a_code_means_what_it_meant_on_the_day_of_the_declaration(draw: Draw) -> None:
    lines = """
    [crosswalks.kind.codes]
    "07" = [{ to = "820", until = 2025-12-31 }, { to = "821", from = 2026-01-01 }]
    "08" = { to = "952", until = 2024-12-31 }
    [groups.declaration.lines]
    kind = { from = "K", crosswalk = "kind", to = "TypeCode" }
    """
    head = 'valid_on = "When"\ndates = ["DD.MM.YYYY"]\n'

    def kind(code: str, when: str) -> tuple[str, list[str]]:
        mapped = draw(lines, f"<D><K>{code}</K><When>{when}</When></D>", head=head)
        said = [one.code for one in mapped.findings if one.pointer == "K"]
        return mapped.document.value("Declaration/TypeCode"), said

    assert kind("07", "31.12.2025") == ("820", [])
    assert kind("07", "01.01.2026") == ("821", [])
    assert kind("07", "") == ("821", [])
    assert kind("08", "01.01.2024") == ("952", [])
    assert kind("08", "01.01.2025") == ("", [findings.EXPIRED_CODE.code])
    assert kind("09", "01.01.2025") == ("", [findings.UNKNOWN_CODE.code])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("number = '1,2'", "no shape"),
        ("pivot = 'x'", "0 to 100"),
        ("pivot = 101", "0 to 100"),
        ("clock_change = 'never'", "earlier"),
        ("dates = ['YYYY-MM-DD DD']", "twice"),
        ("dates = ['YYYY DDhh']", "a year, a month and a day"),
        ("[units]\nX = '1'", "write"),
        ("valid_on = { from = 'a', crosswalk = { a = 'b' } }", "no crosswalk"),
        ("[crosswalks.x.codes]\na = { from = 2026-01-01 }", "needs to"),
        ("[crosswalks.x.codes]\na = { to = 'b', from = '2026' }", "must be a day"),
        ("[crosswalks.x.codes]\na = [1]", "a text, or tables"),
        ("[groups.a.lines]\nb = { from = 'c', convert_to = 'KGM', to = 'C' }", "needs unit"),
        ("[groups.a.lines]\nb = { from = 'c', unit = 'u', convert_to = 'X', to = 'C' }", "no unit"),
        ("[groups.a.lines]\nb = { from = { from = 'c', unit = 'u' }, to = 'C' }", "the line"),
        ("[groups.a.lines]\nb = { from = { from = 'c', number = '1234' }, to = 'C' }", "the line"),
        ("[groups.a.lines]\nb = { from = 'c', money = true, currency = 'd', to = 'C' }", "money"),
        ("[groups.a.lines]\nb = { from = 'c', split = ',', part = '0', to = 'C' }", "part"),
        ("[groups.a.lines]\nb = { from = 'c', when = [['a', 1]], to = 'C' }", "condition"),
        ("[groups.a.lines]\nb = { from = 'c', when = 7, to = 'C' }", "condition"),
        ("[groups.a.lines]\nb = { from = 'c', when = 'a>x', to = 'C' }", "no number"),
        ("[groups.a.lines]\nb = { from = 'c', when = 'a~(', to = 'C' }", "when"),
        ("[[national]]\nwithin = 'x'\npaths = ['a']", "no group 'x'"),
        ("[[national]]\nwithin = 'declaration'", "needs paths"),
        ("[[national]]\npaths = ['a', 'b']\nname = 'c'", "one path"),
    ],
)
def test_what_the_language_does_not_have_is_refused(text: str, why: str) -> None:
    with pytest.raises(InvalidProfileError, match=why):
        read_profiles({"test": text})


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("A=1|2", True),
        ("A!=1", False),
        ("A~^1$", True),
        ("A!~^1$", False),
        ("A>0.5", True),
        ("A>=2", False),
        ("A<=1", True),
        ("A<1", False),
        ("B>0", False),
        ("C>0", False),
        ("!C", True),
    ],
)
def test_a_condition_asks_for_values_patterns_and_bounds(
    draw: Draw, condition: str, *, holds: bool
) -> None:
    lines = LINES + f'id = {{ from = "I", when = "{condition}", to = "ID" }}'

    mapped = draw(lines, "<D><I>7</I><A>1</A><B>b</B></D>")

    assert bool(mapped.document.value("Declaration/ID")) is holds


@pytest.mark.parametrize(("when", "holds"), [('["A=1", ["B=x", "B=b"]]', True),
                                             ('["A=1", ["B=x", "B=y"]]', False),
                                             ('[["A=2", "B"]]', True)])  # fmt: skip
def test_of_a_list_within_a_list_one_condition_is_enough(
    draw: Draw, when: str, *, holds: bool
) -> None:
    lines = LINES + f'id = {{ from = "I", when = {when}, to = "ID" }}'

    mapped = draw(lines, "<D><I>7</I><A>1</A><B>b</B></D>")

    assert bool(mapped.document.value("Declaration/ID")) is holds


def test_the_first_node_that_fits_a_condition_gives_the_value(draw: Draw) -> None:
    lines = LINES + 'id = { from = "Doc[Gross>=10]/No", to = "ID" }'

    mapped = draw(
        lines,
        "<D><Doc><Gross>5</Gross><No>1</No></Doc><Doc><Gross>10</Gross><No>2</No></Doc></D>",
    )

    assert mapped.document.value("Declaration/ID") == "2"


@pytest.mark.parametrize(
    ("part", "told"),
    [("1", "N"), ("-1", "KZ"), ("2..", "S 1; Almaty; KZ"), ("2..-2", "S 1; Almaty"),
     ("2..3", "S 1; Almaty"), ("-2..", "Almaty; KZ")],
)  # fmt: skip
def test_parts_of_a_field_are_counted_from_either_end(draw: Draw, part: str, told: str) -> None:
    lines = LINES + (
        f'id = {{ from = "A", split = ",", part = "{part}", rejoin = "; ", to = "ID" }}'
    )

    assert draw(lines, "<D><A>N, S 1, Almaty, KZ</A></D>").document.value("Declaration/ID") == told


def test_what_no_element_takes_goes_along_by_its_name(draw: Draw) -> None:
    lines = """
    [groups.consignment]
    each = "C"
    to = "Consignment"
    [groups.item]
    within = "consignment"
    each = "I"
    to = "ConsignmentItem"
    [[national]]
    paths = ["Head/Mode"]
    [[national]]
    within = "item"
    paths = ["Model[1]"]
    personal = true
    """

    mapped = draw(lines, "<D><Head><Mode>0110</Mode></Head><C><I><Model>棉</Model></I></C></D>")

    fields = [
        (leaf.pointer, leaf.value)
        for leaf in mapped.document.leaves()
        if "NationalField" in leaf.path
    ]
    item = "Declaration/Consignment[1]/ConsignmentItem[1]/ext:NationalField[1]"
    assert fields[:2] == [
        (f"{item}/ext:Name", "Model"),
        (f"{item}/ext:Value", "Mian"),
    ]
    assert ("Declaration/ext:NationalField[1]/ext:Value", "0110") in fields
    assert (
        mapped.document.value(
            "Declaration/Consignment/ConsignmentItem/ext:NationalField/ext:OriginalText"
        )
        == "棉"
    )
    assert mapped.report.unmapped == ()
    assert {row.source for row in mapped.report.mapped if row.personal} == {"C/I/Model"}
