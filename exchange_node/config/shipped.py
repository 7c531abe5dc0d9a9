"""What comes with the program: schemas, registry, code lists, profiles, sample agreement.

Found beside the package in a checkout and inside it in an installation.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

from exchange_node.config.intake import read_file
from exchange_node.config.settings import read_text
from exchange_node.config.settings.rules import RULES_FILE, rules_of
from exchange_node.domain.errors import MissingSettingError
from exchange_node.mapping.declaration import named
from exchange_node.mapping.drafting import Words, read_words
from exchange_node.mapping.profile.profile import Profile, Profiles
from exchange_node.mapping.profile.reading import read_profiles
from exchange_node.risk.deciding.rules import RuleSet
from exchange_node.wco.codelists import CodeLists, read_code_lists
from exchange_node.wco.registry import Registry, read_registry
from exchange_node.wco.rules.library import WcoLibrary
from exchange_node.wco.schema import Schemas, compile_schemas

V = TypeVar("V")

PROFILE_BYTES = 2_000_000
"""Of a profile that is named by its file."""
KEPT = 2
"""How many versions of each are kept: what a node has of its own, and what is shipped."""

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped(*parts: str) -> Path:
    """Return a shipped folder or file.

    Raises:
        MissingSettingError: the installation is incomplete.
    """
    for root in (_PACKAGE / "_data", _PACKAGE.parent):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise MissingSettingError(what="/".join(parts), where="the installed package")


def library(own_code_lists: Path | None = None) -> WcoLibrary:
    """Return schemas, registry and code lists; own lists replace shipped ones of the same name."""
    schemas = shipped("wco_schemas")
    lists = _texts(schemas / "codelists", "*.tsv")
    if own_code_lists is not None and own_code_lists.is_dir():
        lists |= _texts(own_code_lists, "*.tsv")
    return WcoLibrary(
        registry=_registry(read_text(schemas / "registry" / "wco_ids.tsv")),
        schemas=_schemas(_items({path.name: path.read_bytes() for path in schemas.glob("*.xsd")})),
        code_lists=_code_lists(_items(lists)),
    )


def rule_set(own: Path | None = None) -> RuleSet:
    """Return what decides: the rules of a node's folder, or the shipped ones.

    Raises:
        InvalidSettingError: the node's own rules cannot be used as they are written.
    """
    return rules_of(own, shipped("config", RULES_FILE))


def national_profiles(own: Path | None = None) -> Profiles:
    """Return the national profiles; a node's own replace shipped ones of the same name."""
    texts = _texts(shipped("config", "national"), "*.toml")
    if own is not None and own.is_dir():
        texts |= _texts(own, "*.toml")
    return _profiles(_items(texts))


def profile_at(own: Path, written: str) -> Profile:
    """Return the profile of a name, or the one in a file that ends in `.toml`.

    One in a file may extend any that there is by name.

    Raises:
        UnknownFormatError: there is none of that name.
        UnreadableInputError: the file cannot be read.
        InvalidProfileError: a profile cannot be used as it is written.
    """
    if not written.endswith(".toml"):
        return named(written, national_profiles(own))
    path = Path(written)
    texts = _texts(shipped("config", "national"), "*.toml")
    if own.is_dir():
        texts |= _texts(own, "*.toml")
    text = read_file(path, PROFILE_BYTES).decode("utf-8", "replace")
    return read_profiles({**texts, path.stem: text}).by_name[path.stem]


def words() -> Words:
    """Return the words that names of national formats are made of."""
    return _words(read_text(shipped("config", "drafting", "words.toml")))


def sample_agreement() -> str:
    """Return the text of the sample agreement."""
    return read_text(shipped("agreements", "kz-uz-transit.toml"))


def _texts(folder: Path, pattern: str) -> dict[str, str]:
    return {path.stem: read_text(path) for path in sorted(folder.glob(pattern))}


# Whoever asks again with the same contents gets the same values, which nobody can change: a second
# node in one process, or the workbench beside the node, waits half a second less.


def _items(files: Mapping[str, V]) -> tuple[tuple[str, V], ...]:
    return tuple(sorted(files.items(), key=itemgetter(0)))


@lru_cache(maxsize=KEPT)
def _registry(text: str) -> Registry:
    return read_registry(text)


@lru_cache(maxsize=KEPT)
def _schemas(files: tuple[tuple[str, bytes], ...]) -> Schemas:
    return compile_schemas(dict(files))


@lru_cache(maxsize=KEPT)
def _code_lists(files: tuple[tuple[str, str], ...]) -> CodeLists:
    return read_code_lists(dict(files))


@lru_cache(maxsize=KEPT)
def _profiles(files: tuple[tuple[str, str], ...]) -> Profiles:
    return read_profiles(dict(files))


@lru_cache(maxsize=KEPT)
def _words(text: str) -> Words:
    return read_words(text)
