"""Real documents of another administration's customisation of the WCO Data Model (DMS)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exchange_node.config import shipped
from exchange_node.services.workbench.documents import Workbench
from exchange_node.wco.document import Kind, read
from exchange_node.wco.notation import DEC, MD

pytestmark = pytest.mark.corpus

DECLARATIONS = ("wco36_dms_declaration", "wco36_dms_amend_cancel")
RESPONSES = "wco36_dms_response"
NAMESPACES = {
    b"urn:wco:datamodel:WCO:DEC-DMS:2": DEC.encode(),
    b"urn:wco:datamodel:WCO:DocumentMetaData-DMS:2": MD.encode(),
}


@pytest.fixture(name="workbench", scope="module")
def _workbench() -> Workbench:
    return Workbench(
        library=shipped.library(),
        profiles=shipped.national_profiles(),
        clock=lambda: datetime(2026, 3, 2, 8, tzinfo=UTC),
    )


def files(corpus: Path, *folders: str) -> Iterator[tuple[str, bytes]]:
    for folder in folders:
        for path in sorted((corpus / folder).glob("*.xml")):
            yield path.name, path.read_bytes()


def test_every_declaration_is_valid_with_only_its_namespaces_changed(
    corpus: Path, workbench: Workbench
) -> None:
    errors: dict[str, list[str]] = {}
    for name, data in files(corpus, *DECLARATIONS):
        changed = data
        for theirs, ours in NAMESPACES.items():
            changed = changed.replace(theirs, ours)
        errors[name] = [
            found.text
            for one in (data, changed)
            for found in workbench.validate(one)
            if found.is_error
        ]

    assert len(errors) == 35
    assert {name: found for name, found in errors.items() if found} == {}


def test_every_declaration_is_mapped_whole_into_one_of_ours(
    corpus: Path, workbench: Workbench
) -> None:
    for name, data in files(corpus, *DECLARATIONS):
        mapped = workbench.map(data)

        assert mapped.format_name == "wco-goods", name
        assert mapped.country_of_departure == "GB", name
        assert mapped.report.coverage == 1, name
        assert not [one.text for one in mapped.findings if one.is_error], name
        assert read(mapped.document).kind is Kind.GOODS_DECLARATION
        assert not [one for one in workbench.validate(mapped.document) if one.is_error], name


def test_every_response_without_a_namespace_is_read(corpus: Path, workbench: Workbench) -> None:
    found = {name: workbench.validate(data) for name, data in files(corpus, RESPONSES)}

    assert len(found) == 10
    assert not [one.text for findings in found.values() for one in findings if one.is_error]
    assert all("CAREC-R020" in {one.code for one in findings} for findings in found.values())
