"""The numbered rules of a code list: CAREC-L001 to L020. An error keeps a list from being taken."""

from __future__ import annotations

from exchange_node.domain.finding import Rule, Severity

NOT_UTF8 = Rule(
    code="CAREC-L001",
    severity=Severity.ERROR,
    sentence="the file is not UTF-8: {why}",
    mend="Save the list as UTF-8 text; what a spreadsheet calls Unicode text is UTF-16.",
)
BYTE_ORDER_MARK = Rule(
    code="CAREC-L002",
    severity=Severity.WARNING,
    sentence="the file begins with a byte order mark",
    mend="Nothing has to be done: `codelist import` leaves it out.",
)
NO_HEADER = Rule(
    code="CAREC-L003",
    severity=Severity.ERROR,
    sentence="the first line is {value!r}, which does not name the columns {wanted}",
    mend="Begin with a line that names the columns, parted by tabs: not by commas or semicolons.",
)
UNKNOWN_COLUMN = Rule(
    code="CAREC-L004",
    severity=Severity.ERROR,
    sentence="there is no column {value!r}",
    mend="Take the column out, or name it as one of these: {wanted}.",
)
COLUMN_TWICE = Rule(
    code="CAREC-L005",
    severity=Severity.ERROR,
    sentence="the column {value!r} stands twice",
    mend="Take one of the two out.",
)
WRONG_WIDTH = Rule(
    code="CAREC-L006",
    severity=Severity.ERROR,
    sentence="the line has {found} cells, the header {wanted}",
    mend="Part the cells by one tab each, empty ones too; no cell has a tab or a line end in it.",
)
NO_CODE = Rule(
    code="CAREC-L007",
    severity=Severity.ERROR,
    sentence="the code is empty",
    mend="Give the code, or take the line out.",
)
WRONG_CODE = Rule(
    code="CAREC-L008",
    severity=Severity.ERROR,
    sentence="the code {value!r} cannot be used: {why}",
    mend="Type the code again, in one script and without spaces.",
)
SPACES = Rule(
    code="CAREC-L009",
    severity=Severity.ERROR,
    sentence="{column} is {value!r}, with spaces that nobody sees",
    mend="Take the spaces at the ends, the doubled and the unbreakable ones out.",
)
HIDDEN = Rule(
    code="CAREC-L010",
    severity=Severity.ERROR,
    sentence="{column} has the character {character}, which nobody sees",
    mend="Take the character out.",
)
FORMULA = Rule(
    code="CAREC-L011",
    severity=Severity.ERROR,
    sentence="{column} is {value!r}, which a spreadsheet would take for a formula",
    mend="Begin the cell with a letter or a digit.",
)
QUOTES = Rule(
    code="CAREC-L012",
    severity=Severity.ERROR,
    sentence="{column} is {value!r}: a list has no quotation marks round a cell",
    mend="Export without quotation marks, or take them out.",
)
WRONG_DATE = Rule(
    code="CAREC-L013",
    severity=Severity.ERROR,
    sentence="{column} is {value!r}, which is no day",
    mend="Write days as 2026-12-31; leave the cell empty where there is no end.",
)
ENDS_FIRST = Rule(
    code="CAREC-L014",
    severity=Severity.ERROR,
    sentence="the code {value!r} ends on {end}, before it begins on {begin}",
    mend="Check both days; they are the first and the last on which the code may be used.",
)
TWICE = Rule(
    code="CAREC-L015",
    severity=Severity.ERROR,
    sentence="the code {value!r} stands in line {other} already, with the same days",
    mend="Take one of the two lines out.",
)
OVERLAP = Rule(
    code="CAREC-L016",
    severity=Severity.ERROR,
    sentence="the code {value!r} is valid in line {other} too, on days that both lines have",
    mend="Let the earlier line end on the day before the later one begins.",
)
FOREIGN_CODE = Rule(
    code="CAREC-L017",
    severity=Severity.ERROR,
    sentence="the code {value!r} is no customs office of {country}: {why}",
    mend="The code of an office is the country, then letters and digits, 17 in all at the most.",
)
NO_NAME = Rule(
    code="CAREC-L018",
    severity=Severity.WARNING,
    sentence="the code {value!r} has no name",
    mend="Say in English what the code stands for; officers of other countries read it.",
)
NO_SOURCE = Rule(
    code="CAREC-L019",
    severity=Severity.WARNING,
    sentence="{lines} line(s) do not say where they come from",
    mend="Name the order or the classifier in the column `source`, and the day you took it from"
    " there in `retrieved`.",
)
NO_LINES = Rule(
    code="CAREC-L020",
    severity=Severity.WARNING,
    sentence="the list has no codes",
    mend="Nothing is checked against an empty list of offices or procedures; any other refuses"
    " every code.",
)
RULES = (
    NOT_UTF8, BYTE_ORDER_MARK, NO_HEADER, UNKNOWN_COLUMN, COLUMN_TWICE, WRONG_WIDTH, NO_CODE,
    WRONG_CODE, SPACES, HIDDEN, FORMULA, QUOTES, WRONG_DATE, ENDS_FIRST, TWICE, OVERLAP,
    FOREIGN_CODE, NO_NAME, NO_SOURCE, NO_LINES,
)  # fmt: skip
