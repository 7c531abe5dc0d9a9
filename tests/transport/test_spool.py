from __future__ import annotations

import errno
import gc
import os
from pathlib import Path

import pytest

from exchange_node.domain.errors import StoreError, StoreFullError
from exchange_node.domain.transmission.content import CHUNK_BYTES, Spooled, find_in, whole
from exchange_node.transport.spool import FileSpools


def spooled(folder: Path, *chunks: bytes, small_bytes: int = 10) -> bytes | Spooled:
    spool = FileSpools(folder / "spool", small_bytes)()
    for chunk in chunks:
        spool.write(chunk)
    return spool.finish()


def test_what_is_small_is_bytes_and_writes_no_file(tmp_path: Path) -> None:
    assert spooled(tmp_path, b"12345", b"67890") == b"1234567890"
    assert not (tmp_path / "spool").exists()


def test_what_is_large_lies_in_a_file_without_a_name_that_nobody_else_may_read(
    tmp_path: Path,
) -> None:
    content = spooled(tmp_path, b"12345", b"67890", b"x")

    assert not isinstance(content, bytes)
    assert (content.size, whole(content), whole(content)) == (11, *[b"1234567890x"] * 2)
    assert list((tmp_path / "spool").iterdir()) == []
    assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700


def test_a_part_is_a_stretch_of_the_file(tmp_path: Path) -> None:
    content = spooled(tmp_path, b"0123456789abcdef")
    assert not isinstance(content, bytes)

    part = content.part(4, 12)

    assert (part.size, whole(part)) == (8, b"456789ab")
    assert whole(part.part(2, 99)) == b"6789ab"
    assert whole(content.part(16, 20)) == b""
    assert find_in(content, b"9ab", 3) == 9


def test_a_file_is_read_in_chunks_and_by_two_readers_at_once(tmp_path: Path) -> None:
    octets = os.urandom(CHUNK_BYTES + 7)
    content = spooled(tmp_path, octets)
    assert not isinstance(content, bytes)

    pairs = list(zip(content.chunks(), content.chunks(), strict=True))

    assert [len(one) for one, _ in pairs] == [CHUNK_BYTES, 7]
    assert b"".join(one for one, _ in pairs) == b"".join(other for _, other in pairs) == octets


def test_the_file_is_closed_with_the_last_part_of_it(tmp_path: Path) -> None:
    before = set(os.listdir("/proc/self/fd"))  # noqa: PTH208 - descriptors are no files of ours
    content = spooled(tmp_path, b"0123456789abcdef")
    assert not isinstance(content, bytes)
    part = content.part(0, 2)

    del content
    gc.collect()
    assert whole(part) == b"01"
    del part
    gc.collect()

    assert set(os.listdir("/proc/self/fd")) <= before  # noqa: PTH208


def test_a_full_disk_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)

    with pytest.raises(StoreFullError, match="No space left"):
        spooled(tmp_path, b"0123456789abcdef")


def test_a_folder_that_cannot_be_made_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "spool").write_bytes(b"a file")

    with pytest.raises(StoreError, match="spool"):
        spooled(tmp_path, b"0123456789abcdef")


def test_a_file_that_cannot_be_read_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    content = spooled(tmp_path, b"0123456789abcdef")
    monkeypatch.setattr(os, "pread", broken)

    with pytest.raises(StoreError, match="Input/output"):
        whole(content)
