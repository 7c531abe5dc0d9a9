"""The files that an alert names → what in them cannot be told from another file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from exchange_node.domain.alert import MAX_ATTACHMENTS, RiskAlert
from exchange_node.domain.finding import Finding, Rule, Severity

_AT = "InterGov/ext:RiskAlert/ext:Attachment"
_DIGEST = re.compile(r"[0-9a-f]{64}")

NO_DIGEST = Rule(
    code="CAREC-R520",
    severity=Severity.ERROR,
    sentence="attachment {value} has no SHA-256 of 64 signs of lower-case hex, or has no bytes",
    mend="Give the hash and the size of the file as it is kept.",
)
TWICE = Rule(
    code="CAREC-R521",
    severity=Severity.ERROR,
    sentence="attachment {value} is named a second time, or is one too many: {most} can be named",
    mend="Name each file once; what is more than that goes with further alerts.",
)
ABOUT_ATTACHMENTS = (NO_DIGEST, TWICE)


def attached(alert: RiskAlert) -> Iterator[Finding]:
    """Yield what is wrong with the files that an alert names."""
    seen: set[str] = set()
    for number, one in enumerate(alert.attachments, start=1):
        at = f"{_AT}[{number}]"
        if not _DIGEST.fullmatch(one.digest) or one.size_bytes < 1:
            yield NO_DIGEST.found(pointer=f"{at}/ext:DigestText", value=str(number))
        if one.digest in seen or number > MAX_ATTACHMENTS:
            yield TWICE.found(pointer=at, value=str(number), most=MAX_ATTACHMENTS)
            return
        seen.add(one.digest)
