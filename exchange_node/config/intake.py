"""Files that a person names, read within a bound and with one clear error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from exchange_node.domain.errors import UnreadableInputError
from exchange_node.domain.transmission.content import CHUNK_BYTES, Content, Spool


def read_file(path: Path, limit: int) -> bytes:
    """Return the bytes of a regular file.

    Raises:
        UnreadableInputError: it is missing, no regular file, not to be read, or too large.
    """
    with _opened(path, limit) as file:
        return read_bounded(file, str(path), limit)


def copy_file(path: Path, spool: Spool, limit: int) -> Content:
    """Return what is in a regular file now, laid aside: the file may change afterwards.

    Raises:
        UnreadableInputError: it is missing, no regular file, not to be read, or too large.
        StoreFullError: the spool finds no room.
    """
    size = 0
    with _opened(path, limit) as file:
        while chunk := file.read(CHUNK_BYTES):
            size += len(chunk)
            if size > limit:
                raise _too_large(str(path), limit)
            spool.write(chunk)
    return spool.finish()


@contextmanager
def _opened(path: Path, limit: int) -> Iterator[BinaryIO]:
    if path.is_dir():
        raise UnreadableInputError(which=path, why="it is a folder", limit_bytes=limit)
    if path.exists() and not path.is_file():
        raise UnreadableInputError(which=path, why="it is no regular file", limit_bytes=limit)
    try:
        with path.open("rb") as file:
            yield file
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
        raise _too_large(which, limit)
    return content


def _too_large(which: str, limit: int) -> UnreadableInputError:
    return UnreadableInputError(
        which=which, why=f"it has more than {limit} bytes", limit_bytes=limit
    )
