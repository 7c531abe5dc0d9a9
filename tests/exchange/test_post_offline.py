from __future__ import annotations

import itertools
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from exchange_node.domain.access import Role
from exchange_node.domain.errors import NodeOutOfReachError
from exchange_node.node import printing
from exchange_node.post import Observation, Post, Setting, create, pems
from exchange_node.store import audit
from exchange_node.store.database import reading
from exchange_node.web.api import api_application
from tests.post.conftest import MRN, OFFICE, PLATE, Wire
from tests.world import PASSPHRASE, POST, Clock, Pair


def seen(direction: str) -> Observation:
    return Observation(
        kind="crossing", movement=MRN, operator="anna", reason="line down", direction=direction,
        seals=(("KZS0041701", "intact"),),
    )  # fmt: skip


def test_a_post_goes_on_without_its_line_and_nothing_is_lost_or_doubled(
    pair: Pair, tmp_path: Path
) -> None:
    pair.submit()
    pair.run()
    token = pair.uz.access.new_token(
        "gate 3", frozenset({Role.BORDER_POST}), days=9, offices=[OFFICE]
    )
    wire = Wire(client=TestClient(api_application(pair.uz)), token=token)
    setting = Setting(
        folder=tmp_path / "post", office=OFFICE, party="customs.uz", test=True,
        lasts=timedelta(hours=72), tolerance=timedelta(hours=1), page=2,
    )  # fmt: skip
    own = pems([one.certificate for one in pair.uz.keyring.seals])
    create(setting, {"customs.uz": own}, PASSPHRASE, os.urandom, log_n=4)
    clock, numbers = Clock(pair.clock() + timedelta(minutes=50)), itertools.count(1)
    post = Post.open(
        setting, PASSPHRASE, clock=clock, random_bytes=os.urandom,
        new_id=lambda: f"{next(numbers):032x}",
    )  # fmt: skip
    wire.cut_after = 1500
    with pytest.raises(NodeOutOfReachError):
        post.sync(wire)
    wire.cut_after = None
    post.sync(wire)

    wire.cut_after = 0
    assert len(post.find(PLATE, operator="anna")["arrivals"]) == 1
    assert post.verify(printing(pair.kz).print(POST, MRN).code, operator="anna")["relied_upon"]
    for direction in ("entry", "exit"):
        post.record(seen(direction))
    post.record(
        Observation(
            kind="seal-check", movement=MRN, operator="anna", reason="line down",
            seals=(("KZS0041701", ""),),
        )
    )  # fmt: skip
    with pytest.raises(NodeOutOfReachError):
        post.sync(wire)
    pair.clock.forward(hours=2)
    clock.forward(hours=2)

    def lose_the_answer(_: bytes) -> bytes:
        raise NodeOutOfReachError(url="http://node", why="broke off")

    wire.cut_after, wire.altered = None, lose_the_answer
    with pytest.raises(NodeOutOfReachError):
        post.sync(wire)
    wire.altered = None
    done = post.sync(wire)
    again = post.sync(wire)

    states = [one["state"] for one in done["records"]]
    assert states == ["merged", "merged", "merged", "refused", "merged"]  # two looks come first
    assert again["records"] == []
    shown: Any = pair.uz.movements.timeline.show(POST, MRN)["movements"]
    (movement,) = shown
    entries = [one for one in movement["events"] if one["event"] == "entry"]
    assert len(entries) == 1
    assert entries[0]["occurred_at"] == (pair.clock() - timedelta(hours=2)).isoformat()
    with reading(pair.uz.engine) as conn:
        lines = [one for one in audit.search(conn, limit=99) if one.subject_kind == "post-record"]
    assert sorted(one.action for one in lines) == [
        "post.crossing", "post.crossing", "post.look", "post.look", "post.seal-check",
    ]  # fmt: skip
    assert {one.facts["operator"] for one in lines} == {"anna"}
    assert {one.facts.get("fallback") for one in lines if one.action != "post.look"} == {
        "line down"
    }
    assert [one["answer"]["code"] for one in post.status()["refused"]] != []
