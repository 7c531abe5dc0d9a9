"""Stores that new alerts are filed into: one that is filled here, or the copy of a kept one."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from benchmarks.lookup.__main__ import DAILY
from benchmarks.lookup.loading import Drawing, load
from benchmarks.lookup.place import PASSPHRASE, store_of
from benchmarks.lookup.rows import Under
from exchange_node import node as nodes
from exchange_node.channels.memory import MemoryChannel
from exchange_node.config.shipped import shipped
from exchange_node.policy.text.reading import read_agreement
from exchange_node.rehearsal.traffic import Traffic, offices_in
from exchange_node.services.stations.agreements import exchange_under

Held = tuple[nodes.Node, Traffic, int]
"""A node, the traffic that its manifests are of, and how many it holds of them, from the first."""

_COPY = "alerts_copy"


def traffic_from(begin: datetime) -> Traffic:
    """Return the traffic of a day on."""
    listed = shipped("wco_schemas", "codelists", "samples", "customs_offices.tsv")
    return Traffic(
        seed=1,
        sender="KZ",
        recipient="UZ",
        offices=offices_in(listed.read_text(encoding="utf-8")),
        begin=begin.replace(hour=0, minute=0, second=0, microsecond=0),
        daily=DAILY,
    )


def agreed(node: nodes.Node, now: datetime) -> tuple[Under, Under]:
    """Return what manifests and what alerts come under."""
    agreement = read_agreement(nodes.pair_agreement("KZ", "UZ"), "agreement")
    own = node.settings.administration
    months = agreement.requests.clocks.recovery_start_months if agreement.requests else None

    def under(code: str) -> Under:
        grant = next(
            one
            for one in agreement.grants
            if one.sender == "customs.kz" and code in one.message_codes
        )
        exchange = exchange_under(
            agreement,
            grant,
            own=own,
            recipient="customs.uz",
            code=code,
            purpose=grant.purposes[0],
        )
        exchange = replace(exchange, sender="customs.kz")
        return Under(exchange=exchange, grant=grant, at=now, recovery_start_months=months)

    return under("TM-010"), under("RA-010")


@contextmanager
def filled(folder: Path, manifests: int, now: datetime) -> Iterator[Held]:
    """Fill a store of our own with manifests."""
    traffic = traffic_from(now - timedelta(days=manifests // DAILY))
    with store_of(folder, kept=False) as node:
        under, _ = agreed(node, now)
        load(
            node.engine, node.enquiry.vault, Drawing(traffic=traffic, under=under, count=manifests)
        )
        yield node, traffic, manifests


@contextmanager
def copied(kept: Path, folder: Path) -> Iterator[Held]:
    """Copy a store that is kept; it stays as it is. Nobody else has it open meanwhile."""
    loaded = json.loads((kept / "loaded.json").read_text("utf-8"))
    home = folder / "uz"
    shutil.copytree(kept / "uz", home)
    settings = home / "node.toml"
    url = str(tomllib.loads(settings.read_text("utf-8"))["store"]["url"])
    with _database(url, settings):
        node = nodes.build(home, passphrase=PASSPHRASE, channel=MemoryChannel())
        try:
            traffic = traffic_from(datetime.fromisoformat(loaded["begin"]))
            yield node, traffic, int(loaded["manifests"])
        finally:
            node.close()


@contextmanager
def _database(url: str, settings: Path) -> Iterator[None]:
    if url.startswith("sqlite"):
        yield  # the file was copied with the folder
        return
    name = make_url(url).database
    copy = f"{name}_{_COPY}"
    server = create_engine(
        make_url(url).set(drivername="postgresql+psycopg", database="postgres"),
        isolation_level="AUTOCOMMIT",
    )
    with server.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {copy} TEMPLATE {name} STRATEGY FILE_COPY"))
    plain = settings.read_text("utf-8")
    settings.write_text(
        plain.replace(url, make_url(url).set(database=copy).render_as_string(hide_password=False)),
        "utf-8",
    )
    try:
        yield
    finally:
        with server.connect() as conn:
            conn.execute(text(f"DROP DATABASE {copy} WITH (FORCE)"))
        server.dispose()
