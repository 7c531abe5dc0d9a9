from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exchange_node.config.settings.desks import (
    FolderSetting,
    MailSetting,
    WebhookSetting,
    read_desks,
)
from exchange_node.config.shipped import shipped
from exchange_node.domain.errors import InvalidSettingError, MissingSettingError

SECRET = "0123456789abcdef0123456789abcdef"
PLAIN = """
[[desk]]
name = "office"
[[desk.webhook]]
url = "https://risk.example/notices"
secret_file = "hook.secret"
[[route]]
codes = ["alert.*"]
desks = ["office"]
"""


def written(folder: Path, text: str) -> Path:
    (folder / "desks.toml").write_text(text, encoding="utf-8")
    (folder / "hook.secret").write_text(SECRET, encoding="utf-8")
    (folder / "relay.password").write_text("a password\n", encoding="utf-8")
    return folder


def test_without_the_file_no_desk_is_told(tmp_path: Path) -> None:
    told = read_desks(tmp_path)

    assert told.ways == {}
    assert told.desks.route("alert.received") is None


def test_the_shipped_sample_can_be_used_as_it_is(tmp_path: Path) -> None:
    sample = shipped("config", "desks.toml.sample").read_text(encoding="utf-8")

    told = read_desks(written(tmp_path, sample))

    kinds = {type(way) for way in told.ways.values()}
    assert kinds == {MailSetting, WebhookSetting, FolderSetting}
    office = told.desks.desks["office"]
    assert office.is_open(datetime(2026, 3, 2, 5, tzinfo=UTC))
    assert not office.is_open(datetime(2026, 3, 1, 5, tzinfo=UTC))
    assert office.acknowledge[1] == timedelta(minutes=30)
    assert not any(way.facts for way in office.ways)
    assert "a password" not in repr(told)
    assert SECRET not in repr(told)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("https://", "http://", "office/webhook"),
        ("https://risk", "https://user:word@risk", "office/webhook"),
        ('desks = ["office"]', 'desks = ["other"]', "route alert"),
        ('desks = ["office"]', 'desks = ["office", "office"]', "route alert"),
        ('codes = ["alert.*"]', 'codes = ["alert*"]', "route alert"),
        ('name = "office"', 'name = "office"\ntime_zone = "Asia/Nowhere"', "time_zone"),
        ('name = "office"', 'name = "office"\nacknowledge_minutes = {"5" = 1}', "acknowledge"),
        ('name = "office"', 'name = "office"\ncolour = "red"', "colour"),
        ('name = "office"', 'name = "my office"', "name"),
        ("[[route]]", '[[desk]]\nname = "office"\n[[desk.folder]]\nfolder = "x"\n[[route]]',
         "desk"),
        ("[[route]]", '[[desk]]\nname = "empty"\n[[route]]', "empty"),
        ("[[route]]", '[[desk.mail]]\nto = ["a@b.example"]\n[[route]]', "mail"),
        ("[[route]]", '[[desk.webhook]]\nurl = "https://a"\nsecret_file = "hook.secret"\n[[route]]',
         "office"),
        ("[[desk]]", '[relay]\nhost = "a.example"\nsender = "a@b.example"\ntls = "none"\n[[desk]]',
         "relay.tls"),
        ("[[desk]]", '[relay]\nhost = "a.example"\nsender = "a@b.example"\nuser = "u"\n[[desk]]',
         "relay"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named_with_its_place(
    old: str, new: str, place: str, tmp_path: Path
) -> None:
    assert old in PLAIN

    with pytest.raises(InvalidSettingError, match=f"desks.toml.*{place}"):
        read_desks(written(tmp_path, PLAIN.replace(old, new, 1)))


def test_a_webhook_on_this_machine_may_go_without_tls(tmp_path: Path) -> None:
    text = PLAIN.replace("https://risk.example", "http://127.0.0.1:8000")

    assert "office/webhook" in read_desks(written(tmp_path, text)).ways


def test_a_secret_that_is_short_or_missing_stops_the_node(tmp_path: Path) -> None:
    folder = written(tmp_path, PLAIN)
    (folder / "hook.secret").write_text("short", encoding="utf-8")
    with pytest.raises(InvalidSettingError, match="32"):
        read_desks(folder)

    (folder / "hook.secret").unlink()
    with pytest.raises(MissingSettingError):
        read_desks(folder)


def test_what_is_kept_for_less_than_desks_have_to_answer_stops_the_node(tmp_path: Path) -> None:
    slow = PLAIN.replace(
        'name = "office"', 'name = "office"\nacknowledge_minutes = {"2" = 1440}', 1
    )
    with pytest.raises(InvalidSettingError, match="keep_days"):
        read_desks(written(tmp_path, f"keep_days = 1\n{slow}"))

    assert read_desks(written(tmp_path, f"keep_days = 2\n{slow}")).desks.keep.days == 2
