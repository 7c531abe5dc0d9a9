from __future__ import annotations

from dataclasses import replace

from exchange_node.channels.memory import MemoryChannel
from exchange_node.domain.access import Role
from exchange_node.domain.desks.desk import Desk, Desks, Route, Way
from exchange_node.services.stations.notices import leave_notice
from exchange_node.store.database import transaction
from tests.web.conftest import Api
from tests.world import Pair


def test_what_a_desk_was_told_is_listed_and_acknowledged(kz: Api, pair: Pair) -> None:
    desks = Desks(
        desks={"duty": Desk(name="duty", ways=(Way(name="mail"),))},
        routes=(Route(codes=("*",), desks=("duty",)),),
    )
    ways = {"duty/mail": MemoryChannel()}
    pair.kz.telling = replace(pair.kz.telling, desks=desks, ways=ways)
    with transaction(pair.kz.engine) as conn:
        leave_notice(conn, "pull.failing", "1", pair.clock(), why="a secret word")
    pair.run()
    liaison, national = kz.headers(Role.LIAISON), kz.headers(Role.SUBMITTER)

    listed = kz.client.get("/api/v1/notices?state=told", headers=liaison)
    (one,) = listed.json()["notices"]
    path = f"/api/v1/notices/{one['number']}/acknowledge"
    done = kz.client.post(path, headers=liaison)

    assert (one["code"], one["ways"][0]["state"]) == ("pull.failing", "told")
    assert "secret" not in listed.text
    assert (done.status_code, done.json()["state"]) == (200, "acknowledged")
    assert kz.client.post(path, headers=national).status_code == 403
    assert kz.client.post("/api/v1/notices/99/acknowledge", headers=liaison).status_code == 404
