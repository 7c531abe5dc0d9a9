"""OnwardRequest ↔ InterGov with ext:OnwardUse (MA-030)."""

from __future__ import annotations

from exchange_node.domain.onward.asking import ASKED, Asking, OnwardRequest
from exchange_node.domain.onward.wanted import RecordName, Use, Wanted
from exchange_node.domain.retention import Kept
from exchange_node.wco.alert_codec.intergov import TOP, Reader, head_of, statement_of
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.onward_codec.placing import USE, moment_of
from exchange_node.wco.registry import Registry

ASKING_CODES = {"CON": Asking.CONSENT, "NOT": Asking.NOTICE}
"""What a code of the list `onward_askings` stands for."""

USE_CODES = {"WRK": Use.WORK, "ADM": Use.ADMINISTRATIVE, "JUD": Use.JUDICIAL, "CRI": Use.CRIMINAL}
"""What a code of the list `onward_uses` stands for."""

RECORD_CODES = {"manifest": Kept.MANIFEST, "alert": Kept.ALERT}
"""What a code of the list `onward_records` stands for."""

_ASKING = {one: code for code, one in ASKING_CODES.items()}
_USES = {one: code for code, one in USE_CODES.items()}
_RECORDS = {one: code for code, one in RECORD_CODES.items()}


def encode_request(request: OnwardRequest, *, metadata: Metadata, registry: Registry) -> Document:
    """Return the InterGov message that asks for consent, or tells of a use (MA-030).

    Raises:
        InvalidDocumentError: a text has characters that XML has no room for.
    """
    wanted = request.wanted
    placed = [
        *head_of(ASKED, request.request_id, request.party, request.at),
        *statement_of(request.why),
        Placed(f"{USE}/ext:RequestID", request.request_id),
        Placed(f"{USE}/ext:AskingCode", _ASKING[request.asking]),
        Placed(f"{USE}/ext:RecordKindCode", _RECORDS[wanted.record.kind]),
        Placed(f"{USE}/ext:RecordID", wanted.record.subject),
        Placed(f"{USE}/ext:RecordMessageID", wanted.record.message_id),
        Placed(f"{USE}/ext:RecipientID", wanted.recipient),
        Placed(f"{USE}/ext:UseCode", _USES[wanted.use]),
        Placed(f"{USE}/ext:PurposeCode", wanted.purpose),
        *moment_of("ReplyDueDateTime", request.due_at),
        *moment_of("UntilDateTime", request.until),
    ]
    return build(registry, metadata, placed, kind=Kind.ONWARD_USE)


def decode_request(document: Document) -> OnwardRequest:
    """Return the request that an InterGov message carries.

    Raises:
        InvalidDocumentError: it carries none, or a code or a moment cannot be read; all of them
            are named.
    """
    reader = Reader(document, "request", Kind.ONWARD_USE)
    request = OnwardRequest(
        request_id=reader.text(f"{USE}/ext:RequestID"),
        party=reader.text(f"{TOP}/Submitter/ID"),
        asking=reader.named(f"{USE}/ext:AskingCode", ASKING_CODES),
        wanted=Wanted(
            record=RecordName(
                kind=reader.named(f"{USE}/ext:RecordKindCode", RECORD_CODES),
                subject=reader.text(f"{USE}/ext:RecordID"),
                message_id=reader.text(f"{USE}/ext:RecordMessageID"),
            ),
            recipient=reader.text(f"{USE}/ext:RecipientID"),
            use=reader.named(f"{USE}/ext:UseCode", USE_CODES),
            purpose=reader.text(f"{USE}/ext:PurposeCode"),
        ),
        why=reader.statement(),
        at=reader.moment(f"{TOP}/IssueDateTime"),
        until=reader.moment_or_none(f"{USE}/ext:UntilDateTime"),
        due_at=reader.moment_or_none(f"{USE}/ext:ReplyDueDateTime"),
    )
    reader.finish()
    return request
