"""Connections to the outside: partners who are called, authorities who are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from exchange_node.authorities.fetching import HttpFetcher
from exchange_node.authorities.folder import ListFolder
from exchange_node.authorities.revocation import Revocation
from exchange_node.config.keyring import Keyring
from exchange_node.config.partners import PartnerCard
from exchange_node.config.settings import Settings
from exchange_node.ebms.pmodes.partner_mode import PartnerMode
from exchange_node.node.outside.tls import tls_key
from exchange_node.node.surroundings import Clock
from exchange_node.transport.https import HttpsLine, Route


def calling(
    keyring: Keyring,
    cards: Iterable[PartnerCard],
    modes: Mapping[str, PartnerMode],
    timeout_seconds: float,
    clock: Clock,
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
    return HttpsLine(lambda: tls_key(keyring, clock()), routes, timeout_seconds=timeout_seconds)


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
