from __future__ import annotations

from pathlib import Path
from string import Formatter

import pytest

from exchange_node.policy.verdict import CHECKS, Code

PAGE = Path(__file__).resolve().parents[2] / "docs" / "agreements.md"


def test_every_denial_has_its_check() -> None:
    assert list(CHECKS) == [one for one in Code if one is not Code.ALLOW]


@pytest.mark.parametrize("code", CHECKS, ids=str)
def test_the_page_lists_every_code_with_its_question(code: Code) -> None:
    question = CHECKS[code].question
    for _, name, _, _ in Formatter().parse(question):
        question = question.replace(f"{{{name}}}", f"*{name}*") if name else question

    assert f"| `{code}` | {question} |" in PAGE.read_text(encoding="utf-8")
