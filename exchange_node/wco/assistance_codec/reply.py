"""Reply ↔ InterGov with ext:AssistanceReply (MA-011 to MA-014)."""

from __future__ import annotations

from exchange_node.domain.assistance.papers import GROUNDS, MESSAGES, Reply
from exchange_node.wco.alert_codec.intergov import TOP, Reader, contact_of, head_of, statement_of
from exchange_node.wco.assistance_codec.parts import (
    documents_of,
    many,
    persons_of,
    read_documents,
    read_persons,
)
from exchange_node.wco.building import Metadata, Placed, build
from exchange_node.wco.document import Document, Kind
from exchange_node.wco.notation import iso_of
from exchange_node.wco.registry import Registry

_SAID = "InterGov/ext:AssistanceReply"
OUTCOME = f"{_SAID}/ext:OutcomeCode"
GROUND = f"{_SAID}/ext:GroundCode"
UNTIL = f"{_SAID}/ext:UntilDateTime"
_OUTCOMES = {act.value: act for act in MESSAGES}


def encode_reply(reply: Reply, *, metadata: Metadata, registry: Registry) -> Document:
    """Return the InterGov message that answers a request.

    Raises:
        InvalidDocumentError: a text has characters that XML has no room for.
    """
    placed = [
        *head_of(reply.code, reply.reply_id, reply.issuer, reply.issued_at),
        *contact_of(reply.contact),
        *documents_of(reply.documents),
        *statement_of(reply.text),
        Placed(f"{_SAID}/ext:RequestID", reply.request_id),
        Placed(f"{_SAID}/ext:RequesterID", reply.requester),
        Placed(OUTCOME, reply.act.value),
        Placed(f"{_SAID}/ext:LanguageID", reply.language),
        Placed(GROUND, reply.ground.value if reply.ground else ""),
        Placed(UNTIL, iso_of(reply.until) if reply.until else ""),
        Placed(f"{_SAID}/ext:UnverifiedIndicator", str(int(reply.unverified))),
        *persons_of(_SAID, reply.persons),
        *many(_SAID, "DeclarationID", reply.declarations),
    ]
    return build(registry, metadata, placed, kind=Kind.ASSISTANCE_REPLY)


def decode_reply(document: Document) -> Reply:
    """Return the reply that an InterGov message carries.

    Raises:
        InvalidDocumentError: it carries none, or a moment or a code cannot be read; all of them
            are named.
    """
    reader = Reader(document, "reply", Kind.ASSISTANCE_REPLY)
    reply = Reply(
        reply_id=reader.text(f"{TOP}/ID"),
        request_id=reader.text(f"{_SAID}/ext:RequestID"),
        requester=reader.text(f"{_SAID}/ext:RequesterID"),
        issuer=reader.text(f"{TOP}/Submitter/ID"),
        issued_at=reader.moment(f"{TOP}/IssueDateTime"),
        act=reader.named(OUTCOME, _OUTCOMES),
        language=reader.text(f"{_SAID}/ext:LanguageID"),
        contact=reader.contact(),
        ground=reader.named(GROUND, GROUNDS) if reader.text(GROUND) else None,
        until=reader.moment_or_none(UNTIL),
        text=reader.statement(),
        persons=read_persons(reader, _SAID),
        declarations=document.values(f"{_SAID}/ext:DeclarationID"),
        documents=read_documents(reader),
        unverified=reader.flag(f"{_SAID}/ext:UnverifiedIndicator"),
    )
    reader.finish()
    return reply
