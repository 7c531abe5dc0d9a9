from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import InvalidSettingError
from exchange_node.ebms.message import OwnKeys, PartnerKeys
from exchange_node.security.certificates import Purpose
from exchange_node.security.keys import PemSigner, new_ec_key, new_ed25519_key, new_x25519_key
from exchange_node.security.suites import EDELIVERY_1_15, EDELIVERY_2_0, EDELIVERY_2_0_ECC
from tests.ebms.parties import AT, KZ, UZ, certificate, encryption_certificate

DAY = timedelta(days=1)
OLD_KEY, NEW_KEY = new_ec_key(), new_ec_key()


def signer(key: object, began: datetime) -> PemSigner:
    made = certificate(key, KZ, Purpose.SIGNING, at=began)  # type: ignore[arg-type]
    return PemSigner(key, made)  # type: ignore[arg-type]


OLD = signer(OLD_KEY, AT - 300 * DAY)
NEW = signer(NEW_KEY, AT)
ED = signer(new_ed25519_key(), AT)


def own(*signers: PemSigner, **changes: timedelta) -> OwnKeys:
    return OwnKeys(party=KZ, signers=signers, decrypters=(), **changes)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1, OLD), (0, OLD), (6, OLD), (7, NEW), (64, NEW), (66, NEW), (365, NEW)],
)
def test_a_new_certificate_signs_when_partners_have_had_the_overlap(
    days: int, expected: PemSigner
) -> None:
    assert own(OLD, NEW).signer_for(EDELIVERY_2_0_ECC, AT + days * DAY) == expected
    assert own(NEW, OLD).signer_for(EDELIVERY_2_0_ECC, AT + days * DAY) == expected


def test_the_overlap_is_the_operators_to_set() -> None:
    keys = own(OLD, NEW, overlap=timedelta())

    assert keys.signer_for(EDELIVERY_2_0_ECC, AT) == NEW


def test_the_first_certificate_of_all_signs_at_once() -> None:
    assert own(NEW).signer_for(EDELIVERY_2_0_ECC, AT) == NEW


def test_a_new_certificate_signs_early_where_the_old_has_ended() -> None:
    at = AT + 3 * DAY
    ended = signer(OLD_KEY, AT - 364 * DAY)

    assert own(ended, NEW).signer_for(EDELIVERY_2_0_ECC, at) == NEW


def test_where_none_is_valid_the_last_to_end_signs_and_the_partner_decides() -> None:
    assert own(NEW, OLD).signer_for(EDELIVERY_2_0_ECC, AT + 1000 * DAY) == NEW


def test_each_suite_has_its_own_signer() -> None:
    keys = own(OLD, ED)

    assert keys.signer_for(EDELIVERY_2_0, AT) == ED
    assert keys.signer_for(EDELIVERY_2_0_ECC, AT) == OLD
    with pytest.raises(InvalidSettingError):
        keys.signer_for(EDELIVERY_1_15, AT)


@given(
    st.lists(st.integers(-400, 400), min_size=1, max_size=4, unique=True), st.integers(-500, 500)
)
def test_laws_of_choosing_a_signer(began: list[int], at: int) -> None:
    signers = {days: signer(OLD_KEY, AT + days * DAY) for days in began}
    moment = AT + at * DAY

    chosen = own(*signers.values()).signer_for(EDELIVERY_2_0_ECC, moment)

    valid = [one for one in began if one <= at < one + 365]
    taken_in = [one for one in valid if one + 7 <= at]
    expected = max(taken_in) if taken_in else min(valid) if valid else max(began)
    assert chosen is signers[expected]


def test_the_newest_valid_certificate_of_the_kind_is_encrypted_for() -> None:
    old, new, coming = (
        encryption_certificate(new_x25519_key(), UZ, at=AT + days * DAY) for days in (-300, -1, 10)
    )
    other = encryption_certificate(new_ec_key(), UZ)
    partner = PartnerKeys(
        party=UZ, signing=(), encryption=(old, other, new, coming), suite=EDELIVERY_2_0
    )

    assert partner.encryption_for(AT - 2 * DAY) == old
    assert partner.encryption_for(AT) == new
    assert partner.encryption_for(AT + 10 * DAY) == coming
    for at in (AT - 301 * DAY, AT + 400 * DAY):
        with pytest.raises(InvalidSettingError, match="no valid encryption certificate"):
            partner.encryption_for(at)
