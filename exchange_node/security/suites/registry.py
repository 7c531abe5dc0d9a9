"""The suites by name, and the one that a partner's certificates ask for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from cryptography import x509

from exchange_node.security.suites.elliptic import EDELIVERY_2_0, EDELIVERY_2_0_ECC
from exchange_node.security.suites.rsa import EDELIVERY_1_15, SIGN_ONLY
from exchange_node.security.suites.suite import Suite

SUITES: Mapping[str, Suite] = MappingProxyType(
    {one.name: one for one in (EDELIVERY_1_15, EDELIVERY_2_0, EDELIVERY_2_0_ECC, SIGN_ONLY)}
)
"""Every suite that a processing mode may name."""


def suite_for(
    signing: Collection[x509.Certificate], encryption: Collection[x509.Certificate]
) -> Suite:
    """Return the suite that a partner's certificates are made for.

    Where they serve several, it is the oldest: two partners that hold old and new keys side by
    side come to the same answer, and change over when both say so. Where they serve none, it is
    the suite of 1.15, and what is missing shows when it is used. Of a partner that an authority
    vouches for no signing certificate need be known: then what it is encrypted for decides.
    """
    for suite in (EDELIVERY_1_15, EDELIVERY_2_0, EDELIVERY_2_0_ECC):
        signs = not signing or any(map(suite.signs_with, signing))
        if signs and any(map(suite.encrypts_for, encryption)):
            return suite
    return EDELIVERY_1_15
