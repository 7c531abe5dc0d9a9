"""A code on paper, certificates, a clock and what is expected → what an officer may rely on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.security.carried import Code, Outcome, Verified

ALTERED = Rule(
    code="POST-01",
    severity=Severity.ERROR,
    sentence="this is not what {pointer} has signed: the paper or its code was altered",
    mend="Keep the paper, let the goods wait, and ask the administration that it names.",
)
UNKNOWN_SIGNER = Rule(
    code="POST-02",
    severity=Severity.ERROR,
    sentence="it is signed with a key ({value}) of which no certificate of {pointer} is kept here",
    mend="Run `exchange-node post sync` for newer certificates; if it stays so, it is a forgery.",
)
TOO_OLD = Rule(
    code="POST-03",
    severity=Severity.ERROR,
    sentence="the code of {pointer} counted until {value}",
    mend="Ask for a new accompanying document, or look the movement up at the node.",
)
NOT_YET = Rule(
    code="POST-04",
    severity=Severity.ERROR,
    sentence="the code says that {pointer} made it at {value}, which has not come yet",
    mend="Check this machine's clock first.",
)
CERTIFICATE_ENDED = Rule(
    code="POST-05",
    severity=Severity.ERROR,
    sentence="the certificate of {pointer} that it is signed with ended on {value}",
    mend="Ask for a new accompanying document, or look the movement up at the node.",
)
CERTIFICATE_NOT_YET = Rule(
    code="POST-06",
    severity=Severity.ERROR,
    sentence="the certificate of {pointer} that it is signed with is valid only from {value}",
    mend="Check this machine's clock first.",
)
NOT_EXPECTED = Rule(
    code="POST-07",
    severity=Severity.WARNING,
    sentence="movement {value} is not among what was expected here at {at}",
    mend="It may have been sent since, or to another office: ask the node when the line is up.",
)
OTHER_DOCUMENT = Rule(
    code="POST-08",
    severity=Severity.ERROR,
    sentence="the paper was made for another document on movement {value} than the node holds",
    mend="The manifest was amended, or the paper is an old one: go by what is kept here, and ask.",
)
NOTHING_TO_COMPARE = Rule(
    code="POST-09",
    severity=Severity.WARNING,
    sentence="it was not compared with what is expected: what is kept here is of {value}",
    mend="Run `exchange-node post sync` where the line is up.",
)
CLOCK_AHEAD = Rule(
    code="POST-10",
    severity=Severity.WARNING,
    sentence="this machine's clock was {value} minutes ahead of the node's when they last met",
    mend="Set the clock right; until then times are put right by that difference.",
)
CLOCK_BEHIND = Rule(
    code="POST-12",
    severity=Severity.WARNING,
    sentence="this machine's clock was {value} minutes behind the node's when they last met",
    mend="Set the clock right; until then times are put right by that difference.",
)
OF_A_TEST = Rule(
    code="POST-11",
    severity=Severity.ERROR,
    sentence="it belongs to a test, and this post works with real movements",
    mend="Tests and real movements never meet: do not go by it.",
)
NOT_OF_A_TEST = Rule(
    code="POST-13",
    severity=Severity.ERROR,
    sentence="it belongs to a real movement, and this post is for tests",
    mend="Tests and real movements never meet: do not go by it.",
)
RULES = (
    ALTERED, UNKNOWN_SIGNER, TOO_OLD, NOT_YET, CERTIFICATE_ENDED, CERTIFICATE_NOT_YET,
    NOT_EXPECTED, OTHER_DOCUMENT, NOTHING_TO_COMPARE, CLOCK_AHEAD, CLOCK_BEHIND,
    OF_A_TEST, NOT_OF_A_TEST,
)  # fmt: skip


def findings_of(verified: Verified, *, test: bool) -> Iterator[Finding]:
    """Yield what is wrong with a code itself; nothing where it is genuine."""
    code, signer, issuer = verified.code, verified.signer, verified.code.issuer
    match verified.outcome:
        case Outcome.GENUINE:
            pass
        case Outcome.ALTERED:
            yield ALTERED.found(pointer=issuer)
        case Outcome.UNKNOWN_SIGNER:
            yield UNKNOWN_SIGNER.found(pointer=issuer, value=code.key.hex())
        case Outcome.TOO_OLD:
            yield TOO_OLD.found(pointer=issuer, value=code.valid_until.isoformat())
        case Outcome.NOT_YET:
            yield NOT_YET.found(pointer=issuer, value=code.made_at.isoformat())
        case Outcome.CERTIFICATE_ENDED:
            ended = signer.not_valid_after_utc.isoformat() if signer else ""
            yield CERTIFICATE_ENDED.found(pointer=issuer, value=ended)
        case Outcome.CERTIFICATE_NOT_YET:
            begins = signer.not_valid_before_utc.isoformat() if signer else ""
            yield CERTIFICATE_NOT_YET.found(pointer=issuer, value=begins)
    if code.test != test:
        yield (OF_A_TEST if code.test else NOT_OF_A_TEST).found()


def compared(
    code: Code, expected: Sequence[dict[str, Any]], *, party: str, at: str
) -> Iterator[Finding]:
    """Yield where a code and what is expected differ.

    Args:
        expected: the entries of the movement that are kept.
        party: whose post this is.
        at: when it was stated what is expected.
    """
    if not expected:
        yield NOT_EXPECTED.found(value=code.movement, at=at)
        return
    named = code.documents.get(party)
    if named is None:  # whoever signed it says nothing of what this administration was sent
        yield NOTHING_TO_COMPARE.found(value=at)
    elif named not in {one.get("digest") for one in expected}:
        yield OTHER_DOCUMENT.found(value=code.movement)
