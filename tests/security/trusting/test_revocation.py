from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.security.trusting.crl import open_crl, points_of
from exchange_node.security.trusting.ocsp import question, responders_of, status_by_ocsp
from exchange_node.security.trusting.status import (
    CLOCK_SKEW,
    LONGEST_WITHOUT_END,
    Doubt,
    Good,
    Revoked,
    Status,
    Unknown,
)
from tests.security.authority import (
    AT,
    DAY,
    HOUR,
    Authority,
    key_usage,
    new_key,
    new_root,
)

CRL_URL = "http://ca.kz/issuing.crl"
OCSP_URL = "http://ca.kz/ocsp"
PARTNER = "as4.customs.kz"


@pytest.fixture(name="ca")
def _ca() -> Authority:
    return new_root(crl_url=CRL_URL, ocsp_url=OCSP_URL)


def by_crl(ca: Authority, leaf: x509.Certificate, crl: bytes, at: datetime = AT) -> Status:
    opened = open_crl(crl, ca.certificate)
    if isinstance(opened, Unknown):
        return opened
    return opened.status_of(leaf, at, CLOCK_SKEW)


def by_ocsp(
    ca: Authority, leaf: x509.Certificate, response: bytes, at: datetime = AT, nonce: bytes = b""
) -> Status:
    return status_by_ocsp(response, leaf, ca.certificate, at=at, tolerance=CLOCK_SKEW, nonce=nonce)


def doubt(status: Status) -> Doubt:
    assert isinstance(status, Unknown), status
    assert status.why
    return status.doubt


# ------------------------------------------------------------------------------ revocation lists


def test_who_stands_in_no_list_is_good_until_the_next_one(ca: Authority) -> None:
    status = by_crl(ca, ca.issue(PARTNER), ca.crl())

    assert status == Good(since=AT - HOUR, until=AT + DAY)


def test_a_list_may_be_written_as_pem(ca: Authority) -> None:
    pem = x509.load_der_x509_crl(ca.crl()).public_bytes(Encoding.PEM)

    assert isinstance(by_crl(ca, ca.issue(PARTNER), b"\n" + pem), Good)


def test_who_stands_in_the_list_is_revoked_for_the_reason_given(ca: Authority) -> None:
    leaf = ca.issue(PARTNER)
    ca.revoke(leaf)

    assert by_crl(ca, leaf, ca.crl()) == Revoked(at=AT - HOUR, reason="keyCompromise")
    assert isinstance(by_crl(ca, ca.issue(PARTNER), ca.crl()), Good)


def test_who_stood_in_a_list_stays_revoked_when_the_list_is_out_of_date(ca: Authority) -> None:
    leaf = ca.issue(PARTNER)
    ca.revoke(leaf)

    assert isinstance(by_crl(ca, leaf, ca.crl(), AT + 30 * DAY), Revoked)


def test_a_stale_list_clears_nobody(ca: Authority) -> None:
    status = by_crl(ca, ca.issue(PARTNER), ca.crl(until=AT - HOUR))

    assert doubt(status) is Doubt.STALE
    assert isinstance(status, Unknown)
    assert "1:00:00 before this machine's" in status.why


def test_a_clock_an_hour_behind_is_noticed(ca: Authority) -> None:
    status = by_crl(ca, ca.issue(PARTNER), ca.crl(made=AT), AT - HOUR)

    assert doubt(status) is Doubt.FROM_THE_FUTURE
    assert isinstance(status, Unknown)
    assert "1:00:00 after" in status.why
    assert "clock" in status.why


def test_a_clock_an_hour_ahead_is_noticed(ca: Authority) -> None:
    crl = ca.crl(made=AT - HOUR, until=AT)

    status = by_crl(ca, ca.issue(PARTNER), crl, AT + HOUR)

    assert doubt(status) is Doubt.STALE
    assert isinstance(status, Unknown)
    assert "clock" in status.why


@pytest.mark.parametrize("off", [CLOCK_SKEW, -CLOCK_SKEW])
def test_clocks_may_differ_a_little(ca: Authority, off: timedelta) -> None:
    assert isinstance(by_crl(ca, ca.issue(PARTNER), ca.crl(made=AT, until=AT), AT + off), Good)


def test_a_list_of_an_authority_with_an_ed25519_key_counts() -> None:
    ca = new_root("Modern", Ed25519PrivateKey.generate())

    assert isinstance(by_crl(ca, ca.issue(PARTNER), ca.crl()), Good)


def test_a_list_by_another_key_counts_for_nothing(ca: Authority) -> None:
    leaf = ca.issue(PARTNER)

    assert doubt(by_crl(ca, leaf, ca.crl(key=new_key()))) is Doubt.WRONG_SIGNER
    assert doubt(by_crl(ca, leaf, new_root("Other").crl())) is Doubt.WRONG_SIGNER


def test_a_list_signed_with_sha1_counts_for_nothing() -> None:
    ca = new_root("Old", rsa.generate_private_key(public_exponent=65537, key_size=2048))
    leaf = ca.issue(PARTNER)

    assert doubt(by_crl(ca, leaf, _sha1_crl(ca))) is Doubt.WRONG_SIGNER


def _sha1_crl(ca: Authority) -> bytes:
    """A list whose signature names SHA-1; the library writes none, so the name is put in."""
    sha256_with_rsa = bytes.fromhex("06092a864886f70d01010b")
    sha1_with_rsa = bytes.fromhex("06092a864886f70d010105")
    return ca.crl().replace(sha256_with_rsa, sha1_with_rsa)


def test_an_authority_that_may_not_sign_lists_signs_none(ca: Authority) -> None:
    sub = ca.subordinate("No lists", usage=key_usage("key_cert_sign"))

    assert doubt(by_crl(sub, sub.issue(PARTNER), sub.crl())) is Doubt.WRONG_SIGNER


def test_a_list_speaks_of_its_own_authority_alone(ca: Authority) -> None:
    stranger = new_root("Other").issue(PARTNER)

    assert doubt(by_crl(ca, stranger, ca.crl())) is Doubt.OUT_OF_SCOPE


def scope(**given: object) -> tuple[x509.ExtensionType, bool]:
    parts: dict[str, object] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
        **given,
    }
    return x509.IssuingDistributionPoint(**parts), True  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given",
    [
        {"only_contains_ca_certs": True},
        {"only_contains_attribute_certs": True},
        {"indirect_crl": True},
        {"only_some_reasons": frozenset({x509.ReasonFlags.key_compromise})},
        {"full_name": [x509.UniformResourceIdentifier("http://ca.kz/another-part.crl")]},
    ],
    ids=lambda given: next(iter(given)),
)
def test_a_list_that_does_not_cover_the_certificate_clears_it_not(
    ca: Authority, given: dict[str, object]
) -> None:
    leaf = ca.issue(PARTNER)

    assert doubt(by_crl(ca, leaf, ca.crl(more=[scope(**given)]))) is Doubt.OUT_OF_SCOPE


@pytest.mark.parametrize(
    "given",
    [
        {"only_contains_user_certs": True},
        {"full_name": [x509.UniformResourceIdentifier(CRL_URL)]},
    ],
    ids=lambda given: next(iter(given)),
)
def test_a_list_of_part_covers_its_part(ca: Authority, given: dict[str, object]) -> None:
    crl = ca.crl(more=[scope(**given)])

    assert isinstance(by_crl(ca, ca.issue(PARTNER), crl), Good)
    assert points_of(ca.issue(PARTNER)) == (x509.UniformResourceIdentifier(CRL_URL),)


def test_a_list_of_customers_covers_no_authority(ca: Authority) -> None:
    sub = ca.subordinate("Issuing").certificate
    crl = ca.crl(more=[scope(only_contains_user_certs=True)])

    assert doubt(by_crl(ca, sub, crl)) is Doubt.OUT_OF_SCOPE


def test_a_delta_list_is_not_taken_for_a_whole_one(ca: Authority) -> None:
    crl = ca.crl(more=[(x509.DeltaCRLIndicator(1), True)])

    assert doubt(by_crl(ca, ca.issue(PARTNER), crl)) is Doubt.OUT_OF_SCOPE


@given(st.binary(max_size=300))
def test_laws_of_junk_as_a_list(junk: bytes) -> None:
    opened = open_crl(junk, _CA.certificate)

    assert isinstance(opened, Unknown)
    assert opened.doubt is Doubt.MALFORMED


def test_a_list_by_a_name_that_is_a_bit_string_is_none(ca: Authority) -> None:
    common_name = b"\x06\x03\x55\x04\x03"
    crl = ca.crl()
    assert common_name + b"\x0c" in crl

    opened = open_crl(crl.replace(common_name + b"\x0c", common_name + b"\x03"), ca.certificate)

    assert isinstance(opened, Unknown)
    assert opened.doubt is Doubt.MALFORMED


@given(st.data())
def test_laws_of_a_list_that_was_meddled_with(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(_CRL) - 1))
    meddled = bytearray(_CRL)
    meddled[place] ^= data.draw(st.integers(1, 255))

    opened = open_crl(bytes(meddled), _CA.certificate)

    # What is meddled with outside what was signed may leave the list as it was.
    signed = x509.load_der_x509_crl(_CRL).tbs_certlist_bytes
    assert isinstance(opened, Unknown) or opened.crl.tbs_certlist_bytes == signed


# ------------------------------------------------------------------------------------------ OCSP


def test_a_responder_is_asked_where_the_certificate_says(ca: Authority) -> None:
    leaf = ca.issue(PARTNER)

    asked = ocsp.load_der_ocsp_request(question(leaf, ca.certificate, b"n" * 16))

    assert responders_of(leaf) == (OCSP_URL,)
    assert asked.serial_number == leaf.serial_number
    assert asked.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"n" * 16


def test_the_authority_itself_may_answer(ca: Authority) -> None:
    leaf = ca.issue(PARTNER)

    assert by_ocsp(ca, leaf, ca.ocsp(leaf)) == Good(since=AT - HOUR, until=AT + DAY)


@pytest.mark.parametrize("algorithm", [hashes.SHA1(), hashes.SHA256()])  # noqa: S303
def test_an_answer_names_the_certificate_by_any_hash(
    ca: Authority, algorithm: hashes.HashAlgorithm
) -> None:
    leaf = ca.issue(PARTNER)

    assert isinstance(by_ocsp(ca, leaf, ca.ocsp(leaf, algorithm=algorithm)), Good)


def test_a_responder_that_the_authority_appointed_may_answer(ca: Authority) -> None:
    leaf = ca.issue(PARTNER)

    assert isinstance(by_ocsp(ca, leaf, ca.ocsp(leaf, by=ca.responder())), Good)


@pytest.mark.parametrize(
    "key",
    [
        Ed25519PrivateKey.generate(),
        rsa.generate_private_key(public_exponent=65537, key_size=2048),
    ],
    ids=["Ed25519", "RSA"],
)
def test_an_answer_may_be_signed_with_keys_of_these_kinds(key: Ed25519PrivateKey) -> None:
    ca = new_root("Kinds", key)
    leaf = ca.issue(PARTNER)

    assert isinstance(by_ocsp(ca, leaf, ca.ocsp(leaf)), Good)


def test_a_revoked_certificate_is_answered_as_such(ca: Authority) -> None:
    leaf = ca.issue(PARTNER)
    ca.revoke(leaf, reason=x509.ReasonFlags.certificate_hold)

    status = by_ocsp(ca, leaf, ca.ocsp(leaf), AT + 30 * DAY)

    assert status == Revoked(at=AT - HOUR, reason="certificateHold")


def test_a_certificate_that_the_responder_does_not_know_is_not_good(ca: Authority) -> None:
    leaf = ca.issue(PARTNER)
    response = ca.ocsp(leaf, status=ocsp.OCSPCertStatus.UNKNOWN)

    assert doubt(by_ocsp(ca, leaf, response)) is Doubt.NOT_KNOWN


def test_a_responder_that_refuses_says_why(ca: Authority) -> None:
    refusal = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)

    status = by_ocsp(ca, ca.issue(PARTNER), refusal.public_bytes(Encoding.DER))

    assert doubt(status) is Doubt.NOT_KNOWN
    assert isinstance(status, Unknown)
    assert "try later" in status.why


def test_a_responder_that_nobody_appointed_counts_for_nothing(ca: Authority) -> None:
    key = new_key()
    leaf = ca.issue(PARTNER, key.public_key())
    other = new_root("Other")
    flaws = {
        "another authority's": other.responder(),
        "the partner's own": (key, leaf),
        "no OCSPSigning": ca.responder(usages=[]),
        "for servers": ca.responder(usages=[ExtendedKeyUsageOID.SERVER_AUTH]),
        "no digitalSignature": ca.responder(usage=key_usage("crl_sign")),
        "ended": ca.responder(start=AT - 2 * DAY, end=AT - DAY),
        "to come": ca.responder(start=AT + DAY),
    }

    for flaw, by in flaws.items():
        assert doubt(by_ocsp(ca, leaf, ca.ocsp(leaf, by=by))) is Doubt.WRONG_SIGNER, flaw


def test_any_purpose_is_not_the_purpose_of_answering(ca: Authority) -> None:
    leaf = ca.issue(PARTNER)
    by = ca.responder(usages=[ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE])

    assert doubt(by_ocsp(ca, leaf, ca.ocsp(leaf, by=by))) is Doubt.WRONG_SIGNER


def test_an_answer_of_another_key_counts_for_nothing(ca: Authority) -> None:
    leaf = ca.issue(PARTNER)
    forged = new_root().ocsp(leaf)

    assert doubt(by_ocsp(ca, leaf, forged)) is Doubt.WRONG_SIGNER


def test_an_answer_about_another_certificate_is_none(ca: Authority) -> None:
    other = ca.ocsp(ca.issue("as4.bakery.kz"))

    assert doubt(by_ocsp(ca, ca.issue(PARTNER), other)) is Doubt.OUT_OF_SCOPE


def test_an_answer_about_the_same_number_of_another_authority_is_none(ca: Authority) -> None:
    sub = ca.subordinate("Issuing")
    leaf = sub.issue(PARTNER)
    elsewhere = sub.ocsp(leaf, about=ca.certificate)

    status = by_ocsp(sub, leaf, elsewhere)

    assert doubt(status) is Doubt.OUT_OF_SCOPE


@pytest.mark.parametrize(
    ("off", "kind"), [(HOUR + DAY, Doubt.STALE), (-2 * HOUR, Doubt.FROM_THE_FUTURE)]
)
def test_an_answer_out_of_its_time_names_the_clock(
    ca: Authority, off: timedelta, kind: Doubt
) -> None:
    leaf = ca.issue(PARTNER)

    status = by_ocsp(ca, leaf, ca.ocsp(leaf), AT + off)

    assert doubt(status) is kind
    assert isinstance(status, Unknown)
    assert "clock" in status.why


def test_an_answer_without_a_next_one_ages_all_the_same(ca: Authority) -> None:
    leaf = ca.issue(PARTNER)
    response = ca.ocsp(leaf, made=AT, until=None)

    assert by_ocsp(ca, leaf, response) == Good(since=AT, until=AT + LONGEST_WITHOUT_END)
    assert doubt(by_ocsp(ca, leaf, response, AT + LONGEST_WITHOUT_END + DAY)) is Doubt.STALE


def test_an_answer_to_another_question_is_not_taken(ca: Authority) -> None:
    leaf = ca.issue(PARTNER)
    replayed = ca.ocsp(leaf, nonce=b"o" * 16)

    assert doubt(by_ocsp(ca, leaf, replayed, nonce=b"n" * 16)) is Doubt.MALFORMED
    assert isinstance(by_ocsp(ca, leaf, replayed, nonce=b"o" * 16), Good)
    assert isinstance(by_ocsp(ca, leaf, ca.ocsp(leaf), nonce=b"n" * 16), Good)


_CA = new_root()
_LEAF = _CA.issue(PARTNER)
_CRL = _CA.crl()
_OCSP = _CA.ocsp(_LEAF, by=_CA.responder())


@given(st.binary(max_size=300))
def test_laws_of_junk_as_an_answer(junk: bytes) -> None:
    assert isinstance(by_ocsp(_CA, _LEAF, junk), Unknown)


@given(st.data())
def test_laws_of_an_answer_that_was_meddled_with(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(_OCSP) - 1))
    meddled = bytearray(_OCSP)
    meddled[place] ^= data.draw(st.integers(1, 255))

    status = by_ocsp(_CA, _LEAF, bytes(meddled))

    # What is meddled with outside what was signed may leave the answer as it was.
    assert isinstance(status, Unknown) or status == by_ocsp(_CA, _LEAF, _OCSP)
