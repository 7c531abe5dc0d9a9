"""Every check that a gate makes: its code, its question, what is said to a no, what changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Code(StrEnum):
    """The machine-readable answer of a gate."""

    ALLOW = "ALLOW"
    NO_AGREEMENT = "DENY-NO-AGREEMENT"
    NOT_COUNTERSIGNED = "DENY-NOT-COUNTERSIGNED"
    DIGEST_DIFFERS = "DENY-DIGEST-DIFFERS"
    OVERTAKEN = "DENY-OVERTAKEN"
    TERMINATED = "DENY-TERMINATED"
    SUSPENDED = "DENY-SUSPENDED"
    NOT_IN_FORCE = "DENY-NOT-IN-FORCE"
    TEST_MIX = "DENY-TEST-MIX"
    NO_GRANT = "DENY-NO-GRANT"
    GRANT_SUSPENDED = "DENY-GRANT-SUSPENDED"
    MESSAGE_TYPE = "DENY-MESSAGE-TYPE"
    DIRECTION = "DENY-DIRECTION"
    PURPOSE = "DENY-PURPOSE"
    HANDLING = "DENY-HANDLING"
    NO_REQUEST = "DENY-NO-REQUEST"
    ATTACHMENTS = "DENY-ATTACHMENTS"
    MATTER = "DENY-MATTER"
    TERRITORY = "DENY-TERRITORY"
    CONDITION = "DENY-CONDITION"
    CERTIFICATE = "DENY-CERTIFICATE"
    DOCUMENT_TYPE = "DENY-DOCUMENT-TYPE"
    SCHEMA_VERSION = "DENY-SCHEMA-VERSION"
    FIELD = "DENY-FIELD"
    UNMASKED = "DENY-UNMASKED"
    REQUIRED_MISSING = "DENY-REQUIRED-MISSING"
    NOT_DUE = "DENY-NOT-DUE"
    LEGAL_HOLD = "DENY-LEGAL-HOLD"
    KEEP_LONGER = "DENY-KEEP-LONGER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: its question, what is said when the answer is no, and what would change it."""

    question: str
    denial: str
    mend: str


CHECKS: Mapping[Code, Check] = MappingProxyType(
    {
        Code.NO_AGREEMENT: Check(
            question="Is an agreement between {sender} and {recipient} held here?",
            denial="no agreement between {sender} and {recipient} is held here "
            "(named: {agreement})",
            mend="Offer the partner an agreement (`agreement offer`), and let it countersign.",
        ),
        Code.NOT_COUNTERSIGNED: Check(
            question="Have both parties signed {agreement} version {version}, and do both know it?",
            denial="{agreement} version {version} is {state} here: `exchange-node agreement list` "
            "says whose signature or confirmation is awaited",
            mend="Countersign it (`agreement countersign`), or wait until the partner has.",
        ),
        Code.DIGEST_DIFFERS: Check(
            question="Do both sides mean the same text of {agreement}?",
            denial="the message names {agreement} version {named_version} (digest {named_digest}); "
            "version {version} (digest {digest}) is the one that counts here",
            mend="Compare both digests (`agreement list`), and offer one text as a new version.",
        ),
        Code.OVERTAKEN: Check(
            question="Does {agreement} version {named_version} still count for what was sealed "
            "before version {newer} began?",
            denial="{agreement} version {newer} decides since {newer_from}; what was sealed before "
            "under version {named_version} counted until {until}",
            mend="Make the message anew: it is then sealed under the version in force.",
        ),
        Code.TERMINATED: Check(
            question="Does {agreement} version {version} stand, and nobody has terminated it?",
            denial="{agreement} version {version} was terminated: nothing is sent or taken under "
            "it any more",
            mend="Offer a new version (`agreement offer`) and let the partner countersign it.",
        ),
        Code.SUSPENDED: Check(
            question="Is {agreement} version {version} free of suspension?",
            denial="{agreement} version {version} is suspended here",
            mend="End the suspension, or wait until it is ended.",
        ),
        Code.NOT_IN_FORCE: Check(
            question="Is {agreement} version {version} in force on {on}?",
            denial="{agreement} version {version} is not in force on {on}: it runs from "
            "{in_force_on} to {expires_on} and is {state} here",
            mend="Wait until the agreement begins, or offer a version that is in force.",
        ),
        Code.TEST_MIX: Check(
            question="Is the message of the same kind as {agreement}: {agreement_kind} data?",
            denial="{agreement} is for {agreement_kind} data, the message has {message_kind} data",
            mend="Send test data from a node for tests and under a test agreement alone.",
        ),
        Code.NO_GRANT: Check(
            question="Does a grant of {agreement} version {version} cover this?",
            denial="{agreement} version {version} has no grant for {code} (named: {named_grant})",
            mend="Agree on a grant for this message.",
        ),
        Code.GRANT_SUSPENDED: Check(
            question="Is grant {grant} free of suspension?",
            denial="grant {grant} of {agreement} version {version} is suspended here",
            mend="End the suspension, or wait until it is ended.",
        ),
        Code.MESSAGE_TYPE: Check(
            question="Does grant {grant} cover {code}?",
            denial="grant {grant} covers {granted_codes}, not {code}",
            mend="Agree on a grant that names this message, or send it under one that does.",
        ),
        Code.DIRECTION: Check(
            question="Does grant {grant} let {code} go from {sender} to {recipient}?",
            denial="grant {grant} lets {code} go from {granted_from} to {granted_to}, not from "
            "{sender} to {recipient}",
            mend="Agree on a grant for this direction.",
        ),
        Code.PURPOSE: Check(
            question="Does grant {grant} cover the purpose {purpose}?",
            denial="grant {grant} covers the purposes {granted_purposes}, not {purpose}",
            mend="Name a purpose that the grant covers and that is true, or agree on this one.",
        ),
        Code.HANDLING: Check(
            question="Is the message marked {granted_handling}, as grant {grant} demands?",
            denial="grant {grant} demands the handling {granted_handling}, the message says "
            "{handling}",
            mend="Mark the message as the grant demands.",
        ),
        Code.NO_REQUEST: Check(
            question="Is {code} given on an open request of {recipient}, as grant {grant} asks?",
            denial="grant {grant} lets {code} go on request alone: no open request of {recipient} "
            "stands here that the message names (named: {request})",
            mend="Name the open request that it is given on (`--request`), or wait until "
            "{recipient} makes one (`MA-010`).",
        ),
        Code.ATTACHMENTS: Check(
            question="Does grant {grant} let the {attachments} attachment(s) go with {code}?",
            denial="grant {grant} lets no attachment go with {code}; the message has {attachments}",
            mend="Send it without attachments, or agree that the grant permits them.",
        ),
        Code.MATTER: Check(
            question="Is the message about a customs matter of {agreement}?",
            denial="{agreement} is about {agreed_matters} alone; {code} is about {said_matters}",
            mend="Send it under an agreement that is about this matter, or agree on one.",
        ),
        Code.TERRITORY: Check(
            question="Are the offices and the route of the document in the territory of "
            "{agreement}?",
            denial="{agreement} applies in {agreed_territory}; the document names {said_territory}",
            mend="Send it under an agreement that applies there, or agree on one.",
        ),
        Code.CONDITION: Check(
            question="Does the document meet the conditions of grant {grant}?",
            denial="grant {grant} holds only for {condition} = {agreed}; the document says {said}",
            mend="Send it under a grant that holds for it, or agree on one.",
        ),
        Code.CERTIFICATE: Check(
            question="Is the document sealed with a certificate that {agreement} names for "
            "{sender}?",
            denial="the document is sealed with the certificate {certificate}; {agreement} version "
            "{version} names others for {sender}: {agreed_certificates}",
            mend="Seal with a certificate that the agreement names, or agree on a version that "
            "names this one (`parties[].certificates`).",
        ),
        Code.DOCUMENT_TYPE: Check(
            question="Is the document the {code} it is sent as?",
            denial="the document is no {code}: {element} is {found}, want {wanted}",
            mend="Send the document as the message that it is; docs/messages.md lists them.",
        ),
        Code.SCHEMA_VERSION: Check(
            question="Is the document of a version that grant {grant} agrees on for {code}?",
            denial="grant {grant} agrees on the versions {granted_versions} of {code}; the "
            "document is of version {schema}",
            mend="Write a version that is agreed (`schema_versions` in the partner's card), or "
            "agree on this one.",
        ),
        Code.FIELD: Check(
            question="Does grant {grant} cover every field of the document?",
            denial="grant {grant} does not cover {count} field(s) of the document: {fields}",
            mend="Leave these fields out, or agree that the grant allows them.",
        ),
        Code.UNMASKED: Check(
            question="Are the fields masked that grant {grant} lets out only masked?",
            denial="grant {grant} lets {count} field(s) out only masked, and they are not: "
            "{fields}",
            mend="Mask these fields as the grant says, or agree that they leave as they are.",
        ),
        Code.REQUIRED_MISSING: Check(
            question="Are the fields there that grant {grant} requires?",
            denial="grant {grant} requires what the document does not have: {fields}",
            mend="Complete the declaration, or agree that the grant does without these fields.",
        ),
        Code.NOT_DUE: Check(
            question="Has the retention of {record} under grant {grant} ended?",
            denial="{record} is kept under grant {grant} until {ends}",
            mend="Wait for that day; the worker disposes of it then.",
        ),
        Code.LEGAL_HOLD: Check(
            question="Is {record} free of a legal hold?",
            denial="{record} is kept by legal hold {hold}: {why}",
            mend="Wait until the order is over, and lift the hold (`hold lift`).",
        ),
        Code.KEEP_LONGER: Check(
            question="Does grant {grant} let {record} be kept longer while proceedings need it?",
            denial="grant {grant} does not let {record} be kept beyond {ends}; ask {partner}",
            mend="Agree that the grant permits legal holds, or let the partner give it again.",
        ),
    }
)
"""Every check by the code of its denial, in the order in which the gates ask."""
