"""What is remarked of an outage that is announced later than partners were promised."""

from __future__ import annotations

from exchange_node.domain.finding import Rule, Severity

LATE_PLAN = Rule(
    code="AVAIL-01",
    severity=Severity.WARNING,
    sentence="outage {value} is announced {ahead} working days ahead; {due} are due for one that"
    " lasts so long",
    mend="Call the partners that it concerns; if it can wait, withdraw it and announce a later"
    " one.",
)
LATE_NOTICE = Rule(
    code="AVAIL-02",
    severity=Severity.WARNING,
    sentence="outage {value} began at {since}, more than {minutes} minutes before it was told",
    mend="Call the partners that it concerns: what they sent meanwhile is tried again by itself.",
)
NOT_TOLD = Rule(
    code="AVAIL-03",
    severity=Severity.WARNING,
    sentence="{value} was not told: {why}",
    mend="Tell it by another way, mail or telephone.",
)
LATE_AGREED = Rule(
    code="AVAIL-05",
    severity=Severity.WARNING,
    sentence="outage {value} is announced {ahead} hours ahead; agreements ask for {due} for one"
    " that lasts so long",
    mend="Call the partners that it concerns; if it can wait, withdraw it and announce a later"
    " one.",
)
RULES = (LATE_PLAN, LATE_NOTICE, NOT_TOLD, LATE_AGREED)
