"""An alert's versions → where each stands at whom, what came of it, and what it yielded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.alert import WITHDRAWAL
from exchange_node.domain.alerting import Result
from exchange_node.services.stations.alerting.life import HERE, lives
from exchange_node.services.stations.alerting.owing import dues
from exchange_node.services.stations.looking.views import View, as_plain
from exchange_node.store import payloads
from exchange_node.store.alerting import feedback
from exchange_node.store.alerting.feedback import HeldFeedback
from exchange_node.store.payloads import Vault
from exchange_node.store.records.held import Direction, HeldAlert
from exchange_node.store.releasing import letters
from exchange_node.wco.alert_codec import decode_feedback
from exchange_node.wco.document import read


def shown_life(conn: Connection, versions: Sequence[HeldAlert], vault: Vault, at: datetime) -> View:
    """Return `life` and `feedback_due` of an alert's last version, and of each its `lives`.

    Besides `feedback` and `sightings`, and of ours the `yield`.

    Of an alert of ours each recipient has a line of its own, of a partner's there is one: `here`.
    """
    newest = versions[0]
    found = {
        version: {party: state.value for party, state in sorted(stands.items())}
        for version, stands in lives(conn, newest.issuer, newest.alert_id, at=at).items()
    }
    said = [one for one in versions if one.function != WITHDRAWAL]
    given = feedback.of_alerts(conn, [one.number for one in said])
    version_of = {one.number: one.version for one in said}
    view: View = {
        "life": found.get(said[0].version, {}) if said else {},
        "lives": found,
        "feedback": [_feedback(conn, one, version_of[one.alert], vault) for one in given],
        "sightings": _sightings(given, newest.direction),
        "feedback_due": _dues(conn, said[0], at) if said else {},
    }
    if newest.direction is Direction.SENT:
        view["yield"] = _yield(found, given)
    return view


def _dues(conn: Connection, one: HeldAlert, at: datetime) -> View:
    return {
        party: {
            "state": due.state_at(at),
            "since": due.since.isoformat(),
            "due_at": due.due_at.isoformat(),
        }
        for party, due in sorted(dues(conn, one, at, HERE).items())
    }


def _feedback(conn: Connection, one: HeldFeedback, version: int, vault: Vault) -> View:
    told: View = {
        "reference": one.reference,
        "party": one.issuer,
        "version": version,
        "result": one.result.value,
        "is_last": one.is_last,
        "is_seizure": one.is_seizure,
        "usefulness": one.usefulness,
        "seen_at": one.seen_at.isoformat() if one.seen_at else None,
        "issued_at": one.issued_at.isoformat(),
        "message_id": one.message_id,
        "disposed_at": one.disposed_at.isoformat() if one.disposed_at else None,
    }
    if one.direction is Direction.SENT:
        letter = letters.find(conn, one.message_id)
        told["letter"] = letter.fate.value if letter else None
    if one.disposed_at is None:
        whole = asdict(decode_feedback(read(payloads.fetch(conn, one.document_id, vault))))
        told["told"] = as_plain(whole)
    return told


def _sightings(given: Sequence[HeldFeedback], direction: Direction) -> View:
    """Return of each party, or of this node, how often it has seen something, and when last."""
    seen: dict[str, list[datetime]] = {}
    for one in given:
        if one.seen_at is not None:
            party = HERE if direction is Direction.RECEIVED else one.issuer
            seen.setdefault(party, []).append(one.seen_at)
    return {
        party: {"count": len(seen[party]), "last_seen_at": max(seen[party]).isoformat()}
        for party in sorted(seen)
    }


def _yield(found: dict[int, dict[str, str]], given: Sequence[HeldFeedback]) -> View:
    """Return what an alert of ours has yielded so far: every feedback counts once."""
    results = Counter(one.result for one in given)
    useful = Counter(one.usefulness for one in given if one.usefulness is not None)
    return {
        "recipients": len({party for stands in found.values() for party in stands}),
        "answered": len({one.issuer for one in given}),
        "hits": results[Result.HIT],
        "nil": results[Result.NIL],
        "not_checked": results[Result.NOT_CHECKED],
        "sightings": results[Result.SIGHTED],
        "seizures": sum(one.is_seizure for one in given),
        "useful": {str(grade): useful[grade] for grade in sorted(useful)},
    }
