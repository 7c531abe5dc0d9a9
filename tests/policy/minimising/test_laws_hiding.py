from __future__ import annotations

import json
import random
from dataclasses import asdict, replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from exchange_node.domain.agreement import (
    Agreement,
    CoarserForm,
    Grant,
    Mask,
    MaskMethod,
    Unexpected,
)
from exchange_node.policy.minimising import minimise, permit_content, readable, unexpected
from exchange_node.policy.verdict import Code
from exchange_node.risk.keys import keys_of_manifest
from exchange_node.wco.building import Placed
from exchange_node.wco.document import Document, read
from exchange_node.wco.manifest_view import read_manifest
from exchange_node.wco.sifting import plain
from tests.policy.conftest import Make
from tests.policy.minimising.test_laws import (
    EXAMPLES,
    KEY,
    NOISE,
    Ground,
    World,
    _ground,
    _leaves,
    _listed,
    _sent,
    _world,
)

__all__ = ["_ground"]


def hiding(grant: Grant) -> Grant:
    return replace(grant, unexpected=Unexpected.HIDE)


def covered(world: World, path: str, element: str) -> bool:
    """Whether a field may be read, at least as its mask would have it."""
    masks = {one.path: one.method for one in world.grant.masks}
    may_be_masked = masks.get(path) not in {None, MaskMethod.DROP}
    return _leaves(path, element, world.grant) or (
        may_be_masked and not element and _listed(path, [*world.grant.allow])
    )


def said(value: str) -> str:
    """Return a value as XML writes it."""
    written = etree.Element("x")
    written.text = value
    return etree.tostring(written, encoding="unicode")[3:-4]


@settings(max_examples=EXAMPLES)
@given(seed=st.integers(0, 2**64 - 1))
@example(seed=14670)  # something foreign beside a masked moment
def test_laws_of_hiding_nothing_outside_the_allow_list_can_be_read(
    ground: Ground, seed: int
) -> None:
    world = _world(random.Random(seed), ground)
    document = read(Document(world.root).to_bytes())
    kept = document.to_bytes()
    grant = hiding(world.grant)

    seen = readable(document, grant)

    data = seen.document.to_bytes()
    assert document.to_bytes() == kept
    assert NOISE.encode() not in data
    root = ET.fromstring(data)  # noqa: S314 - it is our own, read by another parser
    assert all(covered(world, path, element) for path, _, element in _sent(root[-1], ground.root))
    assert not unexpected(seen.document, grant)
    passing = [text for path, text, element in world.fields if covered(world, path, element)]
    for path, value, element in world.fields:
        is_repeated = any(value in text for text in passing) or value.startswith("2026-")
        if not covered(world, path, element) and not is_repeated:
            assert said(value) not in data.decode(), path
    assert seen.places >= len(seen.hidden) == len(set(seen.hidden))
    assert not any(value in path for _, value, _ in world.fields for path in seen.hidden)
    again = readable(seen.document, grant)
    assert (again.document.to_bytes(), again.hidden) == (plain(seen.document).to_bytes(), ())


@settings(max_examples=EXAMPLES)
@given(seed=st.integers(0, 2**64 - 1))
def test_laws_of_hiding_what_was_minimised_is_read_whole(ground: Ground, seed: int) -> None:
    world = _world(random.Random(seed), ground)
    sent = minimise(Document(world.root), world.grant, KEY).document

    seen = readable(sent, hiding(world.grant))

    assert (seen.document.to_bytes(), seen.hidden) == (sent.to_bytes(), ())


VALUES = (
    ("Declaration/FunctionCode", "9"),
    ("Declaration/FunctionalReferenceID", "LRN-1"),
    ("Declaration/ID", "26KZ55010100041703"),
    ("Declaration/TypeCode", "T1"),
    ("Declaration/IssueDateTime", "2026-03-01T08:00:00+05:00"),
    ("Declaration/TotalGrossMassMeasure", "1000"),
    ("Declaration/TotalPackageQuantity", "10"),
    ("Declaration/BorderTransportMeans/ID", "SECRETPLATE1"),
    ("Declaration/Consignment[1]/Consignor/Name", "Secret Consignor"),
    ("Declaration/Consignment[1]/Consignee/Name", "Known Consignee"),
    ("Declaration/Consignment[1]/TransportEquipment[1]/ID", "SECU3054383"),
    ("Declaration/Consignment[1]/TransportEquipment[1]/Seal[1]/ID", "SECRETSEAL"),
)
PLACED = tuple(Placed(path, value) for path, value in VALUES)


@settings(max_examples=100)
@given(allowed=st.sets(st.sampled_from([path for path, _ in VALUES[7:]])))
def test_laws_of_hiding_no_view_and_no_key_has_what_is_hidden(
    make: Make, sample: Agreement, allowed: set[str]
) -> None:
    document = make(*PLACED)
    paths = [path for path, _ in VALUES[:7]] + sorted(allowed)
    allow = tuple(path.replace("[1]", "") for path in paths)
    grant = hiding(replace(sample.grants[0], allow=allow, require=()))

    view = read_manifest(readable(document, grant).document)

    shown = json.dumps(asdict(view), default=str)
    keys = {one.value for one in keys_of_manifest(view)}
    for path, value in VALUES[7:]:
        folded = value.upper().replace(" ", "")
        assert (value in shown) == (path in allowed)
        assert path in allowed or not any(folded in key.upper().replace(" ", "") for key in keys)


@pytest.mark.parametrize("method", [MaskMethod.HASH, MaskMethod.DROP])
@pytest.mark.parametrize(
    "inside",
    ["<Name>SECRETPLATE1</Name>", '<other xmlns="urn:x">1</other><Name>SECRETPLATE1</Name>'],
)
def test_what_stands_inside_a_masked_field_neither_leaves_nor_is_read(
    make: Make, sample: Agreement, method: MaskMethod, inside: str
) -> None:
    written = make(*PLACED).to_bytes().replace(b">SECRETPLATE1<", f">{inside}<".encode())
    mask = Mask(path="Declaration/BorderTransportMeans/ID", method=method)
    grant = replace(sample.grants[0], allow=("Declaration/**",), require=(), masks=(mask,))

    seen = readable(read(written), hiding(grant)).document
    left = minimise(read(written), grant, KEY).document

    assert b"SECRETPLATE1" in written
    assert b"SECRETPLATE1" not in seen.to_bytes() + left.to_bytes()


def test_a_moment_beside_something_foreign_is_masked_no_less(make: Make, sample: Agreement) -> None:
    written = make(*PLACED).to_bytes()
    beside = written.replace(b"<IssueDateTime>", b'<IssueDateTime><o xmlns="urn:x">1</o>')
    mask = Mask(path="Declaration/IssueDateTime", method=MaskMethod.GENERALISE, to=CoarserForm.YEAR)
    grant = replace(sample.grants[0], allow=("Declaration/**",), require=(), masks=(mask,))

    seen = readable(read(beside), hiding(grant)).document
    left = minimise(read(beside), grant, KEY).document

    assert b"20260301" in written
    assert beside != written
    assert b"20260301" not in seen.to_bytes() + left.to_bytes()


def test_a_grant_that_refuses_hides_nothing(make: Make, sample: Agreement) -> None:
    document = make(*PLACED)

    seen = readable(document, sample.grants[0])

    assert (seen.document is document, seen.hidden, seen.places) == (True, (), 0)


def test_what_is_required_and_hidden_is_missing(make: Make, sample: Agreement) -> None:
    path = "Declaration/BorderTransportMeans/ID"
    allow = tuple(one for one in sample.grants[0].allow if one != path)
    grant = hiding(replace(sample.grants[0], allow=allow, require=(path,)))

    verdict = permit_content(readable(make(*PLACED), grant).document, grant, code="TM-010")

    assert verdict.code is Code.REQUIRED_MISSING
