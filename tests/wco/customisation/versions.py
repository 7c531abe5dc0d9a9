"""A version 2 of our documents, made from version 1 for tests: one element renamed, one added.

On demand some are taken out, and the added one is obligatory.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from exchange_node.wco.registry import read_registry
from tools.make_schemas import make

REGISTRY = Path(__file__).resolve().parents[3] / "wco_schemas" / "registry" / "wco_ids.tsv"
OLD, NEW = "Declaration/Declarant", "Declaration/HolderOfTransit"
ADDED = "Declaration/ext:CorridorCode"


def registry_2(without: Collection[str] = (), added: str = "0..1") -> str:
    """Return the registry of version 2."""
    lines = []
    for line in REGISTRY.read_text(encoding="utf-8").splitlines():
        kind, path, tag, *rest = line.split("\t")
        if kind == "transit_manifest" and any(
            path == one or path.startswith(f"{one}/") for one in without
        ):
            continue
        if kind == "transit_manifest" and (path == OLD or path.startswith(f"{OLD}/")):
            path = NEW + path.removeprefix(OLD)
            tag = "HolderOfTransit" if path == NEW else tag
        if kind == "transit_manifest" and path == "Declaration/ext:FullText":
            own = (ADDED, "CorridorCode", "ext", "-", "an..4", added, "", "", "a corridor", "X")
            lines.append("\t".join((kind, *own)))
        lines.append("\t".join((kind, path, tag, *rest)))
    return "\n".join(lines) + "\n"


def write_version_2(folder: Path, without: Collection[str] = (), added: str = "0..1") -> None:
    """Write version 2 into a node's folder."""
    home = folder / "versions" / "2.0"
    (home / "registry").mkdir(parents=True)
    text = registry_2(without, added)
    (home / "registry" / "wco_ids.tsv").write_text(text, encoding="utf-8")
    for name, schema in make(read_registry(text)).items():
        (home / name).write_text(schema, encoding="utf-8")
    renamed = f"kind\tbase\there\ntransit_manifest\t{OLD}\t{NEW}\n"
    (home / "renamed.tsv").write_text(renamed, encoding="utf-8")
