from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic import command
from sqlalchemy import insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from exchange_node.domain.alert import Subject
from exchange_node.domain.countersigning.life import Stage
from exchange_node.risk.names.keys import HEARING, near_to
from exchange_node.store import payloads, tables
from exchange_node.store.admission import agreements
from exchange_node.store.database import open_database, reading, transaction
from exchange_node.store.records import alerts, manifests
from exchange_node.store.records.search import candidates, names
from exchange_node.store.records.search.keyed import ANY, PAPERS
from exchange_node.store.records.search.names import Bearer
from exchange_node.store.upgrade import migrate, scripts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from exchange_node.domain.alert import RiskAlert
    from exchange_node.store.payloads import Vault
    from exchange_node.store.records.held import HeldManifest
    from tests.store.conftest import Makers

SAMPLE = Path(__file__).resolve().parents[2] / "agreements" / "kz-uz-transit.toml"
AT = "2026-01-02T03:04:05+00:00"


def filed_then(
    conn: Connection, alert: RiskAlert, make: Makers, keys: list[tuple[str, str, int]], vault: Vault
) -> None:
    """File an alert into a database of before, which lacks the columns that came since."""
    document_id = f"alert/{alert.alert_id}"
    payloads.keep(conn, document_id, b"<a/>", vault)
    there = {one["name"] for one in inspect(conn).get_columns("alert")}
    values = alerts.values_of(alert, make.origin(), document_id)
    known = {name: value for name, value in values.items() if name in there}
    conn.execute(insert(tables.alert).values(known))
    mine = select(tables.alert.c.number).where(tables.alert.c.alert_id == alert.alert_id)
    alerts.add_keys(conn, conn.execute(mine).scalar_one(), alert, keys)


def held_then(
    conn: Connection, held: HeldManifest, keys: list[tuple[str, str]], vault: Vault
) -> None:
    """File a manifest into a database of before, as `filed_then`."""
    new = manifests.file(conn, held, [], b"<m/>", vault)
    there = {one["name"] for one in inspect(conn).get_columns("manifest_key")}
    for row in manifests.key_rows(new, keys, {}):
        known = {name: value for name, value in row.items() if name in there}
        conn.execute(insert(tables.manifest_key).values(known))


@pytest.fixture(name="old")
def _old(fresh_url: str) -> Iterator[Engine]:
    """A database from before acts were kept: three versions, one of each state, and a token."""
    fresh = open_database(fresh_url)
    with transaction(fresh) as conn:
        command.upgrade(scripts(conn), "0004")
        for version, state in enumerate(("ended", "suspended", "active"), start=1):
            conn.execute(
                text(
                    "INSERT INTO agreement (agreement_id, version, digest, text, state, changed_by,"
                    " why, changed_at) VALUES ('maa', :version, 'd', :text, :state, 'olga',"
                    " 'talks', :at)"
                ),
                {"version": version, "state": state, "text": SAMPLE.read_text("utf-8"), "at": AT},
            )
        conn.execute(
            text(
                "INSERT INTO token (digest, name, created_by, roles, created_at, expires_at)"
                " VALUES ('t', 'tower', 'olga', '[\"liaison\"]', :at, :at)"
            ),
            {"at": AT},
        )
    yield fresh
    fresh.dispose()


def test_what_stood_of_agreements_stands_after_migrating(old: Engine) -> None:
    migrate(old)

    with reading(old) as conn:
        found = {one.version: one.bond.stage for one in agreements.known(conn)}
        kept = conn.execute(text("SELECT kept_by FROM agreement ORDER BY version")).scalars().all()
    assert found == {1: Stage.TERMINATED, 2: Stage.SUSPENDED, 3: Stage.AGREED}
    assert kept == ["olga"] * 3


def test_a_token_from_before_purposes_works_for_none_and_everywhere_else_as_before(
    old: Engine,
) -> None:
    migrate(old)

    with reading(old) as conn:
        row = conn.execute(text("SELECT name, roles, purposes, offices FROM token")).one()
    assert row.name == "tower"
    assert [str(one).replace(" ", "") for one in row[2:]] == ["[]", "[]"]


def test_acts_that_were_carried_over_are_never_changed(old: Engine) -> None:
    migrate(old)

    with (
        pytest.raises(DBAPIError, match="agreement_act records are never changed"),
        old.begin() as conn,
    ):
        conn.execute(text("UPDATE agreement_act SET why = 'x'"))


def test_what_was_filed_before_likenesses_were_keys_is_tried_against_everything(
    fresh_url: str, make: Makers, vault: Vault
) -> None:
    fresh = open_database(fresh_url)
    with transaction(fresh) as conn:
        command.upgrade(scripts(conn), "0014")
        for alert_id, kind in (("A-1", "name"), ("A-2", "equipment"), ("A-3", "seal")):
            alert = make.alert(alert_id=alert_id, subjects=(Subject(party_name="x"),))
            filed_then(conn, alert, make, [(kind, "x", 1)], vault)
        held_then(conn, make.manifest(), [("name", "x")], vault)

    migrate(fresh)

    with reading(fresh) as conn:
        found = [one.alert_id for one in alerts.by_keys(conn, [("sound", "S:T")], make.now)]
        held = candidates.newest(conn, [candidates.Sought([frozenset({(ANY, ANY)})])], limit=9)
    fresh.dispose()
    assert found == ["A-1", "A-2"]
    assert len(held) == 1


def test_what_was_filed_before_papers_were_keys_is_tried_against_those_who_look_for_one(
    fresh_url: str, make: Makers, vault: Vault
) -> None:
    fresh = open_database(fresh_url)
    with transaction(fresh) as conn:
        command.upgrade(scripts(conn), "0024")
        held_then(conn, make.manifest(), [("seal", "x")], vault)

    migrate(fresh)

    with reading(fresh) as conn:
        held = candidates.newest(conn, [candidates.Sought([frozenset({(ANY, PAPERS)})])], limit=9)
    fresh.dispose()
    assert len(held) == 1


def test_names_that_are_held_are_known_by_what_they_sounded_like(
    fresh_url: str, make: Makers, vault: Vault
) -> None:
    fresh = open_database(fresh_url)
    alert = make.alert(alert_id="A-1", subjects=(Subject(party_name="x"),))
    with transaction(fresh) as conn:
        command.upgrade(scripts(conn), "0026")
        filed_then(conn, alert, make, [("name", "x", 1), ("sound", "K:S", 1)], vault)
        for number in range(2):
            held = make.manifest(message_id=f"{number}@kz", movement=f"KZ:mrn:{number}")
            keys = [("name", "olim"), ("name", "alma"), *([("sound", "L:M")] * number)]
            held_then(conn, held, keys, vault)

    migrate(fresh)

    with reading(fresh) as conn:
        found = [
            sorted(names.heard(conn, bearer, [sound], lambda _: True, HEARING))
            for bearer, sound in (
                (Bearer.MANIFEST, "L:M"),
                (Bearer.MANIFEST, "K:S"),
                (Bearer.ALERT, "K:S"),
            )
        ]
        unheard = names.heard_otherwise(conn, HEARING)
    fresh.dispose()
    assert found == [["alma", "olim"], [], ["x"]]
    assert unheard == []


def test_a_name_that_was_held_with_no_sounds_is_heard_again(
    fresh_url: str, make: Makers, vault: Vault
) -> None:
    fresh = open_database(fresh_url)
    with transaction(fresh) as conn:
        command.upgrade(scripts(conn), "0014")
        held_then(conn, make.manifest(), [("name", "чинор савдо")], vault)

    migrate(fresh)

    with reading(fresh) as conn:
        unheard = names.heard_otherwise(conn, HEARING)
        met = names.heard(conn, Bearer.MANIFEST, ["X"], near_to("chinor savdo"), HEARING)
    fresh.dispose()
    assert unheard == [(Bearer.MANIFEST, "чинор савдо")]
    assert met == {"чинор савдо"}


def test_plates_of_china_that_are_held_are_found_by_the_names_of_their_provinces(
    fresh_url: str, make: Makers, vault: Vault
) -> None:
    fresh = open_database(fresh_url)
    with transaction(fresh) as conn:
        command.upgrade(scripts(conn), "0020")
        alert = make.alert(alert_id="A-1", subjects=(Subject(means_id="新A12345"),))
        filed_then(conn, alert, make, [("means", "新A12345", 1)], vault)
        keys = [("means", "新A12345"), ("means", "苏B1挂"), ("means", "SUB1GUA"), ("seal", "新1")]
        held_then(conn, make.manifest(), keys, vault)

    migrate(fresh)

    with reading(fresh) as conn:
        found = [one.alert_id for one in alerts.by_keys(conn, [("means", "XINA12345")], make.now)]
        values = {(*row,) for row in conn.execute(text("SELECT kind, value FROM manifest_key"))}
    fresh.dispose()
    assert found == ["A-1"]
    assert values - {("*", "papers")} == {*keys, ("means", "XINA12345")}
