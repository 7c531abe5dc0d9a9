from __future__ import annotations

import os
import random
import re
from dataclasses import dataclass, field, replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from exchange_node.domain.agreement import Agreement, CoarserForm, Grant, Mask, MaskMethod
from exchange_node.policy.minimising import Minimised, minimise, unexpected
from exchange_node.wco.document import Document, read
from exchange_node.wco.notation import DEC, EXT, IG, MD, Kind
from exchange_node.wco.registry import Registry

EXAMPLES = 2_000 if os.environ.get("CI") else 200
KEY = b"k" * 32
GENERALISE = MaskMethod.GENERALISE
NOISE = "noise"
"""Stands in everything that is no field of ours; nothing of it may leave."""
COMPANIONS = ("FullText", "OriginalText", "CodeOriginal")
SUMMARY_MARK = "InterGov/ext:RiskAlert/ext:SummaryOnlyIndicator"
"""Says that something was kept back, and so is never kept back itself."""
SECRET_CODE = "Declaration/ObligationGuarantee/AccessCode"
SPACES = {"Declaration": DEC, "InterGov": IG}
KINDS = (Kind.TRANSIT_MANIFEST, Kind.RISK_ALERT, Kind.ACKNOWLEDGEMENT)
"""What administrations write to each other; of each kind the law has as many examples."""
HASH = re.compile(r"#[A-Z2-7]{16}")


@dataclass
class World:
    """A document as it was drawn, what was written into it by path, and a grant."""

    root: etree._Element
    grant: Grant
    space: str
    fields: list[tuple[str, str, str]] = field(default_factory=list)
    """Path, value, and of a companion the name of its field."""


def _prefixed(path: str, space: str) -> list[str]:
    return [
        f"{{{EXT}}}{one.removeprefix('ext:')}" if one.startswith("ext:") else f"{{{space}}}{one}"
        for one in path.split("/")[1:]
    ]


def _element_at(body: etree._Element, path: str, space: str, *, joins: bool) -> etree._Element:
    """Return a new element at a path, below classes that are there or new ones."""
    *classes, last = _prefixed(path, space)
    for tag in classes:
        there = body.find(tag) if joins else None
        is_class = there is not None and not (there.text or "").strip()
        body = there if there is not None and is_class else etree.SubElement(body, tag)
    return etree.SubElement(body, last)


def _world(chance: random.Random, ground: Ground) -> World:
    paths, space = ground.paths, SPACES[ground.root]
    body = etree.Element(f"{{{space}}}{ground.root}", nsmap={None: space})
    root = etree.Element(f"{{{MD}}}MetaData", nsmap={None: MD, "ext": EXT})
    etree.SubElement(root, f"{{{MD}}}WCOTypeName").text = "DEC" if space == DEC else "InterGov"
    root.append(body)
    world = World(root=root, grant=ground.grant, space=space)
    names = sorted(paths)
    picked = chance.choices(names, k=chance.randint(1, 10))
    for number, path in enumerate(picked):
        _write(chance, world, path, paths[path], number)
    _add_noise(chance, root)
    known = sorted({one for one, _, _ in world.fields})
    subtrees = sorted({f"{one.rpartition('/')[0]}/**" for one in known})
    listable = [*known, *subtrees, *names[:: len(names) // 5]]
    allow = tuple(dict.fromkeys(chance.choices(listable, k=chance.randint(0, 8))))
    masks = {
        one.path: one
        for one in (_mask(chance, [*known, *subtrees]) for _ in range(chance.randint(0, 4)))
    }
    world.grant = replace(ground.grant, allow=allow, require=(), masks=tuple(masks.values()))
    return world


def _write(chance: random.Random, world: World, path: str, kind: str, number: int) -> None:
    body = world.root[-1]
    element = _element_at(body, path, world.space, joins=chance.random() < 0.5)
    if kind == "moment":
        value = f"2026-03-{number + 10}T08:00:{number + 10}+05:00"
        inner = etree.SubElement(element, f"{str(element.tag).rpartition('}')[0]}}}DateTimeString")
        inner.set("formatCode", "304")
        inner.text = f"202603{number + 10}0800{number + 10}+05"
        world.fields.append((path, value, ""))
        return
    value = f"{number + 11}73{number + 11}.5" if kind == "number" else f"KZval{number + 10}zzzz"
    if chance.random() < 0.5 and value[0] == "K":
        value = f"{value} {chance.choice(['x', 'АБВ', '#AAAAAAAAAAAAAAAA', '&<'])}"
    element.text = value
    around = element.getparent()
    assert around is not None
    name = path.rpartition("/")[2]
    if name.removeprefix("ext:") in COMPANIONS:
        element.set("element", "ID")
        world.fields.append((path, value, "ID"))
        return
    world.fields.append((path, value, ""))
    more = chance.choice([None, None, *COMPANIONS, "NationalField"])
    parent = path.rpartition("/")[0]
    if more == "NationalField":
        holder = etree.SubElement(around, f"{{{EXT}}}NationalField")
        etree.SubElement(holder, f"{{{EXT}}}Value").text = f"was {value}"
        world.fields.append((f"{parent}/ext:NationalField/ext:Value", f"was {value}", ""))
    elif more is not None:
        beside = etree.SubElement(around, f"{{{EXT}}}{more}", element=name)
        beside.text = f"whole {value}"
        world.fields.append((f"{parent}/ext:{more}", f"whole {value}", name))


def _add_noise(chance: random.Random, root: etree._Element) -> None:
    """Put beside the fields what no grant can let out."""
    for number in range(chance.randint(0, 4)):
        places = list(root.iter("{*}*"))
        place = chance.choice(places)
        text = f"{NOISE}{number}"
        inner = next(place.iterchildren("*"), None)
        match chance.randint(0, 6):
            case 0:
                place.append(etree.Comment(text))
            case 1:
                place.append(etree.ProcessingInstruction("p", text))
            case 2:
                place.set(chance.choice(["x", f"{{urn:{text}}}y", "xml:lang"][:2]), text)
            case 3 if inner is not None:
                inner.tail = text
            case 4 if inner is not None:
                place.text = text
            case 5 if inner is not None and place is not root:
                etree.SubElement(place, f"{{urn:{text}}}ID").text = text
            case 6 if inner is None:
                place.insert(0, etree.Comment(text))
            case _:
                pass


def _mask(chance: random.Random, paths: list[str]) -> Mask:
    method = chance.choice([*MaskMethod])
    fields = [one for one in paths if not one.endswith("**")]
    path = chance.choice(paths if method is MaskMethod.DROP else fields)
    mask = Mask(path=path, method=method)
    if method is MaskMethod.TRUNCATE:
        most = chance.randint(1, 4)
        return replace(mask, keep=most) if chance.random() < 0.5 else replace(mask, keep_last=most)
    return replace(mask, to=chance.choice([*CoarserForm])) if method is GENERALISE else mask


# ------------------------------------------- what is said once more, as plainly as can be


def _listed(path: str, paths: list[str]) -> bool:
    return any(
        path == one or (one.endswith("/**") and f"{path}/".startswith(one.removesuffix("**")))
        for one in paths
    )


def _leaves(path: str, element: str, grant: Grant) -> bool:
    """Whether a field may leave as it is."""
    own = f"{path.rpartition('/')[0]}/{element}" if element else path
    if own == SUMMARY_MARK:
        return True
    masked = [one.path for one in grant.masks]
    return own != SECRET_CODE and _listed(own, [*grant.allow]) and not _listed(own, masked)


def _name(tag: str) -> str:
    namespace, _, local = tag[1:].partition("}")
    return {DEC: local, IG: local, EXT: f"ext:{local}"}.get(namespace, f"{NOISE}:{local}")


def _sent(element: ET.Element, path: str) -> list[tuple[str, str, str]]:
    """Return path, text and named field of every element that says something by itself."""
    found = []
    for child in element:
        below = f"{path}/{_name(child.tag)}"
        inner = list(child)
        if len(inner) == 1 and inner[0].tag.endswith("}DateTimeString"):
            assert set(inner[0].attrib) <= {"formatCode"}
            assert not child.attrib
            assert not (child.text or "").strip()
            found.append((below, inner[0].text or "", ""))
        elif inner:
            assert not child.attrib
            assert not child.text
            found += _sent(child, below)
        else:
            assert set(child.attrib) <= {"element"}
            found.append((below, child.text or "", child.attrib.get("element", "")))
        assert child.tail is None
    return found


def _judge(world: World, minimised: Minimised) -> None:
    grant, data = world.grant, minimised.document.to_bytes()
    assert NOISE.encode() not in data
    assert b"<!--" not in data
    assert data.count(b"<?") == 1  # the XML declaration
    root = ET.fromstring(data)  # noqa: S314 - it is our own, read by another parser
    sent = _sent(root[-1], _name(root[-1].tag))
    masks = {one.path: one for one in grant.masks}
    for path, text, element in sent:
        if _leaves(path, element, grant):
            continue
        mask = masks.get(path)
        assert mask is not None, path
        assert not element
        assert mask.method is not MaskMethod.DROP
        assert _listed(path, [*grant.allow])
        assert mask.method is not MaskMethod.HASH or HASH.fullmatch(text) or not text
    _judge_values(world, data.decode(), sent)


def _judge_values(world: World, data: str, sent: list[tuple[str, str, str]]) -> None:
    kept = {text for _, text, _ in sent}
    passing = [one for one in world.fields if _leaves(one[0], one[2], world.grant)]
    for path, value, element in world.fields:
        if (path, value, element) in passing:
            is_national = "ext:NationalField/" in path
            assert value in kept or is_national or value.startswith("2026-"), path
        elif not any(value in text for _, text, _ in passing):
            wanted = re.sub(r"\D", "", value[:19]) if value.startswith("2026-") else value
            written = etree.Element("x")
            written.text = wanted
            assert etree.tostring(written, encoding="unicode")[3:-4] not in data, path


class Ground:
    """What every world is drawn from; too long to be shown with a failure."""

    def __init__(self, kind: Kind, paths: dict[str, str], grant: Grant) -> None:
        self.kind = kind
        self.paths = paths
        self.grant = grant

    @property
    def root(self) -> str:
        return next(iter(self.paths)).partition("/")[0]

    def __repr__(self) -> str:
        return f"ground of {self.kind}"


@pytest.fixture(name="ground", scope="module", params=KINDS, ids=str)
def _ground(registry: Registry, sample: Agreement, request: pytest.FixtureRequest) -> Ground:
    kinds = {
        one.path: "moment" if one.is_moment else "number" if one.is_number else "text"
        for one in registry.of_kind(request.param)
        if not one.is_class
    }
    return Ground(kind=request.param, paths=kinds, grant=sample.grants[0])


@settings(max_examples=EXAMPLES)
@given(seed=st.integers(0, 2**64 - 1))
def test_laws_of_minimising_no_field_outside_the_allow_list_ever_leaves(
    ground: Ground, seed: int
) -> None:
    world = _world(random.Random(seed), ground)
    document = Document(world.root)
    written = document.to_bytes()

    minimised = minimise(document, world.grant, KEY)

    _judge(world, minimised)
    assert document.to_bytes() == written
    assert not unexpected(minimised.document, world.grant)
    again = minimise(minimised.document, world.grant, KEY)
    assert again.document.to_bytes() == minimised.document.to_bytes()
    assert (again.withheld, again.masked) == ((), ())
    parsed = minimise(read(written), world.grant, KEY)
    assert parsed.document.to_bytes() == minimised.document.to_bytes()
    assert (parsed.withheld, parsed.masked) == (minimised.withheld, minimised.masked)
    back = read(minimised.document.to_bytes())
    assert list(back.leaves()) == list(minimised.document.leaves())
