"""Where moments, ids and secrets come from: the one place that asks the machine for them."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the moment, in UTC."""
    return datetime.now(UTC)


def counted_seconds() -> float:
    """Return seconds since some beginning; setting the clock does not change how they run."""
    return time.monotonic()


def new_id() -> str:
    """Return a new random id (RFC 9562, version 4), as 32 hexadecimal digits."""
    return uuid.uuid4().hex


@cache
def program_version() -> str:
    """Return the version of this program, as it was installed."""
    return version("carec-exchange-node")


def new_passphrase() -> str:
    """Return a random passphrase, for a rehearsal's keys."""
    return secrets.token_urlsafe(24)
