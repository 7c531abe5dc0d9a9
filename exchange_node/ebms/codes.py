"""The error codes of ebMS 3.0 and AS4: code → short description, severity, category, origin.

Source: OASIS ebMS 3.0 Core, section 6.7; ebMS 3.0 Part 2, sections 2 to 4; AS4 Profile 1.0,
sections 3.2 to 3.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorCode:
    """One row: how an error of this code is described on the wire."""

    ebms_code: str
    short: str
    severity: str
    category: str
    origin: str


_ROWS = """
0001 ValueNotRecognized failure Content ebms
0002 FeatureNotSupported warning Content ebms
0003 ValueInconsistent failure Content ebms
0004 Other failure Content ebms
0005 ConnectionFailure failure Communication ebms
0006 EmptyMessagePartitionChannel warning Communication ebms
0007 MimeInconsistency failure Unpackaging ebms
0008 FeatureNotSupported failure Unpackaging ebms
0009 InvalidHeader failure Unpackaging ebms
0010 ProcessingModeMismatch failure Processing ebms
0011 ExternalPayloadError failure Content ebms
0020 RoutingFailure failure Processing ebms
0021 MPCCapacityExceeded failure Processing ebms
0022 MessagePersistenceTimeout failure Processing ebms
0023 MessageExpired warning Processing ebms
0030 BundlingError failure Content ebms
0031 RelatedMessageFailed failure Processing ebms
0040 BadFragmentGroup failure Content ebms
0041 DuplicateMessageSize failure Content ebms
0042 DuplicateFragmentCount failure Content ebms
0043 DuplicateMessageHeader failure Content ebms
0044 DuplicateAction failure Content ebms
0045 DuplicateCompressionInfo failure Content ebms
0046 DuplicateFragment failure Content ebms
0047 BadFragmentStructure failure Unpackaging ebms
0048 BadFragmentNum failure Content ebms
0049 BadFragmentCount failure Content ebms
0050 FragmentSizeExceeded warning Unpackaging ebms
0051 ReceiveIntervalExceeded failure Unpackaging ebms
0052 BadProperties warning Unpackaging ebms
0053 HeaderMismatch failure Unpackaging ebms
0054 OutOfStorageSpace failure Unpackaging ebms
0055 DecompressionError failure Processing ebms
0060 ResponseUsingAlternateMEP warning Processing ebms
0101 FailedAuthentication failure Processing security
0102 FailedDecryption failure Processing security
0103 PolicyNoncompliance failure Processing security
0201 DysfunctionalReliability failure Processing reliability
0202 DeliveryFailure failure Communication reliability
0301 MissingReceipt failure Communication ebms
0302 InvalidReceipt failure Communication ebms
0303 DecompressionFailure failure Communication ebms
"""


def _table() -> Mapping[str, ErrorCode]:
    rows = (line.split() for line in _ROWS.split("\n") if line)
    return {
        f"EBMS:{number}": ErrorCode(
            ebms_code=f"EBMS:{number}",
            short=short,
            severity=severity,
            category=category,
            origin=origin,
        )
        for number, short, severity, category, origin in rows
    }


CODES = _table()
"""Every code of the standards, by code."""

OTHER = CODES["EBMS:0004"]
"""What an error without a code of its own is told as."""
