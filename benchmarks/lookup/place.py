"""Where a look-up's store lives: a node's folder and, with a DSN, a database on PostgreSQL."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from exchange_node import node as nodes
from exchange_node.channels.memory import MemoryChannel

DSN = "EXCHANGE_NODE_TEST_DSN"
PASSPHRASE = "a passphrase for benchmarks"  # noqa: S105 - of keys that live as long as the run


@contextmanager
def placed(keep: Path | None, *, beside: Path) -> Iterator[Path]:
    """A folder that stays, if one is named, else one that goes with the run."""
    if keep is None:
        # Not under /tmp, which may be memory: there `synchronous=FULL` costs nothing.
        with tempfile.TemporaryDirectory(dir=beside, prefix="lookup-") as folder:
            yield Path(folder)
        return
    keep.mkdir(parents=True, exist_ok=True)
    yield keep


@contextmanager
def store_of(folder: Path, *, kept: bool) -> Iterator[nodes.Node]:
    """A node of Uzbekistan that holds the sample agreement, with a store of its own."""
    home = folder / "uz"
    found = (home / "node.toml").is_file()
    if not found:
        for place, country in ((home, "UZ"), (folder / "kz", "KZ")):
            nodes.initialise(
                place, country=country, passphrase=PASSPHRASE, with_samples=False, rsa_bits=2048
            )
        card = nodes.card_of(folder / "kz")
        (home / "partners" / "customs.kz.toml").write_text(card, encoding="utf-8")
    with _store(home, found=found, kept=kept):
        node = nodes.build(home, passphrase=PASSPHRASE, channel=MemoryChannel())
        if not found:
            node.commissioning.add_agreement(nodes.pair_agreement("KZ", "UZ"), actor="benchmark")
        try:
            yield node
        finally:
            node.close()


@contextmanager
def _store(home: Path, *, found: bool, kept: bool) -> Iterator[None]:
    dsn = os.environ.get(DSN)
    if not dsn or found:
        yield  # a kept store says itself where it is
        return
    name = f"lookup_{os.getpid()}"
    server = create_engine(make_url(dsn), isolation_level="AUTOCOMMIT")
    with server.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(dsn).set(database=name).render_as_string(hide_password=False)
    path = home / "node.toml"
    plain = path.read_text("utf-8")
    path.write_text(plain.replace("sqlite:///var/node.db", url), "utf-8")
    try:
        yield
    finally:
        if not kept:
            with server.connect() as conn:
                conn.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()
