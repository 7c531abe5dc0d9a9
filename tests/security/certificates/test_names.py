from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.security.certificates import is_named

NAME = x509.Name(
    [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Committee, State Revenue"),
        x509.NameAttribute(NameOID.EMAIL_ADDRESS, "pki@kgd.kz"),
        x509.NameAttribute(NameOID.COMMON_NAME, "Таможня + 1"),
    ]
)


@pytest.mark.parametrize(
    "text",
    [
        "CN=Таможня \\+ 1,1.2.840.113549.1.9.1=pki@kgd.kz,O=Committee\\, State Revenue,C=KZ",
        'CN="Таможня + 1", EMAILADDRESS=pki@kgd.kz, O="Committee, State Revenue", C=KZ',
        "C=KZ, O=Committee\\, State  Revenue, E = PKI@kgd.kz, cn=таможня \\2b 1",
        "OID.2.5.4.3=Таможня \\+ 1,E=#160a706b69406b67642e6b7a,O=Committee\\2C State Revenue,C=kz",
        "CN=\\D0\\A2аможня \\+ 1;email=pki@kgd.kz;O=Committee\\, State Revenue+C=KZ",
    ],
)
def test_a_name_is_known_however_it_is_written(text: str) -> None:
    assert is_named(text, NAME)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "KZ",
        "C=KZ",
        "CN=Таможня \\+ 2,E=pki@kgd.kz,O=Committee\\, State Revenue,C=KZ",
        "CN=Таможня + 1,E=pki@kgd.kz,O=Committee\\, State Revenue,C=KZ",
        "CN=Таможня \\+ 1,E=pki@kgd.kz,O=Committee\\, State Revenue,C=KZ,C=KZ",
        "O=Таможня \\+ 1,E=pki@kgd.kz,CN=Committee\\, State Revenue,C=KZ",
        "XX=Таможня \\+ 1,E=pki@kgd.kz,O=Committee\\, State Revenue,C=KZ",
    ],
)
def test_another_name_is_not_the_name(text: str) -> None:
    assert not is_named(text, NAME)


def test_a_value_in_der_is_read_by_its_kind() -> None:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Aя")])

    assert is_named("CN=#1e040041044f", name)
    assert is_named("CN=#0c0341d18f", name)
    assert not is_named("CN=#0c0441d18f", name)
    assert not is_named("CN=#0c81", name)


_TEXT = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@given(st.lists(_TEXT, min_size=1, max_size=4))
def test_laws_of_names_as_rfc_4514_writes_them(values: list[str]) -> None:
    name = x509.Name(
        x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, value) for value in values
    )

    assert is_named(name.rfc4514_string(), name)


@given(st.text(max_size=80))
def test_laws_of_junk_names(text: str) -> None:
    assert not is_named(text, NAME)
