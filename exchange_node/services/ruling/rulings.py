"""What officers, auditors and operators ask about decisions, and what officers do to them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import (
    DecisionStandsError,
    EarlyKeyError,
    UnknownRecordError,
    UnusableQueryError,
)
from exchange_node.policy.viewing import ViewCode
from exchange_node.risk.deciding.draws import begins, is_over
from exchange_node.services.ruling.again import replayed
from exchange_node.services.ruling.counting import counted
from exchange_node.services.ruling.overruling import checked, judged_anew, overrule
from exchange_node.services.ruling.showing import act_view, day_view, rests_on_secret, told
from exchange_node.services.stations.deciding.alike import hidden_from
from exchange_node.services.stations.deciding.judging import Judging
from exchange_node.services.stations.looking.access_log import looked
from exchange_node.services.stations.looking.gate import (
    manifest_looked_at,
    require_role,
    require_view,
)
from exchange_node.services.stations.looking.views import View
from exchange_node.store import payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.deciding import acts, draws, rulings
from exchange_node.store.deciding.acts import KeptAct
from exchange_node.store.deciding.rulings import KeptRuling
from exchange_node.store.records import manifests
from exchange_node.store.records.held import HeldManifest

KIND = "decision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulings:
    """Answers about decisions; every question leaves a line in the access log."""

    judging: Judging
    engine: Engine
    clock: Callable[[], datetime]

    def list(self, actor: Actor, manifest: int, *, purpose: str = "") -> View:
        """Return the decisions on a manifest, the first first.

        Raises:
            RoleError, UnknownRecordError, NotPermittedError: as `show`.
        """
        self._may_see(actor, "look.decisions", "manifest", str(manifest), manifest, purpose)
        with reading(self.engine) as conn:
            found = rulings.of_manifest(conn, manifest)
        return {
            "manifest": manifest,
            "decisions": [
                {
                    "decision": one.number,
                    "at": one.at.isoformat(),
                    "channel": one.channel,
                    "drawn": one.drawn,
                    "rules": one.rules,
                    "digest": one.digest,
                }
                for one in found
            ],
        }

    def show(self, actor: Actor, number: int, *, purpose: str = "") -> View:
        """Return a decision with everything that went in, and what officers did about it.

        Raises:
            RoleError: the actor is no liaison officer.
            UnknownRecordError: there is none, or it rests on what the actor may not know of.
            NotPermittedError: the purpose does not cover it.
        """
        kept = self._permitted(actor, number, "look.decision", purpose)
        with reading(self.engine) as conn:
            done = [(one, self._words(conn, one)) for one in acts.of_ruling(conn, number)]
        return {
            "decision": kept.number,
            "manifest": kept.manifest,
            "movement": kept.movement,
            "direction": kept.direction,
            "office": kept.office,
            "at": kept.at.isoformat(),
            "inputs": json.loads(kept.inputs),
            "outcome": json.loads(kept.outcome),
            "digest": kept.digest,
            "acts": [act_view(one) | {"words": words} for one, words in done],
        }

    def replay(self, actor: Actor, number: int, *, purpose: str = "") -> View:
        """Make a decision again from what was stored, and say whether it is the same.

        Raises:
            RoleError, UnknownRecordError, NotPermittedError: as `show`.
        """
        kept = self._permitted(actor, number, "look.decision-replay", purpose)
        with reading(self.engine) as conn:
            again = replayed(conn, kept, self.judging.drawing.vault)
        return {
            "decision": kept.number,
            "same": not again.differs,
            "differs": list(again.differs),
            "stored_digest": kept.digest,
            "digest": again.digest,
            "outcome": again.outcome.decode("utf-8"),
        }

    def overrule(
        self, actor: Actor, number: int, *, channel: str, reason: str, words: str = "",
        purpose: str = "",
    ) -> View:  # fmt: skip
        """Put another channel in the place of the one that a decision has.

        Raises:
            RoleError: the actor is neither at a border post nor a liaison officer.
            UnknownRecordError, NotPermittedError, DisposedRecordError: as a look at the manifest.
            UnusableQueryError: channel, reason or words cannot be used.
            DecisionStandsError: it cannot be done to this decision.
        """
        now = self.clock()
        with reading(self.engine) as conn:
            kept = told(conn, actor, number, now)
        manifest = kept.manifest if kept else 0
        self._may_act(actor, "decision.overrule", KIND, number, manifest, purpose)
        assert kept is not None  # noqa: S101 - the gate lets nothing through that is not there
        why = checked(channel, reason, words, self.judging.drawing.rules)
        with transaction(self.engine) as conn:
            anew, act = overrule(
                conn, self.judging, kept, actor, now,
                channel=channel, reason=why, words=words,
            )  # fmt: skip
        if act is None:  # what is decided now is recorded all the same, and can be acted on
            raise DecisionStandsError(decision=number, why=f"now it is decision {anew.same[0]}")
        return {
            "decision": number,
            "channel": anew.decision.channel,
            "overruled": anew.decision.overruled,
            "in_force": act.is_in_force,
            "second_person_needed": not act.is_in_force,
        }

    def anew(self, actor: Actor, manifest: int, *, purpose: str = "") -> View:
        """Decide on a manifest by what is in force now; the same once more has the same number.

        One that was decided on before decisions were kept has none until this is done.

        Raises:
            RoleError, UnknownRecordError, NotPermittedError, DisposedRecordError: as `overrule`.
            DecisionStandsError: a later document has taken its place.
        """
        self._may_act(actor, "decision.anew", "manifest", manifest, manifest, purpose)
        now = self.clock()
        with transaction(self.engine) as conn:
            hides = hidden_from(conn, actor, now)
            anew = judged_anew(conn, self.judging, manifest, now, hides=hides)
        return {
            "manifest": manifest,
            "decision": anew.same[0],
            "channel": anew.decision.channel,
            "changed": anew.is_changed,
        }

    def key(self, actor: Actor, day: date) -> View:
        """Return the key of a day that has ended, with what was committed to before it.

        Raises:
            RoleError: the actor neither operates the node nor is a liaison officer.
            UnknownRecordError: nothing was drawn on that day.
            EarlyKeyError: the day has not ended.
        """
        now = self.clock()
        self._asks(actor, now, "look.draw-key", day.isoformat())
        with reading(self.engine) as conn:
            published = draws.day(conn, day)
            if not is_over(day, now):
                when = begins(day) + timedelta(days=1)
                raise EarlyKeyError(day=day.isoformat(), when=when.isoformat())
            key = draws.key_of(conn, day, self.judging.drawing.vault)
        return {**day_view(published), "key": key.hex()}

    def commitments(self, actor: Actor, *, limit: int = 50) -> View:
        """Return what was committed to, the latest day first; RoleError as of `key`."""
        self._asks(actor, self.clock(), "look.draw-days", "")
        with reading(self.engine) as conn:
            return {"days": [day_view(one) for one in draws.days(conn, limit=limit)]}

    def statistics(self, actor: Actor, begin: date, end: date, *, test: bool = False) -> View:
        """Return channels, draws and what was overruled, by office and direction.

        Args:
            begin, end: days in UTC, from (included) to (excluded).
            test: of test movements, else of production.

        Raises:
            RoleError: as `key`.
            UnusableQueryError: the days do not follow each other.
        """
        self._asks(actor, self.clock(), "look.decision-statistics", "")
        if end <= begin:
            raise UnusableQueryError(what="until", why="want a day after the first")
        with reading(self.engine) as conn:
            lines = counted(conn, self.judging.drawing.rules, begins(begin), begins(end), test=test)
        return {"from": begin.isoformat(), "until": end.isoformat(), "offices": lines}

    def rules(self, actor: Actor) -> View:
        """Return the rule set that decides now; RoleError as of `key`."""
        self._asks(actor, self.clock(), "look.rules", "")
        found = self.judging.drawing.rules
        return {"digest": found.digest, "rules": json.loads(found.octets)}

    def _words(self, conn: Connection, act: KeptAct) -> str:
        """Return what an officer wrote; it is gone with the manifest."""
        if act.words_id is None or payloads.about(conn, act.words_id).disposed_at is not None:
            return ""
        return payloads.fetch(conn, act.words_id, self.judging.drawing.vault).decode("utf-8")

    def _asks(self, actor: Actor, now: datetime, action: str, key: str) -> None:
        roles = (Role.OPERATOR, Role.LIAISON)
        require_role(self.engine, actor, now, *roles, action=action, kind="draws", key=key)
        looked(self.engine, actor, now, action, "draws", key)

    def _permitted(self, actor: Actor, number: int, action: str, purpose: str) -> KeptRuling:
        with reading(self.engine) as conn:
            kept = _perhaps(conn, number)
        manifest = kept.manifest if kept else 0
        self._may_see(actor, action, KIND, str(number), manifest, purpose)
        assert kept is not None  # noqa: S101 - of manifest 0 there is none
        now = self.clock()
        with reading(self.engine) as conn:
            is_secret = rests_on_secret(conn, kept, actor, now)
        if is_secret:
            looked(
                self.engine, actor, now, action, KIND, str(number), refused=ViewCode.SECRET.value
            )
            raise UnknownRecordError(kind=KIND, key=str(number))
        return kept

    def _may_act(
        self, actor: Actor, action: str, kind: str, key: int, manifest: int, purpose: str
    ) -> None:
        """Pass an officer at a border post or a liaison officer who may see the manifest."""
        now, roles = self.clock(), (Role.BORDER_POST, Role.LIAISON)
        require_role(self.engine, actor, now, *roles, action=action, kind=kind, key=str(key))
        with reading(self.engine) as conn:
            held = _held(conn, manifest)
        require_view(
            self.engine, actor, now, manifest_looked_at(held) if held else None,
            action=action, kind=kind, key=str(key), purpose=purpose,
        )  # fmt: skip

    def _may_see(
        self, actor: Actor, action: str, kind: str, key: str, manifest: int, purpose: str
    ) -> None:
        """Pass a liaison officer who may see the manifest; one that was disposed of hides nothing.

        A ruling has no value of the manifest's, so it is there to be checked when that is gone.
        """
        now = self.clock()
        require_role(self.engine, actor, now, Role.LIAISON, action=action, kind=kind, key=key)
        with reading(self.engine) as conn:
            held = _held(conn, manifest)
        if held is not None and held.disposed_at is not None:
            looked(self.engine, actor, now, action, kind, key, movement=held.movement)
            return
        require_view(
            self.engine, actor, now, manifest_looked_at(held) if held else None,
            action=action, kind=kind, key=key, purpose=purpose,
        )  # fmt: skip


def _held(conn: Connection, manifest: int) -> HeldManifest | None:
    try:
        return manifests.get(conn, manifest)
    except UnknownRecordError:
        return None


def _perhaps(conn: Connection, number: int) -> KeptRuling | None:
    try:
        return rulings.get(conn, number)
    except UnknownRecordError:
        return None
