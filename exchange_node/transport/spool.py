"""Bytes → memory while they are few, then a file without a name: where large messages lie.

A file here has no name in its folder, so that it is gone with the process that wrote it, however
that ends: what was decrypted lies nowhere else in clear, and nowhere at all after a power cut.
"""

from __future__ import annotations

import errno
import os
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from exchange_node.domain.errors import StoreError, StoreFullError
from exchange_node.domain.transmission.content import CHUNK_BYTES, SMALL_BYTES, Content

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class FileSpools:
    """Makes spools whose files lie in one folder of the node; a `NewSpool`.

    Attributes:
        small_bytes: up to how many bytes a spool writes no file.
    """

    folder: Path
    small_bytes: int = SMALL_BYTES

    def __call__(self) -> FileSpool:
        """Return an empty spool."""
        return FileSpool(self)


class FileSpool:
    """Bytes that are not all there yet; see `Spool`."""

    def __init__(self, spools: FileSpools) -> None:
        self._spools = spools
        self._first: list[bytes] = []
        self._size = 0
        self._file: _File | None = None

    def write(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises:
            StoreFullError: the disk is full.
            StoreError: the folder cannot be written to.
        """
        self._size += len(chunk)
        if self._file is None:
            self._first.append(chunk)
            if self._size <= self._spools.small_bytes:
                return
            self._file = _File.new(self._spools.folder)
            chunk, self._first = b"".join(self._first), []
        self._file.append(chunk)

    def finish(self) -> Content:
        """Return all that was written."""
        if self._file is None:
            return b"".join(self._first)
        return SpooledFile(self._file, 0, self._size)


class SpooledFile:
    """A stretch of a file that nobody can name; the file goes with the last of its stretches."""

    def __init__(self, file: _File, start: int, end: int) -> None:
        self._file = file
        self._start = start
        self._end = end

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return self._end - self._start

    def chunks(self) -> Iterator[bytes]:
        """Yield them from the beginning.

        Raises:
            StoreError: the disk gives them back no more.
        """
        for at in range(self._start, self._end, CHUNK_BYTES):
            yield self._file.read(at, min(CHUNK_BYTES, self._end - at))

    def part(self, start: int, end: int) -> SpooledFile:
        """Return a stretch of them, without copying."""
        first = min(self._start + start, self._end)
        return SpooledFile(self._file, first, max(first, min(self._start + end, self._end)))


class _File:
    """An open file without a name; closed when nobody holds it any more."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._size = 0
        weakref.finalize(self, os.close, descriptor)

    @classmethod
    def new(cls, folder: Path) -> _File:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
                return cls(os.dup(file.fileno()))
        except OSError as err:
            raise _failure(err, folder.name) from None

    def append(self, chunk: bytes) -> None:
        left = memoryview(chunk)
        try:
            while left:
                done = os.pwrite(self._descriptor, left, self._size)
                self._size += done
                left = left[done:]
        except OSError as err:
            raise _failure(err, "the spool") from None

    def read(self, at: int, size: int) -> bytes:
        try:
            found = os.pread(self._descriptor, size, at)
        except OSError as err:
            raise _failure(err, "the spool") from None
        if len(found) != size:  # pragma: no cover - the file is ours alone
            raise StoreError(detail="a spooled message is cut off")
        return found


def _failure(err: OSError, where: str) -> StoreError:
    why = f"{where}: {err.strerror or 'unwritable'}"
    return StoreFullError(why=why) if err.errno in _FULL else StoreError(detail=why)
