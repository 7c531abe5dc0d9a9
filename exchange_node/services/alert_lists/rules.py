"""What is wrong with a row of a list of alerts, and why an alert stands in no file."""

from __future__ import annotations

from exchange_node.domain.finding import Rule, Severity

NO_REFERENCE = Rule(
    code="LIST-01",
    severity=Severity.ERROR,
    sentence="the row has no source_reference of 1 to {most} characters",
    mend="Give the number by which the alert is known where it comes from: by it a second import"
    " knows what is here.",
)
UNUSABLE = Rule(
    code="LIST-02",
    severity=Severity.ERROR,
    sentence="{pointer} cannot be used: {why}",
    mend="docs/alert-lists.md says what a column may be; moments have a time and an offset, such as"
    " 2026-03-02T08:00:00+05:00.",
)
TOO_LONG = Rule(
    code="LIST-03",
    severity=Severity.ERROR,
    sentence="{pointer} has {count} characters; {most} are the most of any cell",
    mend="Shorten it: what belongs to it can be told by the office to contact.",
)
RAGGED = Rule(
    code="LIST-04",
    severity=Severity.ERROR,
    sentence="the row has {count} cells; the header has {want}",
    mend="Give a cell to every column, empty ones too; quote what holds the sign between cells.",
)
REPEATED = Rule(
    code="LIST-05",
    severity=Severity.ERROR,
    sentence="{value} is the source_reference of another alert of the list, on line {first}",
    mend="Rows of one alert stand one below the other; give every other alert its own.",
)
OTHERWISE = Rule(
    code="LIST-06",
    severity=Severity.ERROR,
    sentence="{pointer} is said otherwise than on the first line of the alert, line {first}",
    mend="Leave it empty on the rows of further subjects.",
)
CHANGED = Rule(
    code="LIST-07",
    severity=Severity.ERROR,
    sentence="{value} was imported before, as {alert}, and said something else",
    mend="Leave the row out. What has changed is an alert of its own, with another"
    " source_reference; withdraw the first.",
)
NOT_HELD = Rule(
    code="LIST-11",
    severity=Severity.ERROR,
    sentence="no alert {value} is held here",
    mend="Check the number; what is not permitted to be seen is not found either.",
)
IN_NO_FILE = Rule(
    code="LIST-12",
    severity=Severity.ERROR,
    sentence="alert {value} is marked RED: it is for those alone whom it was given to, and a file"
    " has no named readers",
    mend="Show it to them (`alert show`), or send it to whom a grant names.",
)
NOT_OURS = Rule(
    code="LIST-13",
    severity=Severity.ERROR,
    sentence="alert {value} is a partner's: read back from a list it would be ours",
    mend="Export it as an event (`--misp`), or by itself (`onward export`).",
)
TOLD_OF = Rule(
    code="LIST-14",
    severity=Severity.ERROR,
    sentence="the supplier of alert {value} is told of each use",
    mend="Export it by itself (`onward export`), which tells it.",
)
NOT_PERMITTED = Rule(
    code="LIST-15",
    severity=Severity.ERROR,
    sentence="alert {value} may not be exported: {why}",
    mend="`agreement explain` says what the agreement permits; `onward ask` asks for consent.",
)
TOO_MANY = Rule(
    code="LIST-16",
    severity=Severity.WARNING,
    sentence="more than {most} alerts of ours have not come to their end: the newest are written",
    mend="Export the others by their numbers (`alert list` shows them).",
)
OVER = Rule(
    code="LIST-17",
    severity=Severity.ERROR,
    sentence="alert {value} is {state}: nothing is looked for by it any more",
    mend="Leave it out; who has it from an earlier file takes it out there.",
)
FILE_LEFT_OUT = Rule(
    code="LIST-18",
    severity=Severity.WARNING,
    sentence="of alert {value} {count} attached files are left out: they are marked RED",
    mend="Show them to those whom they were given to (`alert show`); no file names its readers.",
)
RULES = (
    NO_REFERENCE,
    UNUSABLE,
    TOO_LONG,
    RAGGED,
    REPEATED,
    OTHERWISE,
    CHANGED,
    NOT_HELD,
    IN_NO_FILE,
    NOT_OURS,
    TOLD_OF,
    NOT_PERMITTED,
    TOO_MANY,
    OVER,
    FILE_LEFT_OUT,
)
