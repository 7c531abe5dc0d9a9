"""BusinessAnswer ↔ WCO Response: code, severity, pointer, value and sentence of every finding.

WCO's own fields carry what fits them (Description an..512, ValidationCode an..8, the chain of ids
as far as ids are verified); our extension carries more of each. What is wrong with a document must
not make its answer wrong: what an answer has no room for is cut or left out, never refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from exchange_node.domain.errors import InvalidDocumentError
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.domain.message import BusinessAnswer
from exchange_node.wco.building import Metadata, Placed, build, writable
from exchange_node.wco.codelists.ncts import ncts_error
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.notation import iso_of, read_moment, steps
from exchange_node.wco.registry import OURS, UNVERIFIED, Registry

NOT_READABLE = Rule(
    code="CAREC-R012",
    severity=Severity.ERROR,
    sentence="the answer cannot be read: {name} is {value!r}",
    mend="Validate the document; the findings say what is missing or wrong.",
)
RULES = (NOT_READABLE,)

ACCEPTED, REJECTED = "ACC", "REJ"
FUNCTION = "9"
_LONGEST_DESCRIPTION = 512
_LONGEST_QUOTED = 1_000
"""Of a value that is quoted: whoever sent it has the whole of it (our choice)."""
_LONGEST_SENTENCE = 1_000
"""Of a sentence, that quotes values too (our choice)."""
_REFERENCE, _ID = "Response/Declaration/FunctionalReferenceID", "Response/Declaration/ID"
_POSITION = "Response/Error/Pointer/SequenceNumeric"
_SHORT_CODE = re.compile(r"CAREC-([A-Z][0-9]{3})")


def encode_answer(answer: BusinessAnswer, *, metadata: Metadata, registry: Registry) -> Document:
    """Return the Response that carries an answer; seconds are the finest its moment is told in.

    Characters that XML has no room for are told as U+FFFD. A value of blanks is not quoted, and a
    number of the document that an answer has no room for is left out.

    Raises:
        InvalidDocumentError: a value cannot be placed; the registry lacks a path of an answer.
    """
    placed = [
        Placed("Response/FunctionCode", FUNCTION),
        Placed("Response/FunctionalReferenceID", writable(answer.reference)),
        Placed("Response/IssueDateTime", iso_of(answer.issued_at)),
        Placed("Response/Submitter/ID", writable(answer.issuer)),
        Placed("Response/Status/NameCode", ACCEPTED if answer.accepted else REJECTED),
        Placed(_REFERENCE, _fitting(_REFERENCE, answer.document_reference, registry)),
        Placed(_ID, _fitting(_ID, answer.document_id, registry)),
        Placed("Response/ext:AnsweredMessageID", writable(answer.message_id)),
    ]
    for number, finding in enumerate(answer.findings, start=1):
        placed += _error(f"Response/Error[{number}]", finding, registry)
    return build(registry, metadata, placed)


def decode_answer(document: Document) -> BusinessAnswer:
    """Return the answer that a Response carries; sentences come back as they were said.

    Raises:
        InvalidDocumentError: it is no Response, or lacks what an answer must have.
    """
    if document.kind is not Kind.RESPONSE:
        raise InvalidDocumentError((NOT_READABLE.found(value=document.kind, name="the root"),))
    issued_at = read_moment(document.value("Response/IssueDateTime"))
    if issued_at is None:
        raise _unreadable("Response/IssueDateTime", document.value("Response/IssueDateTime"))
    status = document.value("Response/Status/NameCode")
    if status not in (ACCEPTED, REJECTED):
        raise _unreadable("Response/Status/NameCode", status)
    return BusinessAnswer(
        reference=document.value("Response/FunctionalReferenceID"),
        issuer=document.value("Response/Submitter/ID"),
        issued_at=issued_at,
        message_id=document.value("Response/ext:AnsweredMessageID"),
        document_reference=document.value("Response/Declaration/FunctionalReferenceID"),
        document_id=document.value("Response/Declaration/ID"),
        accepted=status == ACCEPTED,
        findings=tuple(_findings(document)),
    )


def _error(at: str, finding: Finding, registry: Registry) -> Iterator[Placed]:
    sentence = _cut(writable(finding.text), _LONGEST_SENTENCE)
    short = _SHORT_CODE.fullmatch(finding.code)
    yield Placed(f"{at}/Description", _cut(sentence))
    if short:
        yield Placed(f"{at}/ValidationCode", short[1])
    yield from _chain(at, finding.pointer, registry)
    yield Placed(f"{at}/ext:RuleCode", writable(finding.code))
    if ncts := ncts_error(finding.code):
        yield Placed(f"{at}/ext:NCTSErrorCode", ncts)
    yield Placed(f"{at}/ext:FindingSeverityCode", finding.severity.value)
    yield Placed(f"{at}/ext:FindingPointer", _shown(finding.pointer, _LONGEST_SENTENCE))
    yield Placed(f"{at}/ext:FindingValue", _shown(finding.value, _LONGEST_QUOTED))
    if _cut(sentence) != sentence:
        yield Placed(f"{at}/ext:FullText[1]", sentence, {"element": "Description"})


def _chain(at: str, pointer: str, registry: Registry) -> Iterator[Placed]:
    """Place WCO's chain of pointers: class ids from the root, the attribute id at the end."""
    names: list[str] = []
    section = ""
    for link, (name, position) in enumerate(steps(pointer) or (), start=1):
        names.append(name)
        entry = registry.entry("/".join(names))
        if entry is None or entry.wco_id in (OURS, UNVERIFIED):
            return
        if not entry.is_class:
            yield Placed(f"{section}/TagID", entry.wco_id)
            return
        section = f"{at}/Pointer[{link}]"
        if position > 1:
            place = _fitting(_POSITION, str(position), registry)
            if not place:
                return
            yield Placed(f"{section}/SequenceNumeric", place)
        yield Placed(f"{section}/DocumentSectionCode", entry.wco_id)


def _findings(document: Document) -> Iterator[Finding]:
    rows: dict[str, dict[str, str]] = {}
    for leaf in document.leaves():
        if leaf.path.startswith("Response/Error/"):
            row = rows.setdefault(leaf.pointer.split("/")[1], {})
            row.setdefault(leaf.path.removeprefix("Response/Error/"), leaf.value)
    for row in rows.values():
        severity = row.get("ext:FindingSeverityCode", "")
        if severity not in ("error", "warning") or not row.get("ext:RuleCode"):
            raise _unreadable("Response/Error", severity)
        sentence = row.get("ext:FullText") or row.get("Description", "")
        yield Finding(
            code=row["ext:RuleCode"],
            severity=Severity(severity),
            # A sentence of a finding is a template; one that was said has nothing to fill in.
            sentence=sentence.replace("{", "{{").replace("}", "}}"),
            mend="",
            pointer=row.get("ext:FindingPointer", ""),
            value=row.get("ext:FindingValue", ""),
        )


def _fitting(path: str, text: str, registry: Registry) -> str:
    """Return a text where its place holds it whole, else nothing."""
    entry = registry.entry(path)
    longest = entry.max_length if entry else None
    return _shown(text, len(text)) if longest is None or len(text) <= longest else ""


def _shown(text: str, longest: int) -> str:
    """Return as much of a text as is quoted; nothing of one in which nobody sees anything."""
    return _cut(writable(text), longest) if text.strip() else ""


def _cut(sentence: str, longest: int = _LONGEST_DESCRIPTION) -> str:
    """Cut a sentence at a word to what its place holds."""
    if len(sentence) <= longest:
        return sentence
    cut = sentence[: longest - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"


def _unreadable(pointer: str, value: str) -> InvalidDocumentError:
    found = NOT_READABLE.found(pointer=pointer, value=value, name=pointer.rpartition("/")[2])
    return InvalidDocumentError((found,))
