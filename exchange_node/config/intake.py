"""Files that a person names, read within a bound and with one clear error."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from exchange_node.domain.errors import UnreadableInputError


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
