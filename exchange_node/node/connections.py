"""Connections to the outside: partners who call, partners who are called, authorities asked."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from exchange_node.authorities.asking import MOST_PLACES
from exchange_node.authorities.fetching import HttpFetcher, longest_question
from exchange_node.authorities.folder import ListFolder
from exchange_node.authorities.revocation import Revocation
from exchange_node.config.keyring import Keyring
from exchange_node.config.partners import PartnerCard
from exchange_node.config.settings import Settings
from exchange_node.domain.errors import ConfigurationError
from exchange_node.domain.transmission.content import CHUNK_BYTES, NewSpool
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.node.surroundings import Clock
from exchange_node.security.trust import Partner
from exchange_node.security.trusting.path import MOST_CERTIFICATES
from exchange_node.services.sending import LEASE
from exchange_node.transport.https import HttpsLine, Route
from exchange_node.transport.line import MAX_ANSWER_BYTES
from exchange_node.transport.pace import longest
from exchange_node.transport.streams import Vouch
from exchange_node.transport.tls import TlsKey, load_key, pinned

log = structlog.get_logger()


def listening(keyring: Keyring, cards: Iterable[PartnerCard], clock: Clock) -> ssl.SSLContext:
    """Return the TLS context of the AS4 listener: our key, and no caller but our partners.

    It turns to the next key by itself when its time has come.

    Raises:
        PassphraseError, InvalidSettingError: key or certificates cannot be used.
    """
    pems = "\n".join(card.tls_pem for card in cards)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    # No session is taken up again: a ticket brings the caller's certificate back and not those
    # that came with it, by which its path is found. Connections are kept, so it costs little.
    context.options |= ssl.OP_NO_TICKET
    context.num_tickets = 0
    if pems:
        pinned(context, pems, "partners/")
    loaded = tls_key(keyring, clock())
    load_key(context, loaded)

    def turn(_connection: object, _host: object, _context: ssl.SSLContext) -> None:
        """Load the key whose time has come: it is shown from the next connection on."""
        nonlocal loaded
        if (key := tls_key(keyring, clock())) == loaded:
            return
        try:
            # Tried elsewhere first: what fails half-way would leave the certificate without a key.
            load_key(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), key)
            load_key(context, key)
        except ConfigurationError as err:
            # Better the old certificate than no connection: partners say when it has ended.
            log.warning("tls-key-not-loaded", file=key.certificate_file.name, why=str(err))
            return
        log.info("tls-key-loaded", file=key.certificate_file.name)
        loaded = key

    context.sni_callback = turn  # called at every handshake, whether a host is named or not
    return context


def calling(
    keyring: Keyring,
    cards: Iterable[PartnerCard],
    modes: Mapping[str, PartnerMode],
    settings: Settings,
    clock: Clock,
    *,
    new_spool: NewSpool,
) -> HttpsLine:
    """Return the line to the partners, with a connection for each post that may run at once."""
    routes = {
        party: Route(
            url=card.url,
            certificates_pem=card.tls_pem,
            connections=modes[party].concurrency + 2,  # an alert's beside, and one that pulls
            vouch=_vouching(card.partner, clock),
        )
        for party, card in ((str(card.party), card) for card in cards)
    }
    return HttpsLine(
        lambda: tls_key(keyring, clock()),
        routes,
        timeout_seconds=settings.answer_timeout_seconds,
        asking_seconds=asking_for(settings),
        new_spool=new_spool,
    )


def _vouching(partner: Partner, clock: Clock) -> Vouch:
    def vouch(shown: Sequence[bytes]) -> None:
        partner.server_path(shown, clock())

    return vouch


QUESTIONS = 24
"""Authorities that may be silent in a row about one partner's path while its exchange goes on: all
places of four certificates, more than most paths have. Of a longer path, what more is asked takes
the exchange's own time (our choice)."""

MOST_QUESTIONS = 2 * MOST_PLACES * (MOST_CERTIFICATES - 1)
"""Questions about one path at the most: responders and lists of all its certificates but the
authority that is trusted."""


def asking_for(settings: Settings) -> float:
    """Return for how many seconds an exchange waits for what authorities say of the partner."""
    return QUESTIONS * settings.authority_timeout_seconds


def lease_for(settings: Settings) -> timedelta:
    """Return for how long an exchange is leased: longer than it may take without renewing that.

    Authorities are asked twice: about who is called, and about who has signed the answer.
    """
    seconds, asking = settings.answer_timeout_seconds, asking_for(settings)
    most = longest(bytes(CHUNK_BYTES), MAX_ANSWER_BYTES, seconds, asking)
    answered = MOST_QUESTIONS * longest_question(settings.authority_timeout_seconds)
    return max(LEASE, 1.1 * timedelta(seconds=most + answered))


def tls_key(keyring: Keyring, at: datetime) -> TlsKey:
    """Return the TLS key that counts at a moment, as the transport takes it."""
    pair = keyring.tls_at(at)
    return TlsKey(
        certificate_file=pair.certificate_file,
        key_file=pair.key_file,
        passphrase=keyring.passphrase.encode(),
    )


def revocation_of(settings: Settings, random_bytes: Callable[[int], bytes]) -> Revocation:
    """Return who is asked whether a partner's certificate was revoked.

    Raises:
        InvalidSettingError: the folder of revocation lists is none.
    """
    return Revocation(
        settings.revocation,
        HttpFetcher(timeout_seconds=settings.authority_timeout_seconds),
        random_bytes=random_bytes,
        lists=ListFolder(settings.crl_folder) if settings.crl_folder is not None else None,
    )
