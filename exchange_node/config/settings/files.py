"""A text file of ours → its text, or what is wrong with it; where a file of a URL lies."""

from __future__ import annotations

from pathlib import Path

from exchange_node.domain.errors import InvalidSettingError, MissingSettingError


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


def anchored(url: str, root: Path) -> str:
    """Anchor a relative SQLite file at the node's folder."""
    scheme, _, path = url.partition(":///")
    if scheme.partition("+")[0] != "sqlite" or not path or path.startswith("/"):
        return url
    return f"{scheme}:///{root / path}"
