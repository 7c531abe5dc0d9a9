from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.message import CODES
from exchange_node.policy.path_check import KINDS, check_paths
from exchange_node.wco.registry import Registry


def changed(
    sample: Agreement,
    number: int = 0,
    *,
    key: str = "allow",
    add: tuple[str, ...] = (),
    drop: tuple[str, ...] = (),
) -> Agreement:
    grant = sample.grants[number]
    paths = (*(one for one in getattr(grant, key) if one not in drop), *add)
    changes: dict[str, Any] = {key: paths}
    grants = list(sample.grants)
    grants[number] = replace(grant, **changes)
    return replace(sample, grants=tuple(grants))


def test_the_sample_names_existing_paths_and_keeps_what_is_obligatory(
    sample: Agreement, registry: Registry
) -> None:
    assert check_paths(sample, registry) == ()


def test_every_message_that_a_grant_may_name_has_its_kind() -> None:
    assert set(KINDS) == {code for code, one in CODES.items() if one.is_answered}


@pytest.mark.parametrize(
    ("key", "path", "code"),
    [
        ("allow", "Declaration/Consignment/Driver", "POL-001"),
        ("allow", "Declaration/Consignment/ext:Chauffeur/**", "POL-001"),
        ("require", "Declaration/Number", "POL-001"),
        ("personal", "Declaration/Chauffeur/**", "POL-001"),
        ("allow", "Declaration/Consignment/ext:Driver", "POL-002"),
        ("allow", "Declaration/InvoiceAmount/**", "POL-003"),
        ("allow", "Declaration/Agent/ext:FullText", "POL-004"),
    ],
)
def test_a_path_that_cannot_be_is_found_with_its_place(
    key: str, path: str, code: str, sample: Agreement, registry: Registry
) -> None:
    agreement = changed(sample, key=key, add=(path,))

    (found,) = check_paths(agreement, registry)

    assert (found.code, found.value) == (code, path)
    assert found.facts["grant"] == "manifests-kz-uz"
    assert found.facts["place"] == f"{key}[{len(getattr(agreement.grants[0], key))}]"
    assert path in found.text
    assert found.mend_text


def test_a_path_of_another_kind_of_document_is_unknown(
    sample: Agreement, registry: Registry
) -> None:
    agreement = changed(sample, 1, add=("InterGov/Declaration/ID",))

    assert [one.code for one in check_paths(agreement, registry)] == ["POL-001"]


@pytest.mark.parametrize(
    ("number", "dropped", "named"),
    [
        (0, "Declaration/ID", "Declaration/ID"),
        (0, "Declaration/EntryOffice/ID", None),
        (0, "Declaration/Consignment/Carrier/Name", "Declaration/Consignment/Carrier/Name"),
        (1, "InterGov/ContactOffice/**", "InterGov/ContactOffice"),
        (1, "InterGov/ext:Acknowledgement/**", "InterGov/ext:Acknowledgement"),
    ],
)
def test_an_obligatory_element_that_is_withheld_is_found(
    number: int, dropped: str, named: str | None, sample: Agreement, registry: Registry
) -> None:
    agreement = changed(sample, number, drop=(dropped,))

    findings = check_paths(agreement, registry)

    assert [one.value for one in findings] == ([named] if named else [])
    assert all(one.code == "POL-005" and one.is_error for one in findings)
