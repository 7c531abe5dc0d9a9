"""One border post: looks up, verifies and records with or without a line; `sync` meets the node."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from exchange_node.domain.errors import (
    ClockSetBackError,
    InvalidSettingError,
    NoSnapshotError,
    StaleSnapshotError,
    UnreadableCodeError,
)
from exchange_node.domain.finding import Finding
from exchange_node.domain.identifiers import folded
from exchange_node.post import recording, verifying
from exchange_node.post.line import Line
from exchange_node.post.making import STORE, STORE_KEY, Setting
from exchange_node.post.recording import Observation
from exchange_node.post.store import Kept, PostStore
from exchange_node.post.syncing import Syncing
from exchange_node.post.trust import trusted_in
from exchange_node.security.carried import read_code, verify_code
from exchange_node.security.vault import NodeVault, open_storage_key

TOLD_FROM = timedelta(minutes=5)
"""A clock that differs by so much is told of (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A border post with what it keeps."""

    setting: Setting
    store: PostStore
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    @classmethod
    def open(
        cls,
        setting: Setting,
        passphrase: str,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        random_bytes: Callable[[int], bytes],
    ) -> Post:
        """Open the store of a post.

        Raises:
            PassphraseError: the passphrase is missing or wrong.
            InvalidSettingError: the folder holds no post.
            StoreError: the store cannot be opened.
        """
        try:
            envelope = (setting.folder / STORE_KEY).read_bytes()
        except OSError as err:
            why = err.strerror or "it cannot be read"
            raise InvalidSettingError(where=STORE_KEY, why=why) from None
        key = open_storage_key(envelope, passphrase, which=STORE_KEY)
        vault = NodeVault(key, random_bytes=random_bytes)
        store = PostStore(setting.folder / STORE, vault)
        return cls(setting=setting, store=store, clock=clock, new_id=new_id)

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def sync(self, line: Line) -> dict[str, Any]:
        """Hand over what was recorded, and fetch what is expected: what is missing of it.

        Raises:
            NodeOutOfReachError: the line broke off; what came before is kept, and stays.
            RefusedByNodeError: the node refuses.
            BrokenSealError: an answer is not this node's, or not to this question.
        """
        syncing = Syncing(
            store=self.store,
            office=self.setting.office,
            party=self.setting.party,
            test=self.setting.test,
            page=self.setting.page,
            clock=self.clock,
            new_id=self.new_id,
        )
        done = syncing.run(line)
        return done | {"findings": list(self._clock_findings())}

    def find(self, value: str, *, operator: str) -> dict[str, Any]:
        """Return what is expected with a number: of a movement, a vehicle, a container or a seal.

        Raises:
            NoSnapshotError, StaleSnapshotError: nothing that may be relied upon is kept.
            ClockSetBackError: the clock says less than it has said.
        """
        stated = self._require_fresh()
        now = self.clock()
        found = [one for one in self.store.found(folded(value)) if _lasts(one, self._right(now))]
        self._looked(value, operator, now, len(found))
        return {
            "arrivals": found,
            "stated_at": stated.isoformat(),
            "hours_old": self._hours(stated),
            "findings": list(self._clock_findings()),
        }

    def verify(self, text: str, *, operator: str) -> dict[str, Any]:
        """Return whether a code is genuine, who made it and when, and if it fits what is expected.

        Raises:
            UnreadableCodeError: it is no code, or a part of one.
            ClockSetBackError: the clock says less than it has said.
        """
        self._require_onward()
        code = read_code(text)
        trusted = trusted_in(self.store.note("trust"))
        now = self.clock()
        at, tolerance = self._right(now), self.setting.tolerance
        verified = verify_code(code, trusted, at=at, tolerance=tolerance)
        findings = list(verifying.findings_of(verified, test=self.setting.test))
        is_genuine = not findings
        try:
            stated = self._require_fresh()
        except (NoSnapshotError, StaleSnapshotError) as err:
            old = err.facts.get("at", "–")
            findings.append(verifying.NOTHING_TO_COMPARE.found(value=old))
            expected = []
        else:
            expected = [one for one in self.store.found(folded(code.movement)) if _lasts(one, at)]
            findings += verifying.compared(
                code, expected, party=self.setting.party, at=stated.isoformat()
            )
        if expected:
            self._looked(code.movement, operator, now, len(expected))
        findings += self._clock_findings()
        return {
            "outcome": verified.outcome.value,
            "genuine": is_genuine,
            "relied_upon": not any(one.is_error for one in findings),
            "movement": code.movement,
            "issuer": code.issuer,
            "signer": verified.signer_name,
            "made_at": code.made_at.isoformat(),
            "valid_until": code.valid_until.isoformat(),
            "test": code.test,
            "documents": dict(code.documents),
            "expected": [_brief(one) for one in expected],
            "findings": findings,
        }

    def record(self, one: Observation) -> Kept:
        """Keep what somebody saw, to be handed to the node when the line is up.

        Raises:
            UnreadableCodeError: no movement is named.
            InvalidSettingError: the moment has no offset, or lies ahead; or the node would not
                take something of it.
            StoreError: it could not be kept.
        """
        now = self.clock()
        if not folded(one.movement) or len(one.movement) > 70:
            raise UnreadableCodeError(why="no movement is named")
        if one.occurred_at is not None and (
            one.occurred_at.tzinfo is None or one.occurred_at > now
        ):
            why = "want a moment with an offset that has come already"
            raise InvalidSettingError(where="--at", why=why)
        for where, why in recording.unfit(one):
            raise InvalidSettingError(where=where, why=why)
        self.store.put_note("seen", {"at": max(now, self._seen()).isoformat()})
        return self.store.add_record(
            record_id := self._new_record(),
            lambda sequence: recording.written(
                one,
                record_id=record_id,
                sequence=sequence,
                office=self.setting.office,
                at=now,
            ),
        )

    def status(self) -> dict[str, Any]:
        """Return how old what is kept is, and what waits to be handed over."""
        state = self.store.note("state")
        waiting = self.store.records("waiting")
        return {
            "office": self.setting.office,
            "stated_at": state.get("stated_at"),
            "hours_old": self._hours(datetime.fromisoformat(state["stated_at"])) if state else None,
            "entries": len(self.store.tags()),
            "clock_seconds": state.get("ahead"),
            "trusted": {party: len(of) for party, of in self.store.note("trust").items()},
            "waiting": len(waiting),
            "unknown": [dict(one.plain) for one in self.store.records("unknown")],
            "refused": [dict(one.plain) for one in self.store.records("refused")],
            "findings": list(self._clock_findings()),
        }

    def _require_fresh(self) -> datetime:
        self._require_onward()
        state = self.store.note("state")
        if not state:
            raise NoSnapshotError
        stated = datetime.fromisoformat(state["stated_at"])
        if self._right(self.clock()) - stated > self.setting.lasts:
            most = int(self.setting.lasts.total_seconds() // 3600)
            raise StaleSnapshotError(hours=self._hours(stated), at=stated.isoformat(), most=most)
        return stated

    def _require_onward(self) -> None:
        now, last = self.clock(), self._seen()
        if now + self.setting.tolerance < last:
            raise ClockSetBackError(now=now.isoformat(), last=last.isoformat())
        if now > last:
            self.store.put_note("seen", {"at": now.isoformat()})

    def _seen(self) -> datetime:
        seen = self.store.note("seen").get("at")
        return datetime.fromisoformat(seen) if seen else datetime.min.replace(tzinfo=UTC)

    def _right(self, at: datetime) -> datetime:
        """Return a moment of this clock by the clock of the node, as they last met."""
        return at - timedelta(seconds=self.store.note("state").get("ahead", 0))

    def _hours(self, stated: datetime) -> int:
        return int((self._right(self.clock()) - stated).total_seconds() // 3600)

    def _clock_findings(self) -> list[Finding]:
        ahead = self.store.note("state").get("ahead", 0)
        if abs(ahead) < TOLD_FROM.total_seconds():
            return []
        rule = verifying.CLOCK_AHEAD if ahead > 0 else verifying.CLOCK_BEHIND
        return [rule.found(value=str(round(abs(ahead) / 60)))]

    def _looked(self, what: str, operator: str, at: datetime, found: int) -> None:
        """Write a look down before anything is shown; the node's access log has it with `sync`."""
        self.store.add_record(
            record_id := self._new_record(),
            lambda sequence: recording.look(
                what,
                record_id=record_id,
                sequence=sequence,
                office=self.setting.office,
                operator=operator,
                at=at,
                found=found,
            ),
        )

    def _new_record(self) -> str:
        return f"{self.setting.office}-{self.new_id()}"


def _lasts(entry: dict[str, Any], at: datetime) -> bool:
    """Whether the retention of an entry goes on."""
    until = entry.get("delete_after")
    return until is None or datetime.fromisoformat(until) > at


def _brief(entry: dict[str, Any]) -> dict[str, Any]:
    shown = ("number", "movement", "means", "equipment", "seals", "channel", "expected_arrival")
    return {name: entry.get(name) for name in shown}
