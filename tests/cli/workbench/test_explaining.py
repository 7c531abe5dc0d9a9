from __future__ import annotations

import pytest

from exchange_node.cli.workbench.explaining import _leaf, _table, _value

EVIL = "a\x1b[2Jb\n\u202ec\x07"
TAME = "a\ufffd[2Jb \ufffdc\ufffd"


def test_values_do_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    value = {
        "pointer": "P", "wco_ids": "1", "value": EVIL, "rule": "r", "sources": [{"value": EVIL}],
        "origin": "source", "crosswalks": [], "code_list": "",
    }  # fmt: skip

    _value(value)
    _leaf({"source": "S", "value": EVIL, "fate": "mapped", "carried_by": [value]})

    out = capsys.readouterr().out
    assert out.count(TAME) == 4
    assert all(char.isprintable() for char in out.replace("\n", ""))
    assert "\n  value: " in out
    assert TAME in _table(("head",) * 6, [(EVIL,) * 6])
