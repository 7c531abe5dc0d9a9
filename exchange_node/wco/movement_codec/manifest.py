"""A manifest that goes once more: the same document under another function (UNCL 1225)."""

from __future__ import annotations

from exchange_node.wco.document import Document

_FUNCTION = "FunctionCode"


def under_function(document: Document, function: str) -> Document:
    """Return a manifest as a message of that function carries it; unsealed, all else untouched."""
    copied = document.unsealed()
    element = copied.body.find(f"{{*}}{_FUNCTION}")
    if element is not None:
        element.text = function
    return Document(copied.tree, is_plain=document.is_plain)
