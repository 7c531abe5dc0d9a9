"""What may be wrong with a script, by number."""

from __future__ import annotations

from exchange_node.domain.finding import Rule, Severity

NO_TOML = Rule(
    code="SIM-01",
    severity=Severity.ERROR,
    sentence="line {line}: this is no TOML: {why}",
    mend="Mend the line; texts stand in quotes, tables in brackets.",
)
UNKNOWN_KEY = Rule(
    code="SIM-02",
    severity=Severity.ERROR,
    sentence="line {line}: {pointer} is no key of a script",
    mend="Write it as one of: {known}.",
)
MISSING_KEY = Rule(
    code="SIM-03",
    severity=Severity.ERROR,
    sentence="line {line}: {pointer} is missing",
    mend="Add it; docs/simulate.md has every key.",
)
WRONG_VALUE = Rule(
    code="SIM-04",
    severity=Severity.ERROR,
    sentence="line {line}: {pointer} cannot be used: {why}",
    mend="Write a value as the sentence says; docs/simulate.md has every key.",
)
FOREIGN_OFFICE = Rule(
    code="SIM-05",
    severity=Severity.ERROR,
    sentence="line {line}: office {value} is none of {country}, which is played",
    mend="Name an office of {country}: an administration tells of its own offices.",
)
NEVER = Rule(
    code="SIM-06",
    severity=Severity.WARNING,
    sentence="line {line}: this step never comes, since that of line {earlier} takes it all",
    mend="Put it before that step, or give that step times.",
)
NO_MOVEMENT = Rule(
    code="SIM-07",
    severity=Severity.ERROR,
    sentence="line {line}: nothing says which movement is meant",
    mend="Write movement: what begins a script, and what follows an alert, names it.",
)
