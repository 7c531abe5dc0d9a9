from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.security.certificates import (
    Purpose,
    Succession,
    check_succession,
    is_valid_at,
    successions,
)
from exchange_node.security.keys import new_ec_key, new_ed25519_key, new_rsa_key, new_x25519_key
from tests.security.ring import AT, Ring

DAY = timedelta(days=1)
WEEK = 7 * DAY
KEY = new_ec_key()


@pytest.fixture(name="of", scope="module")
def _of() -> Ring:
    return Ring()


def made(of: Ring, begin: int, days: int = 365) -> x509.Certificate:
    return of.certificate(KEY, Purpose.SIGNING, at=AT + begin * DAY, lifetime=days * DAY)


def began(one: x509.Certificate) -> datetime:
    return one.not_valid_before_utc


def test_the_next_certificate_takes_over_when_the_overlap_ends(of: Ring) -> None:
    old, new = made(of, -300), made(of, 0)
    succession = Succession((old, new), WEEK)

    assert succession.at(AT) is old
    assert succession.after(AT) == (new, began(new) + WEEK)
    assert succession.at(began(new) + WEEK) is new
    assert succession.after(began(new) + WEEK) is None


def test_the_next_certificate_takes_over_early_where_the_old_one_ends(of: Ring) -> None:
    old, new = made(of, -363), made(of, 0)

    following = Succession((old, new), WEEK).after(AT)

    assert following == (new, old.not_valid_after_utc + timedelta(seconds=1))


def test_what_has_ended_follows_nobody(of: Ring) -> None:
    old, short = made(of, -300), made(of, -100, days=50)

    assert Succession((old, short)).after(AT) is None


@given(
    st.lists(
        st.tuples(st.integers(-400, 400), st.integers(1, 500)), min_size=1, max_size=4, unique=True
    ),
    st.integers(-500, 500),
    st.integers(0, 30),
)
def test_laws_of_what_follows(spans: list[tuple[int, int]], at: int, overlap: int) -> None:
    held = tuple(made(_RING, begin, days) for begin, days in spans)
    succession = Succession(held, overlap * DAY)
    moment = AT + at * DAY

    following = succession.after(moment)

    if following is None:
        later = [moment + days * DAY for days in range(1, 1500, 7)]
        assert not any(
            is_valid_at(succession.at(one), one) and succession.at(one) is not succession.at(moment)
            for one in later
        )
    else:
        one, turn = following
        assert turn > moment
        assert succession.at(turn) is one
        assert is_valid_at(one, turn)
        before = turn - timedelta(seconds=1)
        assert not is_valid_at(one, before) or succession.at(before) is not one


_RING = Ring()


def test_one_kind_of_key_does_not_follow_another(of: Ring) -> None:
    rsa, ed = new_rsa_key(2048), new_ed25519_key()
    old, new = (of.certificate(rsa, Purpose.SIGNING, at=AT + days * DAY) for days in (-90, 0))
    other = of.certificate(ed, Purpose.SIGNING)

    groups = successions((old, other, new), Purpose.SIGNING, WEEK)

    assert [one.certificates for one in groups] == [(old, new), (other,)]


def test_any_kind_of_key_follows_in_tls_and_seal(of: Ring) -> None:
    held = (of.certificate(new_rsa_key(2048)), of.certificate(KEY))

    for purpose in (Purpose.TLS, Purpose.SEAL):
        (one,) = successions(held, purpose, WEEK)
        assert one == Succession(held, WEEK)


def test_the_newest_is_encrypted_for_without_an_overlap(of: Ring) -> None:
    old, new = (of.encryption_certificate(new_x25519_key()) for _ in range(2))
    rsa = of.encryption_certificate(new_rsa_key(2048))

    groups = successions((old, new, rsa), Purpose.ENCRYPTION, WEEK)

    assert [one.certificates for one in groups] == [(old, new), (rsa,)]
    assert all(one.overlap == timedelta() for one in groups)


def codes(of: Ring, *held: x509.Certificate, at: datetime = AT) -> list[str]:
    pairs = [(one, None) for one in held]
    return [one.code for one in check_succession(pairs, Purpose.SIGNING, at, WEEK)]


def test_a_certificate_that_ends_soon_is_warned_of_with_the_one_that_takes_over(of: Ring) -> None:
    old, new = made(of, -350), made(of, 0)

    assert codes(of, old) == ["CERT-03"]
    assert codes(of, old, new) == ["CERT-09"]
    (found,) = check_succession([(old, None), (new, None)], Purpose.SIGNING, AT, WEEK)
    assert "takes over on 2026-03-08" in found.text


def test_dates_count_for_what_is_in_use(of: Ring) -> None:
    former, current, coming = made(of, -400), made(of, -100), made(of, 100)

    assert codes(of, former, current, coming) == ["CERT-08"]
    assert codes(of, current, coming) == []
    assert codes(of, former) == ["CERT-01"]
    assert codes(of, coming) == ["CERT-02"]


def test_what_is_not_in_use_has_to_be_fit_all_the_same(of: Ring) -> None:
    current = made(of, -100)
    pairs = [(current, KEY), (made(of, 100), new_ec_key())]

    (found,) = check_succession(pairs, Purpose.SIGNING, AT, WEEK)

    assert found.code == "CERT-05"
