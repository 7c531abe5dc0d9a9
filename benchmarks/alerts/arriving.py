"""Alerts that are issued while a backlog of manifests drains → how long until each is filed there.

Both nodes are `exchange-node serve` as they are, over HTTPS. The backlog is laid before either
runs: every manifest is in the outbox, sealed and signed, and none was tried. An alert's time counts
from the request that drafts it to the row at the partner that others can read.
"""

from __future__ import annotations

import http.client
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.as4.loop import Watch
from benchmarks.as4.nodes.pair import DEFAULT_SUITE, PASSPHRASE, SUITES, UZ, Home, Pair, commission
from benchmarks.as4.processes import Watched
from benchmarks.documents import facts_for, sample_declaration
from exchange_node import node as nodes
from exchange_node.domain.access import Actor, Role
from exchange_node.ebms.pmodes.partner_mode import PartnerMode

EVERY_SECONDS = 0.5
"""Between two alerts."""

_LOOK_SECONDS = 0.01
_MOST_SECONDS = 120
"""How long nothing may get through until the run is given up."""


@dataclass(slots=True)
class Arrived:
    """What was measured.

    Attributes:
        took: of every alert, in seconds.
        seconds: while it was measured.
        manifests: of the backlog, filed meanwhile.
        cpu_seconds: of both nodes together.
    """

    took: list[float] = field(default_factory=list)
    seconds: float = 0.0
    manifests: int = 0
    cpu_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Two nodes that serve, and what is seen of them."""

    processes: tuple[Watched, Watched]
    port: int
    token: str = field(repr=False)
    database: Path
    alerts: Watch

    def issue(self, number: int) -> str:
        """Draft an alert and send it, as a liaison officer does; return its id."""
        until = datetime.now(UTC) + timedelta(days=30)
        draft = {
            "valid_until": until.isoformat(timespec="seconds"),
            "marking": "AMBER",
            "permitted_action": "documents",
            "urgency": "flash",
            "category": "TRD",
            "severity": 1,
            "summary": "a vehicle that left its route",
            "contact_office": "KZ550100",
            "subjects": [{"means_id": f"{number:03d}XYZ09"}],
        }
        alert_id = str(self._post("/api/v1/alerts", draft)["alert_id"])
        self._post(f"/api/v1/alerts/{alert_id}/send", {"to": [UZ]})
        return alert_id

    def _post(self, path: str, body: object) -> dict[str, object]:
        client = http.client.HTTPConnection("127.0.0.1", self.port)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        with closing(client):
            client.request("POST", path, json.dumps(body), headers)
            response = client.getresponse()
            answer = response.read()
        if response.status // 100 != 2:
            raise SystemExit(f"{path} was not taken: {response.status} {answer[:2000]!r}")
        return dict(json.loads(answer))

    def filed(self) -> int:
        """Return how many manifests the partner has filed."""
        query = "SELECT count(*) FROM manifest"
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as conn:
            (count,) = conn.execute(query).fetchone()
        return int(count)

    def cpu_seconds(self) -> float:
        """Return what both have taken of the processor so far."""
        return sum(one.cpu_seconds() for one in self.processes)


def laid(folder: Path, manifests: int) -> Pair:
    """Make two nodes, the one with so many manifests for the other in its outbox."""
    concurrency = PartnerMode(party=UZ).concurrency
    pair = commission(folder, SUITES[DEFAULT_SUITE], concurrency)
    declaration, by = sample_declaration(), Actor(name="b", roles=frozenset({Role.SUBMITTER}))
    with nodes.opened(pair.kz.folder, passphrase=PASSPHRASE) as node:
        for number in range(1, manifests + 1):
            node.dispatch.submit(by, declaration, partner=UZ, facts=facts_for(number))
    return pair


@contextmanager
def running(pair: Pair) -> Iterator[Running]:
    """Run both nodes."""
    with nodes.opened(pair.kz.folder, passphrase=PASSPHRASE) as node:
        token = node.access.new_token("liaison", frozenset({Role.LIAISON}), days=1)
    with ExitStack() as stack:
        (receiver, _), (sender, ports) = (
            stack.enter_context(_served(home)) for home in (pair.uz, pair.kz)
        )
        watch = Watch(pair.uz.database, _held)
        stack.callback(watch.close)
        yield Running(
            processes=(sender, receiver),
            port=ports["api"],
            token=token,
            database=pair.uz.database,
            alerts=watch,
        )


def issued_until(way: Running, is_over: Callable[[Arrived], bool], first: int) -> Arrived:
    """Issue an alert every so often until that is over, and wait for the last one."""
    taken, under_way, number = Arrived(), dict[str, float](), first
    begun = due = moved = time.perf_counter()
    filed, spent = way.filed(), way.cpu_seconds()
    while True:
        if time.perf_counter() >= due and not is_over(taken):
            began = time.perf_counter()
            under_way[way.issue(number)] = began
            number, due = number + 1, due + EVERY_SECONDS
        elif not under_way and is_over(taken):
            break
        for one in way.alerts.found(under_way):
            moved = time.perf_counter()
            taken.took.append(moved - under_way.pop(one))
        if time.perf_counter() - moved > _MOST_SECONDS:
            raise SystemExit(f"no alert gets through: {len(under_way)} are under way")
        for each in way.processes:
            each.require_alive()
        time.sleep(_LOOK_SECONDS)
    taken.seconds = time.perf_counter() - begun
    taken.manifests, taken.cpu_seconds = way.filed() - filed, way.cpu_seconds() - spent
    return taken


@contextmanager
def _served(home: Home) -> Iterator[tuple[Watched, dict[str, int]]]:
    command = ["exchange_node", "--folder", str(home.folder), "serve"]
    with home.running(f"node-{home.party}", command, None) as made:
        yield made


def _held(marks: str) -> str:
    return f"SELECT alert_id FROM alert WHERE alert_id IN ({marks})"  # noqa: S608 - our own text
