"""What a person names or writes: files within a bound, and TOML, each with one clear error."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import BinaryIO

from exchange_node.domain.errors import InvalidSettingError, UnreadableInputError


def read_file(path: Path, limit: int) -> bytes:
    """Return the bytes of a regular file.

    Raises:
        UnreadableInputError: it is missing, no regular file, not to be read, or too large.
    """
    if path.is_dir():
        raise UnreadableInputError(which=path, why="it is a folder", limit_bytes=limit)
    if path.exists() and not path.is_file():
        raise UnreadableInputError(which=path, why="it is no regular file", limit_bytes=limit)
    try:
        with path.open("rb") as file:
            return read_bounded(file, str(path), limit)
    except OSError as err:
        raise UnreadableInputError(
            which=path, why=(err.strerror or str(err)).lower(), limit_bytes=limit
        ) from None


def read_bounded(stream: BinaryIO, which: str, limit: int) -> bytes:
    """Return the bytes of a stream.

    Raises:
        UnreadableInputError: there are more than the limit.
    """
    content = stream.read(limit + 1)
    if len(content) > limit:
        raise UnreadableInputError(
            which=which, why=f"it has more than {limit} bytes", limit_bytes=limit
        )
    return content


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
