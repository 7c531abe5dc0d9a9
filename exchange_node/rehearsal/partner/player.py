"""Does what a script says, through the node that is played: its director, and a walk of its own."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

from exchange_node.config.intake import read_file
from exchange_node.domain.errors import NodeError, TransmissionError
from exchange_node.domain.finding import Finding, Severity
from exchange_node.domain.movement import (
    Control,
    Event,
    Report,
    SeenEquipment,
    SeenMeans,
    SeenPlace,
    SeenSeal,
    event_of_controls,
)
from exchange_node.node import Met, Node, Walk, play, post_again
from exchange_node.rehearsal.partner.action import CONTROL, Action
from exchange_node.rehearsal.partner.alerting import SCRIPT, Alerts
from exchange_node.rehearsal.partner.script import Script, Step
from exchange_node.rehearsal.story import sample_script

PLAYING = "playing"
AGAIN = timedelta(seconds=5)
"""After this what a partner's line did not take goes once more (our choice)."""
MOST_TRIES = 20
DECLARATION_BYTES = 20_000_000
_NOBODY = Met(code="", sender="", message_id="")

Say = Callable[[Mapping[str, object]], None]


def _silent(_: Mapping[str, object]) -> None:
    """Tell nobody what is done."""


@dataclass(order=True, slots=True)
class _Planned:
    """What is to be done at a moment; of one moment in the order of the script."""

    at: datetime
    number: int
    do: Callable[[], Mapping[str, object]] = field(compare=False)
    tries: int = field(default=0, compare=False)


@dataclass
class Player:
    """One script over one node that is in test.

    What is planned lives as long as the process: a script begins anew with it.

    Attributes:
        folder: where the files lie that the script names.
        say: told what the script did and what arrived, as plain values.
    """

    script: Script
    node: Node
    folder: Path = Path()
    say: Say = _silent

    def __post_init__(self) -> None:
        self._lock = threading.RLock()
        self._plan: list[_Planned] = []
        self._numbers = itertools.count()
        self._chosen: dict[str, Step | None] = {}
        self._planned: set[str] = set()
        self._spent: Counter[tuple[int, str]] = Counter()
        self._lost: Counter[str] = Counter()
        self._alerts = Alerts(self.node, self.folder)
        play(self.node, self)
        self.node.added = {
            PLAYING: Walk(
                run=self.run, batch=1_000_000, leaves=("sending",), again=lambda _: self._next()
            )
        }
        for one in self.script.start:
            self._add(one, _NOBODY)

    def run(self) -> int:
        """Do what is due; return how much it was."""
        done = 0
        while (planned := self._due()) is not None:
            done += 1
            try:
                said = planned.do()
            except TransmissionError as err:
                self._again(planned)
                said = {"failed": err.code, "why": str(err)}
            except NodeError as err:
                said = {"failed": err.code, "why": str(err)}
            self.say({"at": self.node.clock().isoformat(), **said})
        return done

    def objections(self, met: Met) -> Sequence[Finding]:
        """Return why the script rejects a message."""
        step = self._choose(met)
        if step is None or step.answer.verdict != "rejected":
            return ()
        answer = step.answer
        self._arrived(met, step, rejected=answer.code)
        return (
            Finding(
                code=answer.code,
                severity=Severity.ERROR,
                sentence="rejected by the script of the partner that is played: {why}",
                mend="Nothing has to be mended: it is what the script tries.",
                facts={"why": answer.because},
            ),
        )

    def taken(self, met: Met) -> None:
        """Plan what follows a message, once."""
        with self._lock:
            step = self._choose(met)
            if step is None or met.message_id in self._planned:
                return
            self._planned.add(met.message_id)
            for one in step.then:
                self._add(one, met)
        self._arrived(met, step)
        self.node.wake(PLAYING)

    def is_unanswered(self, message_id: str) -> bool:
        """Whether the script never answers a message."""
        step = self._chosen.get(message_id)
        return step is not None and step.answer.verdict == "none"

    def keeps_back(self, message_id: str, answer_id: str) -> bool:
        """Whether the script answers a message late; then its end is planned."""
        step = self._chosen.get(message_id)
        if step is None or not step.answer.after_seconds:
            return False

        def release() -> Mapping[str, object]:
            self.node.operating.release(SCRIPT, answer_id)
            return {"did": "answer", "message": message_id}

        self._at(step.answer.after_seconds, release)
        return True

    def loses_receipt(self, met: Met) -> bool:
        """Whether the receipt that a message gets now is lost."""
        with self._lock:
            step = self._chosen.get(met.message_id) or self._fitting(met)
            if step is None or self._lost[met.message_id] >= step.receipt.lost:
                return False
            self._lost[met.message_id] += 1
        self.say({"lost": "receipt", "code": met.code, "message": met.message_id})
        return True

    def _choose(self, met: Met) -> Step | None:
        """Return the step that a message is for: the same however often it is asked."""
        with self._lock:
            if met.message_id not in self._chosen:
                step = self._chosen[met.message_id] = self._fitting(met)
                if step is not None:
                    self._spent[self.script.steps.index(step), met.movement] += 1
            return self._chosen[met.message_id]

    def _fitting(self, met: Met) -> Step | None:
        return next(
            (
                step
                for number, step in enumerate(self.script.steps)
                if _fits(step, met) and self._spent[number, met.movement] < step.when.times
            ),
            None,
        )

    def _arrived(self, met: Met, step: Step, **more: str) -> None:
        arrived = {"arrived": met.code, "from": met.sender, "movement": met.movement}
        self.say(arrived | {"step": step.title or str(self.script.steps.index(step) + 1)} | more)

    def _add(self, action: Action, met: Met) -> None:
        def do() -> Mapping[str, object]:
            if action.is_about_alert:
                return self._of_alert(action, met)
            return self._submit(action) if action.submit else self._tell(action, met)

        self._at(action.after_seconds, do)

    def _at(self, seconds: int, do: Callable[[], Mapping[str, object]]) -> None:
        with self._lock:
            at = self.node.clock() + timedelta(seconds=seconds)
            heapq.heappush(self._plan, _Planned(at, next(self._numbers), do))

    def _again(self, planned: _Planned) -> None:
        if planned.tries + 1 < MOST_TRIES:
            with self._lock:
                at = self.node.clock() + AGAIN
                again = _Planned(at, next(self._numbers), planned.do, planned.tries + 1)
                heapq.heappush(self._plan, again)

    def _due(self) -> _Planned | None:
        with self._lock:
            if self._plan and self._plan[0].at <= self.node.clock():
                return heapq.heappop(self._plan)
            return None

    def _next(self) -> datetime | None:
        with self._lock:
            return self._plan[0].at if self._plan else None

    def _tell(self, action: Action, met: Met) -> Mapping[str, object]:
        number = action.movement or met.movement
        report = _report(action, number, self._office(action), self.node.clock())
        told = self.node.movements.telling.tell(SCRIPT, report)
        messages = told["messages"]
        ids = tuple(messages.values()) if isinstance(messages, Mapping) else ()
        self._double(action, map(str, ids))
        return {
            "did": "tell",
            "event": report.event.value,
            "movement": number,
            "state": told["state"],
            "not_told": told["not_told"],
        }

    def _of_alert(self, action: Action, met: Met) -> Mapping[str, object]:
        said, messages = self._alerts.do(action, met, self._office(action))
        self._double(action, messages)
        return said

    def _double(self, action: Action, messages: Iterable[str]) -> None:
        for one in messages:
            for _ in range(action.times - 1):
                self._repeat(one)

    def _repeat(self, message_id: str) -> None:
        def double() -> Mapping[str, object]:
            post_again(self.node, message_id)
            return {"did": "double", "message": message_id}

        self._at(0, double)

    def _submit(self, action: Action) -> Mapping[str, object]:
        facts = ""
        if action.submit == "sample":
            sample = sample_script()
            declaration, facts = sample.declaration, sample.facts
        else:
            declaration = read_file(self.folder / action.submit, DECLARATION_BYTES)
        if action.facts:
            facts = read_file(self.folder / action.facts, DECLARATION_BYTES).decode("utf-8-sig")
        done = self.node.dispatch.submit(SCRIPT, declaration, partner=action.to, facts=facts)
        return {"did": "submit", "submission": done.submission_id, "state": done.state.value}

    def _office(self, action: Action) -> str:
        return action.office or self.script.plays.office


def _fits(step: Step, met: Met) -> bool:
    when = step.when
    return (
        when.arrives == met.code
        and when.sender in ("", met.sender)
        and fnmatchcase(met.movement, when.movement)
        and (when.office == "*" or any(fnmatchcase(one, when.office) for one in met.offices))
    )


def _report(action: Action, number: str, office: str, now: datetime) -> Report:
    controls = tuple(Control(result=one) for one in action.results)
    event = event_of_controls(controls) if action.tell == CONTROL else Event(action.tell)
    seals = tuple(
        SeenSeal(id=one.id, condition=one.condition, replaces=one.replaces) for one in action.seals
    )
    is_seen = action.container or seals
    return Report(
        movement=number,
        event=event,
        office="" if event is Event.QUESTION else office,
        occurred_at=now - timedelta(seconds=action.happened_seconds_ago),
        means=SeenMeans(id=action.means) if action.means else None,
        equipment=(SeenEquipment(id=action.container, seals=seals),) if is_seen else (),
        packages=action.packages,
        controls=controls,
        ground=action.ground,
        place=SeenPlace(name=action.place) if action.place else None,
        remark=action.remark,
    )
