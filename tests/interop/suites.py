"""What a suite is called, and what our message service is given of a partner under it."""

from __future__ import annotations

from collections.abc import Mapping

from exchange_node.ebms.message import PartnerKeys
from exchange_node.security.suites import EDELIVERY_1_15, EDELIVERY_2_0, SIGN_ONLY, Suite
from tests.interop.identities import Identity

SUITES: Mapping[str, Suite] = {
    "1.15": EDELIVERY_1_15,
    "2.0": EDELIVERY_2_0,
    "sign-only": SIGN_ONLY,
}
"""As the peer calls them."""


def keys_of(identity: Identity, name: str) -> PartnerKeys:
    """Return what the other side knows of a party."""
    suite = SUITES[name]
    return PartnerKeys(
        party=identity.party,
        signing=(identity.signing.certificate,),
        encryption=(identity.encryption.certificate,) if suite.encrypts else (),
        suite=suite,
        encrypts=suite.encrypts,
    )
