"""Alerts → the rows of a store, many at once, as filing them one by one would have written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import Connection, insert, select, text

from benchmarks.alerts.documents import alert_document
from exchange_node.domain.alert import RiskAlert
from exchange_node.services.stations.looking.names import keys_by_subject, learn
from exchange_node.store.payloads import Vault, digest_of
from exchange_node.store.records.alerts import Origin, values_of
from exchange_node.store.records.search.names import Bearer
from exchange_node.store.tables import alert as alert_table
from exchange_node.store.tables import alert_key, payload, payload_chunk

BATCH = 1_000
"""Alerts that are written together."""


def fill(conn: Connection, alerts: Iterable[RiskAlert], origin: Origin, vault: Vault) -> int:
    """Write alerts into a store that no other one writes to; return how many."""
    last = conn.execute(select(alert_table.c.number).order_by(alert_table.c.number.desc()).limit(1))
    number = first = last.scalar_one_or_none() or 0
    for batch in _batches(alerts):
        _write(conn, batch, number + 1, origin, vault)
        number += len(batch)
    if conn.dialect.name == "postgresql":
        sequence = "pg_get_serial_sequence('alert', 'number')"
        conn.execute(text(f"SELECT setval({sequence}, {number})"))
    return number - first


def settle_down(conn: Connection) -> None:
    """Let the planner know what is there, as a store that has run for a while does."""
    conn.execute(text("ANALYZE"))


def _write(
    conn: Connection, batch: list[RiskAlert], first: int, origin: Origin, vault: Vault
) -> None:
    kept, chunks, rows, keys = [], [], [], []
    for number, alert in enumerate(batch, start=first):
        document = alert_document(alert)
        document_id = f"alert/{alert.issuer}/{alert.alert_id}/{alert.version}"
        whole = {"payload_id": document_id, "size": len(document), "chunks": 1}
        kept.append({**whole, "digest": digest_of(document)})
        locked = vault.lock(document, f"payload {document_id} 0 1")
        chunks.append({"payload_id": document_id, "position": 0, "locked": locked})
        rows.append({**values_of(alert, origin, document_id), "number": number})
        keys += [
            {"kind": kind, "value": value, "alert": number, "subject": subject}
            for kind, value, subject in sorted(set(keys_by_subject(alert)))
        ]
        learn(conn, Bearer.ALERT, (key[:2] for key in keys_by_subject(alert)))
    conn.execute(insert(payload), kept)
    conn.execute(insert(payload_chunk), chunks)
    conn.execute(insert(alert_table), rows)
    conn.execute(insert(alert_key), keys)


def _batches(alerts: Iterable[RiskAlert]) -> Iterator[list[RiskAlert]]:
    left = iter(alerts)
    while batch := list(islice(left, BATCH)):
        yield batch
