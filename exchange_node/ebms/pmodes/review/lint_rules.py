"""The rules of the P-Mode linter; docs/rules.md lists them."""

from __future__ import annotations

from exchange_node.domain.finding import Rule, Severity

UNKNOWN_PARTNER = Rule(
    code="PMODE-01",
    severity=Severity.ERROR,
    sentence="{pointer}: {value} is no partner of this node",
    mend="Take its card first (`partner add`), or correct the party id.",
)
SUITE_OF_PARTNER = Rule(
    code="PMODE-02",
    severity=Severity.ERROR,
    sentence="{pointer}: no {purpose} certificate on the card of {partner} fits suite {value}",
    mend="Choose the suite that its keys are for, or ask the partner for a card with such a key.",
)
SUITE_OF_OURS = Rule(
    code="PMODE-03",
    severity=Severity.ERROR,
    sentence="{pointer}: no {purpose} certificate of this node fits suite {value}",
    mend="Choose the suite that our keys are for, or make such a key and give partners its card.",
)
UNTYPED = Rule(
    code="PMODE-04",
    severity=Severity.ERROR,
    sentence="{pointer}: {value} has no type and is no URI",
    mend="Name a type, or write the value as a URI: a receiver refuses it (EBMS:0003).",
)
ROLES = Rule(
    code="PMODE-05",
    severity=Severity.ERROR,
    sentence="{pointer}: the role is {value}, and the other side's is {other}",
    mend="Where one side is the initiator, the other is the responder.",
)
NO_CHANNEL = Rule(
    code="PMODE-06",
    severity=Severity.ERROR,
    sentence="{pointer}: what {partner} is to be sent or asked for by pull has no channel",
    mend="Name one that is used for nothing else: mpc_to_partner or mpc_from_partner.",
)
CHANNEL_TWICE = Rule(
    code="PMODE-07",
    severity=Severity.ERROR,
    sentence="{pointer}: channel {value} is the channel of {other} as well",
    mend="Give each receiver a channel of its own: whoever pulls from it gets all that is in it.",
)
UNUSABLE_CHANNEL = Rule(
    code="PMODE-08",
    severity=Severity.ERROR,
    sentence="{pointer}: {value} cannot be a channel to pull from",
    mend="Name a channel by a URI of its own; the default channel is for what is pushed.",
)
IDLE_CHANNEL = Rule(
    code="PMODE-09",
    severity=Severity.WARNING,
    sentence="{pointer}: channel {value} is never used, since messages that way are pushed",
    mend='Leave it out, or set the way to "pull".',
)
NOTHING_TO_ENCRYPT_WITH = Rule(
    code="PMODE-10",
    severity=Severity.ERROR,
    sentence="{pointer}: payloads are to be encrypted, and suite {value} only signs",
    mend="Choose a suite that encrypts, or set encrypts = false: then TLS alone keeps them secret.",
)
SHORT_WINDOW = Rule(
    code="PMODE-11",
    severity=Severity.ERROR,
    sentence="{pointer}: tries go on beyond the time for which messages are taken"
    " ({retry}, {window})",
    mend="Let window_days be longer than all tries together, or try less often.",
)
MORE_AT_ONCE = Rule(
    code="PMODE-12",
    severity=Severity.WARNING,
    sentence="{pointer}: {value} posts at one time, and only {per_minute} messages in a minute",
    mend="Lower concurrency, or raise per_minute: the one never comes to be used.",
)
UNKNOWN_CODE = Rule(
    code="PMODE-13",
    severity=Severity.ERROR,
    sentence="{pointer}: {value} is no message code of this node",
    mend='Name one of docs/messages.md, or "test" for the test service.',
)
FIXED_NAMES = Rule(
    code="PMODE-14",
    severity=Severity.ERROR,
    sentence="{pointer}: the test service is called otherwise: {value}",
    mend="Leave service and action of the test service out: the standard fixes both.",
)
IDLE_NAMES = Rule(
    code="PMODE-15",
    severity=Severity.WARNING,
    sentence="{pointer}: the names for {value} are used under no agreement with {partner}",
    mend="Activate the agreement that is meant, or leave the names out.",
)
LOOK_ALIKE = Rule(
    code="PMODE-16",
    severity=Severity.ERROR,
    sentence="{pointer}: two exchanges would look alike: {why}",
    mend="Let service, action or agreement_ref tell them apart.",
)
TEST_APART = Rule(
    code="PMODE-17",
    severity=Severity.WARNING,
    sentence="{pointer}: the agreement is called {value}, and otherwise for the test service",
    mend='Add an exchange with code = "test" and the same agreement_ref: `ping` needs it.',
)
ONLY_SIGNED = Rule(
    code="PMODE-18",
    severity=Severity.WARNING,
    sentence="{pointer}: payloads to and from {partner} are signed and not encrypted",
    mend='Choose suite "sign-only" if TLS alone is to keep them secret, as in EU ICS2, or encrypt.',
)
NO_OFFICE_OF_OURS = Rule(
    code="PMODE-19",
    severity=Severity.ERROR,
    sentence="{pointer}: {value} is the node of an office; {own} is not its administration's",
    mend="An office has one partner, its administration; no other node tells it what it expects.",
)
PUSHED_TO_OFFICE = Rule(
    code="PMODE-20",
    severity=Severity.ERROR,
    sentence="{pointer}: what office {value} expects waits to be pulled, and is never posted",
    mend='Leave the way out, or set it to "pull" at both ends.',
)
