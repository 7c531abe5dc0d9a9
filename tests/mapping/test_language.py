from __future__ import annotations

from collections.abc import Callable
from xml.sax.saxutils import escape

import pytest

from exchange_node.domain.errors import InvalidProfileError
from exchange_node.mapping import Mapped, findings
from exchange_node.wco.document import read

Draw = Callable[..., Mapped]
LINES = "[groups.declaration.lines]\n"


def codes(mapped: Mapped) -> list[str]:
    return [one.code for one in mapped.findings if one.code != findings.MISSING.code]


def test_the_first_option_that_has_a_value_is_taken(draw: Draw) -> None:
    mapped = draw(LINES + 'ref = { from = ["A", "B", "C"], to = "FunctionalReferenceID" }',
                  "<D><B/><C>third</C></D>")  # fmt: skip

    assert mapped.document.value("Declaration/FunctionalReferenceID") == "third"


def test_the_first_node_that_passes_a_test_is_taken(draw: Draw) -> None:
    lines = LINES + 'ref = { from = "Doc[Kind=B|C]/No", to = "FunctionalReferenceID" }'
    first = "<Doc><Kind>A</Kind><No>1</No></Doc>"

    mapped = draw(lines, f"<D>{first}<Doc><Kind>C</Kind><No>2</No></Doc></D>")

    assert mapped.document.value("Declaration/FunctionalReferenceID") == "2"
    (trace,) = mapped.report.trace
    assert [row.source for row in trace.sources] == ["Doc[2]/No"]


def test_parts_are_joined_and_a_complete_join_needs_them_all(draw: Draw) -> None:
    lines = (
        LINES
        + """
    a = { join = ["A", { from = "B", prefix = "-" }], with = "", to = "FunctionalReferenceID" }
    b = { join = ["A", "Nothing"], complete = true, to = "ID" }
    """
    )

    mapped = draw(lines, "<D><A>1</A><B>2</B></D>")

    assert mapped.document.value("Declaration/FunctionalReferenceID") == "1-2"
    assert not mapped.document.value("Declaration/ID")


def test_masses_are_summed_and_rows_counted_without_the_padding(draw: Draw) -> None:
    lines = (
        LINES
        + """
    mass = { sum = "I/M", to = "TotalGrossMassMeasure" }
    items = { count = "I", to = "GoodsItemQuantity" }
    """
    )

    mapped = draw(lines, "<D><I><M>1.50</M></I><I><M>2.25</M></I><I><M/></I></D>")

    assert mapped.document.value("Declaration/TotalGrossMassMeasure") == "3.75"
    assert mapped.document.value("Declaration/GoodsItemQuantity") == "2"


def test_a_default_is_told_with_its_reason(draw: Draw) -> None:
    mapped = draw(
        LINES
        + 'kind = { from = "K", default = { value = "950" }, because = "so", to = "TypeCode" }',
        "<D/>",
    )

    (row,) = mapped.report.defaulted
    assert (row.value, row.note, row.target) == ("950", "so", "Declaration/TypeCode")


def test_an_unknown_code_is_named_with_value_and_path_and_gives_no_value(draw: Draw) -> None:
    lines = """
    [crosswalks.kinds]
    codes = { "A" = "950" }
    [groups.declaration.lines]
    kind = { from = "Head/K", crosswalk = "kinds", to = "TypeCode" }
    """

    mapped = draw(lines, "<D><Head><K>Z</K></Head></D>")

    (found,) = [one for one in mapped.findings if one.code == findings.UNKNOWN_CODE.code]
    assert (found.pointer, found.value, found.facts["table"]) == ("Head/K", "Z", "kinds")
    assert not mapped.document.value("Declaration/TypeCode")
    assert [row.source for row in mapped.report.refused] == ["Head/K"]


def test_a_code_is_found_whatever_keyboard_typed_it(draw: Draw) -> None:
    lines = """
    [crosswalks.kinds]
    codes = { "ТТ" = "950" }
    [groups.declaration.lines]
    kind = { from = "K", crosswalk = "kinds", to = "TypeCode" }
    """

    assert draw(lines, "<D><K>TT</K></D>").document.value("Declaration/TypeCode") == "950"


def test_a_code_that_became_other_travels_in_the_extension(draw: Draw) -> None:
    lines = """
    [crosswalks.kinds]
    otherwise = "ZZZ"
    [groups.doc]
    each = "Doc"
    to = "AdditionalDocument"
    [groups.doc.lines]
    id = { from = "No", to = "ID" }
    kind = { from = "K", crosswalk = "kinds", keep = true, to = "TypeCode" }
    """

    mapped = draw(lines, "<D><Doc><No>1</No><K>09023</K></Doc></D>")

    assert mapped.document.value("Declaration/AdditionalDocument/ext:CodeOriginal") == "09023"
    assert findings.UNLISTED_CODE.code in codes(mapped)


def test_two_plates_in_one_field_become_two_vehicles(draw: Draw) -> None:
    lines = """
    [groups.consignment]
    to = "Consignment"
    [groups.vehicle]
    within = "consignment"
    each = "Identity"
    split = "\\\\s*/\\\\s*"
    to = "DepartureTransportMeans"
    [groups.vehicle.lines]
    id = { from = ".", plate = true, to = "ID" }
    """

    mapped = draw(lines, "<D><Identity>01 А 777 / 01 В 888</Identity></D>")

    path = "Declaration/Consignment/DepartureTransportMeans/ID"
    assert mapped.document.values(path) == ("01 A 777", "01 B 888")
    assert len(mapped.report.mapped) >= 2


def test_a_field_of_several_lines_is_parted_into_name_and_address(draw: Draw) -> None:
    lines = (
        LINES
        + """
    name = { from = "N", split = "[\\r\\n]+", part = "1", to = "Declarant/Name" }
    line = { from = "N", split = "[\\r\\n]+", part = "2..", to = "Declarant/Address/Line" }
    """
    )

    mapped = draw(lines, "<D><N>ACME\n   Street 5\n   Town  \n</N></D>")

    assert mapped.document.value("Declaration/Declarant/Name") == "ACME"
    assert mapped.document.value("Declaration/Declarant/Address/Line") == "Street 5, Town"


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("3/7/25", "2025-03-07"),
        ("11/19/1999", "1999-11-19"),
        ("2025-03-07", "2025-03-07"),
        ("2025-03-07T10:00:00+01:00", "2025-03-07T10:00:00+01:00"),
        ("2025-03-07T10:00:00", "2025-03-07T10:00:00+05:00"),
    ],
)
def test_dates_are_read_in_several_shapes(draw: Draw, written: str, iso: str) -> None:
    head = 'zone = "Asia/Almaty"\ndates = ["M/D/YY", "M/D/YYYY"]\n'
    lines = LINES + 'at = { from = "A", to = "AcceptanceDateTime" }'

    mapped = draw(lines, f"<D><A>{written}</A></D>", head=head)

    assert mapped.document.value("Declaration/AcceptanceDateTime") == iso


@pytest.mark.parametrize("written", ["31/12/25", "2025-02-30", "tomorrow", "0/0/00"])
def test_a_date_that_is_none_is_named_and_gives_no_value(draw: Draw, written: str) -> None:
    lines = LINES + 'at = { from = "A", to = "AcceptanceDateTime" }'

    mapped = draw(lines, f"<D><A>{written}</A></D>", head='dates = ["M/D/YY"]\n')

    assert findings.UNREADABLE_DATE.code in codes(mapped)
    assert not mapped.document.value("Declaration/AcceptanceDateTime")


def test_a_time_is_in_the_zone_of_the_country_that_the_line_names(draw: Draw) -> None:
    head = 'zone = "UTC"\n[zones]\nUZ = "Asia/Tashkent"\nGE = "+04:00"\n'
    lines = (
        LINES
        + """
    a = { from = "A", zone_of = "Where", to = "AcceptanceDateTime" }
    b = { from = "A", to = "IssueDateTime" }
    """
    )

    mapped = draw(
        lines, "<D><A>2025-03-07T10:00:00</A><Where>GE</Where></D>", sender="UZ", head=head
    )

    assert mapped.document.value("Declaration/AcceptanceDateTime").endswith("+04:00")
    assert mapped.document.value("Declaration/IssueDateTime").endswith("+05:00")


def test_a_local_time_that_occurs_twice_is_a_warning(draw: Draw) -> None:
    lines = LINES + 'at = { from = "A", to = "AcceptanceDateTime" }'

    mapped = draw(lines, "<D><A>2025-10-26T02:30:00</A></D>", head='zone = "Europe/Berlin"\n')

    assert codes(mapped) == [findings.TWICE_LOCAL.code]


def test_an_amount_takes_its_currency_along_and_is_no_amount_without_one(draw: Draw) -> None:
    lines = LINES + 'v = { from = "V", currency = ["X", "C"], to = "InvoiceAmount" }'

    with_currency = draw(lines, "<D><V>12.50</V><C>USD</C></D>")
    without = draw(lines, "<D><V>12.50</V></D>")

    (leaf,) = [one for one in with_currency.document.leaves() if one.path.endswith("InvoiceAmount")]
    assert (leaf.value, leaf.attributes["currencyID"]) == ("12.5", "USD")
    assert codes(without) == [findings.NO_CURRENCY.code]


@pytest.mark.parametrize("written", ["1,540", "12 kg", "NaN", "1e9999", "∞", ""])
def test_a_number_that_is_none_is_never_guessed(draw: Draw, written: str) -> None:
    lines = LINES + 'mass = { from = "M", to = "TotalGrossMassMeasure" }'

    mapped = draw(lines, f"<D><M>{written}</M></D>")

    assert not mapped.document.value("Declaration/TotalGrossMassMeasure")
    assert bool(written) == (findings.UNREADABLE_NUMBER.code in codes(mapped))


def test_more_decimals_than_there_is_room_for_are_rounded_and_told(draw: Draw) -> None:
    lines = LINES + 'mass = { from = "M", to = "TotalGrossMassMeasure" }'

    mapped = draw(lines, "<D><M>1.00000049</M></D>")

    assert mapped.document.value("Declaration/TotalGrossMassMeasure") == "1"
    assert codes(mapped) == [findings.ROUNDED.code]


def test_a_text_is_cut_at_a_word_and_travels_whole_beside_it(draw: Draw) -> None:
    name = "Limited Company for the Growing and Selling of Apples and of Pears in All Countries"
    mapped = draw(LINES + 'n = { from = "N", to = "Declarant/Name" }', f"<D><N>{name}</N></D>")

    cut = mapped.document.value("Declaration/Declarant/Name")
    assert name.startswith(cut + " ")
    assert len(cut) <= 70
    assert mapped.document.value("Declaration/Declarant/ext:FullText") == name
    assert codes(mapped) == [findings.CUT.code]
    assert [row.note for row in mapped.report.cut] == [name]


def test_an_identifier_is_never_cut(draw: Draw) -> None:
    mapped = draw(LINES + 'n = { from = "N", to = "Declarant/ID" }', f"<D><N>{'7' * 18}</N></D>")

    assert codes(mapped) == [findings.TOO_LONG.code]
    assert mapped.document.value("Declaration/Declarant/ID") == "7" * 18


def test_cyrillic_is_spelt_in_latin_and_the_original_kept(draw: Draw) -> None:
    head = "[languages]\nCyrl = 'ru'\n"
    mapped = draw(
        LINES + 'n = { from = "N", to = "Declarant/Name" }', "<D><N>ТОО «Степь»</N></D>", head=head
    )

    (original,) = [one for one in mapped.document.leaves() if one.path.endswith("OriginalText")]
    assert mapped.document.value("Declaration/Declarant/Name") == "TOO «Step'»"
    assert original.value == "ТОО «Степь»"
    assert original.attributes == {"element": "Name", "languageID": "ru-Cyrl"}


def test_latin_letters_with_accents_stay_as_they_are(draw: Draw) -> None:
    mapped = draw(LINES + 'n = { from = "N", to = "Declarant/Name" }', "<D><N>Çelik Şti.</N></D>")

    assert mapped.document.value("Declaration/Declarant/Name") == "Çelik Şti."


def test_a_row_that_only_pads_the_form_leaves_nothing_behind(draw: Draw) -> None:
    lines = """
    [groups.doc]
    each = "Doc"
    to = "AdditionalDocument"
    [groups.doc.lines]
    id = { from = "No", to = "ID" }
    kind = { value = "380", to = "TypeCode" }
    """

    mapped = draw(lines, "<D><Doc><No/></Doc><Doc><No>7</No></Doc><Doc><No><null/></No></Doc></D>")

    assert mapped.document.values("Declaration/AdditionalDocument/TypeCode") == ("380",)
    pointers = {one.pointer for one in mapped.report.trace}
    assert "Declaration/AdditionalDocument[1]/ID" in pointers


def test_what_is_linked_goes_where_it_belongs(draw: Draw) -> None:
    lines = """
    [groups.consignment]
    to = "Consignment"
    [groups.item]
    within = "consignment"
    each = "I"
    to = "ConsignmentItem"
    [groups.item.lines]
    number = { from = "N", to = "SequenceNumeric" }
    [groups.container]
    within = "item"
    each = "/C"
    link = { here = "N", there = "For" }
    to = "TransportEquipment"
    [groups.container.lines]
    id = { from = "Id", to = "ID" }
    """

    mapped = draw(
        lines,
        "<D><I><N>1</N></I><I><N>2</N></I><C><Id>A</Id><For>2</For></C>"
        "<C><Id>B</Id><For>1</For><For>2</For></C></D>",
    )

    item = "Declaration/Consignment[1]/ConsignmentItem"
    carried = {one.pointer: one.value for one in mapped.report.trace if one.pointer.endswith("ID")}
    assert carried == {
        f"{item}[1]/TransportEquipment[1]/ID": "B",
        f"{item}[2]/TransportEquipment[1]/ID": "A",
        f"{item}[2]/TransportEquipment[2]/ID": "B",
    }


def test_more_than_the_wco_takes_is_an_error_and_not_silent(draw: Draw) -> None:
    lines = """
    [groups.declarant]
    each = "P"
    to = "Declarant"
    [groups.declarant.lines]
    name = { from = "N", to = "Name" }
    """

    mapped = draw(lines, "<D><P><N>one</N></P><P><N>two</N></P></D>")

    assert codes(mapped) == [findings.TOO_MANY.code]
    assert [row.source for row in mapped.report.passed_over] == ["P[2]/N"]


def test_values_that_ought_to_agree_and_do_not_are_a_warning(draw: Draw) -> None:
    lines = """
    [[check]]
    name = "items"
    one = "Count"
    other = { count = "I" }
    """

    same = draw(lines, "<D><Count>1.0</Count><I><N>1</N></I></D>")
    other = draw(lines, "<D><Count>3</Count><I><N>1</N></I></D>")

    assert codes(same) == []
    assert codes(other) == [findings.DISAGREES.code]
    assert [row.note for row in other.report.dropped] == ["compared with what is carried"]


def test_what_is_said_twice_is_written_once(draw: Draw) -> None:
    lines = """
    [groups.doc]
    each = "I/Doc"
    distinct = "No"
    to = "AdditionalDocument"
    [groups.doc.lines]
    id = { from = "No", to = "ID" }
    date = { from = "Date", to = "CategoryCode" }
    """

    mapped = draw(
        lines,
        "<D><I><Doc><No>7</No><Date>1</Date></Doc></I><I><Doc><No>7</No><Date>2</Date></Doc></I></D>",
    )

    assert mapped.document.values("Declaration/AdditionalDocument/ID") == ("7",)
    assert [row.source for row in mapped.report.dropped] == ["I[2]/Doc/No"]
    assert [row.source for row in mapped.report.passed_over] == ["I[2]/Doc/Date"]


def test_a_drop_with_a_condition_takes_what_is_below_the_node(draw: Draw) -> None:
    lines = """
    [[drop]]
    reason = "identity papers"
    paths = ["Doc[K=11001]/**", "Head/*", "**/Secret"]
    """

    mapped = draw(
        lines,
        "<D><Doc><K>11001</K><No>1</No></Doc><Doc><K>2</K><No>2</No></Doc>"
        "<Head><A>1</A></Head><X><Y><Secret>1</Secret></Y></X></D>",
    )

    dropped = {row.source for row in mapped.report.dropped}
    assert dropped == {"Doc[1]/K", "Doc[1]/No", "Head/A", "X/Y/Secret"}
    assert {row.source for row in mapped.report.unmapped} == {"Doc[2]/K", "Doc[2]/No"}


def test_a_line_that_fills_a_class_is_refused(draw: Draw) -> None:
    with pytest.raises(InvalidProfileError, match="is a class"):
        draw(LINES + 'a = { value = "1", to = "Declarant" }', "<D/>")


def test_a_line_that_fills_no_element_is_refused_before_it_finds_anything(draw: Draw) -> None:
    with pytest.raises(InvalidProfileError, match="is in no transit manifest"):
        draw(LINES + 'a = { from = "Nowhere", to = "Declarant/Nonsense" }', "<D/>")


def test_a_required_element_that_is_none_is_refused(draw: Draw) -> None:
    group = LINES + '[groups.one]\nto = "Declarant"\nrequires = ["Nonsense"]\n'

    with pytest.raises(InvalidProfileError, match="Nonsense"):
        draw(group, "<D/>")


def test_what_looks_like_markup_is_text(draw: Draw) -> None:
    text = "a <b> & \"c\" ]]> 'd'"

    mapped = draw(
        LINES + 'ref = { from = "A", to = "FunctionalReferenceID" }',
        f"<D><A>{escape(text)}</A></D>",
    )

    assert mapped.document.values("Declaration/FunctionalReferenceID") == (text,)
    assert read(mapped.document.to_bytes()).value("Declaration/FunctionalReferenceID") == text


def test_an_element_that_may_repeat_takes_one_value_after_the_other(draw: Draw) -> None:
    lines = """
    [groups.guarantee]
    to = "ObligationGuarantee"
    [groups.country]
    within = "guarantee"
    each = "Not"
    [groups.country.lines]
    code = { from = ".", to = "ext:ExcludedCountryCode" }
    """

    mapped = draw(lines, "<D><Not>RU</Not><Not>CN</Not></D>")

    path = "Declaration/ObligationGuarantee/ext:ExcludedCountryCode"
    assert mapped.document.values(path) == ("RU", "CN")


def test_of_two_lines_for_one_element_the_first_that_has_a_value_counts(draw: Draw) -> None:
    lines = (
        LINES
        + """
    a = { from = "A", to = "ID" }
    b = { from = "B", to = "/ID" }
    """
    )

    mapped = draw(lines, "<D><A>1</A><B>2</B></D>")

    assert mapped.document.values("Declaration/ID") == ("1",)
    assert [row.source for row in mapped.report.passed_over] == ["B"]


def test_half_a_package_is_no_number_of_packages(draw: Draw) -> None:
    mapped = draw(LINES + 'n = { from = "N", to = "TotalPackageQuantity" }', "<D><N>1.5</N></D>")

    assert findings.UNREADABLE_NUMBER.code in codes(mapped)


def test_an_un_number_keeps_its_zeros(draw: Draw) -> None:
    lines = """
    [groups.consignment]
    to = "Consignment"
    [groups.consignment.lines]
    un = { from = "U", to = "ConsignmentItem/Commodity/DangerousGoods/UNDGID" }
    """

    mapped = draw(lines, "<D><U>0004</U></D>")

    (trace,) = mapped.report.trace
    place = "Declaration/Consignment[1]/ConsignmentItem[1]/Commodity/DangerousGoods[1]/UNDGID"
    assert (trace.pointer, trace.value) == (place, "0004")


def test_attributes_and_text_between_elements_are_leaves_too(draw: Draw) -> None:
    lines = (
        LINES
        + """
    a = { from = "Head/@no", to = "ID" }
    b = { from = "Head", to = "FunctionalReferenceID" }
    """
    )
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="x y"'

    mapped = draw(lines, f'<D {xsi} v="1"><Head no="7"><x>1</x> stray</Head></D>')

    assert mapped.document.value("Declaration/ID") == "7"
    assert mapped.document.value("Declaration/FunctionalReferenceID") == "stray"
    assert {row.source for row in mapped.report.unmapped} == {"@v", "Head/x"}


def test_a_value_of_the_submission_may_stand_in(draw: Draw) -> None:
    lines = (
        LINES
        + """
    a = { from = ["A", "$reference"], to = "FunctionalReferenceID" }
    b = { from = "$sender", to = "Submitter/ID" }
    """
    )

    mapped = draw(lines, "<D/>", sender="UZ")

    assert mapped.document.value("Declaration/FunctionalReferenceID") == "R-1"
    assert mapped.document.value("Declaration/Submitter/ID") == "customs.uz"


@pytest.mark.parametrize(("unknown", "kept"), [("error", ""), ("warning", "Z"), ("drop", "")])
def test_what_becomes_of_an_unknown_code_is_the_tables_to_say(
    draw: Draw, unknown: str, kept: str
) -> None:
    lines = f"""
    [crosswalks.kinds]
    unknown = "{unknown}"
    passes = "[0-9]+"
    [groups.declaration.lines]
    kind = {{ from = "K", crosswalk = "kinds", to = "TypeCode" }}
    """

    assert draw(lines, "<D><K>Z</K></D>").document.value("Declaration/TypeCode") == kept
    assert draw(lines, "<D><K>42</K></D>").document.value("Declaration/TypeCode") == "42"
