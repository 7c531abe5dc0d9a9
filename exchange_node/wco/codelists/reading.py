"""bytes → text → lines and every fault of them → an edition; and lines → text.

Columns: code, name_en, valid_from, valid_to, source, retrieved, parted by tabs, in any order; the
first two have to be there. Days are ISO 8601, both ends included; an empty one is open.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.domain.finding import Finding
from exchange_node.wco.codelists import faults
from exchange_node.wco.codelists.cells import cell_faults, code_fault, day_of
from exchange_node.wco.codelists.lists import (
    OFFICES,
    Code,
    CodeLists,
    Edition,
    Place,
    code_lists_of,
)

COLUMNS = ("code", "name_en", "valid_from", "valid_to", "source", "retrieved")
NEEDED = COLUMNS[:2]
DAYS = ("valid_from", "valid_to", "retrieved")
_PLACE = re.compile(
    r"(?P<name>[a-z][a-z0-9_]*)(?:\.(?P<country>[A-Z]{2}))?(?:@(?P<since>[0-9-]{10}))?"
)
_MARK = "\ufeff"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def decode(data: bytes) -> tuple[str, tuple[Finding, ...]]:
    """Return the text of a file, and what is wrong with how it is written; "" where it is none."""
    if data.startswith(_UTF16):
        return "", (faults.NOT_UTF8.found(pointer="line 1", why="it is UTF-16"),)
    try:
        return data.decode(), ()
    except UnicodeDecodeError as err:
        line = data.count(b"\n", 0, err.start) + 1
        wrong = data[err.start : err.end].hex(" ").upper()
        why = f"the octets {wrong}"
        return "", (faults.NOT_UTF8.found(pointer=f"line {line}", value=wrong, why=why),)


def read_list(
    text: str, *, name: str = "", country: str = ""
) -> tuple[tuple[Code, ...], tuple[Finding, ...]]:
    """Return the lines of a list and everything that is wrong with it, by line.

    Lines that cannot be read are left out. `name` and `country` say what it is a list of.
    """
    findings: list[Finding] = []
    if text.startswith(_MARK):
        findings.append(faults.BYTE_ORDER_MARK.found(pointer="line 1"))
        text = text[1:]
    first, *rest = text.replace("\r\n", "\n").split("\n")
    columns = first.split("\t")
    wrong = tuple(_header_faults(first, columns))
    if wrong:
        return (), (*findings, *wrong)
    codes: list[Code] = []
    for number, line in enumerate(rest, start=2):
        if line.strip():
            code, found = _line(line, number, columns)
            findings += found
            if code is not None:
                codes.append(code)
    findings += _of_country(codes, name, country)
    findings += _doubles(codes)
    findings += _lacking(codes)
    findings.sort(key=lambda one: (not one.is_error, _number(one)))
    return tuple(codes), tuple(findings)


def _number(finding: Finding) -> int:
    return int(finding.pointer.rpartition(" ")[2] or 0)


def _header_faults(first: str, columns: list[str]) -> Iterator[Finding]:
    wanted = " ".join(COLUMNS)
    if not set(NEEDED) <= set(columns):
        yield faults.NO_HEADER.found(pointer="line 1", value=first, wanted=" ".join(NEEDED))
        return
    for place, column in enumerate(columns):
        if column not in COLUMNS:
            yield faults.UNKNOWN_COLUMN.found(pointer="line 1", value=column, wanted=wanted)
        elif column in columns[:place]:
            yield faults.COLUMN_TWICE.found(pointer="line 1", value=column)


def _line(line: str, number: int, columns: list[str]) -> tuple[Code | None, list[Finding]]:
    pointer = f"line {number}"
    cells = line.split("\t")
    if len(cells) != len(columns):
        wrong = faults.WRONG_WIDTH.found(
            pointer=pointer, value=line, found=len(cells), wanted=len(columns)
        )
        return None, [wrong]
    findings = list(cell_faults(line, cells, columns, pointer))
    has = dict(zip(columns, cells, strict=True))
    code = has["code"].strip()
    if not code:
        return None, [*findings, faults.NO_CODE.found(pointer=pointer)]
    why = code_fault(code)
    if why:
        findings.append(faults.WRONG_CODE.found(pointer=pointer, value=code, why=why))
    days: list[date | None] = []
    for column in DAYS:
        text = has.get(column, "").strip()
        days.append(day_of(text) if text else None)
        if text and days[-1] is None:
            findings.append(faults.WRONG_DATE.found(pointer=pointer, value=text, column=column))
    begin, end, _ = days
    if begin is not None and end is not None and end < begin:
        findings.append(faults.ENDS_FIRST.found(pointer=pointer, value=code, begin=begin, end=end))
    read = Code(
        code=code, name=has["name_en"].strip(), valid_from=begin, valid_to=end,
        source=has.get("source", "").strip(), retrieved=has.get("retrieved", "").strip(),
        line=number,
    )  # fmt: skip
    return read, findings


def _of_country(codes: Iterable[Code], name: str, country: str) -> Iterator[Finding]:
    if name != OFFICES:
        return
    for one in codes:
        why = ""
        if country and not one.code.startswith(country):
            why = "it begins with another country"
        elif not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{1,15}", one.code):
            why = "it is not two letters, then letters and digits"
        if why:
            yield faults.FOREIGN_CODE.found(
                pointer=f"line {one.line}", value=one.code, country=country or one.code[:2], why=why
            )


def _doubles(codes: Iterable[Code]) -> Iterator[Finding]:
    """Yield where lines of one code have days in common; each line is held to those before it."""
    same: dict[str, list[Code]] = {}
    for one in codes:
        before = same.setdefault(one.code, [])
        for other in before:
            days = (one.valid_from, one.valid_to)
            if days == (other.valid_from, other.valid_to):
                rule = faults.TWICE
            elif _overlap(one, other):
                rule = faults.OVERLAP
            else:
                continue
            yield rule.found(pointer=f"line {one.line}", value=one.code, other=other.line)
            break
        before.append(one)


def _overlap(one: Code, other: Code) -> bool:
    begin = max(one.valid_from or date.min, other.valid_from or date.min)
    end = min(one.valid_to or date.max, other.valid_to or date.max)
    return begin <= end


def _lacking(codes: list[Code]) -> Iterator[Finding]:
    if not codes:
        yield faults.NO_LINES.found(pointer="line 1")
    unnamed = [one for one in codes if not one.name]
    if len(unnamed) < len(codes):  # a list without any name was meant so
        for one in unnamed:
            yield faults.NO_NAME.found(pointer=f"line {one.line}", value=one.code)
    without = [one for one in codes if not one.source]
    if without:
        yield faults.NO_SOURCE.found(pointer=f"line {without[0].line}", lines=len(without))


def place_of(stem: str) -> Place:
    """Read what the name of a file, less its ending, says: `customs_offices.KZ@2026-12-01`.

    Raises:
        InvalidSettingError: it does not say what list the file is.
    """
    read = _PLACE.fullmatch(stem)
    since = day_of(read["since"]) if read and read["since"] else None
    if read is None or (read["since"] and since is None):
        raise InvalidSettingError(
            where=f"code list {stem}",
            why="want NAME.tsv, NAME.KZ.tsv for a country's part, NAME@2026-12-31.tsv from a day on"
            " (small letters, digits and underscores)",
        )
    return Place(name=read["name"], country=read["country"] or "", since=since)


def edition_of(place: Place, text: str) -> Edition:
    """Read one file as an edition.

    Raises:
        InvalidSettingError: something is wrong with it; the first error is named.
    """
    codes, findings = read_list(text, name=place.name, country=place.country)
    for one in findings:
        if one.is_error:
            raise InvalidSettingError(where=f"code list {place}.tsv, {one.pointer}", why=one.text)
    by_code: dict[str, tuple[Code, ...]] = {}
    for code in codes:
        by_code[code.code] = (*by_code.get(code.code, ()), code)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Edition(place=place, codes=by_code, digest=digest)


def read_code_lists(files: Mapping[str, str]) -> CodeLists:
    """Read editions by the names of their files, which may end in `.tsv`.

    Raises:
        InvalidSettingError: a file's name or something in it is not as it must be.
    """
    return code_lists_of(
        edition_of(place_of(file.removesuffix(".tsv")), text) for file, text in files.items()
    )


def write_list(codes: Iterable[Code]) -> str:
    """Return lines as a file has them."""
    lines = ["\t".join(COLUMNS)]
    for one in codes:
        days = (day.isoformat() if day else "" for day in (one.valid_from, one.valid_to))
        lines.append("\t".join((one.code, one.name, *days, one.source, one.retrieved)))
    return "\n".join(lines) + "\n"
