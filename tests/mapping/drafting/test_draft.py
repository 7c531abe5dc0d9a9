from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from exchange_node.config import shipped
from exchange_node.config.examples import profiles_with_examples
from exchange_node.domain.errors import (
    ExcessiveDeclarationError,
    InputError,
    UnfitSamplesError,
)
from exchange_node.mapping import drafting
from exchange_node.mapping.declaration import Mapped, detect
from exchange_node.mapping.drafting import Draft, Sources, draft
from exchange_node.mapping.profile import read_profiles

Drafts = Callable[..., Draft]
Maps = Callable[[Draft, bytes], Mapped]

XML = """<?xml version="1.0"?>
<Note xmlns="urn:example:note" no="TJ-417">
  <MRN>26TJ00010100004178</MRN>
  <IssueDate>2026-03-02</IssueDate>
  <ConsignorName>Invented Orchards</ConsignorName>
  <Clerk>Somebody</Clerk>
  <Goods>
    <Item><GoodsDescription>Apricots</GoodsDescription><HSCode>081310</HSCode>
      <GrossMass>12.5</GrossMass></Item>
    <Item><GoodsDescription>Almonds</GoodsDescription><HSCode>080211</HSCode>
      <GrossMass>2400</GrossMass></Item>
  </Goods>
</Note>"""
JSON = """{"reference": "A-1", "countryOfDestination": "KG", "zzz": "Qwerty",
"items": [{"description": "Apricots", "grossMass": 12.5}, {"description": "Nuts", "grossMass": 3}]}
"""
CSV = """declaration number;country of destination;goods description;gross mass;zzz
A-1;KG;Apricots;12.5;qq
A-1;KG;Almonds;2400;ww
"""
FIXED = """A-1       KG Apricots            12.5
A-1       KG Almonds           2400.0
"""
RECORDS = """H;A-1;KG
I;Apricots;12.5;x
I;Almonds;2400;y
"""
ITEM = "Declaration/Consignment[1]/ConsignmentItem"
EDIFACT = (
    "UNB+UNOA:1+A+B+260302:0915+1'UNH+1+CUSREP:D:99B:UN'BGM+85+R-417+9'"
    "DTM+137:20260302:102'LOC+9+KZALA'NAD+CA+++STEPPE WAY'FTX+XYZ+++NOTHING KNOWN'UNT+7+1'UNZ+1+1'"
)


@pytest.mark.parametrize("text", [XML, JSON, CSV, FIXED, RECORDS, EDIFACT])
def test_a_draft_of_every_kind_reads_its_sample_and_leaves_no_value_unsaid(
    text: str, drafted: Drafts, mapped: Maps
) -> None:
    made = drafted(text)

    report = mapped(made, text.encode()).report

    said = report.counts
    values = report.columns.leaves
    every = {row.source for kind in ("mapped", "refused", "dropped", "passed_over", "unmapped")
             for row in getattr(report, kind)}  # fmt: skip
    assert set(report.leaves) <= every
    assert values
    assert said["unmapped"] == len(report.unmapped)


@pytest.mark.parametrize("text", [XML, JSON, CSV, EDIFACT])
def test_every_path_has_a_line_a_proposal_or_stands_under_not_placed(
    text: str, drafted: Drafts, mapped: Maps
) -> None:
    made = drafted(text)

    lost = mapped(made, text.encode()).report.unmapped

    for row in lost:
        step = re.sub(r"\[[0-9]+\]", "", row.source).rpartition("/")[2]
        assert re.search(rf"^# .*{re.escape(step)}", made.toml, re.MULTILINE), row.source


def test_what_the_names_and_values_say_stands_in_lines_with_confidence_and_reason(
    drafted: Drafts, mapped: Maps
) -> None:
    made = drafted(XML)

    values = values_of(mapped(made, XML.encode()))

    assert values["Declaration/ID"] == "26TJ00010100004178"
    assert values["Declaration/Consignment[1]/Consignor/Name"] == "Invented Orchards"
    assert values[f"{ITEM}[1]/Commodity/Description"] == "Apricots"
    assert values[f"{ITEM}[2]/GoodsMeasure/GrossMassMeasure"] == "2400"
    assert values["Declaration/GoodsItemQuantity"] == "2"
    assert re.search(r"^# [0-9]+%: .*the check digit of an MRN holds", made.toml, re.MULTILINE)
    assert '"Clerk"  once' in made.toml


def test_values_of_samples_are_not_written_into_a_draft(drafted: Drafts) -> None:
    toml = drafted(XML).toml

    for value in ("Invented", "Somebody", "Apricots", "TJ-417", "26TJ00010100004178", "081310"):
        assert value not in toml


def test_a_draft_recognises_its_samples_and_nothing_that_another_profile_reads(
    sources: Sources, drafted: Drafts
) -> None:
    made = drafted(XML)
    texts = {
        path.stem: path.read_text(encoding="utf-8")
        for path in shipped.shipped("config", "national").glob("*.toml")
    }
    profiles = read_profiles({**texts, "draft": made.toml})

    assert detect(XML.encode(), profiles).name == "draft"
    for name, files in profiles_with_examples(Path("/nowhere")).items():
        assert all(detect(one.read_bytes(), profiles).name == name for one in files)
    assert sources.profiles.names


def test_several_samples_are_read_together(drafted: Drafts) -> None:
    other = XML.replace("<Clerk>Somebody</Clerk>", "<Extra>1</Extra>")

    made = drafted(XML, other)

    assert '"Clerk"' in made.toml
    assert "Extra" in made.toml
    assert "A draft of 2 samples" in made.toml


def values_of(mapped: Mapped) -> dict[str, str]:
    return {one.pointer: one.value for one in mapped.report.trace}


def dated(*days: str) -> str:
    return "<N>" + "".join(f"<A><IssueDate>{one}</IssueDate><x>1</x></A>" for one in days) + "</N>"


def lines_with(made: Draft, text: str) -> list[str]:
    return [line for line in made.toml.splitlines() if text in line and "from =" in line]


def test_a_date_of_which_day_and_month_are_open_stands_as_commented_alternatives(
    drafted: Drafts,
) -> None:
    made = drafted(dated("02.03.2026"))

    lines = lines_with(made, "dates =")

    assert [line[:2] for line in lines] == ["# ", "# "]
    assert 'dates = ["DD.MM.YYYY"]' in lines[0]
    assert 'dates = ["MM.DD.YYYY"]' in lines[1]
    assert "nobody can tell" in made.toml


def test_a_date_that_only_one_order_fits_stands_in_a_line(drafted: Drafts) -> None:
    made = drafted(dated("02.03.2026", "25.03.2026"))

    lines = lines_with(made, "dates =")

    assert len(lines) == 1
    assert not lines[0].startswith("#")
    assert 'dates = ["DD.MM.YYYY"]' in lines[0]


def test_a_year_of_two_digits_is_a_comment_with_a_sentence(drafted: Drafts) -> None:
    made = drafted(dated("25.03.26"))

    lines = lines_with(made, "dates =")

    assert [line[:2] for line in lines] == ["# ", "# "]
    assert "years have two digits" in made.toml


def masses(*values: str) -> str:
    item = "<Item><GoodsDescription>a b</GoodsDescription><GrossMass>{}</GrossMass></Item>"
    return f"<N>{''.join(map(item.format, values))}</N>"


def test_a_mark_that_parts_thousands_or_decimals_is_asked_about(drafted: Drafts) -> None:
    made = drafted(masses("1.250", "2.400"))

    lines = lines_with(made, "GoodsMeasure/GrossMassMeasure")

    assert len(lines) >= 2
    assert all(line.startswith("# ") for line in lines)
    assert "nobody can tell whether its mark parts thousands or decimals" in made.toml


def test_a_decimal_comma_that_only_one_notation_fits_is_declared(
    drafted: Drafts, mapped: Maps
) -> None:
    text = masses("1.250,5", "2.400")
    made = drafted(text)

    values = values_of(mapped(made, text.encode()))

    assert 'number = "1.234,56"' in made.toml
    assert values[f"{ITEM}[2]/GoodsMeasure/GrossMassMeasure"] == "2400"


def test_masses_in_several_units_are_added_up_in_one(drafted: Drafts, mapped: Maps) -> None:
    text = (
        '<N><Item><GoodsDescription>a</GoodsDescription><GrossMass unit="t">1.5</GrossMass></Item>'
        '<Item><GoodsDescription>b</GoodsDescription><GrossMass unit="kg">2</GrossMass></Item></N>'
    )
    made = drafted(text)

    values = values_of(mapped(made, text.encode()))

    assert values["Declaration/TotalGrossMassMeasure"] == "1502"
    assert values[f"{ITEM}[1]/GoodsMeasure/GrossMassMeasure"] == "1500"


def test_codes_that_no_list_knows_ask_for_a_table(drafted: Drafts) -> None:
    made = drafted("<N><Item><Package><PackageTypeCode>box</PackageTypeCode></Package></Item></N>")

    assert '"box" = ""' in made.toml or "PackageTypeCode" in made.toml


@pytest.mark.parametrize(
    "samples",
    [
        [],
        [b""],
        [b"\x00\x01\x02"],
        [b"<a"],
        [b"[]"],
        [b"<a/>"],
        [b"hello"],
        [b"{}"],
        [XML.encode(), JSON.encode()],
        [b"<a>1</a>", b"<b>1</b>"],
        [b"UNH'"],
        [b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
        [b"{" * 500],
    ],
)
def test_junk_is_refused_with_one_of_our_errors(samples: list[bytes], sources: Sources) -> None:
    with pytest.raises(InputError):
        draft("draft", samples, sources)


def test_too_many_samples_and_too_large_ones_are_refused(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ExcessiveDeclarationError, match="at most 50"):
        draft("draft", [XML.encode()] * 51, sources)

    monkeypatch.setattr(drafting, "MOST_BYTES", 10)
    with pytest.raises(ExcessiveDeclarationError, match="bytes together"):
        draft("draft", [XML.encode()], sources)


def test_too_many_different_paths_are_refused(sources: Sources) -> None:
    many = "<N>" + "".join(f"<a{number}>1</a{number}>" for number in range(2_001)) + "</N>"

    with pytest.raises(ExcessiveDeclarationError, match="different paths"):
        draft("draft", [many.encode()], sources)


def test_samples_of_two_formats_are_told_apart(sources: Sources) -> None:
    with pytest.raises(UnfitSamplesError, match="different roots"):
        draft("draft", [b"<a>1</a>", b"<b>1</b>"], sources)


@pytest.mark.parametrize(
    "key", ["$sender", "a'b\\\"c", "x y", "#", "…", "\u007f", "a..b", "-", "данные", "no=1", "[1]"]
)
def test_a_key_of_any_characters_makes_a_readable_draft(key: str, sources: Sources) -> None:
    quoted = key.replace("\\", "\\\\").replace('"', '\\"')

    made = draft("draft", [f'{{"{quoted}": "1", "goods description": "x"}}'.encode()], sources)

    assert read_profiles({"draft": made.toml}).names == ("draft",)
