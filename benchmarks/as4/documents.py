"""The sample declaration → a finished, sealed document, and the same at the size wanted.

Nothing below the seal is looked into by an access point, so that items may be added to a sealed
document: it stands for one that was sealed at that size, and packs and travels as that would.
"""

from __future__ import annotations

import copy
import random
import re
from typing import TYPE_CHECKING

from lxml import etree

from benchmarks.documents import enlarged, sample_declaration
from benchmarks.nodes import Pair
from benchmarks.steps import Way
from exchange_node import safe_xml
from exchange_node.config.shipped import library, national_profiles
from exchange_node.node import Node, pair_agreement

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_SPARE = ("OriginalText", "FullText")
"""What an item has beside its values, and a small document can do without."""


def sealed_sample(node: Node) -> bytes:
    """Return the sample declaration with one item as a node of ours sends it."""
    return Way(
        declaration=enlarged(sample_declaration(), 1),
        items=1,
        library=library(),
        profiles=national_profiles(),
        nodes=lambda: Pair(kz=node, uz=node),
        agreement_text=pair_agreement("KZ", "UZ"),
        at=node.clock(),
    ).sealed


def sized(sealed: bytes, size: int) -> bytes:
    """Return the document with as many bytes: items are added, or original texts left out.

    Every item has figures of its own, the same in each run, so that it compresses as items do.
    """
    root = safe_xml.parse(sealed)
    spare = [one for name in _SPARE for one in root.iter(f"{{*}}{name}")]
    while len(content := _text(root)) > size and spare:
        _drop(spare.pop())
    item = next(root.iter("{*}ConsignmentItem"))
    parent = item.getparent()
    assert parent is not None  # noqa: S101 - an item stands in its consignment
    draw = random.Random(size)  # noqa: S311 - figures, and the same in every run
    place = parent.index(item)
    room, each = size - len(content), _length(item)
    for _ in range(room // each):
        another = copy.deepcopy(item)
        for one in another.iter():
            one.text = re.sub("[0-9]", lambda _: draw.choice("0123456789"), one.text or "")
        parent.insert(place + 1, another)
    description = next(root.iter("{*}Description"))
    description.text = f"{description.text} {'0' * (size - len(_text(root)) - 1)}"
    content = _text(root)
    if len(content) != size:
        raise SystemExit(f"the document has {len(content)} bytes, wanted {size}")
    return content


def _length(item: Element) -> int:
    """Return how many bytes an item takes where it stands."""
    parent, root = item.getparent(), item.getroottree().getroot()
    assert parent is not None  # noqa: S101 - an item stands in its consignment
    place, whole = parent.index(item), len(_text(root))
    parent.remove(item)
    length = whole - len(_text(root))
    parent.insert(place, item)
    return length


def _drop(element: Element) -> None:
    parent = element.getparent()
    assert parent is not None  # noqa: S101 - it is no root
    parent.remove(element)


def _text(root: Element) -> bytes:
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
