"""A file of ours → its text or its TOML."""

from __future__ import annotations

import tomllib
from pathlib import Path

from exchange_node.domain.errors import InvalidSettingError, MissingSettingError


def read_toml(path: Path) -> dict[str, object]:
    """Read one TOML file of ours.

    Raises:
        MissingSettingError: it is not there.
        InvalidSettingError: it cannot be read or is no TOML.
    """
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as err:
        raise InvalidSettingError(where=path.name, why=f"no TOML: {err}") from None


def read_text(path: Path) -> str:
    """Read one UTF-8 file of ours.

    Raises:
        MissingSettingError: it is not there.
        InvalidSettingError: it cannot be read, or it is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MissingSettingError(what=path.name, where=path.parent) from None
    except OSError as err:
        raise InvalidSettingError(where=path.name, why=err.strerror or "unreadable") from None
    except UnicodeDecodeError:
        raise InvalidSettingError(where=path.name, why="it is not UTF-8") from None
