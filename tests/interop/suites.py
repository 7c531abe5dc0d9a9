"""What a suite is called by us, and what our message service is given of a partner under it."""

from __future__ import annotations

from exchange_node.ebms.message import PartnerKeys
from tests.interop.identities import Identity

READY = ("1.15",)
"""The suites that both sides speak."""


def keys_of(identity: Identity, suite: str) -> PartnerKeys:
    """Return what the other side knows of a party."""
    encrypts = suite != "sign-only"
    return PartnerKeys(
        party=identity.party,
        signing=(identity.signing.certificate,),
        encryption=identity.encryption.certificate if encrypts else None,
        encrypts=encrypts,
    )
