"""A movement and the digests of its documents ⇄ the code on paper, signed with the seal key.

    CX1 + base32 of: algorithm · flags · country of the signer · key · made · until ·
                     movement · (country of the holder · SHA-256)… · signature

Base32 without padding is what a QR code has its densest letters for (ISO/IEC 18004, alphanumeric
mode) and what a person can type. Numbers are big-endian; moments are seconds of POSIX time. The
signature covers everything before it under a heading of its own. With a key on P-256 a code has
some 220 characters, with RSA of 3072 bits some 730.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from exchange_node.domain.errors import BrokenSealError, InvalidSettingError, UnreadableCodeError
from exchange_node.security import algorithms as alg
from exchange_node.security.certificates import fingerprint, is_valid_at, name_of
from exchange_node.security.keys import Signer, is_signed_by, public_key_of

PREFIX = "CX1"
"""What every code of this version begins with."""

MOST_DOCUMENTS = 8
"""Documents that one code names (our choice): a movement through as many countries."""

MOST_CHARACTERS = 2_000
"""Characters of a code that is read (our choice): RSA of 4096 bits and eight documents."""

LONGEST_MOVEMENT = 70
"""Characters of a movement's official number in a code (our choice)."""

_HEADING = b"CAREC accompanying document 1\n"
_HEAD = struct.Struct(">BB2s8sIIB")
_HELD = struct.Struct(">2s32s")
_ALGORITHMS: Mapping[int, str] = MappingProxyType(
    {1: alg.RSA_SHA256, 2: alg.ECDSA_SHA256, 3: alg.ED25519}
)
_NUMBERS = {uri: number for number, uri in _ALGORITHMS.items()}
_TEST = 1
_KEY_OCTETS = 8
_LEAST_RSA_BITS = 2048
_SHAPE = re.compile(r"CX[0-9][A-Z2-7]{40,}")
_COUNTRY = re.compile(rb"[A-Z]{2}")
_MOVEMENT = re.compile(rf"[!-~]{{1,{LONGEST_MOVEMENT}}}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What a code says; nothing of it is proved before `verify_code` says so.

    Attributes:
        issuer: party id of the administration that claims to have signed it.
        movement: the official number of the movement.
        documents: by the party id of who holds it, the SHA-256 of the sealed document, in hex.
        test: of a test.
        key: the first octets of the SHA-256 of the certificate it is signed with.
    """

    issuer: str
    movement: str
    documents: Mapping[str, str]
    made_at: datetime
    valid_until: datetime
    test: bool
    key: bytes
    algorithm: str
    signed: bytes
    signature: bytes


class Outcome(StrEnum):
    """What checking a code comes to."""

    GENUINE = "genuine"
    ALTERED = "altered"
    UNKNOWN_SIGNER = "unknown signer"
    TOO_OLD = "too old"
    NOT_YET = "not yet valid"
    CERTIFICATE_ENDED = "certificate ended"
    CERTIFICATE_NOT_YET = "certificate not yet valid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What became of checking a code.

    Attributes:
        signer: the certificate whose key it names; None where none of that key is trusted.
    """

    outcome: Outcome
    code: Code
    signer: x509.Certificate | None = None

    @property
    def signer_name(self) -> str:
        """Whom the certificate names; empty where there is none."""
        return name_of(self.signer) if self.signer else ""


def make_code(
    signer: Signer,
    *,
    issuer: str,
    movement: str,
    documents: Mapping[str, str],
    made_at: datetime,
    valid_until: datetime,
    test: bool,
) -> str:
    """Return the code of a movement.

    Args:
        issuer: party id of the administration whose seal key signs.
        documents: by the party id of who holds it, the SHA-256 of the sealed document, in hex.

    Raises:
        BrokenSealError: the certificate is out of date, or the movement or its documents do not
            fit into a code.
        InvalidSettingError: the key is of a kind that does not seal.
    """
    if not is_valid_at(signer.certificate, made_at):
        why = f"{name_of(signer.certificate)} is not valid at {made_at.isoformat()}"
        raise BrokenSealError(why=why)
    number = _NUMBERS.get(signer.algorithm)
    if number is None:
        raise InvalidSettingError(where="seal key", why="want an RSA, EC or Ed25519 key")
    fits = _MOVEMENT.fullmatch(movement) and 1 <= len(documents) <= MOST_DOCUMENTS
    if not fits or not all(_DIGEST.fullmatch(one) for one in documents.values()):
        why = f"the movement or its {len(documents)} document(s) do not fit into a code"
        raise BrokenSealError(why=why)
    head = _HEAD.pack(
        number,
        _TEST if test else 0,
        _country(issuer),
        bytes.fromhex(fingerprint(signer.certificate))[:_KEY_OCTETS],
        int(made_at.timestamp()),
        int(valid_until.timestamp()),
        len(movement),
    )
    held = b"".join(
        _HELD.pack(_country(party), bytes.fromhex(digest))
        for party, digest in sorted(documents.items())
    )
    octets = head + movement.encode("ascii") + bytes((len(documents),)) + held
    signature = signer.sign(_HEADING + octets)
    return PREFIX + base64.b32encode(octets + signature).decode("ascii").rstrip("=")


def code_in(text: str) -> str:
    """Return the first code in a text; blanks within a code that somebody typed are dropped.

    Raises:
        UnreadableCodeError: there is none.
    """
    found = _SHAPE.search(text) or _SHAPE.fullmatch("".join(text.split()).upper())
    if found is None:
        raise UnreadableCodeError(why=f"nothing in it begins with {PREFIX} and goes on as a code")
    return found.group()


def read_code(text: str) -> Code:
    """Return what a code says; blanks and small letters are taken as well.

    Raises:
        UnreadableCodeError: it is no code, one of a newer kind, or a part of one.
    """
    whole = "".join(text[: 2 * MOST_CHARACTERS].split()).upper()
    if not whole.startswith(PREFIX):
        newer = whole[:2] == PREFIX[:2] and whole[2:3].isdigit()
        why = f"it is of kind {whole[:3]}, and this program reads {PREFIX}" if newer else "no code"
        raise UnreadableCodeError(why=why)
    if len(whole) > MOST_CHARACTERS:
        raise UnreadableCodeError(why=f"it has more than {MOST_CHARACTERS} characters")
    body = whole[len(PREFIX) :]
    try:
        octets = base64.b32decode(body + "=" * (-len(body) % 8))
    except (binascii.Error, ValueError):
        raise UnreadableCodeError(why="a character is missing, or is none of a code's") from None
    try:
        return _parts(octets)
    except (struct.error, IndexError, ValueError, OverflowError, OSError):
        raise UnreadableCodeError(why="a part of it is missing") from None


def verify_code(
    code: Code,
    trusted: Mapping[str, Collection[x509.Certificate]],
    *,
    at: datetime,
    tolerance: timedelta,
) -> Verified:
    """Return whether a code is genuine; nothing but the certificates and the clock is asked.

    Args:
        trusted: by party id, the seal certificates of its administration.
        at: now, as far as the clock here is right.
        tolerance: how far that clock, or the signer's, may be wrong.
    """
    known = {
        bytes.fromhex(fingerprint(one))[:_KEY_OCTETS]: one for one in trusted.get(code.issuer, ())
    }
    signer = known.get(code.key)
    if signer is None:
        return Verified(outcome=Outcome.UNKNOWN_SIGNER, code=code)
    key = public_key_of(signer)
    is_weak = isinstance(key, rsa.RSAPublicKey) and key.key_size < _LEAST_RSA_BITS
    octets = _HEADING + code.signed
    if is_weak or not is_signed_by(signer, code.algorithm, octets, code.signature):
        return Verified(outcome=Outcome.ALTERED, code=code, signer=signer)
    return Verified(outcome=_in_time(code, signer, at, tolerance), code=code, signer=signer)


def _in_time(code: Code, signer: x509.Certificate, at: datetime, tolerance: timedelta) -> Outcome:
    begins, ends = signer.not_valid_before_utc, signer.not_valid_after_utc
    if code.made_at < begins or at + tolerance < begins:
        return Outcome.CERTIFICATE_NOT_YET
    if code.made_at > ends or at - tolerance > ends:
        return Outcome.CERTIFICATE_ENDED
    if code.made_at > at + tolerance:
        return Outcome.NOT_YET
    if code.valid_until < at - tolerance:
        return Outcome.TOO_OLD
    return Outcome.GENUINE


def _parts(octets: bytes) -> Code:
    number, flags, country, key, made, until, length = _HEAD.unpack_from(octets)
    at = _HEAD.size + length
    movement = octets[_HEAD.size : at].decode("ascii")
    count = octets[at]
    held = [_HELD.unpack_from(octets, at + 1 + i * _HELD.size) for i in range(count)]
    end = at + 1 + count * _HELD.size
    countries = (country, *(one for one, _ in held))
    is_shaped = _MOVEMENT.fullmatch(movement) and 1 <= count <= MOST_DOCUMENTS
    if not is_shaped or not all(_COUNTRY.fullmatch(one) for one in countries):
        raise ValueError("shape")
    if number not in _ALGORITHMS:
        raise UnreadableCodeError(why=f"it is signed in a way ({number}) that is not known here")
    return Code(
        issuer=_party(country),
        movement=movement,
        documents=MappingProxyType({_party(one): digest.hex() for one, digest in held}),
        made_at=datetime.fromtimestamp(made, UTC),
        valid_until=datetime.fromtimestamp(until, UTC),
        test=bool(flags & _TEST),
        key=key,
        algorithm=_ALGORITHMS[number],
        signed=octets[:end],
        signature=octets[end:],
    )


def _country(party: str) -> bytes:
    return party.rpartition(".")[2].upper().encode("ascii")


def _party(country: bytes) -> str:
    return f"customs.{country.decode('ascii').lower()}"
