"""What every check needs beside the document: registry, schemas, code lists, handed in once."""

from __future__ import annotations

from dataclasses import dataclass

from exchange_node.wco.codelists import CodeLists
from exchange_node.wco.registry import Registry
from exchange_node.wco.schema import Schemas


@dataclass(frozen=True, slots=True, kw_only=True)
class WcoLibrary:
    """The WCO library of a node."""

    registry: Registry
    schemas: Schemas
    code_lists: CodeLists
