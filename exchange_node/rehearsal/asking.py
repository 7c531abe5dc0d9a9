"""Asking the nodes until they have settled something, and reading their answers with care."""

from __future__ import annotations

import time
from collections.abc import Callable

from exchange_node.domain.access import Role
from exchange_node.domain.errors import RehearsalError
from exchange_node.rehearsal.client import ApiClient
from exchange_node.rehearsal.pair import Running

PATIENCE_SECONDS = 20.0
"""How long a step may wait for the other node (our choice)."""


def wait_until(
    ask: Callable[[], dict[str, object]],
    settled: Callable[[dict[str, object]], bool],
    what: str,
) -> dict[str, object]:
    """Ask until the answer is settled.

    Raises:
        RehearsalError: it does not settle in time.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        now = ask()
        if settled(now):
            return now
        if time.monotonic() > deadline:
            raise RehearsalError(step=what, why=f"nothing after {PATIENCE_SECONDS:.0f} s")
        time.sleep(0.1)


def client_of(node: Running, role: Role) -> ApiClient:
    """Return a client of a node with the token of a role."""
    return ApiClient(node.api_url, node.tokens[role])


def first_recipient(alert: dict[str, object]) -> dict[str, object]:
    """Return what became of an alert at the first partner it went to."""
    return a_list(alert["recipients"])[0]


def an_object(value: object) -> dict[str, object]:
    """Return a value that has to be a JSON object."""
    if not isinstance(value, dict):
        raise RehearsalError(step="reading an answer", why=f"no object: {value!r}")
    return value


def a_list(value: object) -> list[dict[str, object]]:
    """Return a value that has to be a JSON list of objects."""
    if not isinstance(value, list):
        raise RehearsalError(step="reading an answer", why=f"no list: {value!r}")
    return value


def a_list_of_text(value: object) -> list[str]:
    """Return a value that has to be a JSON list of texts."""
    return [str(one) for one in a_list(value)]
