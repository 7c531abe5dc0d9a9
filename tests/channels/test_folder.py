from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exchange_node.channels.channel import Notice
from exchange_node.channels.folder import FolderChannel
from exchange_node.channels.memory import MemoryChannel
from exchange_node.domain.errors import ChannelError

NOTICE = Notice(
    notice_id="channel.red.received/7",
    code="channel.red",
    at=datetime(2026, 3, 1, 8, tzinfo=UTC),
    facts={"movement": "KZ/national/1", "reason": "тест"},
)


def test_a_notice_is_one_whole_file(tmp_path: Path) -> None:
    FolderChannel(tmp_path / "notices").tell(NOTICE)

    (file,) = (tmp_path / "notices").iterdir()
    assert file.name == "channel.red.received_7.json"
    assert json.loads(file.read_text(encoding="utf-8"))["facts"] == dict(NOTICE.facts)


def test_telling_twice_leaves_one_file(tmp_path: Path) -> None:
    channel = FolderChannel(tmp_path)

    channel.tell(NOTICE)
    channel.tell(NOTICE)

    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_cannot_be_written_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "notices").write_text("a file in the way")

    with pytest.raises(ChannelError) as caught:
        FolderChannel(tmp_path / "notices").tell(NOTICE)

    assert caught.value.retryable


def test_the_memory_keeps_each_notice_once() -> None:
    channel = MemoryChannel()

    channel.tell(NOTICE)
    channel.tell(NOTICE)

    assert list(channel.told) == ["channel.red.received/7"]
