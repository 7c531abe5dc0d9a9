from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, insert, text

from exchange_node.store.database import transaction
from exchange_node.store.records import alerts, manifests
from exchange_node.store.records.search import names
from exchange_node.store.records.search.names import Bearer
from exchange_node.store.tables import known_name

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from exchange_node.store.payloads import Vault
    from tests.store.conftest import Makers

ALMA, OLIM = {"alma": {"L:M"}}, {"olim": {"L:M", "O"}}


BEFORE, NOW = "1", "2"


def _heard(conn: Connection, bearer: Bearer, *sounds: str) -> list[str]:
    return sorted(names.heard(conn, bearer, sounds, lambda _: True, NOW))


def test_a_name_is_found_by_each_of_its_sounds_among_those_of_its_bearers(
    database: Engine,
) -> None:
    with transaction(database) as conn:
        names.learn(conn, Bearer.MANIFEST, ALMA | OLIM, NOW)
        names.learn(conn, Bearer.ALERT, OLIM, NOW)

        assert _heard(conn, Bearer.MANIFEST, "L:M") == ["alma", "olim"]
        assert _heard(conn, Bearer.MANIFEST, "O", "X") == ["olim"]
        assert _heard(conn, Bearer.ALERT, "L:M") == ["olim"]
        assert _heard(conn, Bearer.ALERT) == []
        near = names.heard(conn, Bearer.MANIFEST, ["L:M"], lambda name: name == "alma", NOW)
        assert near == {"alma"}


def test_a_name_that_is_known_is_learnt_once(database: Engine) -> None:
    with transaction(database) as conn:
        names.learn(conn, Bearer.MANIFEST, OLIM, NOW)
        names.learn(conn, Bearer.MANIFEST, {"olim": {"Z"}} | ALMA, NOW)
        names.learn(conn, Bearer.MANIFEST, {}, NOW)

        assert _heard(conn, Bearer.MANIFEST, "Z") == []
        assert _heard(conn, Bearer.MANIFEST, "L:M") == ["alma", "olim"]


def test_what_was_heard_otherwise_is_found_by_the_index_and_no_other_name_is_read(
    database: Engine,
) -> None:
    asked: list[tuple[str, Any]] = []
    with transaction(database) as conn:
        many = [{"bearer": "alert", "name": f"{at}", "hearing": NOW} for at in range(2_000)]
        conn.execute(insert(known_name), many)
        conn.execute(text("ANALYZE"))
        if conn.dialect.name == "postgresql":
            conn.execute(text("SET LOCAL enable_seqscan = off"))  # a small table is read whole

        @event.listens_for(conn, "before_cursor_execute")
        def _note(_: object, __: object, statement: str, values: object, *___: object) -> None:
            asked.append((statement, values))

        assert _heard(conn, Bearer.ALERT, "X") == []
        statement, values = next(one for one in asked if "hearing" in one[0])
        how = "EXPLAIN" if conn.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        plan = str(conn.exec_driver_sql(f"{how} {statement}", values).all())

    assert plan.count("ix_known_name_hearing_bearer") == 2
    assert "sqlite_autoindex" not in plan


def test_a_name_that_was_heard_otherwise_is_compared_until_it_is_heard_again(
    database: Engine,
) -> None:
    with transaction(database) as conn:
        names.learn(conn, Bearer.MANIFEST, OLIM, BEFORE)
        names.learn(conn, Bearer.ALERT, ALMA, NOW)

        assert _heard(conn, Bearer.MANIFEST, "Z") == ["olim"]
        assert _heard(conn, Bearer.ALERT, "Z") == []
        assert names.heard(conn, Bearer.MANIFEST, ["L:M"], lambda _: False, NOW) == set()
        assert names.heard_otherwise(conn, NOW) == [(Bearer.MANIFEST, "olim")]

        names.learn(conn, Bearer.MANIFEST, {"olim": {"Z"}}, NOW)

        assert _heard(conn, Bearer.MANIFEST, "Z") == ["olim"]
        assert _heard(conn, Bearer.MANIFEST, "L:M", "O") == []
        assert names.heard_otherwise(conn, NOW) == []


def test_a_name_in_which_nothing_is_heard_is_heard_once(database: Engine) -> None:
    with transaction(database) as conn:
        names.learn(conn, Bearer.ALERT, {"12": set()}, NOW)

        assert names.heard_otherwise(conn, NOW) == []
        assert _heard(conn, Bearer.ALERT, "O") == []


def test_a_name_that_nothing_bears_is_forgotten(
    database: Engine, make: Makers, vault: Vault
) -> None:
    with transaction(database) as conn:
        manifests.file(conn, make.manifest(), [("name", "alma"), ("seal", "olim")], b"<m/>", vault)
        alerts.file(conn, make.alert(), make.origin(), [("name", "olim", 1)], b"<a/>", vault)
        for bearer in Bearer:
            names.learn(conn, bearer, ALMA | OLIM, NOW)

        assert names.forget(conn) == 2

        assert _heard(conn, Bearer.MANIFEST, "L:M", "O") == ["alma"]
        assert _heard(conn, Bearer.ALERT, "L:M", "O") == ["olim"]
        assert names.forget(conn) == 0


def test_so_many_names_are_forgotten_at_once(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "FORGOTTEN_AT_ONCE", 1)
    with transaction(database) as conn:
        names.learn(conn, Bearer.MANIFEST, ALMA | OLIM, NOW)

        assert [names.forget(conn) for _ in range(3)] == [1, 1, 0]
