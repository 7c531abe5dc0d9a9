"""Worlds for tests: a clock that is told to go on, and two nodes with a line between them."""

from __future__ import annotations

import atexit
import functools
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import create_engine, make_url, text

from exchange_node import node as nodes
from exchange_node.channels.memory import MemoryChannel
from exchange_node.config.keyring import STORAGE_KEY
from exchange_node.config.shipped import shipped
from exchange_node.domain.access import Actor, Role
from exchange_node.domain.transmission.content import Content
from exchange_node.security.vault import create_storage_key
from exchange_node.store.database import open_database
from exchange_node.store.upgrade import migrate
from exchange_node.transport.line import Answer
from exchange_node.transport.memory import Door, Exchange

PASSPHRASE = "a passphrase for tests"
SAMPLES = Path(nodes.__file__).resolve().parent.parent / "rehearsal" / "samples"
DECLARATION = SAMPLES / "kz-uz-transit.xml"
FACTS = SAMPLES / "kz-uz-transit.facts.toml"
OFFICES = shipped("wco_schemas", "codelists", "samples", "customs_offices.tsv")
DSN = "EXCHANGE_NODE_TEST_DSN"

NATIONAL = Actor(name="national system", roles=frozenset({Role.SUBMITTER}))
POST = Actor(name="post at the border", roles=frozenset({Role.BORDER_POST}))
LIAISON = Actor(name="liaison officer", roles=frozenset({Role.LIAISON}))
OPERATOR = Actor(name="operator", roles=frozenset({Role.OPERATOR}))


@dataclass
class Clock:
    """A clock that stands still until it is told to go on."""

    now: datetime = datetime(2026, 3, 2, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Pair:
    """Two nodes, the line between them and the clock on both walls."""

    kz: nodes.Node
    uz: nodes.Node
    exchange: Exchange
    clock: Clock
    told: dict[str, MemoryChannel]
    build: Callable[[str], nodes.Node] = field(repr=False)

    def run(self, rounds: int = 6) -> None:
        """Let both workers walk until nothing is left to be done."""
        for _ in range(rounds):
            done = sum(walk() for node in (self.kz, self.uz) for walk in node.timetable().values())
            if not done:
                return

    def later(self, **by: float) -> None:
        """Let time pass for which an operator vouches: nobody waits for it."""
        self.clock.forward(**by)
        for node in (self.kz, self.uz):
            node.keeping.confirm_clock(OPERATOR, self.clock().date(), why="a test")

    def permit_attachments(self) -> None:
        """Put a version of the agreement into force whose grants let files go with a manifest."""
        self.agree_anew(permitting_attachments)

    def agree_anew(self, change: Callable[[str], str]) -> None:
        """Put version 2 of the agreement into force at both nodes, from today on."""
        text = nodes.pair_agreement("KZ", "UZ", on=self.clock().date())
        text = change(replaced(text, "version = 1", "version = 2"))
        for node in (self.kz, self.uz):
            node.commissioning.add_agreement(text, actor="test")

    def restart(self, name: str) -> None:
        """Build one node anew over what it has kept."""
        getattr(self, name).close()
        setattr(self, name, self.build(name))

    def submit(self, **changes: Any) -> str:  # noqa: ANN401 - whatever `Dispatch.submit` takes
        """Submit the sample declaration in Kazakhstan; return the submission's id."""
        plain = {"facts": FACTS.read_text(encoding="utf-8"), "partner": "customs.uz", **changes}
        submission = self.kz.dispatch.submit(NATIONAL, DECLARATION.read_bytes(), **plain)
        return submission.submission_id

    def state_of(self, submission_id: str) -> str:
        """Return where a submission in Kazakhstan stands."""
        return str(self.kz.enquiry.submission(NATIONAL, submission_id)["state"])


def replaced(text: str, old: str, new: str) -> str:
    """Replace the first of what has to be there."""
    assert old in text, old
    return text.replace(old, new, 1)


def without_message(text: str, code: str) -> str:
    """Let the first grant that names a message name it no more, nor say by when it is told."""
    silent = replaced(text, f'  "{code}",\n', "")
    head, told, rest = silent.partition(f'[[grants.told_within]]\ncode = "{code}"\n')
    assert told, code
    return head + rest.partition("\n")[2]


def permitting_attachments(text: str) -> str:
    """Return the text of an agreement whose first grant lets files go with a document."""
    mode = 'mode = "advance"'
    return replaced(text, mode, f"{mode}\nattachments = true")


RSA_SUITE = ("edelivery-1.15",)


@functools.cache
def made_folder(
    country: str,
    suites: tuple[str, ...] = RSA_SUITE,
    *,
    at: datetime = datetime(2026, 3, 1, 8, tzinfo=UTC),
) -> Path:
    """Return a node's folder, made once a run: keys take their time.

    `country` may be the party id of an office's own node, in capitals.
    """
    office = country.rpartition(".")[0]
    folder = Path(tempfile.mkdtemp(prefix="exchange-node-test-")) / country
    nodes.initialise(
        folder,
        country=country[-2:],
        office=office,
        passphrase=PASSPHRASE,
        suites=suites,
        rsa_bits=2048,
        with_samples=False,
        at=at,
    )
    path = folder / "node.toml"  # nobody counts on what is sent by itself
    path.write_text(
        replaced(path.read_text("utf-8"), "ping_seconds = 60", "ping_seconds = 0"), "utf-8"
    )
    # Opened by every test that builds a node; that it is slow to guess has tests of its own.
    storage = create_storage_key(PASSPHRASE, os.urandom, log_n=4)
    (folder / "keys" / STORAGE_KEY).write_bytes(storage)
    return folder


@functools.cache
def empty_store() -> Path:
    """Return an empty SQLite database in one file, made once a run, to be copied."""
    path = Path(tempfile.mkdtemp(prefix="exchange-node-test-")) / "node.db"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()  # the last connection to go folds the log into the file
    return path


@contextmanager
def pair_of_nodes(
    folder: Path,
    pmodes: Mapping[str, str] = MappingProxyType({}),
    suites: tuple[str, ...] = RSA_SUITE,
    *,
    is_agreed: bool = True,
) -> Iterator[Pair]:
    """Two administrations with an agreement in force, each with a store of its own.

    `pmodes` is by node what is written down of the other; `suites` is what both have keys for.
    Without `is_agreed` they hold each other's card and no agreement.
    """
    clock = Clock()
    exchange = Exchange()
    told = {"kz": MemoryChannel(), "uz": MemoryChannel()}
    for name, other in (("kz", "uz"), ("uz", "kz")):
        shutil.copytree(made_folder(name.upper(), suites), folder / name)
        shutil.copy(OFFICES, folder / name / "codelists")
        (folder / name / "var").mkdir(exist_ok=True)
        shutil.copy(empty_store(), folder / name / "var" / "node.db")
        card = nodes.card_of(made_folder(other.upper(), suites), at=clock())
        (folder / name / "partners" / f"customs.{other}.toml").write_text(card, encoding="utf-8")
        if name in pmodes:
            (folder / name / "pmodes").mkdir(exist_ok=True)
            (folder / name / "pmodes" / f"customs.{other}.toml").write_text(pmodes[name], "utf-8")
    numbers = {name: itertools.count(1) for name in ("kz", "uz")}

    def build(name: str) -> nodes.Node:
        node = nodes.build(
            folder / name,
            passphrase=PASSPHRASE,
            clock=clock,
            new_id=lambda: f"{name}{next(numbers[name]):030d}",
            line=exchange.line_of(f"customs.{name}"),
            channel=told[name],
        )
        exchange.doors[f"customs.{name}"] = door_of(node, folder)
        return node

    with databases(folder, ("kz", "uz")):
        kz, uz = build("kz"), build("uz")
        wanted = "postgresql" if os.environ.get(DSN) else "sqlite"
        assert {kz.engine.dialect.name, uz.engine.dialect.name} == {wanted}
        text_of_agreement = nodes.pair_agreement("KZ", "UZ", on=clock().date())
        for node in (kz, uz) if is_agreed else ():
            node.commissioning.add_agreement(text_of_agreement, actor="test")
        pair = Pair(kz=kz, uz=uz, exchange=exchange, clock=clock, told=told, build=build)
        yield pair
        pair.kz.close()
        pair.uz.close()


def party_of(name: str) -> str:
    """Return the party id of a node: named by its country, or, an office's, by its whole id."""
    return name if "." in name else f"customs.{name}"


def door_of(node: nodes.Node, folder: Path) -> Door:
    """Return a node's reception, called with the TLS certificate of whoever calls."""

    def door(party: str, content_type: str, body: Content) -> Answer:
        return node.reception.receive(tls_certificate_of(folder, party), content_type, body)

    return door


def tls_certificate_of(folder: Path, party: str) -> bytes:
    """Return the TLS certificate (DER) of a node in a world's folder."""
    from cryptography.x509 import load_pem_x509_certificate

    pem = (folder / party.removeprefix("customs.") / "keys" / "tls.cert.pem").read_bytes()
    return load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


@contextmanager
def databases(folder: Path, names: tuple[str, ...]) -> Iterator[None]:
    """Give each node a database of its own on PostgreSQL where one is named; else it has SQLite."""
    dsn = os.environ.get(DSN)
    if not dsn:
        yield
        return
    made = {name: f"world_{name.replace('.', '_')}_{os.getpid()}" for name in names}
    for name, database in made.items():
        on_server(dsn, f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")  # of a test that failed
        on_server(dsn, f"CREATE DATABASE {database} TEMPLATE {empty_database(dsn)}")
        path = folder / name / "node.toml"
        plain = path.read_text("utf-8")
        path.write_text(plain.replace("sqlite:///var/node.db", url_of(dsn, database)), "utf-8")
    yield
    for database in made.values():
        on_server(dsn, f"DROP DATABASE {database} WITH (FORCE)")


@functools.cache
def empty_database(dsn: str) -> str:
    """Return the name of an empty database on PostgreSQL, made once a run, to be copied."""
    name = f"world_{os.getpid()}"
    on_server(dsn, f"CREATE DATABASE {name}")
    engine = open_database(url_of(dsn, name))
    migrate(engine)
    engine.dispose()  # who is connected keeps it from being copied
    atexit.register(on_server, dsn, f"DROP DATABASE {name}")
    return name


def url_of(dsn: str, database: str) -> str:
    """Return the URL of another database on the same server."""
    return make_url(dsn).set(database=database).render_as_string(hide_password=False)


def on_server(dsn: str, statement: str) -> None:
    """Run a statement that stands in no transaction."""
    engine = create_engine(dsn, isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        conn.execute(text(statement))
    engine.dispose()


PULLS = {
    "kz": """
        partner = "customs.uz"
        [delivery]
        to_partner = "pull"
        mpc_to_partner = "urn:carec:mpc:customs.uz"
        [retry]
        first_seconds = 600
        factor = 1.0
        most_seconds = 600
        max_retries = 2
        """,
    "uz": """
        partner = "customs.kz"
        [delivery]
        from_partner = "pull"
        mpc_from_partner = "urn:carec:mpc:customs.uz"
        """,
}
"""P-Modes of a pair of which Uzbekistan pulls: a message is handed out thrice, in half an hour."""
