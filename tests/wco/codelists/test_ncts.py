from __future__ import annotations

import pytest

from exchange_node.wco.codelists import CodeLists
from exchange_node.wco.codelists.ncts import CODES, ncts_error
from tools import catalogue

RULES = {one.rule.code for one in catalogue.rules()}


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("CAREC-R112", "12"),
        ("CAREC-R101", "13"),
        ("CAREC-R302", "14"),
        ("CAREC-R105", "15"),
        ("CAREC-F059", "26"),
        ("CAREC-R026", "50"),
        ("CAREC-F051", "90"),
        ("CAREC-F050", "92"),
        ("CAREC-R207", "93"),
        ("CAREC-A001", ""),
        ("CAREC-F001", ""),
        ("CAREC-M001", ""),
        ("policy.not-permitted", ""),
    ],
)
def test_a_rule_has_the_code_of_ncts_that_comes_nearest(code: str, wanted: str) -> None:
    assert ncts_error(code) == wanted


def test_every_rule_that_has_a_code_is_a_rule_of_this_node() -> None:
    assert {f"CAREC-{one}" for one in CODES} <= RULES


def test_every_code_is_one_of_the_list(code_lists: CodeLists) -> None:
    known = {ncts_error(one) for one in RULES} - {""}

    assert known <= {one.code for one in code_lists.codes("ncts_errors")}
