from __future__ import annotations

import pytest

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.wco.customisation.rewriting import faults_of_names, read_renamed
from exchange_node.wco.registry import Registry, read_registry
from tests.wco.customisation.versions import NEW, OLD, registry_2

HEAD = "kind\tbase\there\n"
LINE = f"transit_manifest\t{OLD}\t{NEW}\n"


@pytest.fixture(name="second", scope="module")
def _second() -> Registry:
    return read_registry(registry_2())


def test_the_table_of_names_is_read(registry: Registry, second: Registry) -> None:
    assert read_renamed(HEAD + LINE, registry, second) == {("transit_manifest", OLD): NEW}


@pytest.mark.parametrize(
    ("table", "line", "why"),
    [
        ("", 1, "header"),
        (LINE, 1, "header"),
        (f"{HEAD}transit_manifest\t{OLD}\n", 2, "2 columns"),
        (f"{HEAD}transit_manifest {OLD} {NEW}\n", 2, "1 columns"),
        (f"{HEAD}{LINE.strip()}\tmore\n", 2, "4 columns"),
        (f"{HEAD}goods\t{OLD}\t{NEW}\n", 2, "no kind of document"),
        (f"{HEAD}transit_manifest\tDeclaration/Nobody\t{NEW}\n", 2, "the base has no"),
        (f"{HEAD}transit_manifest\t{OLD}\tDeclaration/Nobody\n", 2, "this version has no"),
        (f"{HEAD}transit_manifest\t{OLD}\t{NEW}/Name\n", 2, "holds a value"),
        (f"{HEAD}transit_manifest\t{OLD}/Name\tDeclaration/ID\n", 2, "moves nothing"),
        (f"{HEAD}transit_manifest\tDeclaration/Agent\tDeclaration/Submitter\n", 2, "keeps"),
        (f"{HEAD}{LINE}{LINE}", 3, "another name already"),
        (f"{HEAD}{LINE}transit_manifest\tDeclaration/Agent\t{NEW}\n", 3, "of two elements"),
    ],
)
def test_a_table_that_cannot_be_used_says_in_which_line_and_why(
    registry: Registry, second: Registry, table: str, line: int, why: str
) -> None:
    with pytest.raises(InvalidSettingError, match=rf"line {line}\b.*{why}"):
        read_renamed(table, registry, second)


def test_every_line_that_is_wrong_is_said(registry: Registry, second: Registry) -> None:
    table = f"{HEAD}one\n{LINE}transit_manifest\tDeclaration/Nobody\t{NEW}\n"

    found = [fault.facts["where"] for fault in faults_of_names(table, registry, second)]

    assert found == ["renamed.tsv line 2", "renamed.tsv line 4"]
