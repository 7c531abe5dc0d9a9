"""What may come of a ping, each in one sentence with what to do about it."""

from __future__ import annotations

from exchange_node.domain.finding import Rule, Severity
from exchange_node.transport.probe import Failure


def _rule(number: int, sentence: str, mend: str) -> Rule:
    return Rule(code=f"PING-{number:02}", severity=Severity.ERROR, sentence=sentence, mend=mend)


NO_ADDRESS = _rule(
    1, "no address of {value} is configured", "Add the partner's card: `partner add`."
)
NAME = _rule(
    2,
    "the name in {value} is not known here: {why}",
    "Check the address in the partner's card and this machine's name service.",
)
REFUSED = _rule(
    3,
    "nobody listens at {value}: {why}",
    "Ask the partner whether its node runs and which port it listens on.",
)
NO_ROUTE = _rule(
    4,
    "no way leads to {value}: {why}",
    "Ask your network people whether a firewall lets this machine call that address and port.",
)
NO_TLS = _rule(
    5,
    "what answers at {value} speaks no TLS: {why}",
    "Check the port in the partner's card; a proxy may stand in between.",
)
THEIRS_ENDED = _rule(
    6,
    "the TLS certificate shown at {value} is out of date: {why}",
    "Ask the partner for its new card; compare the clocks of both machines.",
)
THEIRS_UNKNOWN = _rule(
    7,
    "the TLS certificate shown at {value} is not the one in the partner's card: {why}",
    "Compare fingerprints by telephone; add the partner's new card if it has one. Where the card"
    " has `authorities`, the partner's server has to send the certificates between its own and"
    " theirs, or the one that issued its own has to stand among them.",
)
THEIRS_OTHER_HOST = _rule(
    8,
    "the TLS certificate shown at {value} is for another host name: {why}",
    "Use the name that stands in the certificate as the address in the partner's card.",
)
OURS_UNKNOWN = _rule(
    9,
    "the partner at {value} does not know our TLS certificate: {why}",
    "Hand our card over again: `partner card`.",
)
OURS_ENDED = _rule(
    10,
    "the partner at {value} finds our TLS certificate out of date: {why}",
    "Renew it (docs/keys.md) and hand our card over; compare the clocks of both machines.",
)
OURS_REFUSED = _rule(
    11,
    "the partner at {value} does not take our TLS certificate: {why}",
    "Ask the partner which certificate of ours it has; hand our card over again.",
)
TLS = _rule(
    12,
    "TLS with {value} fails: {why}",
    "Ask the partner which TLS versions and cipher suites it speaks; we speak 1.2 and 1.3.",
)
CUT = _rule(
    13,
    "{value} ends the connection without an answer: {why}",
    "Ask the partner what its log says; a partner that refuses a certificate may do this.",
)
SILENT = _rule(
    14,
    "{value} does not answer in time: {why}",
    "Ask the partner whether its node is busy; `worker.answer_timeout_seconds` is how long we"
    " wait.",
)
NO_HTTP = _rule(
    15,
    "what {value} answers is no HTTP: {why}",
    "Check the port in the partner's card; something else listens there.",
)
NO_AGREEMENT = _rule(
    20,
    "no agreement with {value} is active: its node has no P-Mode for a test message",
    "Offer the partner an agreement (`agreement offer FILE`), or activate a test one on both"
    " sides.",
)
NO_RECEIPT = _rule(
    21,
    "{value} takes the message and gives no receipt: HTTP {status} with an empty answer",
    "Ask the partner for receipts on the same connection (ReplyPattern Response).",
)
NO_AS4 = _rule(
    22,
    "{value} answers HTTP {status} with {kind}, which is no AS4: {why}",
    "Check the path in the partner's card; a proxy or a web server may answer in its place.",
)
ERROR = _rule(
    23,
    "{value} refuses the message: {code} {why}",
    "The code says where to look: 0010 P-Mode, 0101 certificate or signature, 0102 encryption.",
)
UNSIGNED_ERROR = _rule(
    24,
    "{value} refuses the message, and did not sign that: {code} {why}",
    "A partner that could not tell who called signs nothing: compare the certificates on both"
    " sides.",
)
INVALID_RECEIPT = _rule(
    25,
    "the receipt of {value} proves nothing: {why}",
    "Compare the partner's signing certificate with its card; look at what it changes on the way.",
)
CLOCKS = Rule(
    code="PING-30",
    severity=Severity.WARNING,
    sentence="the clock of {value} differs from ours by {seconds} s",
    mend="Set both clocks by a time service: certificates, windows and audit rest on them.",
)

OF_FAILURE = {
    Failure.NO_ADDRESS: NO_ADDRESS,
    Failure.NAME: NAME,
    Failure.REFUSED: REFUSED,
    Failure.NO_ROUTE: NO_ROUTE,
    Failure.NO_TLS: NO_TLS,
    Failure.THEIRS_ENDED: THEIRS_ENDED,
    Failure.THEIRS_UNKNOWN: THEIRS_UNKNOWN,
    Failure.THEIRS_OTHER_HOST: THEIRS_OTHER_HOST,
    Failure.OURS_UNKNOWN: OURS_UNKNOWN,
    Failure.OURS_ENDED: OURS_ENDED,
    Failure.OURS_REFUSED: OURS_REFUSED,
    Failure.TLS: TLS,
    Failure.CUT: CUT,
    Failure.SILENT: SILENT,
    Failure.NO_HTTP: NO_HTTP,
}
