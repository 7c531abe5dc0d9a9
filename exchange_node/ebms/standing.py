"""Finished bytes that waited → whether the partner can still be expected to take them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from exchange_node.domain.errors import NodeError
from exchange_node.domain.transmission.content import Content, InMemory, NewSpool
from exchange_node.ebms.envelope import Envelope, read_envelope
from exchange_node.ebms.message import OwnKeys, PartnerKeys
from exchange_node.ebms.packaging.mime import split
from exchange_node.ebms.wss.encrypted_key import reader_of
from exchange_node.ebms.wss.signing import open_signature, security_of
from exchange_node.security.algorithms import XENC


def why_unfit(
    content_type: str,
    body: Content,
    *,
    own: OwnKeys,
    partner: PartnerKeys,
    at: datetime,
    new_spool: NewSpool = InMemory,
) -> str:
    """Return why a message of ours has to be made anew; empty where it may go as it is.

    It was signed with a certificate of ours that has ended or is ours no more, or encrypted for one
    that the partner has replaced, or secured otherwise than is agreed now.
    """
    try:
        root, *attachments = split(content_type, body, new_spool=new_spool)
        envelope = read_envelope(root)
        ours = replace(
            partner, party=own.party, signing=tuple(one.certificate for one in own.signers)
        )
        open_signature(envelope, ours, at)
        keys = security_of(envelope).findall(f"{{{XENC}}}EncryptedKey")
        if bool(keys) != (partner.encrypts and bool(attachments)):
            agreed = "encrypted" if partner.encrypts else "not encrypted"
            return f"payloads for {partner.party} are {agreed} now"
        return _why_unreadable(envelope, partner, at)
    except NodeError as err:
        return str(err)


def _why_unreadable(envelope: Envelope, partner: PartnerKeys, at: datetime) -> str:
    for key in security_of(envelope).findall(f"{{{XENC}}}EncryptedKey"):
        reader = reader_of(key, partner.encryption, envelope.ids)
        if reader is None:
            return f"it is encrypted for a certificate that {partner.party} has replaced"
        if not reader.not_valid_before_utc <= at <= reader.not_valid_after_utc:
            return f"it is encrypted for a certificate of {partner.party} that has ended"
    return ""
