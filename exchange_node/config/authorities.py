"""What a partner's card says of authorities → whose word is taken for it, and under which name."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.security.certificates import load_certificates, name_of
from exchange_node.security.trusting.anchors import Anchors
from exchange_node.security.trusting.flaws import extension_of
from exchange_node.security.trusting.names import read_bound_name
from exchange_node.security.trusting.policy import Strictness


def read_anchors(
    authorities: Sequence[str], subject: str | Sequence[str], revocation: str, *, where: str
) -> Anchors | None:
    """Return what `authorities`, `subject` and `revocation` of a card mean; None for no authority.

    Raises:
        InvalidSettingError: a certificate or a name is none, or one of the keys lacks another.
    """
    names = [subject] if isinstance(subject, str) else list(subject)
    names = [one for one in names if one]
    if not authorities:
        if names or revocation:
            why = "`subject` and `revocation` say nothing without `authorities`"
            raise InvalidSettingError(where=where, why=why)
        return None
    if not names:
        why = "`authorities` vouch for all their customers: `subject` has to say which is this one"
        raise InvalidSettingError(where=where, why=why)
    place = f"{where}, authorities"
    found = tuple(
        one for pem in authorities for one in load_certificates(pem.encode(), which=place)
    )
    for one in found:
        basic = extension_of(one, x509.BasicConstraints)
        if basic is None or not basic.ca:
            why = f"{name_of(one)} is no authority's certificate: pin it under `tls` or `signing`"
            raise InvalidSettingError(where=place, why=why)
    return Anchors(
        authorities=found,
        names=tuple(read_bound_name(one, where=f"{where}, subject") for one in names),
        strictness=Strictness(revocation) if revocation else None,
    )
