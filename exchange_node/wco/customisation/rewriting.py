"""A document in one version → the same in another: names, and what has no place there.

A table of names says what is called otherwise. It moves nothing: what stands in another class, or
in two, is no version that a table can describe; see docs/adr/0016.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from lxml import etree

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document, Leaf
from exchange_node.wco.notation import EXT, MD, TYPE_NAMES, path_of, steps

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from exchange_node.wco.registry import Registry

Names = Mapping[tuple[str, str], str]
"""Kind and path in one version → the path of the same element in the other."""

HEADER = ("kind", "base", "here")
"""The first line of a table of names."""

_SHOWN = 120
"""Characters of a line that an error repeats (our choice)."""


def rewritten(
    document: Document, registry: Registry, version: str, renamed: Names
) -> tuple[Document, tuple[Leaf, ...]]:
    """Build a document anew by another registry; return it, and the values that have no place.

    The envelope stays as it is, apart from the version: the rules say whether it is right.

    Raises:
        InvalidDocumentError: the other version has no such message, or one place for two values.
    """
    placed: list[Placed] = []
    left_out: list[Leaf] = []
    kind = document.kind
    for leaf in document.leaves():
        pointer = renamed_pointer(leaf.pointer, kind, renamed)
        path = "/".join(name for name, _ in steps(pointer) or ())
        entry = registry.entry(path, kind)
        if entry is None or entry.is_class:
            left_out.append(leaf)
            continue
        placed.append(Placed(pointer, leaf.value, _attributes(leaf, kind, renamed)))
    metadata = Metadata(
        country=document.country,
        agency=document.header.get("ResponsibleAgencyName", ""),
        type_name=TYPE_NAMES[document.root_name],
        version=version,
    )
    made = build(registry, metadata, placed, kind=kind)
    exchange = document.exchange
    if exchange is not None:
        made = made.with_exchange(exchange, document.attachments)
    return _in_envelope_of(document, made, version), tuple(left_out)


def lacking_extensions(document: Document, registry: Registry) -> tuple[str, ...]:
    """Return the pointers of obligatory extension elements that a document does not have.

    The schemas take whatever stands in our extension namespace: the registry has to say it.
    """
    present = {document.root_name}
    for leaf in document.leaves():
        at = leaf.pointer
        while at not in present:
            present.add(at)
            at = at.rpartition("/")[0]
    return tuple(
        f"{place}/{entry.name}"
        for place in sorted(present)
        for entry in registry.children(path_of(place), document.kind)
        if entry.minimum and entry.namespace == EXT
        if not {f"{place}/{entry.name}", f"{place}/{entry.name}[1]"} & present
    )


def renamed_pointer(pointer: str, kind: str, renamed: Names) -> str:
    """Return a pointer, or a path, as the other version calls it."""
    path = ""
    written = []
    for name, position in steps(pointer) or ():
        path = f"{path}/{name}" if path else name
        new = renamed.get((kind, path), path).rpartition("/")[2]
        written.append(f"{new}[{position}]")
    return "/".join(written)


def backwards(renamed: Names) -> Names:
    """Return the names of the way back."""
    return {(kind, there): here for (kind, here), there in renamed.items()}


def read_renamed(tsv: str, base: Registry, registry: Registry) -> Names:
    """Read the table of other names: kind, path in the base, path here; a header line first.

    Raises:
        InvalidSettingError: the first fault of those that `faults_of_names` yields.
    """
    for fault in faults_of_names(tsv, base, registry):
        raise fault
    return _names(tsv)


def faults_of_names(tsv: str, base: Registry, registry: Registry) -> Iterator[InvalidSettingError]:
    """Yield what is wrong with a table of other names, each fault with its line.

    `base` is the registry of the base version, `registry` that of the version the table is of.
    """
    lines = tsv.splitlines()
    if not lines or tuple(lines[0].split("\t")) != HEADER:
        yield _wrong(1, f"the header must be {' '.join(HEADER)}, parted by tabs")
    seen: set[tuple[str, str]] = set()
    taken: set[tuple[str, str]] = set()
    names = _names(tsv)
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) != len(HEADER):
            yield _wrong(number, f"{len(cells)} columns, want {len(HEADER)}: {line[:_SHOWN]!r}")
            continue
        kind, old, new = cells
        why = _fault(kind, old, new, base, registry, names)
        if not why and (kind, old) in seen:
            why = f"{old} has another name already"
        if not why and (kind, new) in taken:
            why = f"{new} is the other name of two elements"
        if why:
            yield _wrong(number, why)
        seen.add((kind, old))
        taken.add((kind, new))


def _fault(  # noqa: PLR0911 - one reason each
    kind: str, old: str, new: str, base: Registry, registry: Registry, names: Names
) -> str:
    """Return why a line cannot be used; nothing if it can."""
    if not base.of_kind(kind):
        return f"there is no kind of document {kind[:_SHOWN]!r}"
    before, after = base.entry(old, kind), registry.entry(new, kind)
    if before is None:
        return f"the base has no {old[:_SHOWN]!r} in {kind}"
    if after is None:
        return f"this version has no {new[:_SHOWN]!r} in {kind}"
    if before.is_class is not after.is_class:
        return f"of {old} and {new} one is a class and the other holds a value"
    if _plain(renamed_pointer(old, kind, names)) != new:
        return f"{new} stands elsewhere than {old}: a table of names moves nothing"
    if base.entry(new, kind) is not None and (kind, new) not in names:
        return f"{new} is what another element of the base is called, and keeps"
    return ""


def _names(tsv: str) -> Names:
    rows = (line.split("\t") for line in tsv.splitlines()[1:])
    return {(row[0], row[1]): row[2] for row in rows if len(row) == len(HEADER)}


def _plain(pointer: str) -> str:
    return "/".join(name for name, _ in steps(pointer) or ())


def _in_envelope_of(document: Document, made: Document, version: str) -> Document:
    """Return what was made with the header of the document; only the version is another."""
    root: Element = copy.deepcopy(made.tree)
    for one in root.findall(f"{{{MD}}}*"):
        root.remove(one)
    for at, one in enumerate(document.tree.findall(f"{{{MD}}}*")):
        header = copy.deepcopy(one)
        if etree.QName(header).localname == "AgencyAssignedCustomizationVersionCode":
            header.text = version
        root.insert(at, header)
    return Document(root)


def _attributes(leaf: Leaf, kind: str, renamed: Names) -> Mapping[str, str]:
    """Return the attributes of a value; one that names a sibling names it as it is called now."""
    sibling = leaf.attributes.get("element")
    if sibling is None:
        return leaf.attributes
    beside = f"{leaf.path.rpartition('/')[0]}/{sibling}"
    return {**leaf.attributes, "element": renamed.get((kind, beside), beside).rpartition("/")[2]}


def _wrong(line: int, why: str) -> InvalidSettingError:
    return InvalidSettingError(where=f"renamed.tsv line {line}", why=why)
