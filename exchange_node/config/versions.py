"""Versions of our documents beside the base: from their folders, with who takes which when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from exchange_node.config.settings import read_text
from exchange_node.config.shipped import shipped
from exchange_node.domain.errors import ConfigurationError, InvalidSettingError
from exchange_node.wco.building import CUSTOMIZATION_VERSION
from exchange_node.wco.customisation.rewriting import faults_of_names, read_renamed
from exchange_node.wco.customisation.versions import Version, Versions
from exchange_node.wco.registry import Registry, read_registry
from exchange_node.wco.schema import Schemas, compile_schemas

if TYPE_CHECKING:
    from exchange_node.config.partners import PartnerCard
    from exchange_node.config.settings import Settings

FOLDER = "versions"
_NAME = re.compile(r"[0-9]\.[0-9]")
"""What the envelope has room for (WCO DM 3.6, metadata: three characters), and a card may name."""
_REGISTRY = Path("registry", "wco_ids.tsv")
_RENAMED = "renamed.tsv"


def versions_of(settings: Settings, cards: Iterable[PartnerCard], base: Registry) -> Versions:
    """Return the versions that are shipped and those in the node's own folder.

    Raises:
        ConfigurationError: the first fault of those that `faults_of_versions` yields.
    """
    every = tuple(cards)
    for fault in faults_of_versions(settings, every, base):
        raise fault
    others = {home.name: _read(home, base) for home in _homes(settings)}
    partners = {str(card.party): card.schema_versions for card in every}
    return Versions(base=base, others=others, own=settings.schema_versions, partners=partners)


def faults_of_versions(
    settings: Settings, cards: Iterable[PartnerCard], base: Registry
) -> Iterator[ConfigurationError]:
    """Yield what keeps versions from being used, each fault by itself, with its place."""
    known = {CUSTOMIZATION_VERSION}
    for home in _homes(settings):
        known.add(home.name)
        yield from _faults(home, base)
    partners = ((str(card.party), card.schema_versions) for card in cards)
    for who, schedule in (("node.toml", settings.schema_versions), *partners):
        for one in schedule:
            if one.version not in known:
                why = f"there is no version {one.version!r}; there are {', '.join(sorted(known))}"
                yield InvalidSettingError(where=f"{who}, schema_versions", why=why)


def _homes(settings: Settings) -> Iterator[Path]:
    for folder in (shipped("wco_schemas") / FOLDER, settings.folder / FOLDER):
        yield from sorted(one for one in folder.glob("*") if one.is_dir())


def _read(home: Path, base: Registry) -> Version:
    registry, renamed = _registry(home), home / _RENAMED
    return Version(
        name=home.name,
        registry=registry,
        schemas=_schemas(home),
        renamed=read_renamed(read_text(renamed), base, registry) if renamed.exists() else {},
    )


def _registry(home: Path) -> Registry:
    return read_registry(read_text(home / _REGISTRY))


def _schemas(home: Path) -> Schemas:
    return compile_schemas({one.name: one.read_bytes() for one in sorted(home.glob("*.xsd"))})


def _faults(home: Path, base: Registry) -> Iterator[ConfigurationError]:
    """Yield what is wrong with one version's folder."""
    where = f"{FOLDER}/{home.name}"
    if not _NAME.fullmatch(home.name):
        why = "a version's folder is called by a digit, a point and a digit"
        yield InvalidSettingError(where=where, why=why)
        return
    if home.name == CUSTOMIZATION_VERSION:
        why = "this is the base version, which comes with the program; take the folder away"
        yield InvalidSettingError(where=where, why=why)
        return
    try:
        _schemas(home)
    except ConfigurationError as err:
        yield _within(where, err)
    except OSError as err:
        yield InvalidSettingError(where=where, why=f"a schema: {err.strerror or 'unreadable'}")
    try:
        registry = _registry(home)
        renamed = read_text(home / _RENAMED) if (home / _RENAMED).exists() else None
    except ConfigurationError as err:
        yield _within(where, err)
        return
    if renamed is not None:
        for fault in faults_of_names(renamed, base, registry):
            yield _within(where, fault)


def _within(where: str, err: ConfigurationError) -> InvalidSettingError:
    """Return an error of a file with the folder that the file lies in."""
    return InvalidSettingError(where=where, why=str(err))
