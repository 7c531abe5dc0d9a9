"""`check`: what a node's folder lacks or has wrong, all of it at once and in plain words."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from exchange_node.authorities.hsm.keys import KeyModules
from exchange_node.config.keyring import (
    STORAGE_KEY,
    open_decrypter,
    open_key,
    open_signer,
    own_pairs,
)
from exchange_node.config.partners import PartnerCard, read_cards
from exchange_node.config.settings import Listener, Settings, read_settings, read_text
from exchange_node.config.settings.desks import read_desks
from exchange_node.config.settings.passphrase import read_passphrase
from exchange_node.config.shipped import library as shipped_library
from exchange_node.config.shipped import national_profiles
from exchange_node.config.versions import faults_of_versions
from exchange_node.domain.availability.outage import Outage
from exchange_node.domain.countersigning.standing import Standing, day_of
from exchange_node.domain.errors import InvalidAgreementError
from exchange_node.domain.finding import Finding, Rule, Severity
from exchange_node.ebms.pmodes.partner_mode import is_of_office
from exchange_node.node.connections import revocation_of
from exchange_node.node.pmodes import lint_pmodes
from exchange_node.node.serving import is_served
from exchange_node.node.surroundings import utc_now
from exchange_node.policy.disposal.clock import Witnesses, weigh_clock
from exchange_node.security.certificates import (
    ENDS_SOON,
    Purpose,
    check_succession,
    fingerprint,
    load_certificates,
)
from exchange_node.security.trust import Trust
from exchange_node.security.trusting.path import Path as CertificatePath
from exchange_node.security.vault import open_storage_key
from exchange_node.services.commissioning.inspection import Inspection
from exchange_node.services.commissioning.pairs import AUTHORITY_CERTIFICATE, LIFETIME
from exchange_node.services.stations.agreements import held_agreements, readable
from exchange_node.services.stations.availability.presence import presence_findings
from exchange_node.store.admission import agreements
from exchange_node.store.availability import outages
from exchange_node.store.database import check_version, open_database, reading, versions_in
from exchange_node.store.retention import timekeeping
from exchange_node.store.upgrade import migrate

NO_PARTNER = Rule(
    code="CHECK-01",
    severity=Severity.WARNING,
    sentence="no partner is known",
    mend="Give partners this node's card (`partner card`) and take theirs (`partner add`).",
)
NO_AGREEMENT = Rule(
    code="CHECK-02",
    severity=Severity.WARNING,
    sentence="no agreement with {value} is active and in force: nothing moves to it or from it",
    mend="Offer the partner an agreement (`agreement offer FILE`), or activate a test one on both"
    " sides.",
)
PORT_TAKEN = Rule(
    code="CHECK-03",
    severity=Severity.ERROR,
    sentence="{value} cannot be bound: {why}",
    mend="Stop the program that holds the port, or choose another host or port in node.toml.",
)
READABLE_BY_OTHERS = Rule(
    code="CHECK-04",
    severity=Severity.WARNING,
    sentence="{value} can be read by other users of this machine",
    mend="Take the permission away: chmod 600 {value}",
)


SHORT_PASSPHRASE = Rule(
    code="CHECK-05",
    severity=Severity.WARNING,
    sentence="the passphrase has {value} characters",
    mend="Use 16 or more, drawn at random: whoever copies the keys can guess it quickly.",
)
AUTHORITY_ENDS = Rule(
    code="CHECK-06",
    severity=Severity.WARNING,
    sentence="the node's own authority {pointer} ends on {value}; from {since} on it issues no"
    " certificate that lasts for the usual {days} days",
    mend="Move authority.*.pem away: `key new` makes a new one when it is needed. Partners need"
    " nothing but the new card.",
)
UNREADABLE_AGREEMENT = Rule(
    code="CHECK-07",
    severity=Severity.WARNING,
    sentence="the text of {value} cannot be read any more: {why}; nothing moves under it",
    mend="Agree with the partner on a new version: `agreement new`, `agreement offer FILE`.",
)
CLOCK_NOT_BELIEVED = Rule(
    code="CHECK-08",
    severity=Severity.WARNING,
    sentence="the clock has {value}, far from what else tells the time ({why}): nothing is disposed"
    " of by it",
    mend="Set the clock right; if it is, vouch for it: `exchange-node disposal confirm-clock`.",
)
PARTNER_AWAY = Rule(
    code="CHECK-09",
    severity=Severity.WARNING,
    sentence="{value} is away until {until} ({functions}; {why})",
    mend="Nothing, if that is expected: `exchange-node availability show` has the whole of it.",
)
SHORTEST_PASSPHRASE = 16
"""PKCS#8 as OpenSSL writes it stretches a passphrase little: its length has to do it."""


def check(folder: Path) -> tuple[Finding, ...]:
    """Return everything that is missing or wrong in a node's folder; errors stop the node."""
    inspection = Inspection()
    settings: list[Settings] = []
    cards: list[PartnerCard] = []
    now = utc_now()

    def read() -> Iterator[Finding]:
        settings.append(read_settings(folder))
        yield from ()

    if not inspection.take(read):
        return tuple(inspection.findings)
    (found,) = settings

    if inspection.take(lambda: _passphrase(found)):
        for purpose in Purpose:
            inspection.take(lambda purpose=purpose: _keys(found, purpose, now))  # type: ignore[misc]
        inspection.take(lambda: _storage_key(found))
        inspection.take(lambda: _own_authority(found, now))
    inspection.take(lambda: _partners(found, cards, now))
    inspection.take(lambda: _authorities(found, cards, now))
    inspection.take(lambda: _shipped(found))
    inspection.take(lambda: _desks(found))
    inspection.take(lambda: _versions(found, cards))
    inspection.take(lambda: _store(found, [str(card.party) for card in cards], now))
    inspection.take(lambda: [one for one in lint_pmodes(folder) if one not in inspection.findings])
    inspection.take(lambda: _ports(found))
    return tuple(inspection.findings)


def _passphrase(settings: Settings) -> Iterator[Finding]:
    read_passphrase(settings)
    yield from ()


def _keys(settings: Settings, purpose: Purpose, now: datetime) -> Iterator[Finding]:
    passphrase = read_passphrase(settings)
    pairs = own_pairs(settings, purpose)
    held = [
        (one.certificate, None if one.is_in_module else open_key(one, passphrase)) for one in pairs
    ]
    yield from check_succession(held, purpose, now, settings.overlap)
    modules = KeyModules()
    opens = open_decrypter if purpose is Purpose.ENCRYPTION else open_signer
    for one in pairs:
        if one.is_in_module and purpose is not Purpose.TLS:
            opens(one, passphrase, modules)
        if one.key_file.stat().st_mode & 0o077:
            yield READABLE_BY_OTHERS.found(value=str(one.key_file))


def _storage_key(settings: Settings) -> Iterator[Finding]:
    path = settings.keys_folder / STORAGE_KEY
    passphrase = read_passphrase(settings)
    open_storage_key(read_text(path).encode(), passphrase, which=path.name)
    if len(passphrase) < SHORTEST_PASSPHRASE:
        yield SHORT_PASSPHRASE.found(value=str(len(passphrase)))


def _own_authority(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield whether the node's own authority will soon issue nothing that lasts."""
    path = settings.keys_folder / AUTHORITY_CERTIFICATE
    if not path.exists():  # it is made when it is first needed
        return
    (certificate, *_) = load_certificates(read_text(path).encode(), which=path.name)
    end = certificate.not_valid_after_utc
    if now + LIFETIME + ENDS_SOON > end:
        yield AUTHORITY_ENDS.found(
            pointer=path.name,
            value=f"{end:%Y-%m-%d}",
            since=f"{end - LIFETIME:%Y-%m-%d}",
            days=str(LIFETIME.days),
        )


def _partners(settings: Settings, cards: list[PartnerCard], now: datetime) -> Iterator[Finding]:
    """Read the cards into the list, and yield what is wrong with what they pin."""
    cards.extend(read_cards(settings.partners_folder))
    Trust(tuple(card.partner for card in cards))
    if not cards:
        yield NO_PARTNER.found()
    for card in cards:
        for purpose in Purpose:
            held = [(one, None) for one in card.partner.of(purpose)]
            yield from check_succession(held, purpose, now)


def _authorities(settings: Settings, cards: list[PartnerCard], now: datetime) -> Iterator[Finding]:
    """Yield what is wrong with partners' authorities, and with certificates by what they say."""
    revocation = revocation_of(settings, os.urandom)
    for card in cards:
        anchors = card.partner.anchors
        if anchors is None:
            continue
        yield from anchors.check(now)
        pinned = {one for purpose in Purpose for one in card.partner.of(purpose)}
        for certificate in sorted(pinned, key=fingerprint):
            path = anchors.look_for(certificate, now)
            # What no authority vouches for is pinned, and nobody is asked about it.
            if isinstance(path, CertificatePath):
                yield from revocation.check(path, now, strictness=anchors.strictness)
    revocation.close()


def _shipped(settings: Settings) -> Iterator[Finding]:
    shipped_library(settings.code_lists_folder)
    national_profiles(settings.profiles_folder)
    yield from ()


def _desks(settings: Settings) -> Iterator[Finding]:
    read_desks(settings.folder)
    yield from ()


def _versions(settings: Settings, cards: list[PartnerCard]) -> Iterator[Finding]:
    """Yield what is wrong with versions of the documents, each fault by itself."""
    base = shipped_library(settings.code_lists_folder).registry
    for fault in faults_of_versions(settings, cards, base):
        yield fault.as_finding()


def _store(settings: Settings, partners: list[str], now: datetime) -> Iterator[Finding]:
    engine = open_database(settings.store_url, max_bytes=settings.store_max_bytes)
    own = str(settings.administration.party)
    try:
        check_version(engine)
        migrate(engine)
        with reading(engine) as conn:
            versions_in(conn)
            held = held_agreements(conn)
            known = agreements.known(conn)
            unlike = presence_findings(conn, partners, held, own, now)
            away = [one for party in partners for one in outages.ahead(conn, party, now)]
            witnesses = Witnesses(
                believed_at=timekeeping.believed_at(conn), heard_at=timekeeping.heard_at(conn)
            )
    finally:
        engine.dispose()
    if not weigh_clock(now, witnesses).lets_dispose:
        nearest = f"{witnesses.nearest(now):%Y-%m-%d}"
        yield CLOCK_NOT_BELIEVED.found(value=f"{now:%Y-%m-%d}", why=nearest)
    for one in known:
        if isinstance(err := readable(one.text, one.agreement_id), InvalidAgreementError):
            yield UNREADABLE_AGREEMENT.found(
                value=f"{one.agreement_id} version {one.version}", why=str(err)
            )
    yield from (_away(one) for one in away if one.is_on(now))
    yield from unlike
    for partner in partners:
        # With the node of an office nothing has to be agreed.
        if not is_of_office(own, partner) and not any(
            one.agreement.is_between(own, partner)
            and one.standing(day_of(now), held) is Standing.ACTIVE
            for one in held
        ):
            yield NO_AGREEMENT.found(value=partner)


def _away(outage: Outage) -> Finding:
    return PARTNER_AWAY.found(
        value=outage.party,
        until=f"{outage.ends:%Y-%m-%d %H:%M} UTC",
        functions=" ".join(one.value for one in outage.functions),
        why=outage.reason or "-",
    )


def _ports(settings: Settings) -> Iterator[Finding]:
    if not is_served(settings.folder):  # else this node holds them itself
        yield from _port("as4", settings.as4)
        yield from _port("api", settings.api)


def _port(name: str, listener: Listener) -> Iterator[Finding]:
    try:
        socket.create_server((listener.host, listener.port)).close()
    except OSError as err:
        place = f"{name}: {listener.host} port {listener.port}"
        yield PORT_TAKEN.found(value=place, why=os.strerror(err.errno) if err.errno else str(err))
