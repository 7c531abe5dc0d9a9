from __future__ import annotations

import pytest

from exchange_node.domain.errors import ConfigurationError, InputError
from exchange_node.domain.finding import Finding, Severity
from exchange_node.mapping import findings as mapping_findings
from exchange_node.policy.verdict import CHECKS
from exchange_node.services.stations.departure.turns import PARTS, Who, known, turn_of
from exchange_node.wco.rules import all_rules
from tools import catalogue

DOCUMENT = [
    *(one.code for one in all_rules() if not one.code.startswith("CAREC-L")),
    *(one.code for one in mapping_findings.RULES),
    *(str(one) for one in CHECKS),
    "CAREC-A001",
    "CAREC-F006",
    "CAREC-F007",
]
RAISED = [
    one.code
    for top in (InputError, ConfigurationError)
    for one in catalogue.leaves(top)
    if one.code.partition(".")[0] in {"input", "mapping", "config", "domain", "wco"}
]


def finding(code: str, **facts: str) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, sentence="", mend="", facts=facts)


@pytest.mark.parametrize("code", [*DOCUMENT, *RAISED])
def test_the_table_has_an_answer_for_every_code_that_can_come(code: str) -> None:
    assert known(code) in PARTS


@pytest.mark.parametrize(
    ("code", "who"),
    [
        ("CAREC-M001", Who.DECLARANT),
        ("CAREC-M002", Who.OUR_IT),
        ("CAREC-R101", Who.DECLARANT),
        ("CAREC-R113", Who.OUR_IT),
        ("CAREC-R030", Who.PARTNER),
        ("CAREC-R031", Who.OUR_IT),
        ("CAREC-A001", Who.LIAISON),
        ("DENY-SUSPENDED", Who.LIAISON),
        ("DENY-REQUIRED-MISSING", Who.DECLARANT),
        ("config.missing", Who.OUR_IT),
        ("nothing that anybody knows", Who.OUR_IT),
    ],
)
def test_the_longest_beginning_of_a_code_decides(code: str, who: Who) -> None:
    assert turn_of(finding(code)).who is who


@pytest.mark.parametrize(
    ("state", "begins", "who"),
    [
        ("scheduled", "2026-03-02", Who.NOBODY),
        ("active", "2026-01-01", Who.LIAISON),
        ("terminated", "2026-03-02", Who.LIAISON),
    ],
)
def test_there_is_only_to_wait_for_what_is_agreed_and_has_not_begun(
    state: str, begins: str, who: Who
) -> None:
    turn = turn_of(finding("DENY-NOT-IN-FORCE", state=state, in_force_on=begins, on="2026-02-01"))

    assert turn.who is who
    assert turn.until == (begins if who is Who.NOBODY else "")
