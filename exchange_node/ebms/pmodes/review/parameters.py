"""One P-Mode → its parameters under the names of the standards, each with where it comes from.

OASIS ebMS 3.0 Core, appendix D; OASIS AS4 Profile 1.0, sections 3.2 and 5.2; eDelivery AS4 1.15.
Partners compare this list with their own, so that what nobody chose is said as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from exchange_node.domain.transmission import Retry
from exchange_node.ebms.packaging.compression import GZIP
from exchange_node.ebms.pmodes.partner_mode import Binding
from exchange_node.ebms.pmodes.pmode import TEST, Party, PMode
from exchange_node.security.suites import Suite

PROFILE = "eDelivery AS4"
DERIVED = "derived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter.

    Attributes:
        name: as the standards call it.
        source: who or what chose the value.
    """

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """What of one side stands on its card.

    Attributes:
        signing, encryption: its certificates, by name and fingerprint.
    """

    address: str
    signing: tuple[str, ...]
    encryption: tuple[str, ...]


Row = tuple[str, object, str]


def parameters(
    pmode: PMode,
    *,
    suite: Suite,
    ends: Mapping[str, End],
    place_of: Callable[[str], str],
) -> tuple[Parameter, ...]:
    """Return every parameter of a P-Mode.

    Args:
        suite: the one that the P-Mode names.
        ends: both sides by party id.
        place_of: where an attribute of the partner's mode was said.
    """
    sender, recipient = ends[pmode.sender.party], ends[pmode.recipient.party]
    rows = (
        *_exchange(pmode, place_of),
        *_transport(pmode, sender, recipient, place_of),
        *_security(pmode, suite, sender, recipient, place_of),
        *_reliability(pmode, place_of),
    )
    return tuple(
        Parameter(name=name, value=_text(value), source=source) for name, value, source in rows
    )


def retry_text(retry: Retry) -> str:
    """Return the retries in AS4's text form, which knows one period, in milliseconds.

    Our waits grow; the period named is their mean, so that both forms give up at the same time.
    """
    period = retry.window / (retry.max_retries + 1)
    return f"maxretries={retry.max_retries},period={period // timedelta(milliseconds=1)}"


def duplicates_text(window: timedelta) -> str:
    """Return the duplicate window in AS4's text form; we set no size: nothing is forgotten."""
    day, minute = timedelta(days=1), timedelta(minutes=1)
    if window % day:
        return f"checkwindow={-(-window // minute)}M"
    return f"checkwindow={window // day}D"


def _exchange(pmode: PMode, place_of: Callable[[str], str]) -> Iterator[Row]:
    names = place_of("exchanges") if pmode.mode.exchanges else ""
    agreement = f"agreement {pmode.agreement_id}"
    vocabulary = "test service" if pmode.code == TEST else f"message code {pmode.code}"
    is_named = any(one.code == pmode.code for one in pmode.mode.exchanges)
    yield "PMode.ID", pmode.pmode_id, DERIVED
    yield (
        "PMode.Agreement",
        _typed(pmode.agreement_ref, pmode.agreement_type),
        names if is_named else agreement,
    )
    yield "PMode.MEP", pmode.mep, vocabulary
    binding = place_of("from_partner" if pmode.is_from_partner else "to_partner")
    yield "PMode.MEPbinding", pmode.mep_binding, binding
    for side, party in (("Initiator", pmode.initiator), ("Responder", pmode.responder)):
        kind, role = _party_places(pmode, party)
        yield f"PMode.{side}.Party", _typed(party.party, party.type), place_of(kind)
        yield f"PMode.{side}.Role", party.role, place_of(role)
    leg = f"PMode[{pmode.leg}].BusinessInfo"
    service = _typed(pmode.service, pmode.service_type)
    yield f"{leg}.Service", service, names if is_named else vocabulary
    yield f"{leg}.Action", pmode.action, names if is_named else vocabulary
    yield f"{leg}.Properties[]", pmode.properties, vocabulary
    mpc = place_of("mpc_from_partner" if pmode.is_from_partner else "mpc_to_partner")
    yield f"{leg}.MPC", pmode.mpc, mpc if pmode.binding is Binding.PULL else PROFILE
    yield f"{leg}.PayloadProfile", "", PROFILE
    yield "answers", pmode.answers, vocabulary
    yield "answered by", pmode.answered_by, vocabulary


def _transport(
    pmode: PMode, sender: End, recipient: End, place_of: Callable[[str], str]
) -> Iterator[Row]:
    leg = f"PMode[{pmode.leg}]"
    is_pushed = pmode.binding is Binding.PUSH
    listening = recipient if is_pushed else sender
    yield f"{leg}.Protocol.Address", listening.address, "card"
    yield f"{leg}.Protocol.SOAPVersion", "1.2", PROFILE
    report = f"{leg}.ErrorHandling.Report"
    yield f"{report}.AsResponse", is_pushed, PROFILE
    yield f"{report}.ReceiverErrorsTo", "" if is_pushed else listening.address, PROFILE
    for name in (
        "ProcessErrorNotifyConsumer",
        "ProcessErrorNotifyProducer",
        "MissingReceiptNotifyProducer",
        "DeliveryFailuresNotifyProducer",
    ):
        yield f"{report}.{name}", True, PROFILE
    compresses = pmode.mode.compresses or pmode.is_from_partner
    source = PROFILE if pmode.is_from_partner else place_of("compresses")
    yield f"{leg}.PayloadService.CompressionType", GZIP if compresses else "", source


def _security(
    pmode: PMode, suite: Suite, sender: End, recipient: End, place_of: Callable[[str], str]
) -> Iterator[Row]:
    security = f"PMode[{pmode.leg}].Security"
    chosen = place_of("suite")
    encrypts = pmode.mode.encrypts and suite.encrypts
    yield f"{security}.WSSVersion", "1.1.1", PROFILE
    yield f"{security}.X509.Sign", True, PROFILE
    yield f"{security}.X509.Signature.Certificate", sender.signing, "card"
    yield f"{security}.X509.Signature.HashFunction", suite.digest, chosen
    yield f"{security}.X509.Signature.Algorithm", sorted(suite.signature_methods), chosen
    yield "suite", pmode.mode.suite, chosen
    yield "token", pmode.mode.token, place_of("token")
    encryption = f"{security}.X509.Encryption"
    yield f"{encryption}.Encrypt", encrypts, place_of("encrypts")
    if encrypts:
        yield f"{encryption}.Certificate", recipient.encryption, "card"
        yield f"{encryption}.Algorithm", suite.content_cipher, chosen
        yield f"{encryption}.MinimumStrength", "128", chosen
    yield f"{security}.PModeAuthorize", False, PROFILE
    yield f"{security}.SendReceipt", True, PROFILE
    yield f"{security}.SendReceipt.NonRepudiation", True, PROFILE
    is_pushed = pmode.binding is Binding.PUSH
    yield f"{security}.SendReceipt.ReplyPattern", "response" if is_pushed else "callback", PROFILE
    yield f"{security}.SendReceipt.ReplyTo", "" if is_pushed else sender.address, PROFILE


def _reliability(pmode: PMode, place_of: Callable[[str], str]) -> Iterator[Row]:
    awareness = f"PMode[{pmode.leg}].ReceptionAwareness"
    yield awareness, True, PROFILE
    yield f"{awareness}.Retry", True, PROFILE
    yield f"{awareness}.Retry.Parameters", retry_text(pmode.mode.retry), place_of("retry")
    yield f"{awareness}.DuplicateDetection", True, PROFILE
    window = duplicates_text(pmode.mode.window)
    yield f"{awareness}.DuplicateDetection.Parameters", window, place_of("window")
    yield f"PMode[{pmode.leg}].Splitting", "", PROFILE
    if not pmode.is_from_partner:
        yield "posts at one time", str(pmode.mode.concurrency), place_of("concurrency")
        yield "messages in a minute", str(pmode.mode.per_minute), place_of("per_minute")
    yield "captures", pmode.mode.captures, place_of("captures")


def _party_places(pmode: PMode, party: Party) -> tuple[str, str]:
    """Return the attributes of the partner's mode that name a side's type and role."""
    is_partner = party.party == pmode.mode.party
    return ("party_type", "role") if is_partner else ("own_type", "own_role")


def _typed(value: str, kind: str) -> str:
    return f"{value} (type {kind})" if kind and value else value


def _text(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case tuple() | list():
            return ", ".join(str(one) for one in value)
        case _:
            return str(value)
