from __future__ import annotations

from datetime import datetime
from ipaddress import ip_address, ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import AuthenticationError, InvalidSettingError
from exchange_node.domain.finding import Finding
from exchange_node.security.trusting.anchors import Anchors
from exchange_node.security.trusting.names import read_bound_name
from exchange_node.security.trusting.path import MOST_CERTIFICATES, Path, find_path
from tests.security.authority import AT, DAY, HOUR, Authority, key_usage, name, new_key, new_root

PARTNER = "as4.customs.kz"


@pytest.fixture(name="root", scope="module")
def _root() -> Authority:
    return new_root()


@pytest.fixture(name="sub", scope="module")
def _sub(root: Authority) -> Authority:
    return root.subordinate("Issuing")


def found(leaf: x509.Certificate, *above: Authority, root: Authority) -> str:
    """The code of what stands against a path; empty when it holds."""
    path = find_path(
        leaf,
        anchors=[root.certificate],
        above=[one.certificate for one in above],
        at=AT,
    )
    return path.code if isinstance(path, Finding) else ""


def test_a_path_leads_from_the_partner_to_the_anchor(root: Authority, sub: Authority) -> None:
    leaf = sub.issue(PARTNER)

    path = find_path(leaf, anchors=[root.certificate], above=[sub.certificate], at=AT)

    assert isinstance(path, Path)
    assert path.certificates == (leaf, sub.certificate, root.certificate)
    assert (path.leaf, path.anchor) == (leaf, root.certificate)
    assert list(path.links()) == [(leaf, sub.certificate), (sub.certificate, root.certificate)]


def test_an_issuing_authority_may_be_the_anchor_itself(sub: Authority) -> None:
    assert found(sub.issue(PARTNER), root=sub) == ""


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.SECP521R1()),
        Ed25519PrivateKey.generate(),
        rsa.generate_private_key(public_exponent=65537, key_size=2048),
    ],
    ids=["P-384", "P-521", "Ed25519", "RSA"],
)
def test_an_authority_may_have_a_key_of_these_kinds(key: Ed25519PrivateKey) -> None:
    root = new_root("Kinds", key)

    assert found(root.issue(PARTNER), root=root) == ""


def test_a_partner_may_have_a_key_that_does_not_sign(root: Authority) -> None:
    leaf = root.issue(PARTNER, X25519PrivateKey.generate().public_key())

    assert found(leaf, root=root) == ""


def test_a_missing_intermediate_is_named(root: Authority, sub: Authority) -> None:
    path = find_path(sub.issue(PARTNER), anchors=[root.certificate], at=AT)

    assert isinstance(path, Finding)
    assert path.code == "PATH-01"
    assert "CN=Issuing" in path.text
    assert "authorities" in path.mend_text


def test_an_authority_of_the_same_name_is_not_the_same(root: Authority) -> None:
    impostor = new_root()

    assert found(impostor.issue(PARTNER), root=root) == "PATH-02"


def test_the_right_one_of_two_authorities_of_one_name_is_found(root: Authority) -> None:
    renewed = new_root()
    leaf = renewed.issue(PARTNER)

    path = find_path(leaf, anchors=[root.certificate, renewed.certificate], at=AT)

    assert isinstance(path, Path)
    assert path.anchor == renewed.certificate


@pytest.mark.parametrize(
    ("start", "end"), [(AT - 2 * DAY, AT - HOUR), (AT + HOUR, AT + DAY)], ids=["ended", "to come"]
)
def test_each_certificate_has_to_be_valid_now(
    root: Authority, start: datetime, end: datetime
) -> None:
    leaf = root.issue(PARTNER, start=start, end=end)
    sub = root.subordinate("Old", start=start, end=end)

    assert found(leaf, root=root) == "PATH-03"
    assert found(sub.issue(PARTNER), sub, root=root) == "PATH-03"
    assert found(sub.issue(PARTNER), root=sub) == "PATH-03"


def test_what_is_out_of_date_is_said_with_its_dates_and_the_clock(root: Authority) -> None:
    path = find_path(root.issue(PARTNER), anchors=[root.certificate], at=AT + 500 * DAY)

    assert isinstance(path, Finding)
    assert PARTNER in path.text
    assert "2027-07-14" in path.text
    assert "clock" in path.mend_text


def test_a_customer_issues_no_certificates(root: Authority) -> None:
    for customer in (
        root.subordinate("Customer", is_ca=False),
        root.subordinate("Silent customer", is_ca=None),
    ):
        assert found(customer.issue(PARTNER), customer, root=root) == "PATH-04"


def test_an_authority_needs_key_cert_sign(root: Authority) -> None:
    sub = root.subordinate("CRL only", usage=key_usage("crl_sign"))

    assert found(sub.issue(PARTNER), sub, root=root) == "PATH-04"


def test_an_authority_may_state_no_key_usage(root: Authority) -> None:
    sub = root.subordinate("Silent", usage=None)

    assert found(sub.issue(PARTNER), sub, root=root) == ""


def test_the_path_is_no_longer_than_its_authorities_allow(root: Authority) -> None:
    first = root.subordinate("First", path_length=0)
    second = first.subordinate("Second")

    assert found(first.issue(PARTNER), first, root=root) == ""
    assert found(second.issue(PARTNER), first, second, root=root) == "PATH-05"


def test_a_self_issued_authority_does_not_count_for_the_length(root: Authority) -> None:
    first = root.subordinate("First", path_length=0)
    renewed = first.subordinate("First")

    assert found(renewed.issue(PARTNER), first, renewed, root=root) == ""


def test_a_weak_key_breaks_the_path(root: Authority) -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
    sub = root.subordinate("Weak", weak)
    curve = ec.generate_private_key(ec.SECP256K1()).public_key()

    assert found(root.issue(PARTNER, weak.public_key()), root=root) == "PATH-06"
    assert found(sub.issue(PARTNER), sub, root=root) == "PATH-06"
    assert found(root.issue(PARTNER, curve), root=root) == "PATH-06"


def test_an_authority_with_a_key_that_cannot_sign_is_none(root: Authority) -> None:
    agreement = root.issue(
        "Agreement", X25519PrivateKey.generate().public_key(), is_ca=True, usage=None
    )
    forged = new_root("Agreement").issue(PARTNER)

    assert found(forged, Authority(new_key(), agreement), root=root) == "PATH-02"


@pytest.mark.parametrize("extension", ["1.2.3.4", "2.5.29.36"])
def test_a_critical_extension_that_is_not_known_breaks_the_path(
    root: Authority, extension: str
) -> None:
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier(extension), b"\x30\x00")
    if extension == "2.5.29.36":
        constraint = x509.PolicyConstraints(require_explicit_policy=0, inhibit_policy_mapping=None)
        leaf = root.issue(PARTNER, more=[(constraint, True)])
    else:
        leaf = root.issue(PARTNER, more=[(unknown, True)])
        assert found(root.issue(PARTNER, more=[(unknown, False)]), root=root) == ""

    assert found(leaf, root=root) == "PATH-08"


def test_an_authority_speaks_for_no_partner(root: Authority, sub: Authority) -> None:
    assert found(root.certificate, root=root) == "PATH-10"
    assert found(sub.certificate, root=root) == "PATH-10"


def test_a_path_is_searched_within_bounds(root: Authority) -> None:
    chain = [root]
    for number in range(MOST_CERTIFICATES):
        chain.append(chain[-1].subordinate(f"Level {number}"))

    assert found(chain[MOST_CERTIFICATES - 2].issue(PARTNER), *chain[1:], root=root) == ""
    assert found(chain[MOST_CERTIFICATES - 1].issue(PARTNER), *chain[1:], root=root) == "PATH-09"


def test_a_maze_of_authorities_ends_the_search(root: Authority) -> None:
    key = new_key()
    twins = [new_root("Twin", key) for _ in range(40)]

    assert found(twins[0].issue(PARTNER), *twins, root=root) == "PATH-09"


# ------------------------------------------------------------------ names an authority is held to


def constrained(
    root: Authority,
    *,
    permitted: list[x509.GeneralName] | None = None,
    excluded: list[x509.GeneralName] | None = None,
) -> Authority:
    constraints = x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=excluded)
    return root.subordinate("Held", more=[(constraints, True)])


def with_names(authority: Authority, *names: x509.GeneralName) -> x509.Certificate:
    return authority.issue(PARTNER, more=[(x509.SubjectAlternativeName(names), False)])


KZ = x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "kz")]))
UZ = x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "UZ")]))


@pytest.mark.parametrize(
    ("tree", "inside", "outside"),
    [
        (x509.DNSName("customs.kz"), x509.DNSName("as4.Customs.kz"), x509.DNSName("xcustoms.kz")),
        (x509.DNSName("customs.kz"), x509.DNSName("customs.kz"), x509.DNSName("kz")),
        (x509.RFC822Name("customs.kz"), x509.RFC822Name("a@customs.kz"), x509.RFC822Name("a@kz")),
        (x509.RFC822Name("a@x.kz"), x509.RFC822Name("a@x.kz"), x509.RFC822Name("b@x.kz")),
        (x509.RFC822Name(".x.kz"), x509.RFC822Name("a@b.x.kz"), x509.RFC822Name("a@x.kz")),
        (
            x509.IPAddress(ip_network("192.0.2.0/24")),
            x509.IPAddress(ip_address("192.0.2.7")),
            x509.IPAddress(ip_address("198.51.100.7")),
        ),
        (
            x509.IPAddress(ip_network("2001:db8::/32")),
            x509.IPAddress(ip_address("2001:db8::1")),
            x509.IPAddress(ip_address("192.0.2.7")),
        ),
        (KZ, KZ, UZ),
    ],
)
def test_an_authority_vouches_only_for_names_it_is_held_to(
    root: Authority, tree: x509.GeneralName, inside: x509.GeneralName, outside: x509.GeneralName
) -> None:
    only = constrained(root, permitted=[tree])
    but = constrained(root, excluded=[tree])

    assert found(with_names(only, inside), only, root=root) == ""
    assert found(with_names(only, outside), only, root=root) == "PATH-07"
    assert found(with_names(but, outside), but, root=root) == ("PATH-07" if tree is KZ else "")
    assert found(with_names(but, inside), but, root=root) == "PATH-07"


def test_the_subject_and_its_address_are_held_to_names_too(root: Authority) -> None:
    uz = constrained(root, permitted=[UZ])
    mail = constrained(root, permitted=[x509.RFC822Name("customs.kz")])
    attribute = x509.NameAttribute(NameOID.EMAIL_ADDRESS, "a@elsewhere.kz")
    subject = x509.Name([*name(PARTNER), attribute])

    assert found(uz.issue(PARTNER), uz, root=root) == "PATH-07"
    assert found(mail.issue(subject), mail, root=root) == "PATH-07"
    assert found(mail.issue(PARTNER), mail, root=root) == ""


def test_a_form_of_name_that_is_not_known_does_not_pass_where_it_is_held_to(
    root: Authority,
) -> None:
    tree = x509.UniformResourceIdentifier("customs.kz")
    held = constrained(root, permitted=[tree])
    kept_out = constrained(root, excluded=[tree])
    uri = x509.UniformResourceIdentifier("https://customs.kz/")

    assert found(with_names(held, uri), held, root=root) == "PATH-07"
    assert found(with_names(kept_out, uri), kept_out, root=root) == "PATH-07"
    assert found(held.issue(PARTNER), held, root=root) == ""


# ------------------------------------------------------------------ the name a partner is bound to


@pytest.mark.parametrize(
    "bound",
    [
        f"CN={PARTNER},O=State Revenue Committee,C=KZ",
        f"C = KZ, O = State Revenue Committee, CN = {PARTNER}",
        f"CN={PARTNER.upper()}, O=state  revenue committee, C=kz",
        PARTNER,
        "as4@customs.kz",
        "urn:customs:kz",
        "gate.customs.kz",
    ],
)
def test_another_customer_of_the_authority_is_not_the_partner(root: Authority, bound: str) -> None:
    anchors = Anchors(
        authorities=(root.certificate,), names=(read_bound_name(bound, where="subject"),)
    )
    names = [
        x509.RFC822Name("as4@customs.kz"),
        x509.UniformResourceIdentifier("urn:customs:kz"),
        x509.DNSName("gate.customs.kz"),
    ]
    partner = with_names(root, *names)
    other = root.issue("as4.bakery.kz")

    assert anchors.path_of(partner, AT).leaf == partner
    with pytest.raises(AuthenticationError, match="bears none of the names"):
        anchors.path_of(other, AT)


def test_a_distinguished_name_fits_whole_or_not_at_all(root: Authority) -> None:
    bound = read_bound_name(f"CN={PARTNER},C=KZ", where="subject")

    assert not bound.fits(root.issue(PARTNER))


def test_a_certificate_with_two_common_names_fits_neither(root: Authority) -> None:
    two = x509.Name([*name(PARTNER), x509.NameAttribute(NameOID.COMMON_NAME, "as4.bakery.kz")])

    assert not read_bound_name(PARTNER, where="subject").fits(root.issue(two))


def test_the_right_name_of_another_authority_is_not_the_partner(root: Authority) -> None:
    anchors = Anchors(
        authorities=(root.certificate,), names=(read_bound_name(PARTNER, where="subject"),)
    )

    with pytest.raises(AuthenticationError, match="leads to no authority"):
        anchors.path_of(new_root("Elsewhere").issue(PARTNER), AT)


@pytest.mark.parametrize("text", ["", "  ", "=", "CN", "CN=", "nonsense=x,=y"])
def test_a_bound_name_is_a_name(text: str) -> None:
    if text == "CN":
        assert read_bound_name(text, where="subject").text == "CN"
        return
    with pytest.raises(InvalidSettingError, match="subject"):
        read_bound_name(text, where="subject")


@given(st.text(max_size=60))
def test_laws_of_junk_as_bound_name(root: Authority, text: str) -> None:
    try:
        bound = read_bound_name(text, where="subject")
    except InvalidSettingError:
        return
    assert bound.fits(root.certificate) in {True, False}
