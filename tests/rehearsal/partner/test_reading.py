from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from exchange_node.domain.errors import InvalidScriptError, UnreadableInputError
from exchange_node.rehearsal.partner import (
    lint_script,
    read_script,
    script_schema,
    script_text,
    shipped_scripts,
)
from exchange_node.rehearsal.partner.lines import line_of, places

GOOD = """\
format = "carec-partner-script-1"
title = "one"

[plays]
country = "UZ"
office = "UZ270101"

[[steps]]
when = { arrives = "TM-010" }

[[steps.then]]
after_seconds = 20
tell = "entry"
"""


def found(text: str) -> list[tuple[str, int]]:
    return [(one.code, int(one.facts["line"])) for one in lint_script(text.encode())]


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


@pytest.mark.parametrize("name", shipped_scripts())
def test_a_shipped_script_has_nothing_wrong_with_it(name: str) -> None:
    assert lint_script(script_text(name)) == ()
    assert read_script(script_text(name)).title


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "said"),
    [
        ('title = "one"', 'title = "one', "SIM-01", 2, "no TOML"),
        ('title = "one"', 'titel = "one"', "SIM-02", 2, "titel is no key"),
        ("after_seconds", "after_second", "SIM-02", 12, "steps[1].then[1].after_second"),
        ('[plays]\ncountry = "UZ"', "[plays]", "SIM-03", 4, "plays.country is missing"),
        ('country = "UZ"', 'country = "uz"', "SIM-04", 5, "plays.country"),
        ("20", "-1", "SIM-04", 12, "greater than or equal to 0"),
        ('"entry"', '"enter"', "SIM-04", 11, "tell is one of: exit, entry"),
        ('"entry"', '"refusal"', "SIM-04", 11, "ground of refusal is one of: 1 (seals broken"),
        ('"entry"', '"control"', "SIM-04", 11, "names its results"),
        ('tell = "entry"', "acknowledge = true", "SIM-04", 8, "arrives = RA-010"),
        ('tell = "entry"', 'feedback = "NIL"', "SIM-04", 8, "arrives = RA-010"),
        ('tell = "entry"', 'feedback = "MAYBE"', "SIM-04", 13, "'HIT', 'NIL' or 'NCK'"),
        ('tell = "entry"', 'reject = "XYZ"', "SIM-04", 13, "'NLB'"),
        ('tell = "entry"', 'tell = "entry"\nlast = true', "SIM-04", 11, "are of feedback"),
        ('tell = "entry"', "withdraw = true", "SIM-04", 1, "that nothing issues"),
        (
            'tell = "entry"',
            'issue = "sample"\nalert = "a"\n[[steps.then]]\ncorrect = "sample"\nalert = "b"',
            "SIM-04",
            1,
            "issued as b; there are: a",
        ),
        ("[[steps]]", "[[start]]\nacknowledge = true\n[[steps]]", "SIM-04", 1, "none has arrived"),
        ('tell = "entry"', "", "SIM-04", 11, "it does one thing"),
        ('tell = "entry"', 'submit = "sample"', "SIM-04", 11, "is for somebody"),
        ('"TM-010"', '"TM-999"', "SIM-04", 8, "arrives is one of: TM-010"),
        ('"TM-010" }', '"SY-095" }\nanswer = { verdict = "none" }', "SIM-04", 8, "no business"),
        ("UZ270101", "KZ270101", "SIM-05", 6, "none of UZ"),
        ('"entry"', '"entry"\noffice = "KZ270101"', "SIM-05", 14, "none of UZ"),
        ('"TM-010"', '"RA-010"', "SIM-07", 11, "which movement is meant"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    old: str, new: str, code: str, line: int, said: str
) -> None:
    text = changed(old, new)

    assert (code, line) in found(text)
    assert said in "\n".join(one.text for one in lint_script(text.encode()))
    assert all(one.mend_text for one in lint_script(text.encode()))
    with pytest.raises(InvalidScriptError):
        read_script(text.encode())


def test_a_key_that_is_nearly_right_is_named() -> None:
    (one,) = lint_script(changed("after_seconds", "after_second").encode())

    assert "after_seconds" in one.mend_text


def test_a_step_that_never_comes_is_a_warning() -> None:
    text = GOOD + '\n[[steps]]\nwhen = { arrives = "TM-010", movement = "26KZ*" }\n'

    assert found(text) == [("SIM-06", 15)]
    assert read_script(text.encode()).steps[1].when.movement == "26KZ*"
    assert found(text.replace('"TM-010" }', '"TM-010", times = 1 }', 1)) == []
    assert found(text.replace('arrives = "TM-010", m', 'arrives = "TM-020", m')) == []


def test_a_good_script_says_what_is_to_be_done() -> None:
    script = read_script(GOOD.encode())

    (step,) = script.steps
    assert (script.plays.country, step.when.arrives) == ("UZ", "TM-010")
    assert [(one.tell, one.after_seconds) for one in step.then] == [("entry", 20)]


@pytest.mark.parametrize("content", [b"\xff", b"a = 1" + b"0" * 3000, b"[" * 5000])
def test_what_is_no_text_is_refused_with_a_line(content: bytes) -> None:
    (one,) = lint_script(content)

    assert one.code == "SIM-01"


def test_a_script_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInputError):
        script_text("no such script")
    with pytest.raises(UnreadableInputError, match="folder"):
        script_text(str(tmp_path))
    (tmp_path / "large").write_bytes(b"#" * 600_000)
    with pytest.raises(UnreadableInputError, match="500000"):
        script_text(str(tmp_path / "large"))


def test_the_schema_names_every_key_that_a_shipped_script_has() -> None:
    schema = json.loads(script_schema())

    assert set(schema["properties"]) >= set(tomllib.loads(GOOD))
    assert schema["additionalProperties"] is False
    assert {"from", "arrives"} <= set(schema["$defs"]["When"]["properties"])


def test_lines_are_found_in_tables_of_tables() -> None:
    text = (
        'a = """\nb = 1\n"""\n[c]\nd.e = 1\n[[f]]\n[[f.g]]\nh = 1\n[[f]]\n[[f.g]]\n[[f.g]]\nh = 2\n'
    )
    known = places(text)

    assert line_of(("b",), known) == 1
    assert known["c", "d", "e"] == 5
    assert known["f", 0, "g", 0, "h"] == 8
    assert known["f", 1, "g", 1, "h"] == 12
    assert line_of(("f", 1, "g", 0, "nothing"), known) == 10
