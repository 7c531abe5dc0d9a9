"""What came of a partner's alert → RA-021 to its issuer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.alert import WITHDRAWAL, RiskAlert
from exchange_node.domain.alerting import Event, Feedback, Result, may
from exchange_node.domain.alerting.feedback import check
from exchange_node.domain.errors import InvalidAlertError, InvalidDocumentError, UnknownRecordError
from exchange_node.services.alerting.answering import Answering, audited
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.alerting.draft import Drafted, feedback_from, sighting_from
from exchange_node.services.stations.alerting.life import told_by, told_of
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.gate import UNKNOWN, manifest_looked_at, weighed
from exchange_node.store.alerting import feedback, words
from exchange_node.store.alerting.feedback import Came
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import alerts, hits, manifests
from exchange_node.store.records.held import AlertState, Direction, HeldAlert, HeldManifest
from exchange_node.wco.alert_codec import encode_feedback

FEEDBACK = "RA-021"
_ACTIONS = {Result.SIGHTED: "alert.sighted"}
_HIT = re.compile(r"([1-9][0-9]{0,17})-([1-9][0-9]{0,17})-([1-9][0-9]{0,3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """Tells the issuer of an alert what came of it."""

    answering: Answering

    def report(
        self,
        actor: Actor,
        alert_id: str,
        plain: Mapping[str, object],
        *,
        issuer: str = "",
        purpose: str = "",
    ) -> dict[str, object]:
        """Tell what came of an alert; there may be several, until one is said to be the last.

        It is about the last version that looks for something, or about the one that `version` or
        `hit` names. After a withdrawal only a control is told that was done before it came.

        Raises:
            RoleError: the actor is no liaison officer.
            UnknownRecordError: no such alert or hit is held, or the actor may not know of it.
            UnusableQueryError: several issuers gave the id, and none was named.
            InvalidAlertError: a key is unknown or unusable, the alert's life does not let it be
                told, or what was controlled is not between the two administrations.
            InvalidDocumentError: it contradicts itself, or a value does not fit the WCO document.
            NotPermittedError: no grant lets it go back, or the actor's purpose does not cover the
                alert.
            SuspendedAgreementError: its agreement or grant is suspended.
        """
        return self._told(actor, alert_id, plain, feedback_from, issuer, purpose)

    def sighted(
        self,
        actor: Actor,
        alert_id: str,
        plain: Mapping[str, object],
        *,
        issuer: str = "",
        purpose: str = "",
    ) -> dict[str, object]:
        """Tell that something which an alert looks for was seen, and that nobody acted.

        There may be as many as there are; none is the last word, and none is a control.

        Raises:
            As `report`; InvalidAlertError as well where it was seen when the alert was over.
        """
        return self._told(actor, alert_id, plain, sighting_from, issuer, purpose)

    def _told(
        self,
        actor: Actor,
        alert_id: str,
        plain: Mapping[str, object],
        drafted: Callable[[Mapping[str, object]], Drafted],
        issuer: str,
        purpose: str,
    ) -> dict[str, object]:
        by = self.answering
        actor.require(Role.LIAISON)
        now = by.clock()
        last = by.looked_at(actor, alert_id, issuer=issuer, purpose=purpose, at=now)
        draft = drafted(plain)
        eyes = _Eyes(actor=actor, purpose=purpose, at=now)
        held, manifest = self._about(eyes, last, draft.version, draft.hit)
        with reading(by.engine) as conn:
            if draft.movement:
                manifest = _between(conn, eyes, held, draft.movement) or manifest
            movement = _named(held, manifest, draft.movement)
            said = replace(
                draft.said,
                reference=by.new_id(),
                alert_id=held.alert_id,
                alert_version=held.version,
                issuer=str(by.own.party),
                issued_at=now,
                movement=movement,
            )
            _require_in_time(conn, held, said)
            if said.answers:
                _require_asked(by.holding.alert_of(conn, held), said)
        if findings := check(said):
            raise InvalidDocumentError(findings)
        corresponding = by.corresponding
        document = encode_feedback(
            said, metadata=corresponding.metadata, registry=corresponding.library.registry
        )
        prepared = by.prepared(document, held, FEEDBACK, actor, now)
        event = Event.LAST_FEEDBACK if said.is_last else told_by(held, said.result)
        with transaction(by.engine) as conn:
            words.lock(conn, held.number)
            state = told_of(conn, alerts.by_number(conn, held.number), now)
            if not may(state, event):
                why = f"{alert_id} is {state.value}: nothing more is told of it"
                raise InvalidAlertError(why=why)
            # Who has controlled something has seen the alert.
            alerts.advance(conn, held.number, AlertState.ACKNOWLEDGED, by=actor.name, at=now)
            feedback.file(
                conn,
                said,
                Came(
                    alert=held,
                    direction=Direction.SENT,
                    message_id=prepared.message_id,
                    by=actor.name,
                    at=now,
                    manifest=manifest.number if manifest else None,
                ),
                document.to_bytes(),
                by.holding.vault,
            )
            by.packing.queue(conn, prepared)
            audited(
                conn, held, actor, now, _ACTIONS.get(said.result, "alert.feedback"),
                result=said.result.value, last="yes" if said.is_last else "no",
            )  # fmt: skip
            after = told_of(conn, alerts.by_number(conn, held.number), now)
        return {
            "alert_id": held.alert_id,
            "version": held.version,
            "reference": said.reference,
            "state": after.value,
            "message_id": prepared.message_id,
            "waits": prepared.waits,
        }

    def _about(
        self, eyes: _Eyes, last: HeldAlert, version: int | None, hit: str
    ) -> tuple[HeldAlert, HeldManifest | None]:
        """Return the version that a feedback is about, and the manifest of the hit it names.

        To whoever may not see that manifest there is no such hit; either way it is a look at one.
        """
        engine = self.answering.engine
        with reading(engine) as conn:
            said = [
                one
                for one in alerts.versions(conn, last.issuer, last.alert_id)
                if one.function != WITHDRAWAL and one.direction is Direction.RECEIVED
            ]
            if not hit:
                wanted = [one for one in said if version in (None, one.version)]
                if not wanted:
                    raise UnknownRecordError(kind="alert", key=f"{last.alert_id} version {version}")
                return wanted[0], None
            match = _HIT.fullmatch(hit)
            number, manifest, subject = map(int, match.groups()) if match else (0, 0, 0)
            mine = next((one for one in said if one.number == number), None)
            found = _manifest_of(conn, mine, manifest, subject)
            code = eyes.refused(conn, found) if found else UNKNOWN
        if mine is None or found is None or code:
            looked(engine, eyes.actor, eyes.at, "look.hit", "hit", hit, refused=code)
            raise UnknownRecordError(kind="hit", key=hit)
        looked(engine, eyes.actor, eyes.at, "look.hit", "hit", hit, movement=found.movement)
        return mine, found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Eyes:
    """Who tells something, and what the view gate has to know of that."""

    actor: Actor
    purpose: str
    at: datetime

    def refused(self, conn: Connection, held: HeldManifest) -> str:
        """Return why a manifest is not even there for this officer; empty where it is."""
        sight = weighed(
            conn,
            held_agreements(conn),
            self.actor,
            manifest_looked_at(held),
            purpose=self.purpose,
            at=self.at,
        )
        return "" if sight.may_be_listed else sight.code.value


def _require_asked(alert: RiskAlert, said: Feedback) -> None:
    """Pass a feedback that answers questions of its alert, if any.

    Raises:
        InvalidAlertError: no question has that number.
    """
    count = len(alert.questions)
    unasked = sorted({one.question for one in said.answers if one.question > count})
    if unasked:
        numbers = ", ".join(map(str, unasked))
        raise InvalidAlertError(why=f"answers: of {count} questions none has number {numbers}")


def _manifest_of(
    conn: Connection, alert: HeldAlert | None, manifest: int, subject: int
) -> HeldManifest | None:
    """Return the manifest of a hit under an alert; None where there is no such hit."""
    if alert is None:
        return None
    try:
        hits.get(conn, alert.number, manifest, subject)
    except UnknownRecordError:
        return None
    return manifests.get(conn, manifest)


def _between(conn: Connection, eyes: _Eyes, alert: HeldAlert, movement: str) -> HeldManifest | None:
    """Return the manifest of a movement that went between us and an alert's issuer.

    What the officer may not see is as if it were not held: its movement is nobody's here.
    """
    held = [one for one in manifests.versions(conn, movement) if not eyes.refused(conn, one)]
    mine = [one for one in held if one.partner == alert.partner]
    if held and not mine:
        raise InvalidAlertError(why=_NOT_BETWEEN.format(movement, alert.partner))
    return mine[0] if mine else None


def _named(alert: HeldAlert, manifest: HeldManifest | None, movement: str) -> str:
    """Return the movement that the issuer is told of: none that is between us and somebody else."""
    if movement or manifest is None:
        return movement
    return manifest.movement if manifest.partner == alert.partner else ""


_NOT_BETWEEN = "movement {} is not between this administration and {}: leave it out"


def _require_in_time(conn: Connection, held: HeldAlert, said: Feedback) -> None:
    """Pass what was done before the alert was taken back, as far as is known here.

    Nobody watches for an alert that is over.
    """
    happened = said.happened_at
    if said.seen_at is not None and said.seen_at >= held.valid_until:
        why = f"{held.alert_id} ended on {held.valid_until.isoformat()}, before anything was seen"
        raise InvalidAlertError(why=why)
    taken_back = [
        one.stored_at
        for one in alerts.versions(conn, held.issuer, held.alert_id)
        if one.version > held.version and one.function == WITHDRAWAL
    ]
    if not taken_back:
        return
    if happened is None or happened > min(taken_back):
        what = "a sighting is told that was" if said.seen_at else "a control is told that was done"
        when = min(taken_back).isoformat()
        why = f"{held.alert_id} was withdrawn on {when}: only {what} before"
        raise InvalidAlertError(why=why)
