from __future__ import annotations

import pytest

from exchange_node.domain.errors import ExcessiveDeclarationError, UnreadableDeclarationError
from exchange_node.mapping import findings
from tests.mapping.sources.conftest import Read

PLAIN = '[detect]\nkeys = ["ref"]\n[read]\nkind = "json"\n'
INSIDE = '[detect]\nkeys = ["ref"]\n[read]\nkind = "json"\nbody = "data/declaration"\n'


def test_values_keep_their_place_their_line_and_how_they_are_written(read: Read) -> None:
    told = read(
        PLAIN,
        '{"ref": "R1",\n "mass": 10.50,\n "big": 12345678901234567890.10e+2, "ok": true,\n'
        ' "none": null, "empty": "",\n "items": [{"hs": "0808"},\n {"hs": "0809", "n": [1, 2]}]}',
    )

    assert told.leaves == [
        ("ref", "R1"), ("mass", "10.50"), ("big", "12345678901234567890.10e+2"), ("ok", "true"),
        ("items[1]/hs", "0808"), ("items[2]/hs", "0809"),
        ("items[2]/n[1]", "1"), ("items[2]/n[2]", "2"),
    ]  # fmt: skip
    assert [line for _, line in told.lines] == [1, 2, 3, 3, 5, 6, 6, 6]


def test_what_a_declaration_is_wrapped_in_is_its_envelope(read: Read) -> None:
    told = read(
        INSIDE,
        '{"id": 7, "data": {"sent": "now", "declaration": [{"ref": "R1"}, {"ref": "R2"}]}}',
    )

    assert told.leaves == [("ref", "R1")]
    assert told.source.bodies == 2
    assert [text for _, text in told.envelope] == ["7", "now", "R2"]


def test_a_key_that_stands_twice_is_found_with_both_places(read: Read) -> None:
    told = read(PLAIN, '{"ref": "R1",\n "mass": 1,\n  "mass": 2}')

    assert told.findings == [
        (findings.SAID_TWICE.code, {"value": "mass", "line": "3", "column": "3", "first": "2"}),
    ]  # fmt: skip
    assert told.leaves[1:] == [("mass[1]", "1"), ("mass[2]", "2")]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('{"ref": "R1",\n "mass": 1', 2, 11),
        ('{"ref": "R1", "mass', 1, 15),
        ('{"ref": "R1", "mass": 01}', 1, 24),
        ('{"ref": "R1"} {}', 1, 15),
        ('{"ref": "R1", "mass": NaN}', 1, 23),
        ('{"ref": "R1", "mass": "\\x"}', 1, 23),
        ('{"ref": "R1",}', 1, 14),
    ],
)
def test_a_file_that_breaks_off_is_read_as_far_as_it_goes(
    read: Read, text: str, line: int, column: int
) -> None:
    told = read(PLAIN, text)

    assert told.leaves[0] == ("ref", "R1")
    assert [(code, facts["line"], facts["column"]) for code, facts in told.findings] == [
        (findings.BROKEN.code, str(line), str(column))
    ]


@pytest.mark.parametrize("text", ["[", "{", "{]", "[]", "{}", '{"a', "[nul"])
def test_a_file_of_which_nothing_can_be_read_is_refused(read: Read, text: str) -> None:
    with pytest.raises(UnreadableDeclarationError, match="line 1"):
        read(PLAIN, text)


def test_what_nests_too_deep_is_refused(read: Read) -> None:
    with pytest.raises(ExcessiveDeclarationError, match="nests deeper"):
        read(PLAIN, '{"ref": ' + "[" * 100_000)


def test_an_escaped_control_character_is_found_and_replaced(read: Read) -> None:
    told = read(PLAIN, '{"ref": "R\\u00001", "name": "\\u0410\\ud83d\\ude9a"}')

    assert told.leaves == [("ref", "R�1"), ("name", "А🚚")]
    assert told.codes == [findings.NO_TEXT.code]


def test_a_list_in_a_list_is_a_node_for_each(read: Read) -> None:
    assert read(PLAIN, '{"ref": 1, "a": [[1, 2], [3]]}').leaves[1:] == [
        ("a[1]/a[1]", "1"), ("a[1]/a[2]", "2"), ("a[2]/a", "3"),
    ]  # fmt: skip
