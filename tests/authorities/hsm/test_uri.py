from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.authorities.hsm.uri import KeyUri, read_key_uri
from exchange_node.domain.errors import InvalidSettingError

WHERE = "signing.pkcs11"


def test_a_uri_names_a_key_of_a_token_of_a_module() -> None:
    text = (
        "pkcs11:token=My%20token;serial=0042;object=signing;id=%01%ff;type=private\n"
        "  ?module-path=/usr/lib/module.so\n"
    )

    assert read_key_uri(text, where=WHERE) == KeyUri(
        module="/usr/lib/module.so",
        token="My token",
        serial="0042",
        label="signing",
        key_id=b"\x01\xff",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "pkcs11:"),
        ("file:/key.pem", "pkcs11:"),
        ("pkcs11:token=t;object=o", "module-path"),
        ("pkcs11:token=t;object=o?module-path=module.so", "module-path"),
        ("pkcs11:object=o?module-path=/m.so", "token"),
        ("pkcs11:token=t?module-path=/m.so", "object"),
        ("pkcs11:token=t;object=o;type=public?module-path=/m.so", "private"),
        ("pkcs11:token=t;object=o?module-path=/m.so&pin-value=1234", "EXCHANGE_NODE_PIN"),
        ("pkcs11:token=t;object=o?module-path=/m.so&pin-source=/pin", "EXCHANGE_NODE_PIN"),
        ("pkcs11:token=t;object=o;slot-id=3?module-path=/m.so", "'slot-id'"),
        ("pkcs11:token=t;token=u;object=o?module-path=/m.so", "twice"),
        ("pkcs11:token=t;object=o;id=%zz?module-path=/m.so", "malformed"),
        ("pkcs11:token=t;object?module-path=/m.so", "'object'"),
        ("pkcs11:token=t;object=o?module-path=/m.so&module-name=m", "'module-name'"),
    ],
)
def test_a_uri_that_is_not_clear_is_refused(text: str, said: str) -> None:
    with pytest.raises(InvalidSettingError, match=said) as caught:
        read_key_uri(text, where=WHERE)

    assert WHERE in str(caught.value)
    assert "1234" not in str(caught.value)


@given(st.text(max_size=80).map("pkcs11:{}".format) | st.text(max_size=80))
def test_laws_of_junk_as_uri(text: str) -> None:
    try:
        found = read_key_uri(text, where=WHERE)
    except InvalidSettingError:
        return
    assert found.module.startswith("/")
