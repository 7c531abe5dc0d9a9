"""Settings, keys and cards → the ways out: to the partners, and to those who know of revocation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from exchange_node.authorities.fetching import HttpFetcher
from exchange_node.authorities.folder import ListFolder
from exchange_node.authorities.revocation import Revocation
from exchange_node.config.keyring import Keyring
from exchange_node.config.partners import PartnerCard
from exchange_node.config.settings import Settings
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.transport.https import HttpsLine, Route, TlsKey


def way_to_partners(
    settings: Settings,
    keyring: Keyring,
    cards: Iterable[PartnerCard],
    modes: Mapping[str, PartnerMode],
) -> HttpsLine:
    """Return the way to the partners, with as many connections to each as messages go at once."""
    routes = {
        str(card.party): Route(
            url=card.url,
            certificates_pem=card.tls_pem,
            connections=modes[str(card.party)].concurrency + 1,
        )
        for card in cards
    }
    return HttpsLine(tls_key(keyring), routes, timeout_seconds=settings.answer_timeout_seconds)


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
