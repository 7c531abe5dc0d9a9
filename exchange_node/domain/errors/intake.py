"""What a person or a national system handed in cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange_node.domain.errors.root import NodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exchange_node.domain.finding import Finding


class InputError(NodeError):
    """What a person or a national system handed in cannot be used."""


class UnreadableInputError(InputError):
    """A file is missing, is a folder, may not be read, or is larger than the bound."""

    code = "input.unreadable"
    sentence = "{which} cannot be read: {why}"
    mend = "Name a readable file of at most {limit_bytes} bytes."

    def __init__(self, *, which: object, why: str, limit_bytes: int = 20_000_000) -> None:
        super().__init__(which=which, why=why, limit_bytes=limit_bytes)


class UnwritableOutputError(InputError):
    """A file or folder that the caller named cannot be written."""

    code = "input.unwritable"
    sentence = "{what} cannot be written: {why}"
    mend = "Name a place that exists and that you may write to."


class UnsafeXmlError(InputError):
    """XML that uses what the one door for XML does not let in (a DTD, entities, depth, size)."""

    code = "input.unsafe-xml"
    ebms_code = "EBMS:0009"
    sentence = "the XML is refused: {why}"
    mend = "Send plain XML without DOCTYPE or entities, within the bounds of docs/limits.md."


class MalformedXmlError(InputError):
    """Bytes that are no well-formed XML."""

    code = "input.malformed-xml"
    ebms_code = "EBMS:0009"
    sentence = "not well-formed XML at line {line}, column {column}: {why}"
    mend = "Check that the whole file was written and that it is XML in the encoding it declares."


class UnreadableDeclarationError(InputError):
    """A declaration in another notation than XML of which nothing can be read."""

    code = "mapping.unreadable-declaration"
    sentence = "no {notation} that can be read: line {line}, column {column}: {why}"
    mend = "Check that the whole file was written, and in the notation that its name says."


class ExcessiveDeclarationError(InputError):
    """A declaration that is larger, deeper or has more values than is let in."""

    code = "mapping.excessive-declaration"
    sentence = "the {notation} is refused: {why}"
    mend = "Send the declaration in parts, within the bounds of docs/limits.md."


class UnknownFormatError(InputError):
    """No profile recognises the document, or the named profile does not exist."""

    code = "mapping.unknown-format"
    sentence = "no national profile fits {what}; known: {known}"
    mend = "Name the format with --format, or add a profile under config/national/."


class UncoveredMessageError(InputError):
    """A family we know, but a type of message that no profile covers."""

    code = "mapping.uncovered-message"
    sentence = "{what} is a message of the {family} family that no profile covers; covered: {known}"
    mend = "Send a declaration of a covered type, or add a profile under config/national/."


class InvalidDocumentError(InputError):
    """A document has errors; all of them are in `findings`."""

    code = "wco.invalid-document"
    sentence = "{count} error(s) stop this document; the first: {first}"
    mend = "Mend what the findings name, or bring what is missing as facts, and submit again."

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        errors = [one for one in findings if one.is_error]
        super().__init__(count=len(errors), first=errors[0].text if errors else "-")


class InvalidProfileError(InputError):
    """A national profile cannot be used as it is written."""

    code = "mapping.invalid-profile"
    sentence = "profile {profile}, {place}: {why}"
    mend = "Correct the line in config/national/{profile}.toml; docs/mapping.md has the language."


class InvalidScriptError(InputError):
    """The script of a partner that is to be played cannot be used; `findings` say why."""

    code = "rehearsal.invalid-script"
    sentence = "the script cannot be used: {count} findings"
    mend = "Mend what each finding names; `exchange-node simulate lint` lists them."

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(count=len(self.findings))


class UnfitSamplesError(InputError):
    """Nothing can be drafted of the samples of a format."""

    code = "mapping.unfit-samples"
    sentence = "the samples cannot be drafted from: {why}"
    mend = "Give whole files of one format, as the system writes them; docs/mapping.md says more."


class InvalidExampleError(InputError):
    """What is expected of an example beside a profile cannot be read."""

    code = "mapping.invalid-example"
    sentence = "example {example}: {why}"
    mend = "Correct its files, or write them anew with `exchange-node profile test --update`."


class InvalidFactsError(InputError):
    """A facts file cannot be read, or names what no profile line names."""

    code = "mapping.invalid-facts"
    sentence = "facts: {place}: {why}"
    mend = "A fact is a source path that the profile names, with one value or a list of values."


class MalformedIdentifierError(InputError):
    """An identifier is not built as its scheme demands."""

    code = "domain.malformed-identifier"
    sentence = "{kind} {value!r} is malformed: {why}"
    mend = "Check the number against the document it was copied from."

    def __init__(self, *, kind: str, value: str, why: str) -> None:
        super().__init__(kind=kind, value=value[:80], why=why)


class UnknownRecordError(InputError):
    """Something was asked for that the node does not hold, or the asker may not know of."""

    code = "store.unknown-record"
    sentence = "no {kind} {key!r} is held here"
    mend = "Check the number; what is not permitted to be seen is not found either."


class DisposedRecordError(InputError):
    """A record's retention has ended: its content is gone, its certificate is there."""

    code = "store.disposed"
    sentence = "{kind} {key} was disposed of on {day}, as its agreement demands"
    mend = (
        "`exchange-node disposal list` shows the certificate; only who sent it still has the"
        " content."
    )


class ConflictingKeyError(InputError):
    """A submitter used a key of its own for two different declarations, or for two partners."""

    code = "dispatch.conflicting-key"
    sentence = (
        "key {key!r} was used for submission {submission}, of another declaration or to another"
        " partner"
    )
    mend = "Use a new key for a new submission; the same key repeats the same submission."


class UnusableQueryError(InputError):
    """A question has a part that cannot be used."""

    code = "enquiry.unusable-query"
    sentence = "{what} cannot be used: {why}"
    mend = "Correct that part of the question; the API's description says what each part takes."


class NotNowError(InputError):
    """An operator asked for what the message's state does not allow."""

    code = "operating.not-now"
    sentence = "message {message_id} is {state}: it cannot be {wanted} now"
    mend = "`exchange-node message show` says where it stands and what may be done with it."


class UnfitToResendError(InputError):
    """The finished bytes of a message cannot go once more as they are."""

    code = "operating.unfit-to-resend"
    sentence = "message {message_id} cannot go again as it is: {why}"
    mend = "Submit it anew: it is signed and encrypted anew, under a new id."


class ReleaseNotNowError(InputError):
    """An officer asked for what a message in the waiting room does not allow now."""

    code = "release.not-now"
    sentence = "message {message_id}, which officers see first, is {state}: it cannot be {wanted}"
    mend = "`exchange-node release show` says where it stands and who is awaited."


class OtherDocumentError(InputError):
    """An approval names another document than the one that waits."""

    code = "release.other-document"
    sentence = "message {message_id} waits with another document than {seen}"
    mend = "Look at it again, and approve the digest that is shown beside the document."


class IllegalActError(InputError):
    """Somebody did to an agreement what nobody does at its stage, or not that party."""

    code = "agreement.illegal-act"
    sentence = "{act} by {party} while it is {stage}: that is for {who}"
    mend = "docs/agreement-life.md says what may follow what, and whose act it is."


class RefusedActError(InputError):
    """What a party did to an agreement cannot be taken: both versions are named.

    Facts: `which` and `version`, the `digest` that is named, `reason` (a `Reason`), `why`;
    `held_version` and `held_digest` of what is held here, 0 and empty where nothing is.
    """

    code = "agreement.refused-act"
    sentence = "{which} version {version} (digest {shown}) [{reason}]: {why}"
    mend = "Compare the text with the partner's: `exchange-node agreement list` shows both digests."

    def __init__(
        self,
        *,
        which: str,
        version: int,
        digest: str,
        reason: str,
        why: str,
        held_version: int = 0,
        held_digest: str = "",
    ) -> None:
        super().__init__(
            which=which[:80],
            version=version,
            digest=digest,
            shown=digest[:12],
            reason=reason,
            why=why,
            held_version=held_version,
            held_digest=held_digest,
        )


class InvalidRequestError(InputError):
    """A draft of mutual assistance has keys that are missing, unknown or unusable."""

    code = "assistance.invalid"
    sentence = "the {what} cannot be taken: {why}"
    mend = "Correct the keys that are named; docs/assistance.md says what each of them may be."


class IllegalStepError(InputError):
    """Somebody did in a matter of assistance what nobody does at its stage, or not that side."""

    code = "assistance.illegal-step"
    sentence = "request {request} is {stage}: {act} is for {who} now"
    mend = "docs/assistance-life.md says what may follow what, and whose act it is."
