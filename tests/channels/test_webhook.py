from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from exchange_node.channels.channel import Notice
from exchange_node.channels.webhook import SIGNATURE, WebhookChannel
from exchange_node.domain.errors import ChannelError
from tests.channels.receivers import Hook, hooked

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
NOTICE = Notice(notice_id="channel.red.7", code="channel.red", at=AT, severity=1)
SECRET = b"0123456789abcdef0123456789abcdef"


def to(hook: Hook, **changes: float) -> WebhookChannel:
    return WebhookChannel(hook.url, SECRET, lambda: AT, **changes)  # type: ignore[arg-type] # seconds alone


def test_what_is_posted_is_signed_over_the_moment_and_the_body() -> None:
    with hooked(Hook()) as hook:
        to(hook).tell(NOTICE)

    ((headers, body),) = hook.posts
    moment, _, signed = headers[SIGNATURE].partition(",")
    expected = hmac.new(SECRET, moment[2:].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert moment == f"t={int(AT.timestamp())}"
    assert signed == f"v1={expected}"
    assert json.loads(body) == {
        "notice": "channel.red.7", "code": "channel.red", "at": AT.isoformat(),
        "facts": {}, "severity": 1,
    }  # fmt: skip


def test_the_same_notice_has_the_same_key() -> None:
    with hooked(Hook()) as hook:
        to(hook).tell(NOTICE)
        to(hook).tell(NOTICE)

    first, second = (headers["Idempotency-Key"] for headers, _ in hook.posts)
    assert first == second


@pytest.mark.parametrize("status", [199 + 101, 302, 404, 500])
def test_an_answer_that_is_no_success_is_none(status: int) -> None:
    with hooked(Hook(status=status)) as hook, pytest.raises(ChannelError, match=str(status)):
        to(hook).tell(NOTICE)


def test_nobody_is_sent_elsewhere() -> None:
    with hooked(Hook()) as other, hooked(Hook(status=307, location=other.url)) as hook:
        with pytest.raises(ChannelError):
            to(hook).tell(NOTICE)

    assert len(hook.posts) == 1
    assert other.posts == []


def test_a_server_that_nobody_runs_is_told_as_such_without_its_path() -> None:
    with hooked(Hook()) as hook:
        pass

    with pytest.raises(ChannelError) as caught:
        to(hook).tell(NOTICE)

    assert caught.value.retryable
    assert "/notices" not in str(caught.value)
    assert SECRET.decode() not in repr(to(hook))
