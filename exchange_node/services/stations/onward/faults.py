"""What the node finds wrong with a partner's request for further use, or with an answer to ours."""

from __future__ import annotations

from exchange_node.domain.finding import Rule, Severity

NOT_SENT = Rule(
    code="CAREC-F031",
    severity=Severity.ERROR,
    sentence="{value}, whose further use is asked or told, was not sent to you by this node",
    mend="Name the record by the message that brought it: movement or alert, and MessageId.",
)

INCOMPLETE = Rule(
    code="CAREC-F032",
    severity=Severity.ERROR,
    sentence="the request does not say {value}",
    mend="Say which record it is, to whom, for which use and purpose, and why.",
)

OTHER_REQUEST = Rule(
    code="CAREC-F033",
    severity=Severity.ERROR,
    sentence="request {value} is held already, and asks for something else",
    mend="Ask for another thing under another number.",
)

NOT_ASKED = Rule(
    code="CAREC-F034",
    severity=Severity.ERROR,
    sentence="{value}, which this answers, asks nothing of you in the message that it refers to",
    mend="Answer the message that asks, under the number of its request.",
)

PLACE_TAKEN = Rule(
    code="CAREC-F035",
    severity=Severity.ERROR,
    sentence="an answer to {request} with the number {value} is held already",
    mend="Count the answers to a request on: the highest number is what holds.",
)

RULES = (NOT_SENT, INCOMPLETE, OTHER_REQUEST, NOT_ASKED, PLACE_TAKEN)
