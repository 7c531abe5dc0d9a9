"""What is written of partners × cards, keys, agreements → findings that name file and key.

Most of what keeps two message services apart is a value that one side wrote down and the other did
not: said before the first message is sent, it costs a minute. The rules are in `lint_rules`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cryptography import x509

from exchange_node.domain.agreement import Agreement
from exchange_node.domain.errors import InvalidSettingError
from exchange_node.domain.finding import Finding
from exchange_node.domain.message import CODES
from exchange_node.ebms.pmodes.derivation import derive
from exchange_node.ebms.pmodes.names import DEFAULT_MPC, INITIATOR, RESPONDER, is_uri
from exchange_node.ebms.pmodes.partner_mode import (
    Binding,
    ExchangeNames,
    PartnerMode,
    is_of_office,
    is_office,
    serves_office,
)
from exchange_node.ebms.pmodes.pmode import TEST
from exchange_node.ebms.pmodes.review import lint_rules as rules
from exchange_node.ebms.pmodes.review.parameters import duplicates_text, retry_text
from exchange_node.security.certificates import Purpose, check_succession
from exchange_node.security.suites import SUITES

_COUNTERPART = {INITIATOR: RESPONDER, RESPONDER: INITIATOR}


class Written(Protocol):
    """What holds with one partner, and where each value of it was said."""

    @property
    def mode(self) -> PartnerMode:
        """What holds."""
        ...

    @property
    def given(self) -> frozenset[str]:
        """Attributes that somebody wrote down."""
        ...

    def place_of(self, attribute: str) -> str:
        """Return file and key of an attribute."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """What one side signs with and is encrypted for."""

    signing: Collection[x509.Certificate]
    encryption: Collection[x509.Certificate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the linter holds what is written against.

    Attributes:
        own: party id of this node.
        cards: the partners' certificates, by party id.
        agreements: every agreement held, in whatever state.
    """

    own: str
    keys: Certificates
    cards: Mapping[str, Certificates]
    agreements: Sequence[Agreement]


def lint(
    written: Sequence[Written], ground: Ground, at: datetime, *, beside: Sequence[Written] = ()
) -> tuple[Finding, ...]:
    """Return everything that would keep messages from being exchanged, and what looks mistaken.

    `beside` is what is written of others: only what concerns both is told.
    """
    findings = [finding for one in written for finding in _of_partner(one, ground, at)]
    findings += _channels_apart([*beside, *written])
    if not any(one.is_error for one in findings):
        findings += _exchanges_apart(written, ground)
    return tuple(findings)


def _of_partner(one: Written, ground: Ground, at: datetime) -> Iterator[Finding]:
    card = ground.cards.get(one.mode.party)
    if card is None:
        yield rules.UNKNOWN_PARTNER.found(pointer=one.place_of("party"), value=one.mode.party)
    else:
        yield from _suite(one, card, ground.keys)
        for purpose, certificates in (
            (Purpose.SIGNING, card.signing),
            (Purpose.ENCRYPTION, card.encryption),
        ):
            yield from check_succession([(held, None) for held in certificates], purpose, at)
    yield from _parties(one, ground.own)
    yield from _offices(one, ground.own)
    yield from _channels(one)
    yield from _patience(one)
    yield from _names(one, ground.agreements)


def _suite(one: Written, card: Certificates, own: Certificates) -> Iterator[Finding]:
    mode = one.mode
    suite = SUITES[mode.suite]
    place = one.place_of("suite")
    for rule, keys in ((rules.SUITE_OF_PARTNER, card), (rules.SUITE_OF_OURS, own)):
        facts = {"pointer": place, "value": suite.name, "partner": mode.party}
        # Of a partner that an authority vouches for no signing certificate need be known.
        if keys.signing and not any(map(suite.signs_with, keys.signing)):
            yield rule.found(purpose=Purpose.SIGNING.value, **facts)
        if mode.encrypts and suite.encrypts and not any(map(suite.encrypts_for, keys.encryption)):
            yield rule.found(purpose=Purpose.ENCRYPTION.value, **facts)
    if mode.encrypts and not suite.encrypts:
        place = one.place_of("encrypts")
        yield rules.NOTHING_TO_ENCRYPT_WITH.found(pointer=place, value=suite.name)
    elif suite.encrypts and not mode.encrypts:
        yield rules.ONLY_SIGNED.found(pointer=one.place_of("encrypts"), partner=mode.party)


def _parties(one: Written, own: str) -> Iterator[Finding]:
    mode = one.mode
    for attribute, party, kind in (
        ("party_type", mode.party, mode.party_type),
        ("own_type", own, mode.own_type),
    ):
        if not kind and not is_uri(party):
            yield rules.UNTYPED.found(pointer=one.place_of(attribute), value=party)
    for attribute, role, other in (
        ("role", mode.role, mode.own_role),
        ("own_role", mode.own_role, mode.role),
    ):
        if _COUNTERPART.get(role, other) != other:
            yield rules.ROLES.found(pointer=one.place_of(attribute), value=role, other=other)


def _offices(one: Written, own: str) -> Iterator[Finding]:
    mode = one.mode
    if not is_of_office(own, mode.party):
        return
    if not (serves_office(own, mode.party) or serves_office(mode.party, own)):
        office = mode.party if is_office(mode.party) else own
        other = own if office == mode.party else mode.party
        place = one.place_of("party")
        yield rules.NO_OFFICE_OF_OURS.found(pointer=place, value=office, own=other)
        return
    is_served = is_office(mode.party)
    if (mode.to_partner if is_served else mode.from_partner) is not Binding.PULL:
        way, office = ("to_partner", mode.party) if is_served else ("from_partner", own)
        yield rules.PUSHED_TO_OFFICE.found(pointer=one.place_of(way), value=office)


def _channels(one: Written) -> Iterator[Finding]:
    mode = one.mode
    for way, attribute, binding, mpc in (
        ("to_partner", "mpc_to_partner", mode.to_partner, mode.mpc_to_partner),
        ("from_partner", "mpc_from_partner", mode.from_partner, mode.mpc_from_partner),
    ):
        place = one.place_of(attribute)
        if binding is Binding.PULL and not mpc:
            yield rules.NO_CHANNEL.found(pointer=one.place_of(way), partner=mode.party)
        elif binding is Binding.PULL and (mpc == DEFAULT_MPC or not is_uri(mpc)):
            yield rules.UNUSABLE_CHANNEL.found(pointer=place, value=mpc)
        elif binding is Binding.PUSH and mpc:
            yield rules.IDLE_CHANNEL.found(pointer=place, value=mpc)


def _channels_apart(written: Sequence[Written]) -> Iterator[Finding]:
    """Find channels of this node from which more than one partner would pull."""
    first: dict[str, str] = {}
    for one in written:
        mode = one.mode
        if mode.to_partner is Binding.PULL and mode.mpc_to_partner:
            other = first.setdefault(mode.mpc_to_partner, mode.party)
            if other != mode.party:
                place = one.place_of("mpc_to_partner")
                yield rules.CHANNEL_TWICE.found(
                    pointer=place, value=mode.mpc_to_partner, other=other
                )


def _patience(one: Written) -> Iterator[Finding]:
    mode = one.mode
    if mode.retry.window > mode.window:
        attribute = "window" if "window" in one.given else "retry"
        yield rules.SHORT_WINDOW.found(
            pointer=one.place_of(attribute),
            retry=retry_text(mode.retry),
            window=duplicates_text(mode.window),
        )
    if 0 < mode.per_minute < mode.concurrency:
        yield rules.MORE_AT_ONCE.found(
            pointer=one.place_of("concurrency"),
            value=str(mode.concurrency),
            per_minute=mode.per_minute,
        )


def _names(one: Written, agreements: Sequence[Agreement]) -> Iterator[Finding]:
    mode = one.mode
    held = {
        agreement.agreement_id: {code for grant in agreement.grants for code in grant.message_codes}
        for agreement in agreements
        if mode.party in {party.node for party in agreement.parties}
    }
    for number, names in enumerate(mode.exchanges, 1):
        place = f"{one.place_of('exchanges')} {number}"
        if names.code not in CODES and names.code != TEST:
            yield rules.UNKNOWN_CODE.found(pointer=place, value=names.code)
            continue
        if names.code == TEST and (names.service or names.action or names.service_type):
            value = " ".join(filter(None, (names.service, names.service_type, names.action)))
            yield rules.FIXED_NAMES.found(pointer=place, value=value)
        yield from _untyped(place, names)
        if held and names.agreement_id and names.agreement_id not in held:
            yield rules.IDLE_NAMES.found(pointer=place, value=names.code, partner=mode.party)
        if names.code != TEST and names.agreement_ref is not None and not _is_tested(mode, names):
            yield rules.TEST_APART.found(pointer=place, value=names.agreement_ref)


def _untyped(place: str, names: ExchangeNames) -> Iterator[Finding]:
    if names.service and not names.service_type and not is_uri(names.service):
        yield rules.UNTYPED.found(pointer=f"{place}, service", value=names.service)
    ref = names.agreement_ref or names.agreement_id
    if names.agreement_type == "" and ref and not is_uri(ref):
        yield rules.UNTYPED.found(pointer=f"{place}, agreement_ref", value=ref)


def _is_tested(mode: PartnerMode, names: ExchangeNames) -> bool:
    """Whether the test service calls the agreement alike."""
    return any(
        one.code == TEST
        and one.agreement_ref == names.agreement_ref
        and one.agreement_id in ("", names.agreement_id)
        for one in mode.exchanges
    )


def _exchanges_apart(written: Sequence[Written], ground: Ground) -> Iterator[Finding]:
    """Find names that make two exchanges look alike, one partner at a time."""
    for one in written:
        try:
            derive(own=ground.own, agreements=ground.agreements, modes={one.mode.party: one.mode})
        except InvalidSettingError as err:
            yield rules.LOOK_ALIKE.found(pointer=one.place_of("exchanges"), why=err)
