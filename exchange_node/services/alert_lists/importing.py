"""A list of alerts → each row weighed as a draft is → drafts, all of them or none.

A trial does everything but keep: what it says, the import does. An alert that was imported before,
by its source and that source's number, is known and not made again.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.alert import RiskAlert
from exchange_node.domain.countersigning.standing import day_of
from exchange_node.domain.errors import InvalidAlertError, InvalidDocumentError, InvalidListError
from exchange_node.domain.finding import Finding, has_errors
from exchange_node.services.alert_lists.columns import is_moment
from exchange_node.services.alert_lists.delimited import require_text
from exchange_node.services.alert_lists.pointing import place_of
from exchange_node.services.alert_lists.reading import Entry, read_list
from exchange_node.services.alert_lists.rules import CHANGED, UNUSABLE
from exchange_node.services.stations.alert_draft import faults_of
from exchange_node.services.stations.alerting.drafting import Drafting
from exchange_node.services.stations.alerting.joining import require_joined
from exchange_node.services.stations.looking import views
from exchange_node.services.stations.looking.views import View
from exchange_node.store import audit
from exchange_node.store.alerting import imported
from exchange_node.store.alerting.imported import Imported
from exchange_node.store.database import transaction
from exchange_node.store.records import hits
from exchange_node.wco.document import Document
from exchange_node.wco.rules import validate
from exchange_node.wco.rules.alerts import check

LONGEST_SOURCE = 50
"""Characters of the name of a source (our choice)."""

_MOMENT = "want day, time and offset, such as 2026-03-02T08:00:00+05:00"
_SHOWN = 80


class Outcome(StrEnum):
    """What becomes of an alert of a list: `GOOD` would be kept, `LEFT` is, but others are not."""

    KEPT = "kept"
    GOOD = "good"
    KNOWN = "known"
    WRONG = "wrong"
    LEFT = "left"


@dataclass(slots=True)
class _Line:
    """One alert of a list, as far as it has come."""

    entry: Entry
    digest: str
    alert: RiskAlert | None = None
    document: Document | None = None
    findings: list[tuple[int, str, Finding]] = field(default_factory=list)
    known_as: str = ""
    became: str = ""

    @property
    def is_wrong(self) -> bool:
        return has_errors(one for _, _, one in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Importing:
    """Keeps the alerts of lists as drafts."""

    drafting: Drafting
    engine: Engine
    clock: Callable[[], datetime]

    def run(
        self,
        actor: Actor,
        content: bytes,
        *,
        source: str = "",
        dry_run: bool = False,
        keep_good: bool = False,
    ) -> View:
        """Keep a list as drafts; return what became of each alert, and of them together.

        Args:
            actor: who imports; somebody else releases where a grant asks for two.
            content: of the file, CSV or JSON.
            source: where its numbers come from: two sources may give one number.
            dry_run: do everything and keep nothing.
            keep_good: keep what is good although something is not; else it is all or nothing.

        Raises:
            RoleError: the actor is no liaison officer.
            InvalidListError: the list cannot be read as a whole, or the name of the source is
                long or no text.
        """
        actor.require(Role.LIAISON)
        require_text(source, "the name of the source")
        if len(source) > LONGEST_SOURCE:
            raise InvalidListError(why=f"the source has more than {LONGEST_SOURCE} characters")
        now = self.clock()
        lines = [self._weighed(one, now) for one in read_list(content)]
        with transaction(self.engine) as conn:
            # Keeping a draft waits at this gate: whoever imports the same list beside this has to
            # wait before it looks for what is here.
            hits.queue_as_alert(conn)
            for one in lines:
                _recognise(conn, one, source)
                _join(conn, one, now)
            all_good = not any(one.is_wrong for one in lines)
            keeps = not dry_run and (all_good or keep_good)
            trial = conn.begin_nested()
            for one in lines:
                if one.alert is not None and not one.is_wrong and not one.known_as:
                    self._keep(conn, actor, one, source, now)
            if keeps:
                trial.commit()
            else:
                trial.rollback()
            counted = Counter(_outcome(one, keeps=keeps, dry_run=dry_run).value for one in lines)
            _audited(conn, actor, now, source, content, counted, is_trial=dry_run)
        return {
            "kept": keeps,
            "counted": dict(sorted(counted.items())),
            "alerts": [_view(one, _outcome(one, keeps=keeps, dry_run=dry_run)) for one in lines],
        }

    def _weighed(self, entry: Entry, now: datetime) -> _Line:
        """Return an alert of a list with everything that the checks of a draft say of it."""
        line = _Line(entry, _digest(entry))
        line.findings += [(at, one.pointer, one) for at, one in entry.faults]
        faults = tuple(_faults(entry))
        line.findings += faults
        if faults:
            return line
        try:
            line.alert = self.drafting.made(entry.plain, now)
            line.document = self.drafting.document(line.alert)
            said = validate(line.document, self.drafting.library, day_of(now))
            # Rules of the document ask again what the checks of a draft do.
            more = (one for one in check(line.alert) if one not in said)
            line.findings += _placed(entry, (*said, *more))
        except InvalidDocumentError as err:
            line.findings += _placed(entry, err.findings)
        except InvalidAlertError as err:
            line.findings.append((entry.line, "", err.as_finding()))
        return line

    def _keep(self, conn: Connection, actor: Actor, one: _Line, source: str, now: datetime) -> None:
        assert one.alert is not None  # noqa: S101 - what is not wrong was made
        assert one.document is not None  # noqa: S101 - and encoded
        reference = one.entry.reference
        held = self.drafting.keep(
            conn, actor, one.alert, one.document, now, source=source, source_reference=reference
        )
        row = Imported(
            source=source,
            reference=reference,
            digest=one.digest,
            alert_id=held.alert_id,
            imported_at=now,
            imported_by=actor.name,
        )
        imported.add(conn, row)
        one.became = held.alert_id


def _join(conn: Connection, one: _Line, now: datetime) -> None:
    """Find what keeps an alert from belonging to the operation that it names."""
    if one.alert is None or one.known_as:
        return
    try:
        require_joined(conn, one.alert, now)
    except InvalidAlertError as err:
        one.findings.append((one.entry.line, "operation", err.as_finding()))


def _recognise(conn: Connection, one: _Line, source: str) -> None:
    """Find what was imported before; the same text is known, another is wrong."""
    reference = one.entry.reference
    before = imported.find(conn, source, reference) if reference else None
    if before is None:
        return
    if before.digest == one.digest:
        one.known_as = before.alert_id
        one.findings = []  # it was good then; that it has run out since is no fault of the list
        return
    changed = CHANGED.found(value=reference, alert=before.alert_id)
    one.findings.append((one.entry.line, "source_reference", changed))


def _faults(entry: Entry) -> Iterator[tuple[int, str, Finding]]:
    """Return what keeps the keys of an alert from being a draft, each with its line and column."""
    for place, why in faults_of(entry.plain):
        yield _fault(entry, place, why)
    for key, value in entry.plain.items():
        # A bare number would be read as seconds since 1970.
        if is_moment((key,)) and value is not None and "T" not in str(value):
            yield _fault(entry, (key,), _MOMENT, str(value))


def _fault(
    entry: Entry, place: tuple[str | int, ...], why: str, said: str = ""
) -> tuple[int, str, Finding]:
    at, column = entry.where(place)
    column = column[:_SHOWN]
    return at, column, UNUSABLE.found(pointer=column, value=said[:_SHOWN], why=why)


def _placed(entry: Entry, findings: Iterable[Finding]) -> Iterator[tuple[int, str, Finding]]:
    """Return findings of an alert with the line and the column that they are about."""
    for one in findings:
        place = place_of(one)
        at, column = entry.where(place) if place else (entry.line, one.pointer)
        yield at, column, one


def _digest(entry: Entry) -> str:
    said = json.dumps(entry.plain, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def _outcome(one: _Line, *, keeps: bool, dry_run: bool) -> Outcome:
    if one.known_as:
        return Outcome.KNOWN
    if one.is_wrong:
        return Outcome.WRONG
    if keeps:
        return Outcome.KEPT
    return Outcome.GOOD if dry_run else Outcome.LEFT


def _view(one: _Line, outcome: Outcome) -> View:
    kept = one.became if outcome is Outcome.KEPT else one.known_as
    return {
        "line": one.entry.line,
        "source_reference": one.entry.reference[:_SHOWN],
        "outcome": outcome.value,
        "alert_id": kept,
        "findings": [
            views.finding(found) | {"line": at, "field": column}
            for at, column, found in one.findings
        ],
    }


def _audited(
    conn: Connection,
    actor: Actor,
    now: datetime,
    source: str,
    content: bytes,
    counted: Counter[str],
    *,
    is_trial: bool,
) -> None:
    facts = {name: str(count) for name, count in sorted(counted.items())}
    facts["digest"] = hashlib.sha256(content).hexdigest()
    line = audit.AuditRecord(
        at=now,
        actor=actor.name,
        action="alert.import-tried" if is_trial else "alert.imported",
        subject_kind="alert-list",
        subject_key=source,
        facts=facts,
    )
    audit.write(conn, line)
