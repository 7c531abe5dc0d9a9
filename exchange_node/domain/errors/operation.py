"""What is not permitted, and what line, memory, settings or access will not do."""

from __future__ import annotations

from collections.abc import Sequence

from exchange_node.domain.errors.root import NodeError
from exchange_node.domain.finding import Finding


class NotPermittedError(NodeError):
    """No grant of an agreement in force covers this exchange.

    Facts: `denial` (DENY-…), `clause`, `reason`.
    """

    code = "policy.not-permitted"
    ebms_code = "EBMS:0004"
    sentence = "not permitted [{denial}, {clause}]: {reason}"
    mend = (
        "Ask the liaison officer in charge of the agreement; `exchange-node agreement list` has it."
    )


class SuspendedAgreementError(NotPermittedError):
    """The agreement, or the grant, is suspended at present: what is sent again may be taken."""

    code = "policy.suspended"
    ebms_code = "EBMS:0202"
    retryable = True
    sentence = "suspended at present [{denial}, {clause}]: {reason}"
    mend = "Wait: the message is sent again. `exchange-node agreement list` says who suspended it."


class TransmissionError(NodeError):
    """The line to a partner did not carry the message."""

    code = "transport.failed"
    ebms_code = "EBMS:0005"
    retryable = True


class PartnerUnreachableError(TransmissionError):
    """No connection, no answer in time, or an answer that is no answer."""

    code = "transport.unreachable"
    sentence = "{partner} at {url} is out of reach: {why}"
    mend = (
        "Nothing is lost: the message is sent again. Check the address and the partner's notices."
    )


class PartnerCertificateError(TransmissionError):
    """The TLS handshake failed on a certificate: theirs, or ours in their eyes."""

    code = "transport.certificate"
    sentence = "the TLS handshake with {partner} at {url} failed: {why}"
    mend = "Compare the partner's certificate and its end date with the one configured for it."


class ChannelError(NodeError):
    """Somebody could not be told; the notice waits and is told again."""

    code = "channel.failed"
    retryable = True
    sentence = "the notice could not be handed over to {where}: {why}"
    mend = "Mend what it says, in desks.toml, at the other side or on the disk; it is tried again."


class StoreError(NodeError):
    """The node's memory cannot do what was asked."""

    code = "store.failed"
    ebms_code = "EBMS:0202"
    mend = "Check that store.url names the right database and that the node's user may write there."


class StoreFullError(StoreError):
    """The disk or the quota of the database is full."""

    code = "store.full"
    retryable = True
    sentence = "there is no room left: {why}"
    mend = "Free space or raise the quota; nothing that was accepted is lost."


class StoreBusyError(StoreError):
    """The database is locked or cannot be reached right now."""

    code = "store.busy"
    retryable = True
    sentence = "the database does not answer: {why}"
    mend = (
        "Wait a moment; if it stays, look for another process that holds the database, or whether"
        " store.url names the right one."
    )


class NewerStoreError(StoreError):
    """The database was written by a newer version that older ones must not touch."""

    code = "store.newer"
    sentence = "the database has schema {found}, this program knows up to {known}"
    mend = "Install the program version that wrote it, or restore a backup made before the upgrade."


class AlteredRecordError(StoreError):
    """What was read from the database is not what was written: wrong key, or altered."""

    code = "store.altered"
    sentence = "{what} cannot be opened: the key does not fit or the record was altered"
    mend = "Check that the node's storage key belongs to this database; else restore a backup."


class BrokenDutyError(NodeError):
    """The program met a defect of its own in something that it does by itself."""

    code = "node.broken"
    retryable = True
    sentence = "{what} broke off: {why}"
    mend = (
        "It is tried again, and holds up nothing else. Tell whoever looks after the program what"
        " stands here: it names the line."
    )


class ConfigurationError(NodeError):
    """What the operator has to mend before the node can work."""

    code = "config.invalid"


class MissingSettingError(ConfigurationError):
    """A file, folder or setting that the node needs is not there."""

    code = "config.missing"
    sentence = "{what} is missing: {where}"
    mend = (
        "`exchange-node check` lists what lacks; `init` writes a complete folder, `partner add`"
        " takes in a partner's card."
    )


class InvalidSettingError(ConfigurationError):
    """A setting is there and cannot be used."""

    code = "config.unusable"
    sentence = "{where}: {why}"
    mend = (
        "Correct what is named; the comments in node.toml and in pmodes/partner.toml.sample say"
        " what each key takes."
    )


class PassphraseError(ConfigurationError):
    """The passphrase of the keys is missing or wrong."""

    code = "config.passphrase"
    sentence = "the key {which} cannot be opened: {why}"
    mend = (
        "Give the passphrase in EXCHANGE_NODE_PASSPHRASE or in the file that passphrase_file names."
    )


class KeyModuleError(NodeError):
    """A module that keeps keys (PKCS#11) does not answer, or will not do what is asked."""

    code = "keys.module"
    ebms_code = "EBMS:0202"
    retryable = True
    sentence = "the key module {module} does not do its work: {why}"
    mend = "See whether the module is plugged in, switched on and unlocked; nothing was lost."


class NodeExistsError(ConfigurationError):
    """A node lies in the folder where a new one was to be made."""

    code = "config.exists"
    sentence = "{folder} holds a node already; nothing was written"
    mend = "Choose another folder: the keys of a node are never written over."


class FolderInUseError(ConfigurationError):
    """Another process serves the same node already."""

    code = "config.in-use"
    sentence = "{folder} is served already, by process {process}"
    mend = "Stop that process first, or give this node a folder of its own (--folder)."


class InvalidAgreementError(ConfigurationError):
    """An agreement text cannot be used as it is written."""

    code = "policy.invalid-agreement"
    sentence = "agreement {which}, {place}: {why}"
    mend = "Correct the text under agreements/, and offer it or activate it anew."


class AccessError(NodeError):
    """Who asks may not have what is asked for."""

    code = "access.refused"


class UnauthenticatedError(AccessError):
    """No token, or one that is unknown, withdrawn or past its end."""

    code = "access.unauthenticated"
    sentence = "this request needs a valid token"
    mend = "Send `Authorization: Bearer …`; `exchange-node token new` makes one."


class RoleError(AccessError):
    """The token is valid, its role does not reach this far."""

    code = "access.role"
    sentence = "this needs the role {needed}; the token has {held}"
    mend = "Ask the node's administrator for a token with that role."


class OwnWorkError(AccessError):
    """An officer wants to let go what they had a hand in making."""

    code = "release.own-work"
    sentence = "{by} had a hand in making message {message_id}: others have to let it go"
    mend = "Ask an officer with the role releaser who neither drafted nor sent it."


class OvertakenError(NodeError):
    """A worker was too slow, or an operator quicker: the message is not this worker's any more."""

    code = "sending.overtaken"
    sentence = "the post of {message_id} is broken off: its lease has ended"
    mend = "Nothing is to be done: whoever holds the message now goes on with it."


class IllegalTransitionError(NodeError):
    """A state machine was asked for a move it does not have: our own mistake."""

    code = "domain.illegal-transition"
    sentence = "{event} while {state}"
    mend = "This is a defect of the program: report it with the log lines of this message."


class RehearsalError(NodeError):
    """The demo could not go on; what a node found at fault is in `findings`."""

    code = "rehearsal.failed"
    sentence = "the rehearsal stopped at {step}: {why}"
    mend = "With --keep FOLDER the nodes stay; node.log in the folder of each has more."

    def __init__(self, findings: Sequence[Finding] = (), *, step: str, why: str) -> None:
        self.findings = tuple(findings)
        super().__init__(step=step, why=why)
