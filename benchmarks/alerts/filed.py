"""Filing with the commit: manifests against live alerts, and new alerts against what is held."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, update

from benchmarks.alerts.documents import alert_document, manifest_document
from benchmarks.lookup.rows import Under
from exchange_node import node as nodes
from exchange_node.domain.alert import RiskAlert
from exchange_node.rehearsal.traffic import Movement, Traffic
from exchange_node.risk.keys import keys_of_alert
from exchange_node.services.stations.looking.names import keys_in_store
from exchange_node.store.database import reading, transaction
from exchange_node.store.payloads import digest_of
from exchange_node.store.records import hits, manifests
from exchange_node.store.records.alerts import Origin
from exchange_node.store.records.held import AlertState, Direction, HeldManifest
from exchange_node.store.records.search import candidates
from exchange_node.store.records.search.names import Bearer
from exchange_node.store.tables import payload, payload_chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What each of a row took, in seconds: on the clock, and of CPU.

    Attributes:
        until_last: on the clock, until everything that was held before had been looked at.
    """

    wall: Sequence[float]
    cpu: Sequence[float]
    hits: int
    until_last: Sequence[float] = ()

    def quantile(self, hundredth: int) -> float:
        """Return a percentile of the time on the clock."""
        return quantile(self.wall, hundredth)

    def quantile_of_last(self, hundredth: int) -> float:
        """Return a percentile of the time until the last hit stood."""
        return quantile(self.until_last, hundredth)


def quantile(taken: Sequence[float], hundredth: int) -> float:
    """Return a percentile; the same unit as what was taken."""
    return statistics.quantiles(taken, n=100, method="inclusive")[hundredth - 1]


def origin_of(under: Under, message_id: str) -> Origin:
    """Return where an alert comes from that was received under the sample agreement."""
    return Origin(
        direction=Direction.RECEIVED,
        state=AlertState.RECEIVED,
        handling=under.grant.handling,
        test=under.exchange.test,
        by="node",
        at=under.at,
        partner=under.exchange.sender,
        message_id=message_id,
        exchange=under.exchange,
        kept_since=under.at,
        retention=timedelta(days=under.grant.retention_days),
    )


def file_manifests(node: nodes.Node, movements: Iterable[Movement], under: Under) -> Taken:
    """File manifests one after the other, each in a transaction of its own."""
    wall, cpu, found = [], [], 0
    for one in movements:
        view, document = one.manifest, manifest_document(one.manifest)
        began, begun = time.perf_counter(), time.process_time()
        with transaction(node.engine) as conn:
            held = node.enquiry.holding.file_manifest(
                conn,
                view,
                document,
                direction=Direction.RECEIVED,
                exchange=under.exchange,
                grant=under.grant,
                message_id=f"{one.stamp}@simulated",
                at=under.at,
            )
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - begun)
        with reading(node.engine) as conn:
            found += len(hits.of_manifest(conn, held.number))
    return Taken(wall=wall, cpu=cpu, hits=found)


def file_alerts(
    node: nodes.Node, alerts: Sequence[RiskAlert], under: Under, traffic: Traffic
) -> Taken:
    """File new alerts one after the other and weigh each against every held manifest.

    What the transaction leaves is done before the next one is filed.

    `under`: the grant of the alerts.
    """
    wall, cpu, until_last, found = [], [], [], 0
    for alert in alerts:
        document = alert_document(alert)
        _make_readable(node, alert, traffic)
        origin = origin_of(under, f"{alert.alert_id}@simulated")
        began, begun = time.perf_counter(), time.process_time()
        with transaction(node.engine) as conn:
            held = node.enquiry.holding.file_alert(conn, alert, origin, document)
            node.enquiry.holding.match_alert(conn, held, under.at)
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - begun)
        while node.matching.run():
            continue
        until_last.append(time.perf_counter() - began)
        with reading(node.engine) as conn:
            found += len(hits.of_alert(conn, held.number))
    return Taken(wall=wall, cpu=cpu, hits=found, until_last=until_last)


PAGE = 400
"""Manifests that are looked for together."""


def _make_readable(node: nodes.Node, alert: RiskAlert, traffic: Traffic) -> None:
    """Give every manifest that an alert may fit the document that it had on the road.

    A store that was filled in bulk has a kilobyte in its place that nobody reads; matching does.
    """
    wanted = {key for groups in keys_of_alert(alert) for key in (groups[0] if groups else ())}
    with transaction(node.engine) as conn:
        sought = [candidates.Sought([frozenset(keys_in_store(conn, Bearer.MANIFEST, wanted))])]
        below = candidates.ABOVE_ALL
        while numbers := candidates.newest(conn, sought, below=below, limit=PAGE):
            below = numbers[-1]
            for one in manifests.numbered(conn, numbers).values():
                _replace(conn, node, one, traffic)


def _replace(conn: Connection, node: nodes.Node, held: HeldManifest, traffic: Traffic) -> None:
    document = manifest_document(traffic.movement(held.number).manifest)
    of = held.document_id
    locked = node.enquiry.vault.lock(document, f"payload {of} 0 1")
    conn.execute(
        update(payload)
        .where(payload.c.payload_id == of)
        .values(size=len(document), digest=digest_of(document))
    )
    conn.execute(
        update(payload_chunk).where(payload_chunk.c.payload_id == of).values(locked=locked)
    )
