"""A kept message → its document, after seal, binding, identity, grant and rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.domain.agreement import Grant
from exchange_node.domain.errors import (
    InvalidDocumentError,
    NotPermittedError,
    UnknownRecordError,
)
from exchange_node.domain.finding import Finding
from exchange_node.domain.message import ANSWERS, BUSINESS_ANSWER, Attachment, Exchange
from exchange_node.domain.standing import standing
from exchange_node.ebms.packaging.mime import content_id_key
from exchange_node.policy.minimising import Readable, permit_content, permit_sealing, readable
from exchange_node.security.certificates import fingerprint
from exchange_node.security.identity import require_document_identity
from exchange_node.security.seal import open_seal
from exchange_node.security.trust import Trust
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.services.stations.faults import (
    HIDDEN,
    NOT_ATTACHED,
    NOT_THE_SAME,
    UNKNOWN_REQUEST,
)
from exchange_node.store import outbox, payloads
from exchange_node.store.incoming import Incoming
from exchange_node.store.payloads import Vault
from exchange_node.store.records import attachments
from exchange_node.wco.customisation.versions import Versions
from exchange_node.wco.document import Document, read
from exchange_node.wco.rules import validate
from exchange_node.wco.rules.library import WcoLibrary

_FIELDS_NAMED = 5
"""Fields that a sentence names before it only counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a message brought: sealed by its sender for us, and permitted.

    Attributes:
        document: in the base version, whatever version it came in, without what its grant hides.
        content: the sealed document as it came, byte for byte.
        sealed_at: when it was sealed, as the verified seal says, to the second.
        findings: what the rules found; errors among them stop the document.
    """

    incoming: Incoming
    exchange: Exchange
    document: Document
    content: bytes
    sealed_at: datetime
    grant: Grant
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CameWith:
    """What came beside a document, as the document names it."""

    content_id: str
    mime_type: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Opens kept messages: verify before use, and use only what was verified."""

    trust: Trust
    library: WcoLibrary
    vault: Vault
    versions: Versions

    def open(self, conn: Connection, incoming: Incoming, exchange: Exchange) -> Opened:
        """Return what a message brought.

        Raises:
            BrokenSealError: the seal does not hold.
            AuthenticationError: seal, submitter, country and sender are not one administration.
            InvalidDocumentError: it is no WCO document, it was sealed for another exchange or with
                other attachments, or it answers what this node did not send.
            NotPermittedError: the grant does not cover what is in it.
        """
        assert incoming.payload_id is not None  # noqa: S101 - kept messages have their document
        sealed = payloads.fetch(conn, incoming.payload_id, self.vault)
        kept = attachments.of_message(conn, incoming.sender, incoming.message_id)
        came = tuple(
            CameWith(
                content_id=one.content_id,
                mime_type=one.mime_type,
                size=one.size,
                digest=one.digest,
            )
            for one in kept
        )

        def name(named: Sequence[Attachment]) -> None:
            attachments.name(conn, incoming.sender, incoming.message_id, named)

        return self.read(conn, sealed, came, incoming, exchange, attached=name)

    def read(
        self,
        conn: Connection,
        sealed: bytes,
        came: Sequence[CameWith],
        incoming: Incoming,
        exchange: Exchange,
        *,
        attached: Callable[[Sequence[Attachment]], None] = lambda _: None,
    ) -> Opened:
        """Return what a sealed document and what came with it bring, kept or not.

        `attached` is told what the document says of its attachments, once it is true.

        Raises:
            BrokenSealError, AuthenticationError: as `open`.
            InvalidDocumentError, NotPermittedError: as `open`.
        """
        partner = self.trust.partner(incoming.sender)
        opened = open_seal(sealed, partner.seal, at=incoming.received_at)
        day = incoming.received_at.date()
        came_as = read(opened.content)
        document, of_version = self.versions.taken(came_as, day)
        _require_same(document.exchange, exchange)
        _require_attached(document.attachments, came)
        attached(document.attachments)
        _require_request(conn, incoming, exchange)
        grant, seen = _require_content(
            conn, exchange, document, came_as.version, fingerprint(opened.signer)
        )
        require_document_identity(
            partner,
            sealer=opened.signer,
            submitter=document.value(f"{document.root_name}/Submitter/ID"),
            country=document.country,
            # An answer travels against its grant: then the sender is the grant's other end.
            granted_from=grant.sender if grant.recipient == exchange.recipient else grant.recipient,
        )
        # The rules see what everybody else here does: what they quote leaves again in the answer.
        return Opened(
            incoming=incoming,
            exchange=exchange,
            document=seen.document,
            content=sealed,
            sealed_at=opened.sealed_at,
            grant=grant,
            findings=(
                *of_version,
                *_hidden(grant, seen),
                *validate(seen.document, self.library, day),
            ),
        )


def _require_same(sealed: Exchange | None, header: Exchange) -> None:
    if sealed is None:
        raise InvalidDocumentError(
            (NOT_THE_SAME.found(field="ext:Exchange", sealed="nothing", header=header.code),)
        )
    different = tuple(
        NOT_THE_SAME.found(
            pointer=f"MetaData/ext:Exchange/{name}",
            field=name,
            sealed=getattr(sealed, name),
            header=getattr(header, name),
        )
        for name in Exchange.__slots__
        if getattr(sealed, name) != getattr(header, name)
    )
    if different:
        raise InvalidDocumentError(different)


def _require_attached(sealed: Sequence[Attachment], came: Sequence[CameWith]) -> None:
    """Return when what came is exactly what the document names, whatever the order."""
    named, found = _by_id(sealed), _by_id(came)
    if len(named) == len(sealed) and named == found:
        return
    different = [
        NOT_ATTACHED.found(
            pointer="MetaData/ext:Exchange/ext:Attachment",
            value=key,
            sealed=_said(named.get(key)),
            came=_said(found.get(key)),
        )
        for key in sorted({*named, *found})
        if named.get(key) != found.get(key) or len(named) != len(sealed)
    ]
    raise InvalidDocumentError(tuple(different))


def _by_id(
    files: Iterable[Attachment | CameWith],
) -> dict[str, tuple[str, int, str]]:
    return {content_id_key(one.content_id): (one.mime_type, one.size, one.digest) for one in files}


def _said(one: tuple[str, int, str] | None) -> str:
    return "nothing" if one is None else f"{one[0]}, {one[1]} bytes, SHA-256 {one[2]}"


def _require_request(conn: Connection, incoming: Incoming, exchange: Exchange) -> None:
    """Return when the second leg of an exchange has a first (OASIS ebMS 3.0 Core, 2.2.4)."""
    answered, ref = ANSWERS.get(exchange.code), incoming.header.get("refTo", "")
    if answered is None or not ref:  # what was kept before references were asked for has none
        return
    try:
        request = outbox.get(conn, ref)
    except UnknownRecordError:
        request = None
    if (
        request is None
        or request.transmission.partner != incoming.sender
        or request.exchange.code not in answered
        or request.exchange.test != exchange.test
    ):
        raise InvalidDocumentError(
            (UNKNOWN_REQUEST.found(value=ref, code=exchange.code, answered=" or ".join(answered)),)
        )


def _require_content(
    conn: Connection, exchange: Exchange, document: Document, schema: str, sealer: str
) -> tuple[Grant, Readable]:
    """Return the grant that the exchange names, and what it lets be read of the document.

    `schema` is the version that the document came in, `sealer` the SHA-256 of the certificate that
    it is sealed with.

    The agreement is the one whose text was named at the header gate, whatever has become of it.
    """
    agreements = [one.agreement for one in held_agreements(conn)]
    own = standing(exchange.code, exchange.sender, exchange.recipient, test=exchange.test)
    if own is not None:
        agreements = [own]
    for one in agreements:
        grant = one.grant(exchange.grant)
        if one.digest == exchange.agreement_digest and grant is not None:
            # An answer repeats to a sender what was the sender's own.
            is_answer = exchange.code == BUSINESS_ANSWER
            seen = Readable(document=document) if is_answer else readable(document, grant)
            code = exchange.code
            for verdict in (
                permit_sealing(one, grant, sender=exchange.sender, code=code, certificate=sealer),
                permit_content(seen.document, grant, code=code, schema=schema, agreement=one),
            ):
                if not verdict.is_permitted:
                    raise NotPermittedError(
                        denial=verdict.code.value, clause=verdict.clause, reason=verdict.text
                    )
            return grant, seen
    raise NotPermittedError(
        denial="DENY-NO-AGREEMENT",
        clause="deny by default",
        reason=f"{exchange.agreement_id} with this digest is not held here",
    )


def _hidden(grant: Grant, seen: Readable) -> tuple[Finding, ...]:
    """Return what the sender is told of fields that nobody here will see."""
    if not seen.hidden:
        return ()
    more = ", …" if len(seen.hidden) > _FIELDS_NAMED else ""
    fields = ", ".join(seen.hidden[:_FIELDS_NAMED]) + more
    return (HIDDEN.found(grant=grant.grant_id, count=str(seen.places), fields=fields),)
