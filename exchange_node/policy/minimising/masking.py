"""One value + one mask → what leaves in its place, or nothing where it cannot be masked.

Every mask is its own end: what it made, it leaves as it is. So a document that is minimised twice
says what it says after the first time, and a receiver can ask of a value whether it was masked.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from exchange_node.domain.agreement import CoarserForm, Mask, MaskMethod
from exchange_node.wco.notation import wco_moment

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN_LENGTH = 17
"""Characters of a hash: the mark, 12 of the value (60 bits), 4 that tell it is one of ours.

Short enough for every name, plate and container number; among ten million values two fall together
with a chance of one in twenty thousand (2**60 places). The same length everywhere, so that a plate
is the same plate in two elements of different formats.
"""

PREVIEWED = "#MASKEDMASKEDMASK"
"""What stands for a hash where nobody has the key: in a preview."""

_VALUE_LENGTH = 12
_CHECK_LENGTH = 4
_TOKEN = re.compile(r"#[A-Z2-7]{16}")
_NUMBER = re.compile(r"[0-9]{1,40}(\.[0-9]{1,40})?")
_CODE_OF_COUNTRY = re.compile(r"([A-Z]{2})[A-Z0-9]{0,15}")
_HS_CODE = re.compile(r"[0-9]{2,14}")
_DATE_ENDS: Mapping[CoarserForm, tuple[int, str]] = {
    CoarserForm.DAY: (10, ""),
    CoarserForm.MONTH: (7, "-01"),
    CoarserForm.YEAR: (4, "-01-01"),
}
_DIGITS: Mapping[CoarserForm, int] = {CoarserForm.ONE_DIGIT: 1, CoarserForm.TWO_DIGITS: 2}
_BANDS: Mapping[CoarserForm, int] = {CoarserForm.HUNDREDS: 2, CoarserForm.THOUSANDS: 3}
_HS_LENGTHS: Mapping[CoarserForm, int] = {
    CoarserForm.CHAPTER: 2,
    CoarserForm.HEADING: 4,
    CoarserForm.SUBHEADING: 6,
}


def masked(mask: Mask, value: str, key: bytes | None) -> str | None:
    """Return what leaves in place of a value; None where the mask has no answer to it.

    Args:
        value: of the field; dates and moments are ISO 8601.
        key: of the agreement, for hashes; without it `PREVIEWED` stands for each of them.
    """
    if not value:
        return value
    match mask.method:
        case MaskMethod.HASH:
            return token_of(value, key) if key is not None else PREVIEWED
        case MaskMethod.TRUNCATE:
            return _truncated(mask, value)
        case MaskMethod.GENERALISE if mask.to is not None:
            return _generalised(mask.to, value)
        case _:
            return None


def is_masked(mask: Mask, value: str) -> bool:
    """Whether a value can be what the mask made; asked by whoever has no key."""
    if mask.method is MaskMethod.HASH:
        return not value or _TOKEN.fullmatch(value) is not None
    return masked(mask, value, None) == value


def token_of(value: str, key: bytes) -> str:
    """Return the hash of a value: equal values of one key have equal hashes.

    HMAC-SHA-256 (RFC 2104) over the letters and digits of the value, without case: a plate written
    with blanks is the same plate. A value that merely looks like a hash is hashed like any other.
    """
    if _TOKEN.fullmatch(value):
        stem, check = value[1:-_CHECK_LENGTH], value[-_CHECK_LENGTH:]
        if hmac.compare_digest(_check(stem, key), check):
            return value
    folded = unicodedata.normalize("NFKC", value).casefold()
    said = "".join(one for one in folded if one.isalnum()) or folded.strip()
    stem = _code(b"value", said, key)[:_VALUE_LENGTH]
    return f"#{stem}{_check(stem, key)}"


def _check(stem: str, key: bytes) -> str:
    return _code(b"check", stem, key)[:_CHECK_LENGTH]


def _code(what: bytes, text: str, key: bytes) -> str:
    octets = text.encode("utf-8", "surrogatepass")
    return base64.b32encode(hmac.digest(key, what + b"\0" + octets, hashlib.sha256)).decode()


def _truncated(mask: Mask, value: str) -> str | None:
    text = value.strip()
    if mask.keep is not None:
        return text[: mask.keep].strip() or None
    if mask.keep_last is not None:
        return text[-mask.keep_last :].strip() or None
    return None


def _generalised(to: CoarserForm, value: str) -> str | None:
    text = value.strip()
    if to in _DATE_ENDS:
        length, end = _DATE_ENDS[to]
        return text[:length] + end if wco_moment(text) else None
    if to in _HS_LENGTHS:
        return text[: _HS_LENGTHS[to]] if _HS_CODE.fullmatch(text) else None
    if to is CoarserForm.COUNTRY:
        found = _CODE_OF_COUNTRY.fullmatch(text)
        return found[1] if found else None
    return _rounded_up(to, text) if _NUMBER.fullmatch(text) else None


def _rounded_up(to: CoarserForm, text: str) -> str:
    """Return a number rounded up, so that nothing weighs less than it is said to."""
    number = Decimal(text)
    if not number:
        return "0"
    place = _BANDS[to] if to in _BANDS else number.adjusted() - _DIGITS[to] + 1
    coarse = number.quantize(Decimal((0, (1,), place)), rounding=ROUND_CEILING)
    plain = f"{coarse:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
