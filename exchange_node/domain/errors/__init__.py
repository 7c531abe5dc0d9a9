"""Every error this package raises on purpose, in one tree.

    NodeError
    ├── InputError                 what a person or a national system handed in
    │   ├── UnreadableInputError · UnsafeXmlError · MalformedXmlError · UnknownFormatError
    │   ├── UncoveredMessageError · InvalidDocumentError · InvalidProfileError · InvalidFactsError
    │   ├── UnreadableDeclarationError · ExcessiveDeclarationError
    │   ├── InvalidExampleError · UnfitSamplesError · InvalidScriptError
    │   ├── MalformedIdentifierError · UnknownRecordError · InvalidAlertError · InvalidListError
    │   ├── DisposedRecordError
    │   ├── ConflictingKeyError · UnusableQueryError · UnwritableOutputError
    │   ├── NotNowError · UnfitToResendError
    │   ├── EarlyKeyError · DecisionStandsError
    │   ├── EarlyNoticeError · IllegalEventError
    │   └── IllegalActError · RefusedActError
    │   ├── ReleaseNotNowError · OtherDocumentError
    │   ├── IllegalActError · RefusedActError
    │   ├── InvalidRequestError · IllegalStepError · InvalidOutageError
    │   ├── ForeignRecordError · UnplacedRecordError · DroppedRecordError
    │   └── UnreadableCodeError
    ├── ProtocolError              what a partner sent; `ebms_code` is the answer on the wire
    │   ├── MimeInconsistencyError · InvalidHeaderError · ValueInconsistentError
    │   ├── ValueNotRecognizedError
    │   ├── ProcessingModeMismatchError · AuthenticationError · DecryptionError
    │   ├── SecurityPolicyError · DecompressionError · BrokenSealError
    │   ├── ConflictingDuplicateError · StaleMessageError · InvalidReceiptError
    │   ├── ExternalPayloadError · EmptyChannelError · UnknownChannelError
    │   ├── RefusedPullError
    │   └── RevokedCertificateError · UnknownRevocationError
    ├── NotPermittedError          no grant of an agreement in force covers it
    │   └── SuspendedAgreementError
    ├── TransmissionError          the line
    │   └── PartnerUnreachableError · PartnerCertificateError
    ├── KeyModuleError             where keys are kept
    ├── ChannelError               how somebody is told
    ├── BrokenDutyError            a defect of the program, in what it does by itself
    ├── StoreError                 the memory
    │   └── StoreFullError · StoreBusyError · NewerStoreError · AlteredRecordError
    ├── ConfigurationError         what the operator has to mend
    │   ├── MissingSettingError · InvalidSettingError · PassphraseError · FolderInUseError
    │   └── InvalidAgreementError · NodeExistsError
    ├── AccessError                who asks may not
    │   └── UnauthenticatedError · RoleError · OwnWorkError · OfficeError · OfficeNodeError
    ├── PostError                  a border post on its own
    │   ├── StaleSnapshotError · ClockSetBackError · NoSnapshotError
    │   └── NodeOutOfReachError · RefusedByNodeError
    ├── OvertakenError             another worker, or an operator, was quicker
    ├── RehearsalError             the demo, a partner that is played
    └── IllegalTransitionError     our own mistake: a state machine was asked for a move it lacks

An error carries facts; its sentence and the way to mend it are templates over those facts, in
English, which the doors translate (`sentence` and `mend` are gettext message ids). Facts never
hold a secret, nor the content of a payload beyond the value that is wrong.
"""

from exchange_node.domain.errors.alerting import (
    InvalidAlertError,
    InvalidListError,
    InvalidOperationError,
)
from exchange_node.domain.errors.deciding import DecisionStandsError, EarlyKeyError
from exchange_node.domain.errors.intake import (
    ConflictingKeyError,
    DisposedRecordError,
    ExcessiveDeclarationError,
    IllegalActError,
    IllegalStepError,
    InputError,
    InvalidDocumentError,
    InvalidExampleError,
    InvalidFactsError,
    InvalidProfileError,
    InvalidRequestError,
    InvalidScriptError,
    MalformedIdentifierError,
    MalformedXmlError,
    NotNowError,
    OtherDocumentError,
    RefusedActError,
    ReleaseNotNowError,
    UncoveredMessageError,
    UnfitSamplesError,
    UnfitToResendError,
    UnknownFormatError,
    UnknownRecordError,
    UnreadableDeclarationError,
    UnreadableInputError,
    UnsafeXmlError,
    UnusableQueryError,
    UnwritableOutputError,
)
from exchange_node.domain.errors.operation import (
    AccessError,
    AlteredRecordError,
    BrokenDutyError,
    ChannelError,
    ConfigurationError,
    FolderInUseError,
    IllegalTransitionError,
    InvalidAgreementError,
    InvalidSettingError,
    KeyModuleError,
    MissingSettingError,
    NewerStoreError,
    NodeExistsError,
    NotPermittedError,
    OvertakenError,
    OwnWorkError,
    PartnerCertificateError,
    PartnerUnreachableError,
    PassphraseError,
    RehearsalError,
    RoleError,
    StoreBusyError,
    StoreError,
    StoreFullError,
    SuspendedAgreementError,
    TransmissionError,
    UnauthenticatedError,
)
from exchange_node.domain.errors.post import (
    ClockSetBackError,
    DroppedRecordError,
    ForeignRecordError,
    NodeOutOfReachError,
    NoSnapshotError,
    OfficeError,
    OfficeNodeError,
    PostError,
    RefusedByNodeError,
    StaleSnapshotError,
    UnplacedRecordError,
    UnreadableCodeError,
)
from exchange_node.domain.errors.protocol import (
    AuthenticationError,
    BrokenSealError,
    ConflictingDuplicateError,
    DecompressionError,
    DecryptionError,
    EmptyChannelError,
    ExternalPayloadError,
    InvalidHeaderError,
    InvalidReceiptError,
    MimeInconsistencyError,
    ProcessingModeMismatchError,
    ProtocolError,
    RefusedPullError,
    RevokedCertificateError,
    SecurityPolicyError,
    StaleMessageError,
    UnknownChannelError,
    UnknownRevocationError,
    ValueInconsistentError,
    ValueNotRecognizedError,
)
from exchange_node.domain.errors.root import NodeError
from exchange_node.domain.errors.transit import (
    EarlyNoticeError,
    IllegalEventError,
    InvalidOutageError,
)

__all__ = [
    "AccessError",
    "AlteredRecordError",
    "AuthenticationError",
    "BrokenDutyError",
    "BrokenSealError",
    "ChannelError",
    "ClockSetBackError",
    "ConfigurationError",
    "ConflictingDuplicateError",
    "ConflictingKeyError",
    "DecisionStandsError",
    "DecompressionError",
    "DecryptionError",
    "DisposedRecordError",
    "DroppedRecordError",
    "EarlyKeyError",
    "EarlyNoticeError",
    "EmptyChannelError",
    "ExcessiveDeclarationError",
    "ExternalPayloadError",
    "FolderInUseError",
    "ForeignRecordError",
    "IllegalActError",
    "IllegalEventError",
    "IllegalStepError",
    "IllegalTransitionError",
    "InputError",
    "InvalidAgreementError",
    "InvalidAlertError",
    "InvalidDocumentError",
    "InvalidExampleError",
    "InvalidFactsError",
    "InvalidHeaderError",
    "InvalidListError",
    "InvalidOperationError",
    "InvalidOutageError",
    "InvalidProfileError",
    "InvalidReceiptError",
    "InvalidRequestError",
    "InvalidScriptError",
    "InvalidSettingError",
    "KeyModuleError",
    "MalformedIdentifierError",
    "MalformedXmlError",
    "MimeInconsistencyError",
    "MissingSettingError",
    "NewerStoreError",
    "NoSnapshotError",
    "NodeError",
    "NodeExistsError",
    "NodeOutOfReachError",
    "NotNowError",
    "NotPermittedError",
    "OfficeError",
    "OfficeNodeError",
    "OtherDocumentError",
    "OvertakenError",
    "OwnWorkError",
    "PartnerCertificateError",
    "PartnerUnreachableError",
    "PassphraseError",
    "PostError",
    "ProcessingModeMismatchError",
    "ProtocolError",
    "RefusedActError",
    "RefusedByNodeError",
    "RefusedPullError",
    "RehearsalError",
    "ReleaseNotNowError",
    "RevokedCertificateError",
    "RoleError",
    "SecurityPolicyError",
    "StaleMessageError",
    "StaleSnapshotError",
    "StoreBusyError",
    "StoreError",
    "StoreFullError",
    "SuspendedAgreementError",
    "TransmissionError",
    "UnauthenticatedError",
    "UncoveredMessageError",
    "UnfitSamplesError",
    "UnfitToResendError",
    "UnknownChannelError",
    "UnknownFormatError",
    "UnknownRecordError",
    "UnknownRevocationError",
    "UnplacedRecordError",
    "UnreadableCodeError",
    "UnreadableDeclarationError",
    "UnreadableInputError",
    "UnsafeXmlError",
    "UnusableQueryError",
    "UnwritableOutputError",
    "ValueInconsistentError",
    "ValueNotRecognizedError",
]
