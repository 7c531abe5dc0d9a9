"""A new post: its setting, the key of its store, and the certificates it begins with."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from exchange_node.domain.errors import InvalidSettingError, NodeExistsError, StoreError
from exchange_node.post.store import PostStore
from exchange_node.post.trust import trusted_in
from exchange_node.security.vault import NodeVault, create_storage_key, open_storage_key

STORE = "post.db"
STORE_KEY = "post.key.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the post was told when it was made.

    Attributes:
        folder: where its store lies.
        office: the customs office it stands at.
        party: the administration whose post it is.
        lasts: how long what is kept counts without the line.
        tolerance: how far its clock may be wrong.
        page: entries that are asked for at a time.
    """

    folder: Path
    office: str
    party: str
    test: bool
    lasts: timedelta
    tolerance: timedelta
    page: int


def create(
    setting: Setting,
    trusted: dict[str, list[str]],
    passphrase: str,
    random_bytes: Callable[[int], bytes],
    *,
    log_n: int = 15,
) -> None:
    """Make the store of a new post, with the certificates it begins with.

    Args:
        trusted: by party id, certificates as PEM; its own administration's have to be there.
        log_n: scrypt's cost, as a power of two.

    Raises:
        PassphraseError: there is none.
        InvalidSettingError: no certificate of its own administration is given.
        NodeExistsError: there is a post already.
        StoreError: the store cannot be written.
    """
    if not trusted_in(trusted).get(setting.party):
        why = f"want a card with the seal certificate of {setting.party}"
        raise InvalidSettingError(where="--card", why=why)
    envelope = create_storage_key(passphrase, random_bytes, log_n=log_n)
    try:
        setting.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(setting.folder / STORE_KEY, flags, 0o600), "wb") as file:
            file.write(envelope)
    except FileExistsError:
        raise NodeExistsError(folder=setting.folder) from None
    except OSError as err:
        raise StoreError(detail=f"the store of the post: {err.strerror or err}") from None
    vault = NodeVault(open_storage_key(envelope, passphrase), random_bytes=random_bytes)
    store = PostStore(setting.folder / STORE, vault)
    store.put_note("trust", trusted)
    store.close()
