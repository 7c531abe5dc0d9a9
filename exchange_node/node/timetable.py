"""The walks that nobody asks for: what each does, how many of it at once, whom it leaves work.

Every partner has a walk of its own, so that a partner that is slow or dead holds up nobody else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from exchange_node.services.accounting import BATCH as ACCOUNTS_AT_ONCE
from exchange_node.services.accounting import Accounting
from exchange_node.services.alerting import Reminding
from exchange_node.services.alerting.reminding import BATCH as REMINDED_AT_ONCE
from exchange_node.services.assistance.deadlines import BATCH as DEADLINES_AT_ONCE
from exchange_node.services.assistance.deadlines import Deadlines
from exchange_node.services.assistance.fulfilling import Fulfilling
from exchange_node.services.availability import Pulsing
from exchange_node.services.filing import Filing
from exchange_node.services.matching import Matching
from exchange_node.services.movements import Movements
from exchange_node.services.movements.comparing import BATCH as COMPARED_AT_ONCE
from exchange_node.services.movements.minding import BATCH as MINDED_AT_ONCE
from exchange_node.services.movements.waking import BATCH as WOKEN_AT_ONCE
from exchange_node.services.operating.awaiting import BATCH as AWAITED_AT_ONCE
from exchange_node.services.operating.awaiting import Awaiting
from exchange_node.services.posts.forwarding import BATCH as FORWARDED_AT_ONCE
from exchange_node.services.posts.forwarding import Forwarding
from exchange_node.services.pulling import Pulling
from exchange_node.services.reception import Reception
from exchange_node.services.releasing import Releasing
from exchange_node.services.retention import Disposing
from exchange_node.services.retention.disposing import BATCH as DISPOSED_AT_ONCE
from exchange_node.services.ruling.committing import AHEAD as DAYS_AT_ONCE
from exchange_node.services.ruling.committing import Committing
from exchange_node.services.sending import BATCH, Sending
from exchange_node.services.stations.looking.names import HEARD_AT_ONCE
from exchange_node.services.telling import Telling
from exchange_node.services.telling.notifying import BATCH as NOTIFIED_AT_ONCE

SENDING = "sending"
TELLING = "telling"
NOTIFYING = "notifying"
PULLING = "pulling"
FULFILLING = "fulfilling"
MINDING = "minding"
COMPARING = "comparing"
MATCHING = "matching"
RELEASING = "releasing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One walk of the timetable; called, it returns how much it did.

    Attributes:
        slots: how many of it may be under way at once, each in a thread of its own.
        batch: how much it does at the most; having done less, it has found nothing more.
        leaves: names of walks that may find work when this one has done something.
        again: when it should look next although nobody wakes it, of the moment at which it looked
            last; None for the usual round.
    """

    run: Callable[[], int]
    slots: int = 1
    batch: int = 1
    leaves: tuple[str, ...] = ()
    again: Callable[[datetime], datetime | None] = lambda _: None

    def __call__(self) -> int:
        """Walk once."""
        return self.run()


class Bell:
    """Rung when a walk has something to do; without a listener it waits for the timetable."""

    def __init__(self) -> None:
        self.listener: Callable[[str], None] | None = None
        self._is_stopping = False

    def stop(self) -> None:
        """Let nothing more be begun with a partner."""
        self._is_stopping = True

    def is_stopping(self) -> bool:
        """Whether nothing more is to be begun."""
        return self._is_stopping

    def ring(self, name: str) -> None:
        """Ask for a walk by its name; `sending` asks for that of every partner."""
        if self.listener is not None:
            self.listener(name)


def sending_to(partner: str) -> str:
    """Return the name of the walk that sends to a partner."""
    return f"{SENDING} {partner}"


def pulling_from(partner: str) -> str:
    """Return the name of the walk that pulls from a partner, and posts what it is owed for it."""
    return f"{PULLING} {partner}"


def timetable(
    *,
    accounting: Accounting,
    awaiting: Awaiting,
    committing: Committing,
    filing: Filing,
    matching: Matching,
    reception: Reception,
    pulling: Pulling,
    pulsing: Pulsing,
    sending: Sending,
    telling: Telling,
    disposing: Disposing,
    movements: Movements,
    deadlines: Deadlines,
    fulfilling: Fulfilling,
    releasing: Releasing,
    reminding: Reminding,
    forwarding: Forwarding,
    partners: Iterable[str],
) -> dict[str, Walk]:
    """Return the walks by name."""
    walks = {
        "filing": Walk(
            run=filing.run, leaves=(SENDING, TELLING, FULFILLING, MINDING, COMPARING, MATCHING)
        ),
        MATCHING: Walk(run=matching.run, leaves=(TELLING,)),
        "hearing": Walk(run=matching.hear, batch=HEARD_AT_ONCE),
        "handing-out": Walk(run=reception.handing_out.run, leaves=(TELLING,)),
        "forwarding": Walk(run=forwarding.run, batch=FORWARDED_AT_ONCE),
        "counting": Walk(run=reception.count),
        "accounting": Walk(run=accounting.run, batch=ACCOUNTS_AT_ONCE, leaves=(SENDING,)),
        "awaiting": Walk(run=awaiting.run, batch=AWAITED_AT_ONCE, leaves=(TELLING,)),
        "committing": Walk(run=committing.run, batch=DAYS_AT_ONCE, leaves=(TELLING,)),
        TELLING: Walk(run=telling.run, leaves=(NOTIFYING,)),
        "answering": Walk(run=telling.answering.run, leaves=(NOTIFYING, TELLING)),
        "waking": Walk(run=movements.waking.run, batch=WOKEN_AT_ONCE, leaves=("filing",)),
        COMPARING: Walk(
            run=movements.comparing.run, batch=COMPARED_AT_ONCE, leaves=(SENDING, TELLING)
        ),
        MINDING: Walk(run=movements.minding.run, batch=MINDED_AT_ONCE, leaves=(SENDING, TELLING)),
        FULFILLING: Walk(run=fulfilling.run, leaves=(SENDING, TELLING)),
        RELEASING: Walk(run=releasing.run, leaves=(SENDING, TELLING)),
        "disposing": Walk(run=disposing.run, batch=DISPOSED_AT_ONCE),
        "deadlines": Walk(run=deadlines.run, batch=DEADLINES_AT_ONCE, leaves=(TELLING,)),
        "reminding": Walk(run=reminding.run, batch=REMINDED_AT_ONCE, leaves=(TELLING,)),
        # Messages to a partner whose card was taken away: they fail, and are given up in time.
        sending_to("others"): Walk(run=sending.run_others),
        pulling_from("others"): Walk(run=pulling.receipts.run_others, leaves=(TELLING,)),
    }
    for place in sorted(telling.ways):
        walks[f"{NOTIFYING} {place}"] = _by(telling, place)
    for partner in partners:
        walks[sending_to(partner)] = _to(sending, partner)
        walks[pulling_from(partner)] = _from(pulling, partner)
        walks[f"pulsing {partner}"] = _pulse(pulsing, partner)
    return walks


def _by(telling: Telling, place: str) -> Walk:
    run = telling.notifying.run_for
    return Walk(run=lambda: run(place), batch=NOTIFIED_AT_ONCE, leaves=(NOTIFYING, TELLING))


def _from(pulling: Pulling, partner: str) -> Walk:
    return Walk(run=lambda: pulling.run_for(partner), leaves=("filing", TELLING))


def _pulse(pulsing: Pulsing, partner: str) -> Walk:
    # More than one sends at a time: having sent something, it has found nothing more.
    return Walk(run=lambda: pulsing.run_for(partner), batch=3, leaves=(TELLING,))


def _to(sending: Sending, partner: str) -> Walk:
    mode = sending.mode_of(partner)

    def run() -> int:
        return sending.run_for(partner)

    def again(since: datetime) -> datetime | None:
        return sending.rests_until(partner, since) if mode.per_minute else None

    return Walk(run=run, slots=mode.concurrency + 1, batch=BATCH, again=again)
