"""The document of an alert → the same, said to be a summary only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree

from exchange_node.wco.alert_codec.criteria import ALERT, SUBJECT, SUMMARY_ONLY
from exchange_node.wco.document import Document, Leaf
from exchange_node.wco.notation import EXT

_DEPTH = SUBJECT.count("/") + 1


def marked(document: Document) -> Document:
    """Return a copy of an alert that says of itself that it is a summary only; unsealed.

    The mark stands first in its class, as the registry has it.
    """
    copied = document.unsealed()
    alert = copied.body.find(f"{{{EXT}}}{ALERT.rpartition(':')[2]}")
    if alert is None or copied.value(SUMMARY_ONLY):
        return document
    mark = etree.Element(f"{{{EXT}}}{SUMMARY_ONLY.rpartition(':')[2]}")
    mark.text = "1"
    alert.insert(0, mark)
    return Document(copied.tree, is_plain=document.is_plain)


def subjects_of(leaves: Iterable[Leaf]) -> Mapping[str, tuple[Leaf, ...]]:
    """Return the leaves of each subject, by the pointer of the subject."""
    found: dict[str, list[Leaf]] = {}
    for leaf in leaves:
        if leaf.path.startswith(f"{SUBJECT}/"):
            place = "/".join(leaf.pointer.split("/")[:_DEPTH])
            found.setdefault(place, []).append(leaf)
    return {place: tuple(inside) for place, inside in found.items()}
