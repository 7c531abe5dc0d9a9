"""What the register finds wrong with a paper: rules beside those of the agreement."""

from __future__ import annotations

from exchange_node.domain.finding import Rule, Severity

UNKNOWN_REQUEST = Rule(
    code="CAREC-H020",
    severity=Severity.ERROR,
    sentence="request {value}, which this answers, did not come to you from this node, or by"
    " another message than the one that is named",
    mend="Name the request's own number, and its message in RefToMessageId.",
)

REFERENCE_TAKEN = Rule(
    code="CAREC-H021",
    severity=Severity.ERROR,
    sentence="{value} of {issuer} is in the register already, with another text",
    mend="Send the new text under a number of its own.",
)

LAPSED = Rule(
    code="CAREC-H022",
    severity=Severity.ERROR,
    sentence="the oral request {value}, which this confirms, lapsed on {lapsed}",
    mend="Ask anew: send the request without naming the oral one.",
)

NOT_ORAL = Rule(
    code="CAREC-H023",
    severity=Severity.ERROR,
    sentence="{value}, which this confirms, is no oral request of {issuer} that waits for it"
    " ({stage})",
    mend="Name the oral request by the number that both desks wrote down, once.",
)

FULL = Rule(
    code="CAREC-H024",
    severity=Severity.ERROR,
    sentence="the matter of {value} has {most} papers already, which is as many as it may have",
    mend="Close the matter with a final answer, or ask anew under a number of its own.",
)

RULES = (UNKNOWN_REQUEST, REFERENCE_TAKEN, LAPSED, NOT_ORAL, FULL)
