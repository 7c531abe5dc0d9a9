"""A key in a module behind the Protocols of `security.keys`: it signs, and it decrypts.

A key is tried once when it is opened, against the certificate beside it: whatever is wrong with
module, PIN, key or certificate shows itself at the start and not at the first message.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from exchange_node.authorities.hsm import oaep as own_oaep
from exchange_node.authorities.hsm.module import ModuleKey, Modules, Token
from exchange_node.authorities.hsm.uri import KeyUri, read_key_uri
from exchange_node.domain.errors import InvalidSettingError, KeyModuleError
from exchange_node.security import algorithms as alg
from exchange_node.security.keys import (
    Oaep,
    agreement,
    agreement_of,
    algorithm_of,
    is_signed_by,
    new_ec_key,
    public_key_of,
    public_octets,
    wrap_oaep,
)

_PROBE = b"exchange-node: does this key belong to this certificate?"
_SHA256_OAEP = Oaep(digest="sha256", mask="sha256")
_DIGESTS = {"sha1": "SHA_1", "sha256": "SHA256", "sha384": "SHA384", "sha512": "SHA512"}
_MASKS = {"sha1": "SHA1", "sha256": "SHA256", "sha384": "SHA384", "sha512": "SHA512"}


@dataclass(frozen=True, slots=True)
class ModuleSigner:
    """A signing key in a module.

    Attributes:
        chain: certificates above `certificate`, nearest first.
    """

    token: Token = field(repr=False)
    uri: KeyUri
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def algorithm(self) -> str:
        """RSA with SHA-256, ECDSA with SHA-256 or Ed25519, by the kind of key."""
        return algorithm_of(public_key_of(self.certificate))

    def sign(self, octets: bytes) -> bytes:
        """Return the signature over the octets; ECDSA as r and s side by side.

        Raises:
            KeyModuleError: the module does not answer, or will not sign.
        """
        from pkcs11 import Mechanism  # noqa: PLC0415 - optional

        match self.algorithm:
            case alg.ECDSA_SHA256:
                # Not every module hashes by itself; all sign a digest (PKCS#11 3.1, 6.3.12).
                octets, mechanism = hashlib.sha256(octets).digest(), Mechanism.ECDSA
            case alg.ED25519:
                mechanism = Mechanism.EDDSA
            case _:
                mechanism = Mechanism.SHA256_RSA_PKCS
        return self.token.use(self.uri, lambda key: key.sign(octets, mechanism=mechanism))


@dataclass(frozen=True, slots=True)
class ModuleDecrypter:
    """A key in a module that decrypts (RSA) or agrees (a curve of NIST)."""

    token: Token = field(repr=False)
    uri: KeyUri
    certificate: x509.Certificate
    _knows: dict[tuple[str, str, bool], bool] = field(
        default_factory=dict, repr=False, compare=False
    )
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def decrypt(self, cipher_value: bytes, oaep: Oaep) -> bytes | None:
        """Return the octets, or None for whatever does not open; never why.

        Raises:
            KeyModuleError: the module does not answer.
        """
        if not isinstance(public_key_of(self.certificate), rsa.RSAPublicKey):
            return None
        knows = self._module_knows(oaep)
        return self._natively(cipher_value, oaep) if knows else self._barely(cipher_value, oaep)

    def agree(self, originator: bytes) -> bytes | None:
        """Return the secret shared with a public key, or None for whatever does not agree.

        Raises:
            KeyModuleError: the module does not answer.
        """
        ours = agreement.point_of(public_octets(public_key_of(self.certificate)))
        theirs = agreement.point_of(originator)
        # The module is asked with points that lie on our curve alone: reading one has proved it.
        if ours is None or theirs is None or ours[0] != theirs[0]:
            return None
        size = (len(theirs[1]) - 1) // 2
        return self.token.use(self.uri, lambda key: _agreed(key, theirs[1], size))

    def _module_knows(self, oaep: Oaep) -> bool:
        """Whether the module unpacks OAEP of this kind by itself; found out with a text of ours."""
        label = b"label" if oaep.label else b""
        kind = oaep.digest, oaep.mask, bool(label)
        with self._lock:
            if kind not in self._knows:
                like = Oaep(digest=oaep.digest, mask=oaep.mask, label=label)
                probe = wrap_oaep(self.certificate, _PROBE[:16], like)
                self._knows[kind] = self._natively(probe, like) == _PROBE[:16]
            return self._knows[kind]

    def _natively(self, cipher_value: bytes, oaep: Oaep) -> bytes | None:
        from pkcs11 import MGF, Mechanism  # noqa: PLC0415 - optional

        parameters = (
            Mechanism[_DIGESTS[oaep.digest]],
            MGF[_MASKS[oaep.mask]],
            oaep.label or None,
        )
        return self.token.use(
            self.uri,
            lambda key: _opened(
                key, cipher_value, mechanism=Mechanism.RSA_PKCS_OAEP, mechanism_param=parameters
            ),
        )

    def _barely(self, cipher_value: bytes, oaep: Oaep) -> bytes | None:
        from pkcs11 import Mechanism  # noqa: PLC0415 - optional

        block = self.token.use(
            self.uri, lambda key: _opened(key, cipher_value, mechanism=Mechanism.RSA_X_509)
        )
        key = public_key_of(self.certificate)
        size = key.key_size // 8 if isinstance(key, rsa.RSAPublicKey) else 0
        if block is None or len(cipher_value) != size:
            return None
        # Some modules drop leading zeros of the number.
        return own_oaep.unpack(block.rjust(size, b"\0"), oaep)


class KeyModules:
    """Opens keys in modules for a node; each token is logged in to once."""

    def __init__(self) -> None:
        """Begin with no token."""
        self._modules = Modules()

    def signer(
        self,
        uri: str,
        pin: str,
        certificate: x509.Certificate,
        *,
        chain: tuple[x509.Certificate, ...],
        where: str,
    ) -> ModuleSigner:
        """Return the signer of a key; see `open_signer`."""
        return open_signer(uri, pin, certificate, chain=chain, modules=self._modules, where=where)

    def decrypter(
        self, uri: str, pin: str, certificate: x509.Certificate, *, where: str
    ) -> ModuleDecrypter:
        """Return the decrypter of a key; see `open_decrypter`."""
        return open_decrypter(uri, pin, certificate, modules=self._modules, where=where)


def open_signer(
    uri: str,
    pin: str,
    certificate: x509.Certificate,
    *,
    chain: tuple[x509.Certificate, ...] = (),
    modules: Modules,
    where: str,
) -> ModuleSigner:
    """Return the signer of a key in a module, tried once; `where` names the file of the URI.

    Raises:
        InvalidSettingError: the URI is none, library, token or key is not there, or the key is not
            the certificate's.
        PassphraseError: the PIN is wrong.
        KeyModuleError: the module does not answer.
    """
    found = read_key_uri(uri, where=where)
    signer = ModuleSigner(modules.token(found, pin), found, certificate, chain)
    if not signer.algorithm:
        raise InvalidSettingError(
            where=where, why="want a key that signs: RSA, a curve of NIST, Ed25519"
        )
    try:
        signature = signer.sign(_PROBE)
    except KeyModuleError as err:
        raise InvalidSettingError(where=where, why=f"the key does not sign: {err}") from None
    if not is_signed_by(certificate, signer.algorithm, _PROBE, signature):
        why = "the key in the module does not belong to the certificate beside it"
        raise InvalidSettingError(where=where, why=why)
    return signer


def open_decrypter(
    uri: str, pin: str, certificate: x509.Certificate, *, modules: Modules, where: str
) -> ModuleDecrypter:
    """Return the decrypter of a key in a module, tried once; see `open_signer`.

    Raises:
        InvalidSettingError: as of `open_signer`; or the key is none that decrypts.
        PassphraseError: the PIN is wrong.
        KeyModuleError: the module does not answer.
    """
    found = read_key_uri(uri, where=where)
    decrypter = ModuleDecrypter(modules.token(found, pin), found, certificate)
    try:
        does = _does_open(decrypter)
    except KeyModuleError as err:
        raise InvalidSettingError(where=where, why=f"the key does not open: {err}") from None
    if not does:
        why = "the key in the module does not open what was encrypted for the certificate beside it"
        raise InvalidSettingError(where=where, why=why)
    return decrypter


def _does_open(decrypter: ModuleDecrypter) -> bool:
    """Whether the key opens what is meant for the certificate beside it."""
    match public_key_of(decrypter.certificate):
        case rsa.RSAPublicKey():
            probe = wrap_oaep(decrypter.certificate, _PROBE[:16], _SHA256_OAEP)
            return decrypter.decrypt(probe, _SHA256_OAEP) == _PROBE[:16]
        case ec.EllipticCurvePublicKey() as key if agreement_of(key):
            other = new_ec_key(key.curve)
            secret = agreement.shared(other, public_octets(key))
            return decrypter.agree(public_octets(other.public_key())) == secret is not None
        case _:
            return False


def _agreed(key: ModuleKey, point: bytes, size: int) -> bytes | None:
    """Agree on a secret (PKCS#11 3.1, 6.3.18: the x coordinate, nothing derived from it yet)."""
    from pkcs11 import KDF, Attribute, KeyType, exceptions  # noqa: PLC0415 - optional

    template = {Attribute.SENSITIVE: False, Attribute.EXTRACTABLE: True, Attribute.TOKEN: False}
    try:
        secret = key.derive_key(
            KeyType.GENERIC_SECRET,
            size * 8,
            mechanism_param=(KDF.NULL, None, point),
            template=template,
        )
        octets = secret[Attribute.VALUE]
        secret.destroy()
    except (exceptions.ArgumentsBad, exceptions.GeneralError, exceptions.MechanismParamInvalid):
        return None
    return octets


def _opened(key: ModuleKey, cipher_value: bytes, **how: object) -> bytes | None:
    """Decrypt; what a module says of a text that does not open differs from module to module."""
    from pkcs11 import exceptions  # noqa: PLC0415 - optional

    try:
        octets = key.decrypt(cipher_value, **how)
    except (
        exceptions.ArgumentsBad,
        exceptions.DataInvalid,
        exceptions.DataLenRange,
        exceptions.EncryptedDataInvalid,
        exceptions.EncryptedDataLenRange,
        exceptions.FunctionFailed,
        exceptions.GeneralError,
        exceptions.MechanismInvalid,
        exceptions.MechanismParamInvalid,
    ):
        return None
    return octets
