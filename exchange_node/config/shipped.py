"""What comes with the program: schemas, registry, code lists, profiles, sample agreement.

Found beside the package in a checkout and inside it in an installation.
"""

from __future__ import annotations

from pathlib import Path

from exchange_node.config.settings import read_text
from exchange_node.domain.errors import MissingSettingError
from exchange_node.mapping.profile.profile import Profiles
from exchange_node.mapping.profile.reading import read_profiles
from exchange_node.wco.codelists import read_code_lists
from exchange_node.wco.registry import read_registry
from exchange_node.wco.rules.library import WcoLibrary
from exchange_node.wco.schema import compile_schemas

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
        registry=read_registry(read_text(schemas / "registry" / "wco_ids.tsv")),
        schemas=compile_schemas({path.name: path.read_bytes() for path in schemas.glob("*.xsd")}),
        code_lists=read_code_lists(lists),
    )


def national_profiles(own: Path | None = None) -> Profiles:
    """Return the national profiles; a node's own replace shipped ones of the same name."""
    texts = _texts(shipped("config", "national"), "*.toml")
    if own is not None and own.is_dir():
        texts |= _texts(own, "*.toml")
    return read_profiles(texts)


def sample_agreement() -> str:
    """Return the text of the sample agreement."""
    return read_text(shipped("agreements", "kz-uz-transit.toml"))


def _texts(folder: Path, pattern: str) -> dict[str, str]:
    return {path.stem: read_text(path) for path in sorted(folder.glob(pattern))}
