"""The numbered rules of structure: CAREC-R101 to R116."""

from __future__ import annotations

from exchange_node.domain.finding import Rule, Severity

MISSING = Rule(
    code="CAREC-R101",
    severity=Severity.ERROR,
    sentence="{name} is missing at {pointer} ({wco_id}: {meaning})",
    mend="Put it into the declaration, or bring it as a fact.",
)
EMPTY = Rule(
    code="CAREC-R102",
    severity=Severity.ERROR,
    sentence="{name} at {pointer} is empty",
    mend="Leave the element out where there is no value.",
)
WRONG_FORMAT = Rule(
    code="CAREC-R103",
    severity=Severity.ERROR,
    sentence="{name} at {pointer} is {value!r}, which does not have the format {format}",
    mend="Correct the value; n is digits, a letters, an any characters, with their number.",
)
TOO_LONG = Rule(
    code="CAREC-R104",
    severity=Severity.ERROR,
    sentence="{name} at {pointer} has {length} characters, {limit} is the most",
    mend="Shorten the value; the whole text has its place in ext:FullText beside it.",
)
TOO_MANY = Rule(
    code="CAREC-R105",
    severity=Severity.ERROR,
    sentence="{name} stands more often than {limit} times, at {pointer}",
    mend="Leave out the rest, or move it to the extension element that takes further ones.",
)
OUT_OF_ORDER = Rule(
    code="CAREC-R106",
    severity=Severity.ERROR,
    sentence="{name} at {pointer} comes too late: the order of elements is fixed",
    mend="Order the elements as wco_schemas/registry/wco_ids.tsv lists them.",
)
UNKNOWN_ELEMENT = Rule(
    code="CAREC-R107",
    severity=Severity.ERROR,
    sentence="{parent} has no element {name} ({pointer})",
    mend="Remove it, or put it where wco_schemas/registry/wco_ids.tsv lists it.",
)
NOT_REGISTERED = Rule(
    code="CAREC-R108",
    severity=Severity.WARNING,
    sentence="{name} in {parent} is not in the registry and is kept unread ({pointer})",
    mend="Agree on the element with the partner; until then no grant covers it.",
)
NOT_A_MOMENT = Rule(
    code="CAREC-R109",
    severity=Severity.ERROR,
    sentence="{name} at {pointer} is {value!r}, which is no date or moment with an offset",
    mend="Give a day (2026-03-01) or a moment with its offset (2026-03-01T08:00:00+05:00).",
)
WRONG_CONTENT = Rule(
    code="CAREC-R110",
    severity=Severity.ERROR,
    sentence="{pointer} holds {found}, wanted {wanted}",
    mend="Compare the element with wco_schemas/registry/wco_ids.tsv.",
)
NO_ATTRIBUTE = Rule(
    code="CAREC-R111",
    severity=Severity.ERROR,
    sentence="{name} at {pointer} lacks its attribute {attribute}",
    mend="Give the currency of an amount, the unit of a measure, the element a text stands for.",
)
UNKNOWN_CODE = Rule(
    code="CAREC-R112",
    severity=Severity.ERROR,
    sentence="{name} at {pointer} is {value!r}, which the list {list} does not have on {day}",
    mend="Use a code that holds on the day of the declaration (`exchange-node codelist show"
    " {list}`), or translate it in the profile.",
)
UNKNOWN_OFFICE = Rule(
    code="CAREC-R113",
    severity=Severity.ERROR,
    sentence="{name} at {pointer}: {country} has no customs office {value!r} on {day}",
    mend="Check the code; `exchange-node codelist show customs_offices` lists the offices of"
    " {country}. An office that is missing there comes with that country's next list.",
)
ENDED_CODE = Rule(
    code="CAREC-R114",
    severity=Severity.WARNING,
    sentence="{name} at {pointer} is {value!r}, which the list {list} had on {day} and has no more"
    " on {on}",
    mend="Nothing for this document: the day of the declaration counts. New ones need another"
    " code.",
)
UNKNOWN_PROCEDURE = Rule(
    code="CAREC-R115",
    severity=Severity.WARNING,
    sentence="{name} at {pointer} is {value!r}, which is no procedure of {country} on {day}",
    mend="Check the code; `exchange-node codelist show procedures` lists those of {country}.",
)
UNLISTED_CODE = Rule(
    code="CAREC-R116",
    severity=Severity.WARNING,
    sentence="{name} at {pointer} is {value!r}, which our list {list} does not have",
    mend="Check the code; an administration may use codes of its own, which travel as they are.",
)
RULES = (
    MISSING, EMPTY, WRONG_FORMAT, TOO_LONG, TOO_MANY, OUT_OF_ORDER, UNKNOWN_ELEMENT,
    NOT_REGISTERED, NOT_A_MOMENT, WRONG_CONTENT, NO_ATTRIBUTE, UNKNOWN_CODE, UNKNOWN_OFFICE,
    ENDED_CODE, UNKNOWN_PROCEDURE, UNLISTED_CODE,
)  # fmt: skip
