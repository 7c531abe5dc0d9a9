"""A new alert against the manifests that are held: the newest with it, the others in portions.

While an alert is filed nothing else is (`hits.queue_as_alert`), so that only so many manifests are
opened then. From its commit on whatever is filed finds the alert by its keys; what was there before
is looked at by a duty, portion by portion from the newest down, on whichever machine. A portion is
opened beside the work of others; what fits is kept at the gate, and opened there once more where it
was corrected meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from exchange_node.domain.alert import WITHDRAWAL, RiskAlert
from exchange_node.domain.errors import AlteredRecordError, StoreError
from exchange_node.domain.manifest import TransitManifest
from exchange_node.domain.retention import Kept
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.clocks.feedback import start_of_hit
from exchange_node.services.stations.clocks.force import overtaken_by
from exchange_node.services.stations.clocks.rounds import broken
from exchange_node.services.stations.deciding.judging import Judging
from exchange_node.services.stations.looking.names import sought_by
from exchange_node.services.stations.looking.opened import Records
from exchange_node.services.stations.looking.origin import Agreements
from exchange_node.services.stations.matching.meeting import fitting, meet
from exchange_node.services.stations.matching.words import finish, tell, tell_unread
from exchange_node.store import duties
from exchange_node.store.orders import standing
from exchange_node.store.records import alerts, hits, manifests
from exchange_node.store.records.held import LIVE, HeldAlert, HeldManifest
from exchange_node.store.records.search import candidates, progress
from exchange_node.store.records.search.candidates import ABOVE_ALL
from exchange_node.store.records.search.progress import Search, Stage

MATCHING = "alert-matching"
"""The kind of duty that holds an alert against what was held before it."""

MOST_AT_ONCE = 200
"""Manifests that are opened while an alert is filed (our choice, measured: docs/performance.md)."""

MOST_IN_A_PORTION = 300
"""Manifests that a duty opens at a time, beside the work of others (our choice)."""

MOST_FITTING = 60
"""Manifests whose channel is decided anew in one transaction, where the alert fits (our choice)."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a manifest said, and by which corrections of its supplier."""

    corrected_by: tuple[tuple[int, int], ...]
    view: TransitManifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """What was found beside the work of others; nothing of it is kept yet.

    Attributes:
        before: where the search was.
        after: where it is with this.
        fitting: the manifests that the alert seems to fit, by number.
        unread: numbers of those that could not be read, and why.
    """

    before: Search
    after: Search
    fitting: Mapping[int, Read] = field(default_factory=dict)
    unread: Sequence[tuple[int, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Searching:
    """Holds alerts against what is held, and has the channels of what they fit decided anew."""

    records: Records
    judging: Judging

    def begin(self, conn: Connection, held: HeldAlert, at: datetime) -> int:
        """Hold an alert against the newest candidates; return how many it fits of them.

        Where there are more, a duty is left that goes on.
        """
        hits.queue_as_alert(conn)
        agreements = held_agreements(conn)
        alert = self.records.alert_of(conn, held, agreements)
        sought = sought_by(conn, alert)
        numbers = candidates.newest(conn, sought, limit=MOST_AT_ONCE + 1)
        earlier = progress.of_alert(conn, held.number)
        search = Search(
            alert=held.number,
            round=earlier.round + 1 if earlier else 1,
            stage=Stage.GOING_ON,
            begun_at=at,
            below=ABOVE_ALL,
        )
        unread: list[tuple[int, str]] = []
        looked = 0
        for one in self._in_turn(conn, numbers[:MOST_AT_ONCE]):
            looked += 1
            search = replace(search, looked=looked, below=one[0])
            if not self._is_met(conn, held, alert, one[1], at, agreements, unread):
                continue
            search = replace(search, fitted=search.fitted + 1)
            if search.fitted == MOST_FITTING:
                break
        search = replace(search, unread=len(unread))
        if looked == len(numbers):
            search = replace(search, stage=Stage.DONE, candidates=looked, ended_at=at)
        else:
            duties.leave(conn, MATCHING, str(held.number), at)
        progress.keep(conn, search)
        if search.fitted:
            start_of_hit(conn, held, at, agreements)
        if search.stage is not Stage.DONE:
            tell(conn, held, search, at, "alert.matching")
        tell_unread(conn, held, unread, at)
        return search.fitted

    def look(self, conn: Connection, number: int, at: datetime) -> Portion | None:
        """Open the next portion; None where nothing is left to do. Nothing is written."""
        before = progress.of_alert(conn, number)
        if before is None or before.stage is not Stage.GOING_ON:
            return None
        held = alerts.by_number(conn, number)
        if not _counts(conn, held, at):
            return Portion(before=before, after=replace(before, stage=Stage.ENDED, ended_at=at))
        agreements = held_agreements(conn)
        alert = self.records.alert_of(conn, held, agreements)
        sought = sought_by(conn, alert)
        after = before
        if before.candidates is None:
            left = candidates.count(conn, sought, below=before.below)
            after = replace(before, candidates=before.looked + left)
        numbers = candidates.newest(conn, sought, below=before.below, limit=MOST_IN_A_PORTION + 1)
        fits: dict[int, Read] = {}
        unread: list[tuple[int, str]] = []
        looked = 0
        for one in self._in_turn(conn, numbers[:MOST_IN_A_PORTION]):
            looked += 1
            after = replace(after, below=one[0])
            read = self._fitting(conn, held, alert, one[1], at, agreements, unread)
            if read is not None:
                fits[one[0]] = read
                if len(fits) == MOST_FITTING:
                    break
        after = replace(after, looked=before.looked + looked)
        if looked == len(numbers):
            after = replace(after, stage=Stage.DONE, candidates=after.looked, ended_at=at)
        return Portion(before=before, after=after, fitting=fits, unread=unread)

    def settle(self, conn: Connection, portion: Portion, at: datetime) -> bool:
        """Keep what a portion came to; return whether the search goes on.

        Where the search is no more where the portion began, or the alert counts no more, nothing
        of the portion is kept.
        """
        hits.queue_as_alert(conn)
        before, search = portion.before, portion.after
        if progress.of_alert(conn, before.alert) != before:
            return True  # another machine was here, or the alert was read anew: look again
        held = alerts.by_number(conn, before.alert)
        unread = list(portion.unread)
        if not _counts(conn, held, at):
            search = replace(before, stage=Stage.ENDED, ended_at=at)
        elif portion.fitting:
            agreements = held_agreements(conn)
            alert = self.records.alert_of(conn, held, agreements)
            found = sum(
                self._is_met(conn, held, alert, one, at, agreements, unread, portion.fitting[of])
                for of, one in self._in_turn(conn, list(portion.fitting))
            )
            search = replace(search, fitted=search.fitted + found)
            if found:
                start_of_hit(conn, held, at, agreements)
        search = replace(search, unread=before.unread + len(unread))
        progress.keep(conn, search)
        if search.stage is not Stage.GOING_ON:
            finish(conn, held, search, at)
        tell_unread(conn, held, unread, at)
        return search.stage is Stage.GOING_ON

    def _in_turn(
        self, conn: Connection, numbers: Sequence[int]
    ) -> Iterator[tuple[int, HeldManifest | None]]:
        """Yield each number with its manifest; None for one that does not count any more."""
        held = manifests.numbered(conn, numbers)
        for number in numbers:
            yield number, held.get(number)

    def _fitting(
        self,
        conn: Connection,
        held: HeldAlert,
        alert: RiskAlert,
        manifest: HeldManifest | None,
        at: datetime,
        agreements: Agreements,
        unread: list[tuple[int, str]],
    ) -> Read | None:
        if manifest is None or manifest.exchange.test != held.test:
            return None
        try:
            by = standing.corrected_by(conn, Kept.MANIFEST, manifest.number)
            view = self.records.manifest_of(conn, manifest, agreements)
            return Read(by, view) if fitting(held, alert, view, at) else None
        except Exception as err:  # noqa: BLE001 - one that cannot be read must not hold up the others
            unread.append((manifest.number, _why(err)))
            return None

    def _is_met(
        self,
        conn: Connection,
        held: HeldAlert,
        alert: RiskAlert,
        manifest: HeldManifest | None,
        at: datetime,
        agreements: Agreements,
        unread: list[tuple[int, str]],
        read: Read | None = None,
    ) -> bool:
        """Keep what fits a manifest and have it decided anew; return whether something does."""
        if manifest is None or manifest.exchange.test != held.test:
            return False
        try:
            view = self._view(conn, manifest, agreements, read)
            if not fitting(held, alert, view, at):
                return False
            with conn.begin_nested():  # what one leaves half written is undone
                meet(conn, held, alert, manifest, view, at)
                self.judging.judge(conn, manifest, at, agreements)
        except Exception as err:  # noqa: BLE001 - as above
            unread.append((manifest.number, _why(err)))
            return False
        return True

    def _view(
        self, conn: Connection, manifest: HeldManifest, agreements: Agreements, read: Read | None
    ) -> TransitManifest:
        """Return what a manifest says; what was read of it, unless it was corrected since."""
        if read is not None:
            by = standing.corrected_by(conn, Kept.MANIFEST, manifest.number)
            if by == read.corrected_by:
                return read.view
        return self.records.manifest_of(conn, manifest, agreements)


def _counts(conn: Connection, held: HeldAlert, at: datetime) -> bool:
    """Whether an alert still looks for something."""
    return (
        held.state in LIVE
        and held.valid_until > at
        and held.function != WITHDRAWAL
        and held.disposed_at is None
        and overtaken_by(conn, held) is None
    )


def _why(err: Exception) -> str:
    """Return why a manifest could not be read; no value.

    Raises:
        Exception: it is not the manifest that fails but the store.
    """
    is_of_record = isinstance(err, AlteredRecordError)
    if isinstance(err, (StoreError, SQLAlchemyError)) and not is_of_record:
        raise err
    code: str = getattr(err, "code", "") or broken(err, MATCHING).facts["why"]
    return code
