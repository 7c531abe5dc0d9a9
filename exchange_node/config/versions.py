"""Versions of our documents beside the base: from their folders, with who takes which when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from exchange_node.config.settings import read_text
from exchange_node.config.shipped import shipped
from exchange_node.domain.errors import InvalidSettingError
from exchange_node.wco.building import CUSTOMIZATION_VERSION
from exchange_node.wco.customisation.versions import (
    Version,
    Versions,
    read_renamed,
)
from exchange_node.wco.registry import Registry, read_registry
from exchange_node.wco.schema import compile_schemas

if TYPE_CHECKING:
    from exchange_node.config.partners import PartnerCard
    from exchange_node.config.settings import Settings

FOLDER = "versions"


def versions_of(settings: Settings, cards: Iterable[PartnerCard], base: Registry) -> Versions:
    """Return the versions that are shipped and those in the node's own folder.

    Raises:
        InvalidSettingError: somebody takes a version that is not there, or one is unusable.
    """
    folders = (shipped("wco_schemas") / FOLDER, settings.folder / FOLDER)
    others = {one.name: one for folder in folders for one in _read(folder)}
    partners = {str(card.party): card.schema_versions for card in cards}
    known = {CUSTOMIZATION_VERSION, *others}
    for who, schedule in (("node.toml", settings.schema_versions), *partners.items()):
        for one in schedule:
            if one.version not in known:
                why = f"there is no version {one.version!r}; there are {', '.join(sorted(known))}"
                raise InvalidSettingError(where=f"{who}, schema_versions", why=why)
    return Versions(base=base, others=others, own=settings.schema_versions, partners=partners)


def _read(folder: Path) -> Iterator[Version]:
    for home in sorted(one for one in folder.glob("*") if one.is_dir()):
        renamed = home / "renamed.tsv"
        yield Version(
            name=home.name,
            registry=read_registry(read_text(home / "registry" / "wco_ids.tsv")),
            schemas=compile_schemas({one.name: one.read_bytes() for one in home.glob("*.xsd")}),
            renamed=read_renamed(read_text(renamed)) if renamed.exists() else {},
        )
