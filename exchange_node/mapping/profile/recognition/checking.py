"""`[detect]` and `[read]` of a profile → how its files are recognised and taken apart, checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from exchange_node.mapping.profile.recognition.detection import Detection, Kind
from exchange_node.mapping.profile.recognition.layouts import (
    Delimited,
    Element,
    Fixed,
    Interchange,
    Layout,
    Level,
    Record,
    Span,
)
from exchange_node.mapping.profile.table import Table

DETECT_KEYS = {
    Kind.XML: ("roots", "namespaces", "having"),
    Kind.JSON: ("keys",),
    Kind.CSV: ("columns", "starts"),
    Kind.FIXED: ("starts",),
    Kind.EDIFACT: ("messages",),
}
READ_KEYS = {
    Kind.XML: ("nulls", "see_through"),
    Kind.JSON: ("body", "nothing"),
    Kind.CSV: ("encoding", "nothing", "delimiter", "quote", "header", "columns", "skip", "nest",
               "levels", "record", "records", "opens"),
    Kind.FIXED: ("encoding", "nothing", "skip", "record", "records", "opens"),
    Kind.EDIFACT: ("encoding", "nothing", "groups", "elements"),
}  # fmt: skip
LEVEL_KEYS = ("name", "key", "columns")
RECORD_KEYS = ("name", "within", "columns")
ENCODINGS = frozenset(
    {
        *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "latin-1", "gb18030", "gbk"),
        *("big5", "koi8-r", "koi8-u", "koi8-t", "kz1048", "ptcp154", "mac-cyrillic"),
        *("cp437", "cp850", "cp852", "cp855", "cp866", "cp1006"),
        *(f"windows-125{number}" for number in range(9)),
        *(f"iso-8859-{number}" for number in (*range(1, 12), *range(13, 17))),
    }
)
"""Encodings that a profile may name: those that national systems of the region write."""
_SPAN = re.compile(r"([1-9][0-9]{0,4})(?:\.\.([1-9][0-9]{0,4})?)?\Z")
_TAG = re.compile(r"[A-Z][A-Z0-9]{2}\Z")
_UNADDRESSABLE = re.compile(r"[\[\]/@=|]")


def detection(table: Table) -> Detection:
    """Compile how the files of a profile are recognised and read."""
    detect, how = table.table("detect"), table.table("read")
    written = how.text("kind", Kind.XML)
    if written not in tuple(Kind):
        how.fail(f"kind must be one of {', '.join(Kind)}")
    kind = Kind(written)
    detect.only(DETECT_KEYS[kind])
    how.only(("kind", "aliases", *READ_KEYS[kind]))
    if "detect" in table and not any(detect.texts(key) for key in DETECT_KEYS[kind]):
        detect.fail(f"{kind} files are recognised by {' or '.join(DETECT_KEYS[kind])}")
    return Detection(
        profile=table.profile,
        kind=kind,
        roots=detect.texts("roots"),
        namespaces=detect.texts("namespaces"),
        having=detect.texts("having"),
        see_through=frozenset(how.texts("see_through")),
        nulls=frozenset(how.texts("nulls")),
        keys=detect.texts("keys"),
        body=tuple(one for one in how.text("body").split("/") if one),
        columns=detect.texts("columns"),
        starts=_starts(detect),
        messages=detect.texts("messages"),
        aliases=how.mapping("aliases"),
        nothing=frozenset(how.texts("nothing")),
        encoding=_encoding(how),
        layout=_layout(how, kind),
    )


def _starts(table: Table) -> re.Pattern[str] | None:
    try:
        return re.compile(table.text("starts")) if "starts" in table else None
    except re.error as err:
        table.fail(f"starts: {err}")


def _encoding(table: Table) -> str:
    written = table.text("encoding").lower()
    if written and written not in ENCODINGS:
        table.fail(f"encoding {written!r} is not known; there are {', '.join(sorted(ENCODINGS))}")
    return written


def _layout(table: Table, kind: Kind) -> Layout | None:
    match kind:
        case Kind.CSV:
            return _delimited(table)
        case Kind.FIXED:
            return _fixed(table)
        case Kind.EDIFACT:
            return _interchange(table)
        case Kind.XML | Kind.JSON:
            return None


def _delimited(table: Table) -> Delimited:
    delimiters = table.texts("delimiter") or (",",)
    quote = table.text("quote", '"')
    if any(len(one) != 1 or one in "\r\n" for one in delimiters):
        table.fail('delimiter must be one character, or a list of them ("\\t" for the tabulator)')
    if len(quote) > 1 or quote in delimiters:
        table.fail("quote must be one character, other than the delimiter, or empty for none")
    has_header = table.flag("header") if "header" in table else True
    columns = table.texts("columns")
    records = _records(table, Kind.CSV)
    if columns and (has_header or records):
        table.fail("columns are named by the header or by the records; header = false if there"
                   " is none")  # fmt: skip
    nest = table.text("nest")
    if len(nest) > 1:
        table.fail("nest must be one character")
    if records and "levels" in table:
        table.fail("levels group rows that are alike; rows of different types have records")
    return Delimited(
        delimiters=delimiters,
        quote=quote,
        has_header=has_header and not records,
        columns=columns,
        skip=_number(table, "skip"),
        nest=nest,
        levels=tuple(_levels(table)),
        record=_number(table, "record", 1 if records else 0),
        opens=_opens(table, records),
        records=records,
    )


def _number(table: Table, key: str, otherwise: int = 0) -> int:
    value = table.values.get(key, otherwise)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1_000:
        table.fail(f"{key} must be a number from 0")
    return value


def _levels(table: Table) -> Iterable[Level]:
    rows = table.rows("levels")
    for number, row in enumerate(rows):
        row.only(LEVEL_KEYS)
        name = row.text("name")
        if not name and number:
            row.fail("only the first level may be without name: it is the declaration itself")
        _require_step(row, name or "declaration")
        last = number == len(rows) - 1
        if not last and not row.texts("columns"):
            row.fail("needs columns: the innermost level takes those that no other has")
        if not last and name and not row.texts("key"):
            row.fail("needs key: the columns by which its rows are told apart")
        yield Level(name=name, key=row.texts("key"), columns=tuple(_patterns(row)))


def _patterns(table: Table) -> Iterable[re.Pattern[str]]:
    for written in table.texts("columns"):
        yield re.compile(re.escape(written).replace(r"\*", ".*"))


def _require_step(table: Table, name: str) -> None:
    if _UNADDRESSABLE.search(name) or name in {"", ".", ".."}:
        table.fail(f"{name!r} cannot be named in a path")


def _records(table: Table, kind: Kind) -> Mapping[str, Record]:
    records: dict[str, Record] = {}
    for name, one in table.tables("records"):
        one.only((*RECORD_KEYS, "spans") if kind is Kind.FIXED else RECORD_KEYS)
        called = one.text("name", name)
        _require_step(one, called if called != "." else name)
        if kind is Kind.FIXED and "columns" in one:
            one.fail("values in columns of characters are named by spans")
        records[name] = Record(
            name="" if called == "." else called,
            within=one.text("within"),
            columns=one.texts("columns"),
            spans=tuple(_spans(one)),
        )
    for name, record in records.items():
        _require_way_up(table, name, record, records)
    return records


def _require_way_up(table: Table, name: str, record: Record, records: Mapping[str, Record]) -> None:
    seen = {name}
    while record.within:
        if record.within not in records:
            table.fail(f"records.{name}: there is no record {record.within!r} to be within")
        if record.within in seen:
            table.fail(f"records.{name}: it is within itself")
        seen.add(record.within)
        record = records[record.within]


def _spans(table: Table) -> Iterable[Span]:
    inner = table.table("spans")
    for name in inner.values:
        _require_step(inner, name)
        yield _span(inner, name)


def _span(table: Table, key: str) -> Span:
    found = _SPAN.match(table.text(key))
    if found is None:
        table.fail(f'{key} must be the first and last place, from 1: "3..20", "21" or "22.."')
    first = int(found[1])
    last = int(found[2] or 0) if ".." in found[0] else first
    if last and last < first:
        table.fail(f"{key} ends before it begins")
    return Span(name=key, first=first, last=last)


def _fixed(table: Table) -> Fixed:
    records = _records(table, Kind.FIXED)
    if not records:
        table.fail("needs records: what stands in the lines")
    if "record" not in table and len(records) > 1:
        table.fail("needs record: where the type of a line stands")
    return Fixed(
        record=_span(table, "record") if "record" in table else None,
        skip=_number(table, "skip"),
        opens=_opens(table, records),
        records=records,
    )


def _opens(table: Table, records: Mapping[str, Record]) -> str:
    opens = table.text("opens")
    if opens and (opens not in records or records[opens].within):
        table.fail(f"opens: there is no record {opens!r} at the top")
    return opens


def _interchange(table: Table) -> Interchange:
    groups, elements = table.table("groups"), table.table("elements")
    for name in (*groups.values, *elements.values):
        if not all(_TAG.match(one) for one in name.split("/")):
            table.fail(f"{name!r} is no segment")
    return Interchange(
        groups={name: frozenset(groups.texts(name)) for name in groups.values},
        elements={name: tuple(_elements(elements, name)) for name in elements.values},
    )


def _elements(table: Table, key: str) -> Iterable[Element]:
    for written in table.texts(key):
        name, _, parts = written.partition(":")
        for one in (name, *parts.split()):
            _require_step(table, one.strip())
        yield Element(name=name.strip(), parts=tuple(parts.split()))
