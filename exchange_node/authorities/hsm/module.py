"""A module's library and a PIN → one session with each token, used by one thread at a time.

A module that was unplugged or restarted is found again: what fails for the session's sake is tried
once more in a new one. A PIN that was refused is never tried again by itself, since tokens lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from exchange_node.authorities.hsm.uri import KeyUri
from exchange_node.domain.errors import InvalidSettingError, KeyModuleError, PassphraseError

if TYPE_CHECKING:  # found at run time only where a key lies in a module
    from pkcs11 import Session

_Result = TypeVar("_Result")


class ModuleKey(Protocol):
    """A private key's handle, as far as it is used here."""

    def sign(self, data: bytes, *, mechanism: object) -> bytes:
        """Sign the data, or the digest, as the mechanism has it."""
        ...

    def decrypt(self, data: bytes, **how: object) -> bytes:
        """Decrypt."""
        ...

    def derive_key(self, kind: object, bits: int, **how: object) -> ModuleSecret:
        """Agree on a secret, which lies in the module until it is read."""
        ...


class ModuleSecret(Protocol):
    """A secret in a module that may be read."""

    def __getitem__(self, attribute: object) -> bytes: ...

    def destroy(self) -> None:
        """Forget it."""
        ...


class Token:
    """One token of one module, logged in to; shared by the keys that lie in it."""

    def __init__(self, uri: KeyUri, pin: str) -> None:
        """Take whose it is; nothing is opened before it is needed."""
        self._uri = uri
        self._pin = pin
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._keys: dict[KeyUri, ModuleKey] = {}

    def use(self, uri: KeyUri, action: Callable[[ModuleKey], _Result]) -> _Result:
        """Do something with a key of this token.

        Raises:
            KeyModuleError: the module does not answer, or will not do it.
            PassphraseError: the PIN is wrong.
            InvalidSettingError: library, token or key is not there.
        """
        from pkcs11 import exceptions  # noqa: PLC0415 - optional

        lost = (
            exceptions.DeviceError,
            exceptions.DeviceRemoved,
            exceptions.KeyHandleInvalid,
            exceptions.ObjectHandleInvalid,
            exceptions.SessionClosed,
            exceptions.SessionHandleInvalid,
            exceptions.TokenNotPresent,
            exceptions.UserNotLoggedIn,
        )
        with self._lock:
            try:
                try:
                    return action(self._key(uri))
                except lost:
                    self._session = None
                    self._keys.clear()
                    return action(self._key(uri))
            except exceptions.PKCS11Error as err:
                raise KeyModuleError(module=uri.module, why=_said(err)) from None
            except AttributeError:
                # What a key may not do (CKA_SIGN, CKA_DECRYPT, CKA_DERIVE) its handle lacks.
                why = f"{_name(uri)} is not permitted this use"
                raise KeyModuleError(module=uri.module, why=why) from None

    def _key(self, uri: KeyUri) -> ModuleKey:
        from pkcs11 import ObjectClass, exceptions  # noqa: PLC0415 - optional

        found = self._keys.get(uri)
        if found is not None:
            return found
        if self._session is None:
            self._session = self._open()
        try:
            handle = self._session.get_key(
                object_class=ObjectClass.PRIVATE_KEY, label=uri.label or None, id=uri.key_id or None
            )
        except exceptions.NoSuchKey:
            why = "the token holds no such private key"
            raise InvalidSettingError(where=_name(uri), why=why) from None
        except exceptions.MultipleObjectsReturned:
            why = "several private keys of the token fit: name object and id"
            raise InvalidSettingError(where=_name(uri), why=why) from None
        return self._keys.setdefault(uri, cast("ModuleKey", handle))

    def _open(self) -> Session:
        import pkcs11  # noqa: PLC0415 - optional
        from pkcs11 import exceptions  # noqa: PLC0415 - optional

        uri = self._uri
        try:
            token = pkcs11.lib(uri.module).get_token(
                token_label=uri.token or None, token_serial=uri.serial.encode() or None
            )
            try:
                return token.open(user_pin=self._pin)
            except exceptions.UserAlreadyLoggedIn:
                return token.open()  # another node of this process was first
        except (exceptions.PinIncorrect, exceptions.PinInvalid, exceptions.PinLenRange):
            raise PassphraseError(which=_name(uri), why="the module refuses the PIN") from None
        except exceptions.PinLocked:
            raise PassphraseError(which=_name(uri), why="the token is locked") from None
        except exceptions.NoSuchToken:
            raise InvalidSettingError(
                where=_name(uri), why="the module holds no such token"
            ) from None
        except exceptions.MultipleTokensReturned:
            why = "several tokens fit: name token and serial"
            raise InvalidSettingError(where=_name(uri), why=why) from None


class Modules:
    """The tokens a node uses, each opened once."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._tokens: dict[tuple[str, str, str], Token] = {}

    def token(self, uri: KeyUri, pin: str) -> Token:
        """Return the token that a URI names.

        Raises:
            InvalidSettingError: the bridge to PKCS#11 is not installed.
        """
        try:
            import pkcs11  # noqa: F401, PLC0415 - optional
        except ImportError:
            why = "keys in a module need a package: pip install 'carec-exchange-node[pkcs11]'"
            raise InvalidSettingError(where=_name(uri), why=why) from None
        with self._lock:
            key = uri.module, uri.token, uri.serial
            return self._tokens.setdefault(key, Token(uri, pin))


def _name(uri: KeyUri) -> str:
    return f"key {uri.label or uri.key_id.hex()} of token {uri.token or uri.serial}"


def _said(err: Exception) -> str:
    return str(err) or type(err).__name__
