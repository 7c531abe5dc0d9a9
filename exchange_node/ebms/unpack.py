"""Bytes from the line → authenticated header → received message; every door shut until opened.

The order of the checks gives the error that helps most: MIME → XML → header → P-Mode → security
as agreed → who signed → decryption → digests; the sender is known from here on → parts against
header → decompression. `authenticate` goes so far as to know the sender, `open_payloads` the rest,
`unpack` both: a refusal by the first is answered with its code alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime

from lxml import etree

from exchange_node import safe_xml
from exchange_node.domain.errors import (
    AuthenticationError,
    InputError,
    InvalidHeaderError,
    MimeInconsistencyError,
    ProcessingModeMismatchError,
    ProtocolError,
)
from exchange_node.domain.transmission.content import (
    Content,
    InMemory,
    NewSpool,
    size_of,
    whole,
)
from exchange_node.ebms.envelope import BLANKS, Children, Envelope, eb, read_envelope
from exchange_node.ebms.header import is_message_id, read_user_message
from exchange_node.ebms.message import (
    Limits,
    OwnKeys,
    PartnerKeys,
    Received,
)
from exchange_node.ebms.packaging.mime import content_id_key, split
from exchange_node.ebms.payloads import LIMITS, Authenticated, open_payloads
from exchange_node.ebms.pmodes.matching import PUSHED, Arrival, PModes
from exchange_node.ebms.steps import Step, unnoticed
from exchange_node.ebms.wss.encryption import decrypt, require_encryption
from exchange_node.ebms.wss.signing import Signed, check_contents, open_signature
from exchange_node.security.certificates import name_of
from exchange_node.security.signature import canonical


def unpack(  # noqa: PLR0913 - what came, what is agreed, and where it goes
    content_type: str,
    body: Content,
    *,
    own: OwnKeys,
    partners: Mapping[str, PartnerKeys],
    pmodes: PModes,
    at: datetime,
    limits: Limits = LIMITS,
    arrival: Arrival = PUSHED,
    new_spool: NewSpool = InMemory,
) -> Received:
    """Return the message that a partner sent: authenticated, decrypted, decompressed.

    What is large goes to `new_spool`'s spools on the way; nothing of it leaves this function before
    its tag, its digest and its bounds hold.

    Raises:
        ProtocolError: one of the family; see `authenticate` and `open_payloads`.
        StoreFullError: the spool finds no room.
    """
    authenticated = authenticate(
        content_type,
        body,
        own=own,
        partners=partners,
        pmodes=pmodes,
        at=at,
        limits=limits,
        arrival=arrival,
        new_spool=new_spool,
    )
    return open_payloads(authenticated, limits, new_spool)


def authenticate(  # noqa: PLR0913 - replay wants to be told of the steps
    content_type: str,
    body: Content,
    *,
    own: OwnKeys,
    partners: Mapping[str, PartnerKeys],
    pmodes: PModes,
    at: datetime,
    limits: Limits = LIMITS,
    arrival: Arrival = PUSHED,
    new_spool: NewSpool = InMemory,
    passed: Callable[[Step, str], None] = unnoticed,
) -> Authenticated:
    """Return the message with its sender known, or raise an error to answer with its code alone.

    `partners` is by party id; `pmodes` is what is agreed: what belongs to none is refused; `at` is
    the moment at which certificates must be valid. `passed` is told of each step that held.

    Raises:
        MimeInconsistencyError: the package is broken, or a part that was signed is missing.
        InvalidHeaderError, ValueInconsistentError, ExternalPayloadError: the header is.
        ValueNotRecognizedError, ProcessingModeMismatchError: no user message, or none that is
            agreed; see `PModes.match`.
        SecurityPolicyError: not signed, covered or encrypted as agreed.
        AuthenticationError: not by a certificate of the party that From names, not on that party's
            line, or altered.
        DecryptionError: not encrypted for a key of ours.
    """
    root, *attachments = split(content_type, body, limits.mime, new_spool)
    passed(Step.MIME, f"{1 + len(attachments)} parts")
    envelope = read_envelope(root)
    passed(Step.ENVELOPE, "SOAP 1.2 with one Messaging")
    element = _user_message(envelope)
    message, part_infos = read_user_message(element)
    passed(Step.HEADER, f"{message.message_id} from {message.from_party} to {message.to_party}")
    pmode = pmodes.match(message, arrival)
    passed(Step.P_MODE, pmode.pmode_id)
    partner = partners.get(pmode.sender.party)
    if partner is None:
        raise AuthenticationError(why=f"no certificate of {pmode.sender.party} is configured")
    if not all(part.content_id for part in attachments):
        raise MimeInconsistencyError(why="a part has no Content-ID")
    if len(envelope.body) or (envelope.body.text or "").strip(BLANKS):
        raise InvalidHeaderError(why="the Body must be empty: payloads are MIME parts")
    signed = open_signature(envelope, partner, at)
    passed(Step.SIGNATURE, f"{signed.signature.method} by {name_of(signed.certificate)}")
    if partner.encrypts:
        require_encryption(envelope, attachments)
    parts = decrypt(
        envelope,
        attachments,
        decrypters=own.decrypters,
        suite=partner.suite,
        new_spool=new_spool,
    )
    passed(Step.DECRYPTION, "encrypted" if partner.encrypts else "not encrypted, as agreed")
    check_contents(signed, envelope, parts, partner.suite)
    passed(Step.DIGESTS, f"{len(signed.signature.references)} references hold")
    return Authenticated(
        message=message,
        pmode=pmode,
        part_infos=part_infos,
        parts=parts,
        sender=partner.party,
        partner=partner,
        signer=signed.certificate,
        references=signed.signature.references,
        digest=_digest(element, signed),
        above=signed.path[-2::-1],
    )


def peek(
    content_type: str, body: Content, limits: Limits = LIMITS, new_spool: NewSpool = InMemory
) -> str | None:
    """Return the message id that unverified bytes claim, or None where it cannot be read.

    It serves to name the message in an error, and nothing else.
    """
    try:
        content = split(content_type, body, limits.mime, new_spool)[0].content
        if size_of(content) > safe_xml.ENVELOPE.max_bytes:
            return None
        root = safe_xml.parse(whole(content), safe_xml.ENVELOPE)
    except (ProtocolError, InputError):
        return None
    found = [
        (one.text or "").strip(BLANKS)
        for info in root.iter(eb("MessageInfo"))
        for one in info.iterchildren(eb("MessageId"))
    ]
    return found[0] if len(found) == 1 and is_message_id(found[0]) else None


def _user_message(envelope: Envelope) -> etree._Element:
    """Return the one UserMessage."""
    children = Children(envelope.messaging)
    signals = children.many(eb("SignalMessage"))
    messages = children.many(eb("UserMessage"))
    children.end(foreign=True)
    if signals or len(messages) != 1:
        raise ProcessingModeMismatchError(
            compared=f"{len(messages)} user and {len(signals)} signal messages; agreed is "
            "one user message and nothing else"
        )
    return messages[0]


def _digest(user_message: etree._Element, signed: Signed) -> str:
    """Return what tells a repeat from another message under the same id.

    Header and payloads count, the ids of elements do not: a partner that signs anew for each try
    sends the same message.
    """
    digest = hashlib.sha256(hashlib.sha256(canonical(user_message)).digest())
    for reference in sorted(signed.signature.references, key=lambda one: one.uri):
        if reference.uri.startswith("cid:"):
            for piece in (content_id_key(reference.uri).encode(), reference.digest_value):
                digest.update(hashlib.sha256(piece).digest())
    return digest.hexdigest()
