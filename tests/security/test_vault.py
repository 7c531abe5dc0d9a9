from __future__ import annotations

import json
import os

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import (
    AlteredRecordError,
    InvalidSettingError,
    NodeError,
    PassphraseError,
)
from exchange_node.security.vault import (
    NodeVault,
    create_storage_key,
    key_id,
    open_storage_key,
)
from exchange_node.store.payloads import Vault

KEY = bytes(range(32))
OTHER = bytes(range(1, 33))
CHEAP = 4


def vault(key: bytes = KEY, older: tuple[bytes, ...] = ()) -> NodeVault:
    return NodeVault(key, random_bytes=os.urandom, older=older)


def test_it_is_the_vault_that_the_store_asks_for() -> None:
    asked: Vault = vault()

    assert asked.unlock(asked.lock(b"plain", "payload 1"), "payload 1") == b"plain"


def test_a_record_names_its_version_and_key_and_is_33_octets_longer() -> None:
    locked = vault().lock(b"plain", "payload 1")

    assert locked[:5] == b"\x01" + key_id(KEY)
    assert len(locked) == len(b"plain") + 33
    assert b"plain" not in locked


def test_the_same_record_is_never_locked_the_same_way_twice() -> None:
    one = vault()

    assert one.lock(b"plain", "payload 1") != one.lock(b"plain", "payload 1")


def test_a_record_does_not_open_in_the_place_of_another() -> None:
    locked = vault().lock(b"plain", "payload 1")

    with pytest.raises(AlteredRecordError) as caught:
        vault().unlock(locked, "payload 2")

    assert caught.value.facts == {"what": "payload 2"}


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(AlteredRecordError):
        vault(OTHER).unlock(vault().lock(b"plain", "c"), "c")


def test_after_rotation_old_records_are_read_and_new_ones_lie_under_the_new_key() -> None:
    old = vault(OTHER).lock(b"plain", "c")
    rotated = vault(KEY, older=(OTHER,))

    assert rotated.unlock(old, "c") == b"plain"
    assert vault(KEY).unlock(rotated.lock(b"new", "c"), "c") == b"new"


def test_a_record_of_a_later_version_is_not_taken_for_one_of_this() -> None:
    header, nonce = b"\x02" + key_id(KEY), os.urandom(12)
    later = header + nonce + AESGCM(KEY).encrypt(nonce, b"plain", header + b"c")

    with pytest.raises(AlteredRecordError):
        vault().unlock(later, "c")


def test_every_altered_octet_is_noticed() -> None:
    locked = vault().lock(b"plain", "c")

    for place in range(len(locked)):
        altered = locked[:place] + bytes((locked[place] ^ 1,)) + locked[place + 1 :]
        with pytest.raises(AlteredRecordError):
            vault().unlock(altered, "c")


def test_a_cut_record_is_noticed_at_every_length() -> None:
    locked = vault().lock(b"plain", "c")

    for size in range(len(locked)):
        with pytest.raises(AlteredRecordError):
            vault().unlock(locked[:size], "c")


@pytest.mark.parametrize("keys", [(b"short", ()), (KEY, (b"short",))])
def test_a_key_of_another_length_is_refused(keys: tuple[bytes, tuple[bytes, ...]]) -> None:
    with pytest.raises(InvalidSettingError):
        vault(*keys)


def test_a_vault_does_not_show_its_key() -> None:
    assert repr(vault()) == f"NodeVault(key_id={key_id(KEY).hex()})"


@given(st.binary(max_size=2000), st.text(st.characters(), max_size=40))
def test_laws_of_lock_and_unlock(plain: bytes, context: str) -> None:
    assert vault().unlock(vault().lock(plain, context), context) == plain


@given(st.binary(max_size=100))
def test_laws_of_junk_records(junk: bytes) -> None:
    for locked in (junk, b"\x01" + key_id(KEY) + junk):
        with pytest.raises(AlteredRecordError):
            vault().unlock(locked, "c")


def test_a_storage_key_comes_back_under_its_passphrase() -> None:
    drawn: list[bytes] = []

    def random_bytes(size: int) -> bytes:
        drawn.append(os.urandom(size))
        return drawn[-1]

    envelope = create_storage_key("gate 7", random_bytes)

    key = open_storage_key(envelope, "gate 7")
    assert len(key) == 32
    assert key in drawn
    assert key not in envelope


@pytest.mark.parametrize("passphrase", ["wrong", "", None])
def test_a_wrong_or_missing_passphrase_is_told(passphrase: str | None) -> None:
    envelope = create_storage_key("right", os.urandom, log_n=CHEAP)

    with pytest.raises(PassphraseError):
        open_storage_key(envelope, passphrase)


def test_no_storage_key_is_made_without_a_passphrase() -> None:
    with pytest.raises(PassphraseError):
        create_storage_key("", os.urandom)


ENVELOPE = json.loads(create_storage_key("right", os.urandom, log_n=CHEAP))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("what", "something else"),
        ("version", 2),
        ("kdf", "none"),
        ("log_n", 19),
        ("log_n", 0),
        ("log_n", True),
        ("log_n", "15"),
        ("r", 16),
        ("p", 17),
        ("p", 0),
        ("salt", "TQ=="),
        ("salt", "no base64"),
        ("nonce", None),
        ("wrapped", 7),
    ],
)
def test_an_envelope_that_cannot_be_ours_is_refused(name: str, value: object) -> None:
    with pytest.raises(InvalidSettingError):
        open_storage_key(json.dumps({**ENVELOPE, name: value}).encode(), "right")


@pytest.mark.parametrize(("name", "value"), [("log_n", CHEAP + 1), ("p", 2), ("wrapped", "TQ==")])
def test_an_altered_envelope_does_not_open(name: str, value: object) -> None:
    with pytest.raises(PassphraseError):
        open_storage_key(json.dumps({**ENVELOPE, name: value}).encode(), "right")


def test_an_envelope_may_be_formatted_anew() -> None:
    compact = json.dumps(dict(sorted(ENVELOPE.items()))).encode()

    assert len(open_storage_key(compact, "right")) == 32


def test_a_wrapped_key_of_another_length_is_refused() -> None:
    def short(size: int) -> bytes:
        return os.urandom(min(size, 16))

    with pytest.raises(InvalidSettingError):
        open_storage_key(create_storage_key("right", short, log_n=CHEAP), "right")


@given(
    st.one_of(
        st.binary(max_size=60),
        st.recursive(
            st.one_of(st.none(), st.integers(), st.text(max_size=5)),
            lambda inner: st.dictionaries(st.sampled_from(sorted(ENVELOPE)), inner, max_size=4),
        ).map(lambda tree: json.dumps(tree).encode()),
    )
)
def test_laws_of_junk_envelopes(junk: bytes) -> None:
    with pytest.raises(NodeError):
        open_storage_key(junk, "right")


def test_each_purpose_has_a_key_of_its_own() -> None:
    one = NodeVault(b"a" * 32, random_bytes=bytes)
    other = NodeVault(b"b" * 32, random_bytes=bytes)

    keys = {one.derived_key("x"), one.derived_key("y"), other.derived_key("x")}

    assert len(keys) == 3
    assert one.derived_key("x") == one.derived_key("x")
    assert b"a" * 32 not in keys
