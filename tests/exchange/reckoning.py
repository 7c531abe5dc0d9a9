"""What the clocks that run in days owe of one movement, reckoned beside the nodes that run them.

Read from the stores: a look of a person would leave a line of its own in the audit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from exchange_node.domain.movement import Event, State
from exchange_node.services.stations.movement.errands import CLOCKS, MANIFEST_DUE, NODE
from exchange_node.store import duties, outbox
from exchange_node.store.database import reading
from exchange_node.store.movements import events, views
from exchange_node.store.movements.events import KeptEvent
from tests.exchange.corridor import MRN, Corridor

ENQUIRED = datetime(2026, 3, 15, tzinfo=UTC)
"""Seven days after the last day to arrive, which the sample says is the seventh of March."""
RECOVERED = datetime(2026, 10, 8, tzinfo=UTC)
"""Seven months after that day has passed."""
ANSWERED, ANSWERED_LATE = timedelta(days=28), timedelta(days=40)
"""How long an enquiry may be answered: before the stage of recovery, and at it."""
RESULTS, RESULTS_ENQUIRED = timedelta(days=3), timedelta(days=6)
DISCHARGED = timedelta(days=1)
COMPETENT = timedelta(days=7)
MANIFEST = timedelta(hours=1)

NOT_ARRIVED = frozenset(
    {State.RELEASED, State.IN_TRANSIT, State.INCIDENT, State.REFUSED, State.DIVERTED}
)
APART = frozenset({Event.RELEASE, Event.AMENDMENT, Event.QUESTION, Event.STANDING, Event.REQUEST})
"""What is said meanwhile to one partner alone, as often as there are partners to say it to."""

ONCE = (
    "movement.recovery",
    "movement.undecided",
    "movement.unanswered",
    "movement.results-due",
    "movement.discharge-due",
)
CLOCKED = (*ONCE, "movement.enquiry", "movement.overdue", "movement.manifest-unanswered")
"""What a desk is told by a clock that runs in hours, days or months."""
BROKEN = frozenset({"movement.given-up", "node.broken"})


@dataclass(frozen=True)
class View:
    """A movement in one store."""

    state: State
    happened: list[KeptEvent]

    def of(self, event: Event, *, by_node: bool = False) -> list[KeptEvent]:
        """Return what was recorded of one kind, of all or of what the node did by itself."""
        return [
            one
            for one in self.happened
            if one.event is event and (not by_node or one.recorded_by == NODE)
        ]

    def since(self, event: Event) -> list[KeptEvent]:
        """Return what was recorded after the last of one kind, and that itself."""
        places = [at for at, one in enumerate(self.happened) if one.event is event]
        return self.happened[places[-1] :] if places else []


def view_of(world: Corridor, name: str) -> View | None:
    """Return how a movement stands at a node; None where it is not held."""
    with reading(world.nodes[name].engine) as conn:
        found = [one for test in (True, False) for one in views.named(conn, MRN, test=test)]
        if not found:
            return None
        (kept,) = found
        return View(kept.state, events.of_movement(conn, kept.number))


@dataclass
class Reckoning:
    """What is owed, noted after each walk of a node by the clock on its wall.

    Attributes:
        latest: the latest that a wall showed to a worker.
        owed: what a desk must have been told by then, by node and code.
        overdue: the enquiries whose time ran out while they were open.
        unanswered: the requests for a manifest that ran out before they had come to anybody.
    """

    world: Corridor
    latest: dict[str, datetime] = field(default_factory=dict)
    owed: set[tuple[str, str]] = field(default_factory=set)
    overdue: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)

    def note(self, name: str) -> None:
        """Require of a node what its clocks owe after a walk, and note what desks must hear."""
        now, view = self.world.walls[name](), view_of(self.world, name)
        first = self.latest.get(name, now)
        self.latest[name] = max(first, now)
        if name not in ("kz", "af"):
            self._note_asked(name, now)
            return
        with reading(self.world.nodes[name].engine) as conn:
            if view is None or duties.may_claim(conn, (*CLOCKS,), now):
                return  # a walk does so much and no more: the next one goes on
        self._note_results(name, view, now)
        if name == "kz":
            self._note_begun(view, first, now)
            self._note_answers(view, now)

    def _note_begun(self, view: View, before: datetime, now: datetime) -> None:
        by_node = view.of(Event.ENQUIRY, by_node=True)
        if self.latest["kz"] < ENQUIRED:
            assert [one for one in by_node if one.before is not State.ARRIVED] == []
        for moment in (ENQUIRED, RECOVERED):
            if before < moment <= now:
                assert view.state not in NOT_ARRIVED, (view.state, moment)
        if self.latest["kz"] < RECOVERED:
            assert view.of(Event.RECOVERY, by_node=True) == []

    def _note_answers(self, view: View, now: datetime) -> None:
        asked = view.since(Event.ENQUIRY)
        is_open = view.state is State.ENQUIRY or (
            view.state is State.ARRIVED and Event.ARRIVAL not in {one.event for one in asked}
        )
        if asked and is_open and Event.WITHDRAWAL not in {one.event for one in asked}:
            at = asked[0].recorded_at
            if now >= at + (ANSWERED_LATE if at >= RECOVERED else ANSWERED):
                self.overdue.add(asked[0].notice_id)
        claimed = view.of(Event.RECOVERY)
        if claimed and view.state is State.RECOVERY and now >= claimed[0].recorded_at + COMPETENT:
            self.owed.add(("kz", "movement.unanswered"))
        done = [one for one in view.happened if one.after is State.CONTROLLED]
        if view.state is State.CONTROLLED and now >= done[0].recorded_at + DISCHARGED:
            self.owed.add(("kz", "movement.discharge-due"))

    def _note_results(self, name: str, view: View, now: datetime) -> None:
        arrived = view.since(Event.ARRIVAL)
        if view.state is not State.ARRIVED or arrived[0].after is not State.ARRIVED:
            return
        at = arrived[0].occurred_at
        if now >= at + RESULTS:
            self.owed.add((name, "movement.results-due"))
        if name == "kz" and now >= at + RESULTS_ENQUIRED:
            assert Event.ENQUIRY in {one.event for one in arrived}

    def _note_asked(self, name: str, now: datetime) -> None:
        with reading(self.world.nodes[name].engine) as conn:
            if duties.may_claim(conn, (MANIFEST_DUE,), now):
                return
            for one in outbox.search(conn, limit=200):
                is_request = one.exchange.code == "TM-013" and one.answer is None
                if is_request and now >= one.queued_at + MANIFEST and not one.receipted_at:
                    self.unanswered.add(one.transmission.message_id)

    def require(self) -> None:
        """Pass where each desk heard once of what it had to hear of, and nobody of anything else.

        The nodes have walked until nothing was left, after the last of their clocks ran out.
        """
        for name, node in self.world.nodes.items():
            heard = self.heard(name)
            assert BROKEN.isdisjoint(heard), name
            for code in ONCE:
                assert heard[code] <= 1, (name, code)
                assert heard[code] == 1 or (name, code) not in self.owed, (name, code)
            with reading(node.engine) as conn:
                assert [one for one in duties.waiting(conn) if one.kind in CLOCKS] == [], name
            if name != "kz":
                for code in ("movement.enquiry", "movement.overdue", *ONCE[:3], ONCE[4]):
                    assert heard[code] == 0, (name, code)
        assert self.heard("uz")["movement.results-due"] == 0
        assert self.heard("tm")["movement.results-due"] == 0
        assert self.unanswered <= {
            one.facts["message"]
            for told in self.world.told.values()
            for one in told.told.values()
            if one.code == "movement.manifest-unanswered"
        }
        self._require_begun()

    def _require_begun(self) -> None:
        view, heard = view_of(self.world, "kz"), self.heard("kz")
        assert view is not None
        asked, claimed = view.of(Event.ENQUIRY, by_node=True), view.of(Event.RECOVERY)
        by_node = [one for one in claimed if one.recorded_by == NODE]
        assert heard["movement.enquiry"] == len(asked)
        assert heard["movement.recovery"] == len(by_node) <= 1
        if view.state in (State.ENQUIRY, State.ARRIVED):
            # By now its recovery would have begun, had no person to weigh what was replied.
            assert heard["movement.undecided"] == 1
        withdrawn = len(view.of(Event.WITHDRAWAL))
        # Before the arrival one clock begins it, and that of the recovery where it was withdrawn.
        assert sum(one.before is not State.ARRIVED for one in asked) <= 1 + withdrawn
        assert sum(one.before is State.ARRIVED for one in asked) <= 1 + withdrawn
        assert len(self.overdue) <= heard["movement.overdue"] <= len(view.of(Event.ENQUIRY))

    def heard(self, name: str) -> Counter[str]:
        """Return how often a desk was told of the movement, by code."""
        return Counter(one.code for one in self.world.told[name].told.values())


def unheard(world: Corridor) -> Iterator[tuple[str, str, str]]:
    """Yield what a node took from its own people, and a partner that was told has not: a loss."""
    stands = {name: view_of(world, name) for name in world.nodes}
    for name, view in stands.items():
        for one in view.happened if view is not None else ():
            if one.party != f"customs.{name}" or one.event in APART:
                continue
            for partner in one.told:
                theirs = stands[partner.removeprefix("customs.")]
                known = theirs.happened if theirs is not None else ()
                if (one.party, one.notice_id) not in {(k.party, k.notice_id) for k in known}:
                    yield name, one.event.value, partner
