from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange_node.channels.paper import Heading, Row, common_rows, draw, rows_of
from exchange_node.channels.paper.drawing import _letters
from exchange_node.channels.paper.writing import written
from exchange_node.domain.identifiers import MovementId
from exchange_node.domain.manifest import (
    Consignment,
    ConsignmentItem,
    Party,
    TransitManifest,
    TransportEquipment,
    TransportMeans,
)

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
CODE = "CX1" + "A" * 220


def heading(**changes: object) -> Heading:
    plain = {
        "movement": "26KZ0000000000001A",
        "issuer": "Мемлекеттік кірістер комитеті (customs.kz)",
        "printed_at": AT,
        "valid_until": AT,
        "code": CODE,
        "handling": "restricted",
        "test": True,
    }
    return Heading(**(plain | changes))  # type: ignore[arg-type]  # any of its fields


def manifest(items: int = 1) -> TransitManifest:
    goods = tuple(
        ConsignmentItem(
            number=number,
            commodity_code="080810",
            description=f"Алма {number}",
            gross_mass_kg=Decimal(10),
            package_count=2,
        )
        for number in range(1, items + 1)
    )
    return TransitManifest(
        movement=MovementId(country="KZ", scheme="mrn", value="26KZ0000000000001A"),
        functional_reference="F-1",
        function="9",
        type_code="T1",
        submitter="customs.kz",
        declaration_office="KZ1001",
        issued_at=AT,
        limit_date=date(2026, 3, 9),
        border_means=TransportMeans(id="123 ABC 02", stage="border", nationality="KZ"),
        consignments=(
            Consignment(
                number=1,
                office_of_destination="UZ1701",
                parties=(Party(role="Consignee", name="Ўзбекистон мева"),),
                equipment=(TransportEquipment(id="MSKU0000006", customs_seals=("S-1", "S-2")),),
                items=goods,
            ),
        ),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Сопроводительный документ",
        "Қазақстан Республикасының Мемлекеттік кірістер комитеті",
        "Ўзбекистон Ғиждувон ҳудуди",
        "Ҷумҳурии Тоҷикистон, ӯ, ӣ, қ",
        "Кыргыз Республикасы ң ө ү",
        "Монгол Улсын Гаалийн ерөнхий газар",
        "Azərbaycan Dövlət Gömrük Komitəsi",
        "Türkmenistanyň gümrügi, žňşüöäýç",
        "Oʻzbekiston bojxona qoʻmitasi",
        "საქართველოს შემოსავლების სამსახური",
    ],
)
def test_the_scripts_of_the_corridor_are_printed_as_they_are(text: str) -> None:
    assert written(text, _letters()) == text


@pytest.mark.parametrize("text", ["中国海关", "گمرک افغانستان", "پاکستان"])
def test_what_the_fonts_cannot_show_is_in_latin_letters_and_marked(text: str) -> None:
    shown = written(f"A {text}", _letters())

    assert shown.startswith("A ")
    assert shown.isascii()
    assert shown.endswith("*")


@given(st.text(max_size=200))
def test_laws_nothing_that_is_printed_turns_into_a_box(text: str) -> None:
    assert {ord(char) for char in written(text, _letters())} <= _letters()


def test_what_turns_the_reading_direction_is_not_printed() -> None:
    assert written("ABC\u202e123\u200b", _letters()) == "ABC 123"


def test_a_paper_is_a_pdf_that_names_its_code_and_embeds_its_letters() -> None:
    pdf = draw(heading(), rows_of(manifest()))

    assert pdf.startswith(b"%PDF-1.")
    assert CODE.encode() in pdf
    assert b"FontFile2" in pdf
    assert b"Type /Page " in pdf.replace(b"\n", b" ").replace(b"/Type", b"Type")


def test_the_same_values_make_the_same_bytes() -> None:
    rows = rows_of(manifest())

    assert draw(heading(), rows) == draw(heading(), rows)


def test_many_goods_take_many_pages_and_no_more_than_a_bound() -> None:
    rows = rows_of(manifest(items=1000))

    assert sum(row.value.startswith("080810") for row in rows) == 300
    assert rows[-1].value.startswith("700 more")
    (pages,) = re.findall(rb"/Count (\d+)", draw(heading(), rows))
    assert 5 <= int(pages) <= 12


@settings(max_examples=15, deadline=None)
@given(st.text(min_size=1, max_size=60), st.text(max_size=300))
def test_laws_whatever_stands_in_a_manifest_is_drawn_and_never_followed(
    caption: str, value: str
) -> None:
    rows = [Row(caption), Row(caption, value), Row("x", '<img src="file:///etc/hostname"/>')]

    assert draw(heading(issuer=value[:70]), rows).startswith(b"%PDF-1.")


def test_what_one_of_the_countries_was_not_told_is_not_printed() -> None:
    whole = rows_of(manifest())
    less = tuple(row for row in whole if "Consignee" not in row.caption)

    rows = common_rows([whole, less])

    assert not [row for row in rows if "мева" in row.value]
    assert [row for row in rows if "MSKU0000006" in row.caption]
    assert common_rows([whole]) == whole


def test_a_section_with_nothing_in_it_has_no_title() -> None:
    one = (Row("A"), Row("a", "1"), Row("B"), Row("b", "2"))
    other = (Row("A"), Row("a", "1"), Row("B"), Row("b", "3"))

    assert common_rows([one, other]) == (Row("A"), Row("a", "1"))
