"""The node's TLS: the key that counts now, and the listener's context that turns to the next."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable
from datetime import datetime

from exchange_node.config.keyring import Keyring
from exchange_node.config.partners import PartnerCard
from exchange_node.transport.https import TlsKey, load_key, pinned


def tls_key(keyring: Keyring, at: datetime) -> TlsKey:
    """Return the TLS key that counts at a moment, as the transport takes it."""
    pair = keyring.tls_at(at)
    return TlsKey(
        certificate_file=pair.certificate_file,
        key_file=pair.key_file,
        passphrase=keyring.passphrase.encode(),
    )


def listening(
    keyring: Keyring, cards: Iterable[PartnerCard], clock: Callable[[], datetime]
) -> ssl.SSLContext:
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
    loaded = tls_key(keyring, clock())
    load_key(context, loaded)

    def turn(_connection: object, _host: object, _context: ssl.SSLContext) -> None:
        """Load the key whose time has come: it is shown from the next connection on."""
        nonlocal loaded
        if (key := tls_key(keyring, clock())) != loaded:
            load_key(context, key)
            loaded = key

    context.sni_callback = turn  # called at every handshake, whether a host is named or not
    return context
