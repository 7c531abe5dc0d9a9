"""Document → sealed → packed → outbox row: the last stations of every message that leaves.

Where the grant asks for officers the sealed document goes into the waiting room instead, and is
packed when they have let it go: a header that was made days ago is one that partners refuse.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from exchange_node.domain.agreement import Agreement, Approval, Grant
from exchange_node.domain.errors import MissingSettingError
from exchange_node.domain.finding import Finding
from exchange_node.domain.lanes import lane_out
from exchange_node.domain.message import (
    AttachedFile,
    Attachment,
    Exchange,
)
from exchange_node.domain.releasing.release import BY_NODE, OFFICERS, Made
from exchange_node.domain.transmission import Transmission
from exchange_node.domain.transmission.content import InMemory, NewSpool, size_of
from exchange_node.ebms.message import Limits, OwnKeys, PartnerKeys, Payload
from exchange_node.ebms.pack import pack
from exchange_node.ebms.pmodes.derivation import outgoing
from exchange_node.ebms.pmodes.partner_mode import Binding, PartnerMode
from exchange_node.ebms.pmodes.pmode import PMode
from exchange_node.policy.cutting import cut
from exchange_node.policy.minimising import Minimised, minimise, permit_sealing
from exchange_node.policy.verdict import Verdict
from exchange_node.security.certificates import fingerprint
from exchange_node.security.keys import Signer
from exchange_node.security.seal import seal
from exchange_node.security.signature import Reference
from exchange_node.services.stations.faults import TOO_LARGE
from exchange_node.services.stations.vocabulary import header_of
from exchange_node.services.stations.waiting.prepared import Prepared
from exchange_node.services.stations.waiting.room import keep_waiting
from exchange_node.store import outbox, payloads
from exchange_node.store.outgoing import Outgoing
from exchange_node.store.payloads import Vault
from exchange_node.wco.customisation.versions import Versions, Written
from exchange_node.wco.document import Document

MOST_BYTES = Limits().max_document_bytes
"""Of a sealed document: what a partner takes that was told nothing else."""
SEAL_BYTES = 32_768
"""Room for a document's seal with its certificate (our choice; an RSA seal has about 5 000)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """Seals with the administration's key, signs and encrypts with the access point's.

    Attributes:
        seal_key: returns what seals at a moment; raises InvalidSettingError where nothing does.
        mask_key: returns what values are hashed with under the agreement of that id.
        longest_wait: how long a message waits for officers before it lapses.
    """

    seal_key: Callable[[datetime], Signer]
    keys: OwnKeys
    partners: Mapping[str, PartnerKeys]
    modes: Mapping[str, PartnerMode]
    vault: Vault
    new_message_id: Callable[[], str]
    random_bytes: Callable[[int], bytes]
    mask_key: Callable[[str], bytes]
    versions: Versions
    longest_wait: timedelta
    new_spool: NewSpool = InMemory

    def minimised(self, document: Document, agreement: Agreement, grant: Grant) -> Minimised:
        """Return what a grant lets out of a document, hashed with the key of its agreement; cut."""
        left = minimise(document, grant, self.mask_key(agreement.agreement_id))
        return cut(document, left, grant)

    def prepare(  # noqa: PLR0913 - so much is said of a message
        self,
        written: Written,
        exchange: Exchange,
        *,
        at: datetime,
        conversation_id: str,
        sealed_at: datetime | None = None,
        ref_to_message_id: str = "",
        files: Sequence[AttachedFile] = (),
        made: Made = BY_NODE,
        approval: Approval = Approval.NONE,
    ) -> Prepared:
        """Return the finished message; its document never changes from here on.

        What is sealed was checked in the version that the partner takes; it names every file.

        Args:
            sealed_at: when its seal says; None for `at`.
            made: by whom.
            approval: what the deciding grant asks for. What the node answers by itself, and what is
                said about agreements, is let go by nobody.

        Raises:
            MissingSettingError, InvalidSettingError: as `bound`.
        """
        message_id = self.new_message_id()
        attachments = [
            Attachment(
                content_id=f"attachment-{number}.{message_id}",
                mime_type=one.mime_type,
                size=size_of(one.content),
                digest=payloads.digest_of(one.content),
                name=one.name,
            )
            for number, one in enumerate(files, start=1)
        ]
        text = readable(written.document, exchange, attachments)
        sealed = seal(text, self.seal_key(at), at=sealed_at or at)
        unpacked = Prepared(
            message_id=message_id,
            exchange=exchange,
            pmode=self.pmode_of(exchange),
            conversation_id=conversation_id,
            ref_to_message_id=ref_to_message_id,
            sealed=sealed,
            packed=None,
            at=at,
            findings=written.findings,
            files=tuple(
                Payload(
                    content=file.content,
                    content_id=one.content_id,
                    mime_type=one.mime_type,
                    character_set=None,
                )
                for one, file in zip(attachments, files, strict=True)
            ),
            made=made,
            officers=OFFICERS[approval],
        )
        return unpacked if unpacked.officers else self.packed(unpacked, at)

    def packed(self, prepared: Prepared, at: datetime) -> Prepared:
        """Return a message as it leaves at a moment, with the document that it was sealed with.

        Raises:
            MissingSettingError, InvalidSettingError: as `bound`.
        """
        partner, mode = self._partner(prepared.exchange.recipient)
        pmode = self.pmode_of(prepared.exchange)
        message = header_of(
            prepared.exchange,
            pmode,
            message_id=prepared.message_id,
            at=at,
            conversation_id=prepared.conversation_id,
            document=prepared.sealed,
            ref_to_message_id=prepared.ref_to_message_id or None,
            attached=prepared.files,
        )
        packed = pack(
            message,
            keys=self.keys,
            partner=partner,
            random_bytes=self.random_bytes,
            new_spool=self.new_spool,
            compresses=mode.compresses,
        )
        return replace(prepared, pmode=pmode, packed=packed, at=at)

    def pmode_of(self, exchange: Exchange) -> PMode:
        """Return how a message of an exchange travels now.

        Raises:
            MissingSettingError: no card of the partner is held.
        """
        return outgoing(exchange, self._partner(exchange.recipient)[1])

    def bound(self, written: Written, exchange: Exchange, at: datetime) -> tuple[Finding, ...]:
        """Return what keeps a document from being packed, as far as it can be told beforehand.

        Raises:
            MissingSettingError: no card of the partner is held.
            InvalidSettingError: no key of ours seals or signs then, or none is encrypted for.
        """
        partner, _ = self._partner(exchange.recipient)
        self.seal_key(at)
        self.keys.signer_for(partner.suite, at)
        if partner.encrypts:
            partner.encryption_for(at)
        size = len(readable(written.document, exchange)) + SEAL_BYTES
        return () if size <= MOST_BYTES else (TOO_LARGE.found(value=str(size), most=MOST_BYTES),)

    def sealing(self, agreement: Agreement, grant: Grant, code: str, at: datetime) -> Verdict:
        """Return whether our key of a moment may seal under an agreement.

        Raises:
            InvalidSettingError: no key of ours seals then.
        """
        is_asked = any(one.certificates for one in agreement.parties)
        certificate = fingerprint(self.seal_key(at).certificate) if is_asked else ""
        return permit_sealing(
            agreement, grant, sender=self.keys.party, code=code, certificate=certificate
        )

    def _partner(self, party: str) -> tuple[PartnerKeys, PartnerMode]:
        partner, mode = self.partners.get(party), self.modes.get(party)
        if partner is None or mode is None:
            raise MissingSettingError(what=f"the card of {party}", where="partners/")
        return partner, mode

    def queue(self, conn: Connection, prepared: Prepared) -> None:
        """Put a finished message into the outbox, due at once: to be posted, or to be pulled.

        One that officers have to see goes into the waiting room instead, and a notice says so.
        """
        if prepared.packed is None:
            keep_waiting(conn, prepared, self.longest_wait, self.vault)
            return
        outbox.add(
            conn,
            Outgoing(
                transmission=Transmission(
                    message_id=prepared.message_id,
                    partner=prepared.exchange.recipient,
                    due_at=prepared.at,
                ),
                exchange=prepared.exchange,
                lane=lane_out(prepared.exchange.code),
                conversation_id=prepared.conversation_id,
                content_type=prepared.packed.content_type,
                references=references_text(prepared.packed.references),
                queued_at=prepared.at,
                ref_to_message_id=prepared.ref_to_message_id,
                binding=prepared.pmode.binding.value,
                mpc=prepared.pmode.mpc if prepared.pmode.binding is Binding.PULL else "",
            ),
            prepared.packed.body,
            self.vault,
        )


def readable(
    document: Document, exchange: Exchange, attachments: Sequence[Attachment] = ()
) -> bytes:
    """Return what is sealed: everything of a document that the partner will see."""
    return document.with_exchange(exchange, attachments).to_bytes()


def reversed_for(exchange: Exchange, code: str) -> Exchange:
    """Return the exchange of an answer: back to the sender, under the same agreement."""
    return replace(exchange, sender=exchange.recipient, recipient=exchange.sender, code=code)


def references_text(references: tuple[Reference, ...]) -> str:
    """Return references as JSON, for the outbox."""
    return json.dumps(
        [
            {
                "uri": one.uri,
                "transforms": [
                    [algorithm, list(prefixes)] for algorithm, prefixes in one.transforms
                ],
                "digest": one.digest_algorithm,
                "value": base64.b64encode(one.digest_value).decode(),
            }
            for one in references
        ]
    )


def references_of(text: str) -> tuple[Reference, ...]:
    """Return what `references_text` wrote."""
    return tuple(
        Reference(
            uri=one["uri"],
            transforms=tuple(
                (algorithm, tuple(prefixes)) for algorithm, prefixes in one["transforms"]
            ),
            digest_algorithm=one["digest"],
            digest_value=base64.b64decode(one["value"]),
        )
        for one in json.loads(text)
    )
