from __future__ import annotations

import pytest

from exchange_node.config.shipped import library
from exchange_node.domain.finding import Finding, Severity
from exchange_node.services.stations.outcomes import RULES_BY_CODE, Known
from exchange_node.services.stations.outcomes.known import office_of
from exchange_node.store.records.quality import NO_FIELD, NO_OFFICE, OTHERS
from tools import catalogue

ROOMS = {"mapping", "services", "wco"}
NOT_AT_A_DOCUMENT = ("AVAIL-", "CAREC-L", "LIST-", "PING-", "PULSE-")
"""Rules of code lists, of outages and pings, of lists of alerts, of the way to a partner."""


@pytest.fixture(name="known", scope="module")
def _known() -> Known:
    return Known(registry=library().registry)


def finding(code: str = "CAREC-R103", pointer: str = "", **facts: str) -> Finding:
    return Finding(
        code=code, severity=Severity.ERROR, sentence="", mend="", pointer=pointer, facts=facts
    )


def test_every_rule_that_is_found_at_a_document_is_known() -> None:
    rules = {one.rule.code for one in catalogue.rules() if one.room in ROOMS}

    at_documents = {one for one in rules if not one.startswith(NOT_AT_A_DOCUMENT)}

    assert at_documents
    assert at_documents <= set(RULES_BY_CODE)


def test_every_gate_and_every_error_is_known() -> None:
    codes = {str(code) for code, _ in catalogue.checks()}
    codes |= {one.code for one in catalogue.leaves()}

    assert codes <= set(RULES_BY_CODE)


@pytest.mark.parametrize(
    ("pointer", "facts", "field"),
    [
        (
            "Declaration/Consignment[1]/Consignor/Name",
            {},
            "Declaration/Consignment/Consignor/Name",
        ),
        (
            "ESADout_CU/Name[2]",
            {"target": "Declaration/Consignment[1]/Carrier/Name"},
            "Declaration/Consignment/Carrier/Name",
        ),
        ("Declaration/Ivan_Petrov/Name", {}, "Declaration"),
        ("Ivan Petrov", {}, NO_FIELD),
        ("", {}, NO_FIELD),
    ],
)
def test_a_field_is_one_of_the_registry(
    known: Known, pointer: str, facts: dict[str, str], field: str
) -> None:
    assert known.field(finding(pointer=pointer, **facts)) == field


def test_a_rule_that_only_the_partner_knows_is_one_of_others(known: Known) -> None:
    assert known.rule(finding("UZ-Ivan-Petrov")) == OTHERS
    assert known.rule(finding("CAREC-R113")) == "CAREC-R113"


@pytest.mark.parametrize(
    ("text", "office"),
    [
        (" kz550101\n", "KZ550101"),
        ("10702030", "10702030"),
        ("", NO_OFFICE),
        ("Ivan Petrov, Lenin street 1", NO_OFFICE),
        ("A" * 18, NO_OFFICE),
        ("ИВАНОВ", NO_OFFICE),
    ],
)
def test_an_office_is_a_code_or_none(text: str, office: str) -> None:
    assert office_of(text) == office
