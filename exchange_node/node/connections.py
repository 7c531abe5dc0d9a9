"""Connections to the outside: partners who call, partners who are called, authorities asked."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Mapping

from exchange_node.authorities.fetching import HttpFetcher
from exchange_node.authorities.folder import ListFolder
from exchange_node.authorities.revocation import Revocation
from exchange_node.config.keyring import Keyring
from exchange_node.config.partners import PartnerCard
from exchange_node.config.settings import Settings
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.transport.https import HttpsLine, Route, TlsKey, load_key, pinned


def listening(keyring: Keyring, cards: Iterable[PartnerCard]) -> ssl.SSLContext:
    """Return the TLS context of the AS4 listener: our key, and no caller but our partners.

    Raises:
        PassphraseError, InvalidSettingError: key or certificates cannot be used.
    """
    pems = "\n".join(card.tls_pem for card in cards)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    if pems:
        pinned(context, pems, "partners/")
    load_key(context, tls_key(keyring))
    return context


def calling(
    keyring: Keyring,
    cards: Iterable[PartnerCard],
    modes: Mapping[str, PartnerMode],
    timeout_seconds: float,
) -> HttpsLine:
    """Return the line to the partners, with a connection for each post that may run at once."""
    routes = {
        party: Route(
            url=card.url,
            certificates_pem=card.tls_pem,
            connections=modes[party].concurrency + 1,
        )
        for party, card in ((str(card.party), card) for card in cards)
    }
    return HttpsLine(tls_key(keyring), routes, timeout_seconds=timeout_seconds)


def tls_key(keyring: Keyring) -> TlsKey:
    """Return the TLS key as the transport takes it."""
    return TlsKey(
        certificate_file=keyring.tls_certificate_file,
        key_file=keyring.tls_key_file,
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
