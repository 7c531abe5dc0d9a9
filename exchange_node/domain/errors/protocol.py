"""What a partner sent cannot be taken; `ebms_code` is the answer on the wire."""

from __future__ import annotations

from exchange_node.domain.errors.root import NodeError


class ProtocolError(NodeError):
    """What a partner sent cannot be taken."""

    code = "ebms.refused"


class MimeInconsistencyError(ProtocolError):
    """Parts and their references do not fit, or the MIME package is broken."""

    code = "ebms.mime-inconsistency"
    ebms_code = "EBMS:0007"
    sentence = "the MIME package is inconsistent: {why}"
    mend = "Send one part for each PartInfo, and one PartInfo for each part."


class InvalidHeaderError(ProtocolError):
    """The ebMS header is not what the schema of ebMS 3.0 allows."""

    code = "ebms.invalid-header"
    ebms_code = "EBMS:0009"
    sentence = "the message header is invalid: {why}"
    mend = "Build the header after OASIS ebMS 3.0 Core, section 5.2."


class ValueInconsistentError(ProtocolError):
    """A header value contradicts another value or the agreed form."""

    code = "ebms.value-inconsistent"
    ebms_code = "EBMS:0003"
    sentence = "{field} is {value!r}, {why}"
    mend = "Correct the value; docs/messages.md lists what each header carries."


class ValueNotRecognizedError(ProtocolError):
    """A header value is well formed, and no agreed exchange of this node has it."""

    code = "ebms.value-not-recognized"
    ebms_code = "EBMS:0001"
    sentence = "{field} is {value!r}, which no agreed exchange has: {compared}"
    mend = "Compare the value with what both sides agreed: `exchange-node pmode list`."


class ExternalPayloadError(ProtocolError):
    """A payload is only pointed at, somewhere on a network."""

    code = "ebms.external-payload"
    ebms_code = "EBMS:0011"
    sentence = "payload {href!r} lies outside the message"
    mend = "Send every payload as a MIME part of the message and refer to it by cid:."


class ProcessingModeMismatchError(ProtocolError):
    """No agreed exchange fits the header."""

    code = "ebms.processing-mode-mismatch"
    ebms_code = "EBMS:0010"
    sentence = "no agreed exchange fits: {compared}"
    mend = "Compare parties, service, action and agreement with what both sides agreed."


class AuthenticationError(ProtocolError):
    """A signature, a certificate, or the chain of identity is broken."""

    code = "ebms.failed-authentication"
    ebms_code = "EBMS:0101"
    sentence = "the sender could not be authenticated: {why}"
    mend = "Compare the certificates both sides have configured for each other."


class DecryptionError(ProtocolError):
    """A payload could not be decrypted; the cause is never told."""

    code = "ebms.failed-decryption"
    ebms_code = "EBMS:0102"
    sentence = "the message could not be decrypted"
    mend = "Encrypt for the certificate that this node gave you last."


class SecurityPolicyError(ProtocolError):
    """The message is not secured as agreed: unsigned, not covered, not encrypted, weak."""

    code = "ebms.policy-noncompliance"
    ebms_code = "EBMS:0103"
    sentence = "the message is not secured as agreed: {why}"
    mend = (
        "Sign Messaging, Body and every payload, and encrypt every payload, with the agreed suite."
    )


class DecompressionError(ProtocolError):
    """A compressed payload is not gzip, is cut off, or grows beyond the bound."""

    code = "ebms.decompression-failure"
    ebms_code = "EBMS:0303"
    sentence = "a payload could not be decompressed: {why}"
    mend = "Compress with gzip, name CompressionType and MimeType, and keep within the bounds."


class BrokenSealError(ProtocolError):
    """The document seal is missing, broken, or not by whom or for whom it must be."""

    code = "seal.broken"
    ebms_code = "EBMS:0101"
    sentence = "the document seal does not hold: {why}"
    mend = "Seal the document anew for this recipient and this agreement."


class ConflictingDuplicateError(ProtocolError):
    """A message id was seen before with other content."""

    code = "ebms.conflicting-duplicate"
    ebms_code = "EBMS:0003"
    sentence = "message {message_id} was received before with other content"
    mend = "Never use a message id twice; send the new content under a new id."


class StaleMessageError(ProtocolError):
    """A message is older than any retry could be."""

    code = "ebms.stale-message"
    ebms_code = "EBMS:0003"
    sentence = "message {message_id} was made at {made_at}, outside the window of {window}"
    mend = "Check both clocks; a message that is this old is sent anew under a new id."


class InvalidReceiptError(ProtocolError):
    """A receipt does not prove what it must prove; the message counts as not receipted."""

    code = "ebms.invalid-receipt"
    ebms_code = "EBMS:0302"
    sentence = "the receipt for {message_id} proves nothing: {why}"
    mend = "The partner most likely holds the message; ask its operator before sending anew."


class RevokedCertificateError(ProtocolError):
    """An authority has revoked a certificate of the partner, or of an authority above it."""

    code = "ebms.revoked-certificate"
    ebms_code = "EBMS:0101"
    sentence = "{certificate} was revoked on {revoked_at} ({reason}), says {source}"
    mend = "Ask the partner by telephone what happened; it needs a new certificate."


class UnknownRevocationError(ProtocolError):
    """Nobody could say whether a certificate is revoked, for longer than the policy allows."""

    code = "ebms.unknown-revocation"
    ebms_code = "EBMS:0202"  # the partner has done nothing wrong, and sends the same again
    retryable = True
    sentence = "nobody says whether {certificate} is revoked: {why}; {last_word}"
    mend = (
        "Let this machine reach the authority, or put its list into the folder that"
        " trust.crl_folder names; check this machine's clock. The card's `revocation` and"
        " trust.grace_hours say how long a partner is trusted without its authority's word."
    )


class EmptyChannelError(ProtocolError):
    """A partner asked for a message and none waits; a warning, since nothing has failed."""

    code = "ebms.empty-channel"
    ebms_code = "EBMS:0006"
    sentence = "no message waits in channel {mpc}"
    mend = "Ask again after the agreed interval."


class UnknownChannelError(ProtocolError):
    """A partner asked for messages of a channel that is not its own."""

    code = "ebms.unknown-channel"
    ebms_code = "EBMS:0001"
    sentence = "channel {mpc!r} is not one to be pulled from by {partner}"
    mend = "Pull from the channel that was agreed on; the default channel is never pulled from."


class RefusedPullError(ProtocolError):
    """A partner was asked for messages and hands none out."""

    code = "ebms.refused-pull"
    sentence = "{partner} hands nothing out of channel {mpc}: {why}"
    mend = "Compare channel and signing certificate with what was agreed with the partner."
