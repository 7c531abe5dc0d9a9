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
    return parse_toml(read_text(path), path.name)


def parse_toml(text: str, name: str) -> dict[str, object]:
    """Parse one TOML text; `name` names it in an error.

    Raises:
        InvalidSettingError: it is no TOML.
    """
    try:
        return tomllib.loads(text)
    except ValueError as err:  # tomllib's own, and the one of an integer without end
        raise InvalidSettingError(where=name, why=f"no TOML: {err}") from None
    except RecursionError:
        raise InvalidSettingError(where=name, why="no TOML: it nests too deep") from None


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
