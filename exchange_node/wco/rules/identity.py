"""Who sends, under which name, which movement: the identities that must be one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from exchange_node.domain.errors import InvalidDocumentError, MalformedIdentifierError
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.domain.identifiers import Mrn, PartyId, check_digit
from exchange_node.domain.message import CODES, Exchange
from exchange_node.wco.document import Document, Kind, Leaf
from exchange_node.wco.notation import TYPE_NAMES

_LOOKS_LIKE_MRN = re.compile(r"[0-9]{2}[A-Z]{2}[A-Z0-9]{13}[0-9]")
_LOOKS_LIKE_GRN = re.compile(r"([0-9]{2}[A-Z]{2}[A-Z0-9]{12})([0-9])(?:[A-Z][0-9]{6})?")
_GUARANTEE = "Declaration/ObligationGuarantee/ReferenceID"
_REFERENCES = (
    "Declaration/Consignment/PreviousDocument/ID",
    "Declaration/Consignment/ConsignmentItem/PreviousDocument/ID",
    "InterGov/ext:RiskAlert/ext:Subject/ext:DeclarationID",
)
_IS_PARTY = re.compile(r"customs\.[a-z]{2}")
_PARTY_IN_FRONT = re.compile(r"(customs\.[a-z]{2})-")

WRONG_SUBMITTER = Rule(
    code="CAREC-R201",
    severity=Severity.ERROR,
    sentence="the submitter is {value!r}, but {country} is responsible, whose node is {wanted!r}",
    mend="An administration sends in its own name: make both name the same country.",
)
WRONG_SENDER = Rule(
    code="CAREC-R202",
    severity=Severity.ERROR,
    sentence="ext:Exchange names {value!r} as sender, but {country} is responsible",
    mend="Seal the document anew in the name of the administration that sends it.",
)
WRONG_RECIPIENT = Rule(
    code="CAREC-R203",
    severity=Severity.ERROR,
    sentence="ext:Exchange names {value!r} as recipient: {why}",
    mend="Name the partner's node, `customs.` and its lower-case country code.",
)
WRONG_TYPE_NAME = Rule(
    code="CAREC-R204",
    severity=Severity.ERROR,
    sentence="the envelope says {value!r}, the body is {root}, which is called {wanted!r}",
    mend="Correct WCOTypeName.",
)
WRONG_MESSAGE_CODE = Rule(
    code="CAREC-R205",
    severity=Severity.ERROR,
    sentence="message code {value!r} carries {wanted}; this document is {found}",
    mend="docs/messages.md lists root, TypeCode and FunctionCode of every message code.",
)
FOREIGN_ALERT_NUMBER = Rule(
    code="CAREC-R206",
    severity=Severity.ERROR,
    sentence="the number {value!r} belongs to {owner}, but {submitter} submits it",
    mend="Only who issued a number may correct or withdraw what it names.",
)
MRN_CHECK_DIGIT = Rule(
    code="CAREC-R207",
    severity=Severity.WARNING,
    sentence="{value!r} at {pointer} looks like an MRN, but {why}",
    mend="Check the number against the document it was copied from.",
)
FOREIGN_MRN = Rule(
    code="CAREC-R208",
    severity=Severity.WARNING,
    sentence="the MRN {value!r} was given by {issuer}, the document comes from {country}",
    mend="Check that the number is that of this movement; a movement on its way may keep it.",
)
GRN_CHECK_DIGIT = Rule(
    code="CAREC-R209",
    severity=Severity.WARNING,
    sentence="{value!r} at {pointer} looks like a GRN, but its check digit is {found}, want {want}",
    mend="Check the number against the guarantee that it was copied from.",
)
RULES = (
    WRONG_SUBMITTER, WRONG_SENDER, WRONG_RECIPIENT, WRONG_TYPE_NAME, WRONG_MESSAGE_CODE,
    FOREIGN_ALERT_NUMBER, MRN_CHECK_DIGIT, FOREIGN_MRN,
    GRN_CHECK_DIGIT,
)  # fmt: skip


def check_identity(document: Document) -> tuple[Finding, ...]:
    """Return every break between the names a document goes by."""
    findings = [*_submitter(document), *_type_name(document), *_exchange(document)]
    if document.kind is Kind.TRANSIT_MANIFEST:
        findings += _movement(document, "Declaration/ID")
        findings += _references(document)
        findings += _guarantees(document)
    if document.kind is Kind.GOODS_DECLARATION:
        findings += _movement(document, "Declaration/ID")
    if document.kind is Kind.NOTIFICATION:
        findings += _movement(document, "InterGov/Declaration/ID")
    if document.kind is Kind.RISK_ALERT:
        findings += _alert_number(document)
        findings += _references(document)
    return tuple(findings)


def _submitter(document: Document) -> Iterator[Finding]:
    path = f"{document.root_name}/Submitter/ID"
    value = document.value(path)
    wanted = f"customs.{document.country.lower()}"
    # Who submits a goods declaration is often a trader, whose number is no node's.
    if document.kind is Kind.GOODS_DECLARATION and not _IS_PARTY.fullmatch(value):
        return
    if value and document.country and value != wanted:
        yield WRONG_SUBMITTER.found(
            pointer=path, value=value, country=document.country, wanted=wanted
        )


def _type_name(document: Document) -> Iterator[Finding]:
    wanted = TYPE_NAMES[document.root_name]
    value = document.header.get("WCOTypeName", "")
    if value and value != wanted:
        yield WRONG_TYPE_NAME.found(
            pointer="MetaData/WCOTypeName", value=value, root=document.root_name, wanted=wanted
        )


def _exchange(document: Document) -> Iterator[Finding]:
    try:
        exchange, _ = document.exchange, document.attachments
    except InvalidDocumentError as err:
        yield from err.findings
        return
    if exchange is None:
        return
    pointer = "MetaData/ext:Exchange"
    if document.country and exchange.sender != f"customs.{document.country.lower()}":
        yield WRONG_SENDER.found(
            pointer=f"{pointer}/ext:SenderID", value=exchange.sender, country=document.country
        )
    why = _why_no_recipient(exchange)
    if why:
        yield WRONG_RECIPIENT.found(
            pointer=f"{pointer}/ext:RecipientID", value=exchange.recipient, why=why
        )
    yield from _message_code(document, exchange)


def _why_no_recipient(exchange: Exchange) -> str:
    try:
        PartyId.parse(exchange.recipient)
    except MalformedIdentifierError:
        return "that is no party id"
    return "that is the sender" if exchange.recipient == exchange.sender else ""


def _message_code(document: Document, exchange: Exchange) -> Iterator[Finding]:
    code = CODES.get(exchange.code)
    if code is None:
        return
    root = document.root_name
    type_code = document.value(f"{root}/TypeCode") if code.type_code else ""
    found = (root, type_code, document.value(f"{root}/FunctionCode"))
    wanted = (str(code.root), code.type_code, code.function)
    is_of_type = type_code in (code.type_codes or ("",))
    if not is_of_type or (found[0], found[2]) != (wanted[0], wanted[2]):
        yield WRONG_MESSAGE_CODE.found(
            pointer="MetaData/ext:Exchange/ext:MessageCode",
            value=exchange.code,
            wanted="/".join(one for one in wanted if one),
            found="/".join(one for one in found if one),
        )


def _movement(document: Document, path: str) -> Iterator[Finding]:
    for leaf in document.at(path):
        if not _LOOKS_LIKE_MRN.fullmatch(leaf.value):
            continue
        wrong = list(_check_digit(leaf))
        yield from wrong
        issuer = leaf.value[2:4]
        if wrong:
            continue
        if document.kind is Kind.TRANSIT_MANIFEST and issuer != document.country:
            yield FOREIGN_MRN.found(
                pointer=leaf.pointer, value=leaf.value, issuer=issuer, country=document.country
            )


def _references(document: Document) -> Iterator[Finding]:
    """Check the movements that a document refers to, where they look like MRNs."""
    for path in _REFERENCES:
        for leaf in document.at(path):
            if _LOOKS_LIKE_MRN.fullmatch(leaf.value):
                yield from _check_digit(leaf)


def _check_digit(leaf: Leaf) -> Iterator[Finding]:
    try:
        Mrn.parse(leaf.value)
    except MalformedIdentifierError as err:
        why = err.facts["why"]
        yield MRN_CHECK_DIGIT.found(pointer=leaf.pointer, value=leaf.value, why=why)


def _guarantees(document: Document) -> Iterator[Finding]:
    """Check guarantees that go by a GRN: 17 characters, of a single voucher 24 (NCTS)."""
    for leaf in document.at(_GUARANTEE):
        looks = _LOOKS_LIKE_GRN.fullmatch(leaf.value)
        if looks and looks[2] != (want := check_digit(looks[1])):
            yield GRN_CHECK_DIGIT.found(
                pointer=leaf.pointer, value=leaf.value, found=looks[2], want=want
            )


def _alert_number(document: Document) -> Iterator[Finding]:
    value = document.value("InterGov/ID")
    submitter = document.value("InterGov/Submitter/ID")
    owner = _PARTY_IN_FRONT.match(value)
    if owner and owner[1] != submitter:
        yield FOREIGN_ALERT_NUMBER.found(
            pointer="InterGov/ID", value=value, owner=owner[1], submitter=submitter
        )
