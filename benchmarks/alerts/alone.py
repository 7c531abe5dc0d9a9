"""Matching alone: manifests that were read → hits, on one core, with no store."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from exchange_node.domain.alert import RiskAlert
from exchange_node.domain.decision import Hit
from exchange_node.domain.manifest import TransitManifest
from exchange_node.risk.keys import keys_of_alert, keys_of_manifest
from exchange_node.risk.matching import match
from exchange_node.risk.watching import ANY, Watching

SLICES = 9
"""Slices of a run, of which the median is told."""


@dataclass(slots=True)
class Watched:
    """Alerts that were read, and what they are found by."""

    at: datetime
    watching: Watching = field(default_factory=Watching)
    alerts: dict[int, RiskAlert] = field(default_factory=dict)

    def add(self, number: int, alert: RiskAlert) -> None:
        """Add an alert."""
        self.alerts[number] = alert
        self.watching.add(number, keys_with_subject(alert))

    def hits(self, manifest: TransitManifest) -> list[Hit]:
        """Return what fits a manifest."""
        found = self.watching.candidates(keys_of_manifest(manifest))
        return [
            hit
            for number in sorted(found)
            for hit in match(self.alerts[number], manifest, self.at, only=found[number])
        ]

    def naive(self, manifest: TransitManifest) -> list[Hit]:
        """Return what fits a manifest, found by trying every alert."""
        numbers = sorted(self.alerts)
        return [hit for one in numbers for hit in match(self.alerts[one], manifest, self.at)]


def keys_with_subject(alert: RiskAlert) -> Iterator[tuple[str, str, int]]:
    """Yield what an alert is found by: kind, value and subject, as the store keeps it."""
    for number, groups in enumerate(keys_of_alert(alert), start=1):
        if not groups:
            yield ANY, ANY, number
        for key in groups[0] if groups else ():
            yield key.kind.value, key.value, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How quick a run was.

    Attributes:
        cpu_ms: of CPU for one, the median of the slices.
        first_cpu_ms: of the first slice, in which most names are new.
        candidates: that were tried for one, on average.
    """

    count: int
    cpu_ms: float
    first_cpu_ms: float
    hits: int
    candidates: float

    @property
    def per_s(self) -> float:
        """How many a second on one core."""
        return 1000 / self.cpu_ms

    @property
    def first_per_s(self) -> float:
        """How many a second in the first slice."""
        return 1000 / self.first_cpu_ms


def rate(watched: Watched, manifests: Sequence[TransitManifest], seconds: float) -> Rate:
    """Measure matching, each manifest once, for at most so many seconds of CPU."""
    watched.hits(manifests[0])
    taken, hits, done = [], 0, 0
    size = max(1, len(manifests) // SLICES)
    begun = time.process_time()
    for first in range(0, size * SLICES, size):
        began = time.process_time()
        part = manifests[first : first + size]
        for one in part:
            hits += len(watched.hits(one))
        taken.append((time.process_time() - began) / len(part))
        done += len(part)
        if time.process_time() - begun > seconds:
            break
    tried = sum(_tried(watched, one) for one in manifests[:200]) / len(manifests[:200])
    return Rate(
        count=done,
        cpu_ms=1000 * statistics.median(taken),
        first_cpu_ms=1000 * taken[0],
        hits=hits,
        candidates=round(tried, 1),
    )


def _tried(watched: Watched, manifest: TransitManifest) -> int:
    return len(watched.watching.candidates(keys_of_manifest(manifest)))


def unlike_naive(watched: Watched, manifests: Sequence[TransitManifest], pairs: int) -> int:
    """Return of how many random pairs of alert and manifest the hits are others than naively."""
    draw = Random("pairs")  # noqa: S311 - no secret
    numbers = sorted(watched.alerts)
    found: dict[int, dict[int, list[Hit]]] = {}
    unlike = 0
    for _ in range(pairs):
        number, at = draw.choice(numbers), draw.randrange(len(manifests))
        if at not in found:
            found[at] = {}
            kept = watched.watching.candidates(keys_of_manifest(manifests[at]))
            for one, subjects in kept.items():
                hits = match(watched.alerts[one], manifests[at], watched.at, only=subjects)
                found[at][one] = list(hits)
        naive = list(match(watched.alerts[number], manifests[at], watched.at))
        unlike += naive != found[at].get(number, [])
    return unlike
