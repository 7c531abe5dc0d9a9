from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import InvalidDocumentError, MissingSettingError
from exchange_node.wco.building import Placed, build
from exchange_node.wco.customisation.rewriting import read_renamed
from exchange_node.wco.customisation.versions import (
    Switch,
    Version,
    Versions,
    accepted_on,
    due,
)
from exchange_node.wco.document import Document, read
from exchange_node.wco.registry import Registry, read_registry
from exchange_node.wco.schema import compile_schemas
from tests.wco.conftest import KZ
from tests.wco.customisation.versions import ADDED, NEW, OLD, REGISTRY, registry_2, write_version_2
from tools.make_schemas import make

START = date(2027, 1, 1)
SWITCH = Switch(version="2.0", since=START, overlap=timedelta(days=30))
BEFORE, AFTER = START - timedelta(days=31), START + timedelta(days=31)


@pytest.fixture(name="second", scope="module")
def _second(tmp_path_factory: pytest.TempPathFactory) -> Version:
    folder = tmp_path_factory.mktemp("node")
    write_version_2(folder)
    home = folder / "versions" / "2.0"
    of_2 = read_registry((home / "registry" / "wco_ids.tsv").read_text(encoding="utf-8"))
    base = read_registry(REGISTRY.read_text(encoding="utf-8"))
    return Version(
        name="2.0",
        registry=of_2,
        schemas=compile_schemas({one.name: one.read_bytes() for one in home.glob("*.xsd")}),
        renamed=read_renamed((home / "renamed.tsv").read_text(encoding="utf-8"), base, of_2),
    )


@pytest.fixture(name="versions")
def _versions(registry: Registry, second: Version) -> Versions:
    return Versions(
        base=registry,
        others={"2.0": second},
        own=(SWITCH,),
        partners={"customs.uz": (SWITCH,)},
    )


def values(document: Document) -> list[tuple[str, str, dict[str, str]]]:
    return [(one.pointer, one.value, dict(one.attributes)) for one in document.leaves()]


@pytest.mark.parametrize(
    ("on", "taken"),
    [
        (BEFORE, ("1.0",)),
        (START - timedelta(days=30), ("1.0", "2.0")),
        (START, ("2.0", "1.0")),
        (START + timedelta(days=30), ("2.0", "1.0")),
        (AFTER, ("2.0",)),
    ],
)
def test_both_versions_are_taken_around_the_switch(on: date, taken: tuple[str, ...]) -> None:
    assert accepted_on((SWITCH,), on) == taken


def test_a_document_is_written_in_the_partners_version_of_the_day(
    versions: Versions, second: Version, manifest: Callable[..., Document]
) -> None:
    document = manifest({})

    early = versions.written(document, "customs.uz", START - timedelta(days=1)).document
    written = versions.written(document, "customs.uz", START)
    late = written.document

    assert early is document
    assert versions.written(document, "customs.tj", START).document is document
    assert (written.version, written.findings) == ("2.0", ())
    assert values(written.read_back) == values(document)
    assert late.header["AgencyAssignedCustomizationVersionCode"] == "2.0"
    assert late.value(f"{NEW}/Name") == document.value(f"{OLD}/Name")
    assert not late.values(f"{OLD}/Name")
    assert second.schemas.is_valid(late)


def test_there_and_back_a_document_says_the_same(
    versions: Versions, manifest: Callable[..., Document]
) -> None:
    document = manifest({})

    there = read(versions.written(document, "customs.uz", AFTER).document.to_bytes())
    back, findings = versions.taken(there, AFTER)

    assert findings == ()
    assert values(back) == values(document)
    assert back.header == document.header


def test_what_the_base_has_no_place_for_is_refused_and_its_value_not_repeated(
    versions: Versions, second: Version, manifest: Callable[..., Document]
) -> None:
    there = versions.written(manifest({}), "customs.uz", AFTER).document
    placed = [Placed(one.pointer, one.value, one.attributes) for one in there.leaves()]
    more = build(second.registry, KZ, [*placed, Placed(ADDED, "C3")])
    more = read(more.to_bytes().replace(b">1.0<", b">2.0<"))

    with pytest.raises(InvalidDocumentError) as caught:
        versions.taken(more, AFTER)

    (found,) = caught.value.findings
    assert (found.code, found.pointer, found.is_error) == ("CAREC-R025", ADDED, True)
    assert (found.value, "C3" in found.text) == ("", False)


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("WCOTypeName", "DEC", "RES"),
        ("WCODataModelVersionCode", "3.6", "2.0"),
        ("AgencyAssignedCustomizationCode", "CAREC", "OTHER"),
    ],
)
def test_what_the_envelope_says_is_not_mended_on_the_way(
    versions: Versions, manifest: Callable[..., Document], name: str, right: str, wrong: str
) -> None:
    text = versions.written(manifest({}), "customs.uz", AFTER).document.to_bytes().decode()
    there = read(text.replace(f"{name}>{right}<", f"{name}>{wrong}<").encode())

    back, _ = versions.taken(there, AFTER)

    assert back.header == {
        **there.header,
        "AgencyAssignedCustomizationVersionCode": "1.0",
    }
    assert back.header[name] == wrong


def test_in_the_overlap_the_reader_says_which_version_came(
    versions: Versions, manifest: Callable[..., Document]
) -> None:
    old, findings = versions.taken(manifest({}), START + timedelta(days=10))

    assert [(one.code, one.is_error) for one in findings] == [("CAREC-R027", False)]
    assert "1.0" in findings[0].text
    assert old.kind is manifest({}).kind


@pytest.mark.parametrize("on", [AFTER])
def test_a_version_that_has_ended_is_refused(
    versions: Versions, manifest: Callable[..., Document], on: date
) -> None:
    with pytest.raises(InvalidDocumentError, match=r"2\.0"):
        versions.taken(manifest({}), on)


def test_an_unknown_version_is_refused_and_a_newer_minor_one_is_read(
    versions: Versions, manifest: Callable[..., Document]
) -> None:
    text = manifest({}).to_bytes()

    with pytest.raises(InvalidDocumentError, match=r"3\.0"):
        versions.taken(read(text.replace(b">1.0<", b">3.0<")), BEFORE)
    assert versions.taken(read(text.replace(b">1.0<", b">1.1<")), BEFORE)[1] == ()


@given(days=st.lists(st.integers(1, 3000), unique=True, max_size=4), on=st.integers(0, 3200))
def test_there_is_always_one_version_that_is_due_and_it_is_taken(days: list[int], on: int) -> None:
    first = date(2026, 1, 1)
    schedule = tuple(
        Switch(version=f"{number}.0", since=first + timedelta(days=day), overlap=timedelta(days=20))
        for number, day in enumerate(days, start=2)
    )
    day = first + timedelta(days=on)

    assert accepted_on(schedule, day)[0] == due(schedule, day)
    assert len(accepted_on(schedule, day)) == len(set(accepted_on(schedule, day)))


def of_version_2(registry: Registry, second: Version, text: str) -> Versions:
    """Return versions of which the partner takes one of another registry."""
    other = replace(second, registry=read_registry(text), schemas=compile_schemas(schemas_of(text)))
    return Versions(base=registry, others={"2.0": other}, partners={"customs.uz": (SWITCH,)})


def schemas_of(text: str) -> dict[str, bytes]:
    return {name: schema.encode() for name, schema in make(read_registry(text)).items()}


def test_what_a_version_has_no_place_for_is_a_warning_with_its_place_and_without_its_value(
    registry: Registry, second: Version, manifest: Callable[..., Document]
) -> None:
    versions = of_version_2(registry, second, registry_2(["Declaration/InvoiceAmount"]))

    written = versions.written(manifest({}), "customs.uz", AFTER)

    (found,) = written.findings
    assert (found.code, found.is_error) == ("CAREC-R028", False)
    assert (found.pointer, found.value) == ("Declaration/InvoiceAmount", "")
    assert "customs.uz" in found.text
    assert not written.document.value("Declaration/InvoiceAmount")
    assert not written.read_back.value("Declaration/InvoiceAmount")


@pytest.mark.parametrize(
    ("lost", "required", "code"),
    [
        ("Declaration/InvoiceAmount", ["Declaration/InvoiceAmount"], "CAREC-R030"),
        ("Declaration/FunctionalReferenceID", [], "CAREC-R029"),
    ],
)
def test_what_must_not_be_missing_and_has_no_place_is_an_error(
    registry: Registry,
    second: Version,
    manifest: Callable[..., Document],
    lost: str,
    required: list[str],
    code: str,
) -> None:
    versions = of_version_2(registry, second, registry_2([lost]))

    written = versions.written(manifest({}), "customs.uz", AFTER, required=required)

    assert [(one.code, one.is_error) for one in written.findings] == [(code, True)]


def test_what_is_written_is_checked_by_the_schema_of_its_version(
    registry: Registry, second: Version, manifest: Callable[..., Document]
) -> None:
    versions = of_version_2(registry, second, registry_2(added="1..1"))

    written = versions.written(manifest({}), "customs.uz", AFTER)

    assert {one.code for one in written.findings} == {"CAREC-R031"}
    assert "CorridorCode" in written.findings[0].text


def test_a_document_that_a_version_does_not_have_is_an_error_and_does_not_raise(
    registry: Registry, second: Version, manifest: Callable[..., Document]
) -> None:
    text = "\n".join(
        one for one in registry_2().splitlines() if not one.startswith("transit_manifest")
    )
    other = replace(second, registry=read_registry(text))
    versions = Versions(base=registry, others={"2.0": other}, partners={"customs.uz": (SWITCH,)})

    written = versions.written(manifest({}), "customs.uz", AFTER)

    assert {one.code for one in written.findings} == {"CAREC-R032"}


def test_what_was_kept_in_a_version_that_is_gone_is_not_read_as_another(
    registry: Registry, versions: Versions, manifest: Callable[..., Document]
) -> None:
    kept = versions.written(manifest({}), "customs.uz", AFTER).document
    bare = Versions(base=registry)

    with pytest.raises(MissingSettingError, match=r"2\.0"):
        bare.ours(kept)
