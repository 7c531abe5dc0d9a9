"""What mapping can find: each rule with its public id, how grave it is, its sentence, its mending.

A finding of these points into the national declaration (a source path with positions), except
for what is missing, which points at the WCO element and names what would fill it.
"""

from __future__ import annotations

from exchange_node.domain.finding import Rule, Severity

MISSING = Rule(
    code="CAREC-M001",
    severity=Severity.ERROR,
    sentence="{pointer} is obligatory, and nothing in the declaration or among the facts fills it",
    mend="It is filled from: {sources}.",
)
UNKNOWN_CODE = Rule(
    code="CAREC-M002",
    severity=Severity.ERROR,
    sentence="{pointer}: the code {value!r} is not in the table {table}, which fills {target}",
    mend="Correct the code, or add it to the table in a national profile that extends this one.",
)
UNLISTED_CODE = Rule(
    code="CAREC-M003",
    severity=Severity.WARNING,
    sentence="{pointer}: the code {value!r} is not in the table {table}; {target} has {written}",
    mend="Correct the code, or add it to the table in a national profile that extends this one.",
)
UNREADABLE_DATE = Rule(
    code="CAREC-M004",
    severity=Severity.ERROR,
    sentence="{pointer}: {value!r} is no date that {target} can be filled with; read are: {shapes}",
    mend="Correct the date at its source, or add its shape to the profile.",
)
UNREADABLE_NUMBER = Rule(
    code="CAREC-M005",
    severity=Severity.ERROR,
    sentence="{pointer}: {value!r} is no number that {target} can be filled with",
    mend="Write digits with a decimal point and nothing else.",
)
CONTRADICTED = Rule(
    code="CAREC-M006",
    severity=Severity.ERROR,
    sentence="the fact {pointer} says {value!r}, the declaration says {declared!r} at {at}",
    mend="A fact fills what the declaration leaves open and never overwrites: take it out, or "
    "correct the declaration.",
)
TOO_LONG = Rule(
    code="CAREC-M007",
    severity=Severity.ERROR,
    sentence="{pointer}: {value!r} has {length} characters; {target} takes {most} and is no text "
    "that may be cut",
    mend="Correct the value at its source.",
)
CUT = Rule(
    code="CAREC-M008",
    severity=Severity.WARNING,
    sentence="{pointer}: the text of {length} characters was cut to {most} for {target}; it "
    "travels whole beside it",
    mend="Nothing has to be done; a shorter text would fit.",
)
ROUNDED = Rule(
    code="CAREC-M009",
    severity=Severity.WARNING,
    sentence="{pointer}: {value} was rounded to {written} for {target}, which has {most} decimals",
    mend="Nothing has to be done, if so many decimals do not matter.",
)
DISAGREES = Rule(
    code="CAREC-M010",
    severity=Severity.WARNING,
    sentence="{pointer} says {value!r}, but {other} gives {found!r} ({check})",
    mend="Look which of the two is right, and correct the other at its source.",
)
TOO_MANY = Rule(
    code="CAREC-M011",
    severity=Severity.ERROR,
    sentence="{pointer} is one more than the {most} that {target} takes",
    mend="Split the declaration, or let the profile put the further ones elsewhere.",
)
SEVERAL = Rule(
    code="CAREC-M012",
    severity=Severity.ERROR,
    sentence="the file holds {count} declarations; only the first was mapped",
    mend="Submit them one by one.",
)
FOREIGN_NAMESPACE = Rule(
    code="CAREC-M013",
    severity=Severity.WARNING,
    sentence="the root is in the namespace {value!r}, which the profile {profile} does not know",
    mend="Check that the document is what it looks like; names alone were matched.",
)
TWICE_LOCAL = Rule(
    code="CAREC-M014",
    severity=Severity.WARNING,
    sentence="{pointer}: {value!r} is a local time that a change of the clock made occur twice or "
    "never",
    mend="Give the time with its offset.",
)
UNUSED_FACT = Rule(
    code="CAREC-M015",
    severity=Severity.WARNING,
    sentence="the fact {pointer} was not used: {reason}",
    mend="Look whether it belongs to this declaration.",
)

NO_CURRENCY = Rule(
    code="CAREC-M016",
    severity=Severity.ERROR,
    sentence="{pointer}: the amount {value!r} has no currency, so {target} cannot take it",
    mend="Name the currency in the declaration, or bring it as a fact.",
)

EXPIRED_CODE = Rule(
    code="CAREC-M030",
    severity=Severity.ERROR,
    sentence="{pointer}: the code {value!r} of the table {table}, which fills {target}, does not "
    "hold on {day}; it holds {times}",
    mend="Correct the code or the date, or the table in a national profile that extends this one.",
)
UNCONVERTIBLE = Rule(
    code="CAREC-M031",
    severity=Severity.ERROR,
    sentence="{pointer}: {value!r} is no unit that can be made {into} for {target}",
    mend="Correct the unit, or name it with its factor in the profile's [units].",
)

NO_ROOM_FOR_ORIGINAL = Rule(
    code="CAREC-M020",
    severity=Severity.WARNING,
    sentence="{pointer}: {value!r} was spelt {written!r} for {target}, beside which the original "
    "has no place",
    mend="The original stays in the report; write an identifier in Latin letters at its source.",
)
UNDECODABLE = Rule(
    code="CAREC-M050",
    severity=Severity.ERROR,
    sentence="line {line}, column {column}: the byte {value} is none of {encoding}, in which the "
    "file is said to be written; a sign stands in its place",
    mend="Write the file in one encoding, UTF-8 at best, or name its encoding in the profile.",
)
MIXED_ENCODINGS = Rule(
    code="CAREC-M051",
    severity=Severity.ERROR,
    sentence="line {line} is written in {value}, other lines in {encoding}; each was read in its "
    "own",
    mend="Write the whole file in one encoding, UTF-8 at best.",
)
OTHER_ENCODING = Rule(
    code="CAREC-M052",
    severity=Severity.WARNING,
    sentence="the file is said to be in {value}, but from line {line} on it is in {encoding}; it "
    "was read as that",
    mend="Correct the encoding in the profile, or in the file where that names it.",
)
NO_TEXT = Rule(
    code="CAREC-M053",
    severity=Severity.ERROR,
    sentence="line {line}, column {column}: {value} is no character of a text; {count} such "
    "character(s) were read as a sign",
    mend="Look how the file was written: a NUL or another control character is no value.",
)
BROKEN = Rule(
    code="CAREC-M054",
    severity=Severity.ERROR,
    sentence="line {line}, column {column}: {why}; what could be read of the file was",
    mend="Check that the whole file was written, and send it again.",
)
MORE_VALUES = Rule(
    code="CAREC-M055",
    severity=Severity.ERROR,
    sentence="line {line} has {count} values where there are {expected} columns; those beyond are "
    "named by their number",
    mend="Look for a delimiter inside a value that is not in quotes.",
)
FEWER_VALUES = Rule(
    code="CAREC-M056",
    severity=Severity.WARNING,
    sentence="line {line} has {count} values where there are {expected} columns",
    mend="Look whether the line was cut off.",
)
SAID_TWICE = Rule(
    code="CAREC-M057",
    severity=Severity.ERROR,
    sentence="line {line}, column {column}: the key {value!r} stands in its object a second time; "
    "the first is in line {first}",
    mend="Write what repeats as a list.",
)
SAYS_OTHERWISE = Rule(
    code="CAREC-M058",
    severity=Severity.ERROR,
    sentence="line {line}: {column} says {value!r}, but line {first} says {other!r} of the same "
    "{node}",
    mend="Correct the one that is wrong, or give what differs a level of its own in the profile.",
)
UNKNOWN_RECORD = Rule(
    code="CAREC-M059",
    severity=Severity.ERROR,
    sentence="line {line}: the profile {profile} knows no record of the type {value!r}",
    mend="Correct the type, or add the record to the profile.",
)
STRAY_RECORD = Rule(
    code="CAREC-M060",
    severity=Severity.ERROR,
    sentence="line {line}: the record {value!r} belongs to a record {within!r}, and none came "
    "before it",
    mend="Look at the order of the lines, and whether one is missing.",
)
WRONG_COUNT = Rule(
    code="CAREC-M061",
    severity=Severity.ERROR,
    sentence="line {line}: {segment} counts {value!r}, but there are {count} {what}",
    mend="Check that the whole file was written: the control count tells that something is lost.",
)
CUT_OFF = Rule(
    code="CAREC-M062",
    severity=Severity.ERROR,
    sentence="the file ends in line {line} without {value}",
    mend="Check that the whole file was written, and send it again.",
)
FURTHER = Rule(
    code="CAREC-M063",
    severity=Severity.WARNING,
    sentence="there are {count} more findings of {value} than are listed",
    mend="Mend those that are listed: the others are of the same kind.",
)
NO_LAST_END = Rule(
    code="CAREC-M064",
    severity=Severity.WARNING,
    sentence="the file ends in line {line} without {value}",
    mend="Check that the whole file was written, and send it again.",
)
STRAY_GROUP = Rule(
    code="CAREC-M065",
    severity=Severity.WARNING,
    sentence="line {line}: the segment {value} begins a group that nothing open takes in; it "
    "stands below the message",
    mend="Look at the order of the segments, and whether one is missing before it.",
)

RULES = (
    MISSING, UNKNOWN_CODE, UNLISTED_CODE, UNREADABLE_DATE, UNREADABLE_NUMBER, CONTRADICTED,
    TOO_LONG, CUT, ROUNDED, DISAGREES, TOO_MANY, SEVERAL, FOREIGN_NAMESPACE, TWICE_LOCAL,
    UNUSED_FACT, NO_CURRENCY, EXPIRED_CODE, UNCONVERTIBLE, NO_ROOM_FOR_ORIGINAL, UNDECODABLE,
    MIXED_ENCODINGS, OTHER_ENCODING, NO_TEXT, BROKEN, MORE_VALUES, FEWER_VALUES, SAID_TWICE,
    SAYS_OTHERWISE, UNKNOWN_RECORD, STRAY_RECORD, WRONG_COUNT, CUT_OFF, FURTHER, NO_LAST_END,
    STRAY_GROUP,
)  # fmt: skip
