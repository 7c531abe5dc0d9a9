from __future__ import annotations

from pathlib import Path

import pytest

from exchange_node.config.intake import read_file
from exchange_node.domain.errors import UnreadableInputError


def test_a_file_within_the_bound_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"<a/>")

    assert read_file(tmp_path / "a.xml", 4) == b"<a/>"


def test_a_file_beyond_the_bound_is_refused_without_reading_it_whole(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"<a/> ")

    with pytest.raises(UnreadableInputError, match="more than 4 bytes"):
        read_file(tmp_path / "a.xml", 4)


@pytest.mark.parametrize(("name", "why"), [("", "folder"), ("none.xml", "no such file")])
def test_what_is_no_file_is_told_as_such(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(UnreadableInputError, match=why):
        read_file(tmp_path / name, 100)


def test_a_device_is_no_file() -> None:
    with pytest.raises(UnreadableInputError, match="no regular file"):
        read_file(Path("/dev/null"), 100)
