"""What people and our own systems hand in, read within a bound and with one clear error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from exchange_node.domain.errors import MimeInconsistencyError, UnreadableInputError
from exchange_node.domain.message import AttachedFile
from exchange_node.domain.transmission.content import CHUNK_BYTES, Content, NewSpool, Spool
from exchange_node.ebms.packaging.mime import MimeLimits, read_media_type, split

FORM = "multipart/form-data"


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


def read_form(
    content_type: str, body: Content, *, new_spool: NewSpool, limit_bytes: int
) -> tuple[AttachedFile, ...]:
    """Return the parts of a multipart/form-data (RFC 7578), in their order; none is copied.

    Raises:
        UnreadableInputError: it is no such form, or is broken or too large.
        StoreFullError: there is no room for a part that has to be decoded.
    """
    try:
        limits = MimeLimits(max_bytes=limit_bytes)
        return tuple(
            AttachedFile(
                name=part.name,
                mime_type=read_media_type(part.content_type).name,
                content=part.content,
            )
            for part in split(content_type, body, limits, new_spool, multipart=FORM)
        )
    except MimeInconsistencyError as err:
        why = err.facts["why"]
        raise UnreadableInputError(which="the form", why=why, limit_bytes=limit_bytes) from None
