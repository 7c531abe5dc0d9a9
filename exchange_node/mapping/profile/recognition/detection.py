"""What a profile says of the files it is for: their kind, their signs, and how they are read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from exchange_node.mapping.profile.recognition.layouts import Layout


class Kind(StrEnum):
    """The notations that declarations come in."""

    XML = "xml"
    JSON = "json"
    CSV = "csv"
    FIXED = "fixed"
    EDIFACT = "edifact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """How a document of the format is recognised and read.

    Attributes:
        profile: its name, for what is said of a file.
        kind: the notation.
        roots: XML: local names of the declaration, the most telling first; it may stand in a
            wrapper.
        namespaces: XML: bases; a document's namespace is one of them, or one with a version
            behind it.
        having: XML: names of which one must stand directly in the root, where any are given.
        see_through: elements that are looked through, as if their children were their parent's.
        nulls: empty elements that only say "no value" (`null`).
        keys: JSON: what the declaration has at the least.
        body: JSON: where the declaration stands, by keys; empty for the whole.
        columns: CSV: what the header has at the least.
        starts: CSV and columns of characters: what the file begins with.
        messages: EDIFACT: message types, with or without version and release (`CUSCAR:D:99B`).
        aliases: names that some emitters write → the name the profile uses.
        nothing: texts that mean "no value", in any notation but XML.
        encoding: of a text (not JSON) that is not in UTF-8 and says nothing of it itself.
        layout: of every notation but XML and JSON.
    """

    profile: str = ""
    kind: Kind = Kind.XML
    roots: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    having: tuple[str, ...] = ()
    see_through: frozenset[str] = frozenset()
    nulls: frozenset[str] = frozenset()
    keys: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    starts: re.Pattern[str] | None = None
    messages: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    nothing: frozenset[str] = frozenset()
    encoding: str = ""
    layout: Layout | None = None

    def knows(self, namespace: str) -> bool:
        """Whether a namespace is one of ours, whatever its version; none at all is let pass."""
        return not namespace or any(
            namespace == base or namespace.startswith((base + ":", base + "/", base + "#"))
            for base in self.namespaces
        )
