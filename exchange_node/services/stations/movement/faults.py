"""What is wrong with a partner's notice of a movement."""

from __future__ import annotations

from exchange_node.domain.finding import Rule, Severity

OUT_OF_SEQUENCE = Rule(
    code="CAREC-F050",
    severity=Severity.ERROR,
    sentence="{event} of movement {value} is out of sequence (NCTS 92): it is {state}{missing}",
    mend="Compare the timelines (`exchange-node movement show`); send what is missing first.",
)
UNKNOWN_MOVEMENT = Rule(
    code="CAREC-F051",
    severity=Severity.ERROR,
    sentence="movement {value} is unknown here: no manifest of it was received (NCTS 90)",
    mend="Check the number; who sent goods off has to send their manifest (TM-010) here.",
)
NOT_THEIRS = Rule(
    code="CAREC-F052",
    severity=Severity.ERROR,
    sentence="{event} of movement {value} is not for {party} to tell: {part}",
    mend="docs/movement-life.md says whose event it is; the manifest says who takes part.",
)
FOREIGN_OFFICE = Rule(
    code="CAREC-F053",
    severity=Severity.ERROR,
    sentence="office {value} is none of {party}",
    mend="An administration tells what its own offices saw.",
)
NOTICE_TAKEN = Rule(
    code="CAREC-F054",
    severity=Severity.ERROR,
    sentence="notice {value} was told already, of something else",
    mend="Give each notice a number of its own.",
)
RULES = (OUT_OF_SEQUENCE, UNKNOWN_MOVEMENT, NOT_THEIRS, FOREIGN_OFFICE, NOTICE_TAKEN)
