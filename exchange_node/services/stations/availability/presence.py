"""What a partner said last of itself, held against what is here: what differs, and how to mend it.

Nothing of it stops a message: the gates ask for themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.availability.outage import Function
from exchange_node.domain.availability.pulse import CLOCKS_APART, HeldText, Presence
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.policy.gates import HeldAgreement
from exchange_node.services.stations.availability.pulses import MOST_NAMED, texts_between
from exchange_node.services.stations.looking.views import View
from exchange_node.store.availability import outages, pulses

SILENT = Rule(
    code="PULSE-01",
    severity=Severity.WARNING,
    sentence="{value} has given no sign since {since}: {why}",
    mend="Messages to it are sent as ever. `exchange-node ping {value}` says what stands in the"
    " way; ask its operator.",
)
CLOCKS = Rule(
    code="PULSE-02",
    severity=Severity.WARNING,
    sentence="the clock of {value} is {seconds} seconds from ours",
    mend="Set both clocks by a time service: certificates, windows and audit rest on them.",
)
UNKNOWN_SCHEMA = Rule(
    code="PULSE-03",
    severity=Severity.WARNING,
    sentence="{value} reads version {versions} of the documents, which this node does not know",
    mend="Ask it for the version's folder and its new card before it switches (versions/).",
)
OTHER_TEXT = Rule(
    code="PULSE-04",
    severity=Severity.WARNING,
    sentence="{value} holds another text of {agreement} version {version} than this node",
    mend="Messages under it are refused. Compare both texts (`exchange-node agreement export`) and"
    " agree on a new version.",
)
ONE_SIDED = Rule(
    code="PULSE-05",
    severity=Severity.WARNING,
    sentence="{agreement} version {version} is in force at {here} and not at {there}",
    mend="Look at `exchange-node agreement list` on both sides; what is lacking is offered or"
    " countersigned again.",
)
UNHEARD = Rule(
    code="PULSE-06",
    severity=Severity.WARNING,
    sentence="{value} was asked whether it is there, and refuses the question: {why}",
    mend="Its program does not know it: set availability = false in its P-Mode file.",
)
RULES = (SILENT, CLOCKS, UNKNOWN_SCHEMA, OTHER_TEXT, ONE_SIDED, UNHEARD)


def presence_findings(
    conn: Connection,
    partners: Iterable[str],
    held: tuple[HeldAgreement, ...],
    own: str,
    now: datetime,
) -> tuple[Finding, ...]:
    """Return what is remarked of some partners; of who has announced that it is away, no silence.

    Nothing is said of a partner of which nothing was heard yet.
    """
    return tuple(
        one
        for partner in partners
        if (known := pulses.get(conn, partner)) is not None
        for one in _findings(
            known,
            texts_between(held, own, partner),
            now,
            own=own,
            is_away=any(
                Function.RECEIVE in out.functions and out.is_on(now)
                for out in outages.ahead(conn, partner, now)
            ),
        )
    )


def presence_view(conn: Connection, partner: str, now: datetime) -> View | None:
    """Return what is known of a partner, as it is shown; None where nothing was heard or asked."""
    known = pulses.get(conn, partner)
    if known is None:
        return None
    return {
        "partner": partner,
        "heard_at": known.heard_at.isoformat() if known.heard_at else None,
        "silent_since": (
            known.silent_since.isoformat()
            if known.silent_since is not None and known.is_silent(now)
            else None
        ),
        "clock_seconds": known.clock_seconds if known.program else None,
        "program": known.program,
        "schemas": list(known.schemas),
        "agreements": [
            {"agreement_id": one.agreement_id, "version": one.version, "digest": one.digest}
            for one in known.agreements
        ],
    }


def _findings(
    known: Presence, ours: tuple[HeldText, ...], now: datetime, *, own: str, is_away: bool
) -> Iterator[Finding]:
    who = known.partner
    if known.silent_since is not None and known.is_silent(now) and not is_away:
        since = known.silent_since.isoformat(timespec="seconds")
        yield SILENT.found(value=who, since=since, why=known.last_error or "-")
    elif known.silent_since is None and known.last_error:
        yield UNHEARD.found(value=who, why=known.last_error)
    if not known.program:
        return
    if abs(known.clock_seconds) > CLOCKS_APART.total_seconds():
        yield CLOCKS.found(value=who, seconds=f"{known.clock_seconds:+d}")
    if known.unknown_schemas:
        yield UNKNOWN_SCHEMA.found(value=who, versions=", ".join(known.unknown_schemas))
    if len(ours) == MOST_NAMED or len(known.agreements) == MOST_NAMED:
        return  # of so many, some may not have been named
    here = {(one.agreement_id, one.version): one.digest for one in ours}
    there = {(one.agreement_id, one.version): one.digest for one in known.agreements}
    for agreement, version in sorted(here.keys() | there.keys()):
        ours_is, theirs_is = here.get((agreement, version)), there.get((agreement, version))
        if ours_is is None or theirs_is is None:
            side, other = (who, own) if ours_is is None else (own, who)
            yield ONE_SIDED.found(
                value=who, agreement=agreement, version=version, here=side, there=other
            )
        elif ours_is != theirs_is:
            yield OTHER_TEXT.found(value=who, agreement=agreement, version=version)
