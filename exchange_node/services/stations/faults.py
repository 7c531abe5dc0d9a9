"""What the node itself finds wrong with a document or message: rules beside those of the rooms."""

from __future__ import annotations

from exchange_node.domain.finding import Rule, Severity

AGREEMENT_AT_FAULT = Rule(
    code="CAREC-A001",
    severity=Severity.ERROR,
    sentence="grant {grant} of {agreement} withholds {pointer}, which the document must have",
    mend="The agreement has to allow this element; tell the liaison officer in charge of it.",
)

NOT_RELEASED = Rule(
    code="CAREC-A002",
    severity=Severity.ERROR,
    sentence="officer {by} did not let the message go: {why}",
    mend="Ask the officer; what is corrected is submitted anew.",
)

LAPSED = Rule(
    code="CAREC-A003",
    severity=Severity.ERROR,
    sentence="the message waited for officers and can leave no more: {why}",
    mend="Submit it anew: it is sealed anew, and officers see it again.",
)

OFFICERS_FIRST = Rule(
    code="CAREC-A004",
    severity=Severity.WARNING,
    sentence="it would wait for the release of {value} officer(s) who had no hand in making it",
    mend="Whoever has the role releaser looks at it with `exchange-node release show`.",
)

SUMMARY_ONLY = Rule(
    code="CAREC-A005",
    severity=Severity.WARNING,
    sentence="{partner} gets a summary only: grant {grant} does not let out who is meant",
    mend="Nothing is wrong. Who has to know them gets them under a grant that names the fields.",
)

NOT_THE_SAME = Rule(
    code="CAREC-F001",
    severity=Severity.ERROR,
    sentence="the sealed document says {field} {sealed}, the message's header says {header}",
    mend="Seal the document for this message: the two must not differ.",
)

UNKNOWN_ALERT = Rule(
    code="CAREC-F002",
    severity=Severity.ERROR,
    sentence="alert {value}, which this acknowledges, was not sent to you by this node",
    mend="Check the alert's id.",
)

VERSION_TAKEN = Rule(
    code="CAREC-F003",
    severity=Severity.ERROR,
    sentence="version {value} of alert {alert} is held already, with another text",
    mend="Send the new text under an id of its own.",
)

GONE = Rule(
    code="CAREC-F012",
    severity=Severity.ERROR,
    sentence="alert {value} was withdrawn by its version {version}: nothing of it is corrected",
    mend="Issue it under an id of its own.",
)

UNKNOWN_REQUEST = Rule(
    code="CAREC-F004",
    severity=Severity.ERROR,
    sentence="message {value}, which this {code} answers, is no {answered} that this node sent you",
    mend="Name the message that is answered in RefToMessageId.",
)

NOT_ATTACHED = Rule(
    code="CAREC-F005",
    severity=Severity.ERROR,
    sentence="attachment {value}: the sealed document names {sealed}, what came is {came}",
    mend="Seal the document with the very files that go with it, each named once.",
)

TOO_LARGE = Rule(
    code="CAREC-F006",
    severity=Severity.ERROR,
    sentence="sealed the document has {value} bytes; a partner takes at most {most}",
    mend="Split the declaration.",
)

NOT_OURS = Rule(
    code="CAREC-F007",
    severity=Severity.ERROR,
    sentence="{pointer} is {value!r}; from this node the partner takes {wanted} alone",
    mend="An administration sends in its own name: the document has to be its own.",
)

HIDDEN = Rule(
    code="CAREC-F008",
    severity=Severity.WARNING,
    sentence="grant {grant} does not cover {count} field(s) of the document, which are hidden "
    "here: {fields}",
    mend="Leave these fields out: nobody here sees them.",
)

NOT_YOURS = Rule(
    code="CAREC-F009",
    severity=Severity.ERROR,
    sentence="alert {value}, on which this is feedback, was not sent to you by this node",
    mend="Check the alert's id and its version.",
)

FEEDBACK_TAKEN = Rule(
    code="CAREC-F010",
    severity=Severity.ERROR,
    sentence="feedback {value} was received already",
    mend="Give each feedback a number of its own; there may be several on one alert.",
)

UNREASONED = Rule(
    code="CAREC-F011",
    severity=Severity.ERROR,
    sentence="stage {value} and the reason of a rejection do not go together",
    mend="Who rejects an alert says why (NLB, ILL, NCO); who does not gives no such reason.",
)

ACKNOWLEDGEMENT_TAKEN = Rule(
    code="CAREC-F013",
    severity=Severity.ERROR,
    sentence="acknowledgement {value} was received already and said something else",
    mend="Give each acknowledgement a number of its own.",
)

ORDER_TAKEN = Rule(
    code="CAREC-F021",
    severity=Severity.ERROR,
    sentence="order {value} was received already, and ordered something else",
    mend="Give the order an id of its own.",
)

UNKNOWN_ORDER = Rule(
    code="CAREC-F022",
    severity=Severity.ERROR,
    sentence="order {value} with these records, which this certifies, was not sent to you",
    mend="Certify the records of the order as it names them.",
)

NOTICE_TAKEN = Rule(
    code="CAREC-F023",
    severity=Severity.ERROR,
    sentence="notice {value} was received already, and said something else",
    mend="Give the notice an id of its own.",
)

NO_OUTAGE = Rule(
    code="CAREC-F060",
    severity=Severity.ERROR,
    sentence="{value} cannot be taken as an outage: {why}",
    mend="Announce it anew, as docs/availability.md says; what was said before still holds.",
)

RULES = (
    AGREEMENT_AT_FAULT,
    NOT_RELEASED,
    LAPSED,
    OFFICERS_FIRST,
    SUMMARY_ONLY,
    NOT_THE_SAME,
    UNKNOWN_ALERT,
    VERSION_TAKEN,
    GONE,
    UNKNOWN_REQUEST,
    NOT_ATTACHED,
    TOO_LARGE,
    NOT_OURS,
    HIDDEN,
    NOT_YOURS,
    FEEDBACK_TAKEN,
    UNREASONED,
    ACKNOWLEDGEMENT_TAKEN,
    ORDER_TAKEN,
    UNKNOWN_ORDER,
    NOTICE_TAKEN,
    NO_OUTAGE,
)
