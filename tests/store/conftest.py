from __future__ import annotations

import os
import secrets
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import create_engine, make_url, text

from exchange_node.domain.agreement import Handling
from exchange_node.domain.alert import (
    Contact,
    Marking,
    PermittedAction,
    RiskAlert,
    Subject,
    Urgency,
)
from exchange_node.domain.decision import Hit, Match
from exchange_node.domain.errors import AlteredRecordError
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.domain.lanes import Lane
from exchange_node.domain.message import Exchange
from exchange_node.domain.transmission import Transmission
from exchange_node.store import tables
from exchange_node.store.audit import FIRST
from exchange_node.store.database import LOWEST_COMPATIBLE, SCHEMA_VERSION, open_database
from exchange_node.store.incoming import Incoming
from exchange_node.store.outgoing import Outgoing
from exchange_node.store.records.alerts import Origin
from exchange_node.store.records.held import AlertState, Direction, HeldManifest
from exchange_node.store.upgrade import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Engine

DSN = os.environ.get("EXCHANGE_NODE_TEST_DSN", "")


@dataclass
class KeyVault:
    """Locks under one key, as the node's own vault does."""

    key: bytes

    def lock(self, plain: bytes, context: str) -> bytes:
        nonce = secrets.token_bytes(12)
        return nonce + AESGCM(self.key).encrypt(nonce, plain, context.encode())

    def unlock(self, locked: bytes, context: str) -> bytes:
        try:
            return AESGCM(self.key).decrypt(locked[:12], locked[12:], context.encode())
        except InvalidTag as err:
            raise AlteredRecordError(what=context) from err


@pytest.fixture(name="vault", scope="session")
def _vault() -> KeyVault:
    return KeyVault(key=b"k" * 32)


@pytest.fixture(name="now", scope="session")
def _now() -> datetime:
    return datetime(2026, 3, 1, 8, tzinfo=UTC)


def _in_schema(name: str) -> str:
    where = make_url(DSN).update_query_dict({"options": f"-csearch_path={name}"})
    return where.render_as_string(hide_password=False)


@pytest.fixture(name="migrated_file", scope="session")
def _migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One empty SQLite database in one file, to be copied."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()  # the last connection to go folds the log into the file
    return path


@pytest.fixture(name="migrated_schema", scope="session")
def _migrated_schema() -> Iterator[str]:
    """The URL of one PostgreSQL schema, to be emptied after each test."""
    with _schema() as url:
        engine = open_database(url)
        migrate(engine)
        engine.dispose()
        yield url


@contextmanager
def _schema() -> Iterator[str]:
    if not DSN:
        pytest.skip("EXCHANGE_NODE_TEST_DSN names no PostgreSQL database")
    name = f"test_{secrets.token_hex(8)}"
    admin = create_engine(make_url(DSN).set(drivername="postgresql+psycopg"))
    with admin.begin() as conn:
        conn.execute(text(f"CREATE SCHEMA {name}"))
    yield _in_schema(name)
    with admin.begin() as conn:
        conn.execute(text(f"DROP SCHEMA {name} CASCADE"))
    admin.dispose()


APPEND_ONLY = (
    "audit", "agreement_act", "waiting_room_approval", "movement_event",
    "rule_set", "draw_day", "draw", "ruling", "ruling_act",
    "joint_operation", "joint_operation_closing",
)  # fmt: skip
"""Tables whose triggers let no row go; between two tests they have to."""


def _empty(url: str) -> None:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
    with engine.begin() as conn:
        for name in APPEND_ONLY:
            conn.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
        conn.execute(tables.manifest.update().values(superseded_by=None))
        for table in reversed(tables.metadata.sorted_tables):
            if table not in {tables.node_meta, tables.audit_head}:
                conn.execute(table.delete())
        conn.execute(tables.audit_head.delete())
        conn.execute(tables.audit_head.insert().values(one=1, number=0, digest=FIRST))
        versions = {"schema_version": SCHEMA_VERSION, "lowest_compatible": LOWEST_COMPATIBLE}
        # The row that matching queues at stays, as the migrations left it.
        of_others = tables.node_meta.c.name.not_in([*versions, "matching"])
        conn.execute(tables.node_meta.delete().where(of_others))
        for name, version in versions.items():
            row = tables.node_meta.c.name == name
            conn.execute(tables.node_meta.update().where(row).values(value=str(version)))
        for name in APPEND_ONLY:
            conn.execute(text(f"ALTER TABLE {name} ENABLE TRIGGER USER"))
    engine.dispose()


DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(name="fresh_url", params=DATABASES)
def _fresh_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'node.db'}"
    else:
        with _schema() as url:
            yield url


@pytest.fixture(name="url", params=DATABASES)
def _url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database with nothing in it."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "node.db")
        yield f"sqlite:///{tmp_path / 'node.db'}"
    else:
        url = request.getfixturevalue("migrated_schema")
        yield url
        _empty(url)


@pytest.fixture(name="database")
def _database(url: str) -> Iterator[Engine]:
    """A migrated database with nothing in it."""
    engine = open_database(url)
    yield engine
    engine.dispose()


@pytest.fixture(name="sqlite_database")
def _sqlite_database(tmp_path: Path, migrated_file: Path) -> Iterator[Engine]:
    path = tmp_path / "node.db"
    shutil.copy(migrated_file, path)
    engine = open_database(f"sqlite:///{path}")
    yield engine
    engine.dispose()


class Makers:
    """Values that tests start from; each takes what matters to the test."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.count = 0

    def new_id(self) -> str:
        self.count += 1
        return f"m{self.count}@kz"

    def exchange(self, **changes: object) -> Exchange:
        start = Exchange(
            sender="customs.kz",
            recipient="customs.uz",
            code="TM-010",
            agreement_id="kz-uz-transit",
            agreement_version=1,
            agreement_digest="d" * 64,
            grant="manifests",
            purpose="transit-control",
            handling="restricted",
            test=True,
        )
        return replace(start, **changes)  # type: ignore[arg-type]

    def outgoing(
        self,
        *,
        partner: str = "customs.uz",
        due: int = 0,
        lane: Lane = Lane.MANIFEST,
        conversation: str = "KZ/mrn/1",
    ) -> Outgoing:
        return Outgoing(
            transmission=Transmission(
                message_id=self.new_id(), partner=partner, due_at=self.now + timedelta(seconds=due)
            ),
            exchange=self.exchange(recipient=partner),
            lane=lane,
            conversation_id=conversation,
            content_type='multipart/related; boundary="b"',
            references='[{"uri": "#body"}]',
            queued_at=self.now,
        )

    def incoming(
        self, *, sender: str = "customs.uz", message_id: str = "", **changes: object
    ) -> Incoming:
        start = Incoming(
            sender=sender,
            message_id=message_id or self.new_id(),
            digest="a" * 64,
            header=MappingProxyType({"action": "TM-010", "conversation_id": "UZ/mrn/1"}),
            received_at=self.now,
        )
        return replace(start, **changes)  # type: ignore[arg-type]

    def manifest(self, *, movement: str = "KZ/mrn/1", **changes: object) -> HeldManifest:
        start = HeldManifest(
            direction=Direction.RECEIVED,
            partner="customs.kz",
            message_id=self.new_id(),
            movement=movement,
            functional_reference="REF-1",
            exchange=self.exchange(),
            offices=("UZ000123", "UZ000456"),
            means=("01 A 123 BC",),
            equipment=("MSKU1234565",),
            seals=("S-1", "S-2"),
            stored_at=self.now,
            delete_after=self.now + timedelta(days=90),
            mrn="26KZ1",
        )
        return replace(start, **changes)  # type: ignore[arg-type]

    def alert(
        self, *, version: int = 1, alert_id: str = "UZ-2026-0001", **changes: object
    ) -> RiskAlert:
        start = RiskAlert(
            alert_id=alert_id,
            version=version,
            issuer="customs.uz",
            issued_at=self.now,
            valid_until=self.now + timedelta(days=30),
            marking=Marking.AMBER,
            permitted_action=PermittedAction.DOCUMENTS,
            urgency=Urgency.PRIORITY,
            category="TRD",
            severity=2,
            summary="A lorry that did not arrive last time",
            contact=Contact(office="UZ000001"),
            subjects=(Subject(means_id="01A123BC"), Subject(description="cigarettes")),
        )
        return replace(start, **changes)  # type: ignore[arg-type]

    def origin(self, **changes: object) -> Origin:
        start = Origin(
            direction=Direction.RECEIVED,
            state=AlertState.RECEIVED,
            handling=Handling.CONFIDENTIAL,
            test=True,
            by="node",
            at=self.now,
            partner="customs.uz",
            message_id="m@uz",
        )
        return replace(start, **changes)  # type: ignore[arg-type]

    def finding(self, value: str = "7") -> Finding:
        rule = Rule(code="WCO-1", severity=Severity.ERROR, sentence="{value} is {why}", mend="Mend")
        return rule.found(pointer="Declaration/ID", value=value, why="wrong")

    def hit(self, *, subject: int = 1, alert_id: str = "UZ-2026-0001") -> Hit:
        match = Match(
            criterion="means_id",
            alerted="01A123BC",
            found="01 А 123 ВС",
            compared="01A123BC",
            pointer="Declaration/BorderTransportMeans/ID",
        )
        return Hit(
            alert_id=alert_id, issuer="customs.uz", subject=subject, severity=2, matches=(match,)
        )


@pytest.fixture(name="make")
def _make(now: datetime) -> Makers:
    return Makers(now)


def _together(number: int, act: Callable[[int], object]) -> list[object]:
    start = threading.Barrier(number)

    def one(which: int) -> object:
        start.wait()
        return act(which)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


@pytest.fixture(name="together", scope="session")
def _together_fixture() -> Callable[[int, Callable[[int], object]], list[object]]:
    """Runs one act in several threads that start at the same moment; returns what each returned."""
    return _together
