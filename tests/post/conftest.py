from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from exchange_node.domain.access import Role
from exchange_node.domain.errors import NodeOutOfReachError, RefusedByNodeError
from exchange_node.post import Post, Setting, create, pems
from exchange_node.web.api import api_application
from tests.world import PASSPHRASE, Clock, Pair

OFFICE = "UZ270101"
MRN = "26KZ55010100041703"
PLATE = "017 ABC 02"


@dataclass
class Wire:
    """A line to a node's API in this process; it breaks off where a test says so.

    `cut_after`: bytes of answers that still come through; None where the line is up.
    """

    client: TestClient
    token: str
    cut_after: int | None = None
    carried: int = 0
    asked: list[str] = field(default_factory=list)
    altered: Callable[[bytes], bytes] | None = None

    def ask(
        self, way: str, query: Mapping[str, str], body: Mapping[str, object] | None = None
    ) -> bytes:
        headers = {"Authorization": f"Bearer {self.token}"}
        if self.cut_after is not None and self.carried >= self.cut_after:
            raise NodeOutOfReachError(url="http://node", why="no answer")
        self.asked.append(way)
        if body is None:
            answer = self.client.get(way, params=dict(query), headers=headers)
        else:
            answer = self.client.post(way, params=dict(query), headers=headers, json=body)
        octets = answer.content
        self.carried += len(octets)
        if self.cut_after is not None and self.carried > self.cut_after:
            raise NodeOutOfReachError(url="http://node", why="broke off")
        if answer.status_code != 200:
            said = answer.json()
            raise RefusedByNodeError(refusal=said["code"], why=said["detail"])
        return self.altered(octets) if self.altered else octets


@dataclass
class Border:
    """A post of Uzbekistan with its node behind it, a clock of its own, and the line."""

    pair: Pair
    post: Post
    clock: Clock
    wire: Wire
    reopen: Callable[[], Post]


@pytest.fixture(name="border")
def _border(pair: Pair, tmp_path: Path) -> Border:
    node = pair.uz
    token = node.access.new_token(
        "gate 3", frozenset({Role.BORDER_POST}), days=30, offices=[OFFICE]
    )
    setting = Setting(
        folder=tmp_path / "post",
        office=OFFICE,
        party="customs.uz",
        test=True,
        lasts=timedelta(hours=72),
        tolerance=timedelta(hours=1),
        page=2,
    )
    trusted = {"customs.uz": pems([one.certificate for one in node.keyring.seals])}
    create(setting, trusted, PASSPHRASE, os.urandom, log_n=4)
    clock = Clock(pair.clock())
    numbers = itertools.count(1)

    def reopen() -> Post:
        return Post.open(
            setting,
            PASSPHRASE,
            clock=clock,
            new_id=lambda: f"{next(numbers):032x}",
            random_bytes=os.urandom,
        )

    wire = Wire(client=TestClient(api_application(node)), token=token)
    return Border(pair=pair, post=reopen(), clock=clock, wire=wire, reopen=reopen)


@pytest.fixture(name="crossed")
def _crossed(border: Border) -> Border:
    border.pair.submit()
    border.pair.run()
    return border
