"""Columns ↔ the bytes that are kept of a report: texts as JSON, numbers as they are, compressed."""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from dataclasses import fields

from exchange_node.domain.errors import AlteredRecordError
from exchange_node.mapping.report.columns import Columns

FORM = 1
"""Of what is kept; a reader knows every form that there ever was."""

MOST_BYTES = 1_000_000_000
"""Of a report as it is unpacked (our choice: 20 MB of declaration make a tenth of it)."""

_QUICKLY = 1
_WHAT = "the report of a mapping"
_NUMBERS = tuple(one.name for one in fields(Columns) if one.type == "list[int]")
_TEXTS = tuple(one.name for one in fields(Columns) if one.type != "list[int]")


def packed(columns: Columns) -> bytes:
    """Return a report as it is kept."""
    numbers = [_bytes_of(getattr(columns, name)) for name in _NUMBERS]
    head = [FORM, [len(one) for one in numbers], *(getattr(columns, name) for name in _TEXTS)]
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    made = zlib.compressobj(_QUICKLY)
    whole = (text.encode("utf-8", "surrogatepass"), b"\n", *numbers)
    return made.compress(b"".join(whole)) + made.flush()


def unpacked(kept: bytes) -> Columns:
    """Return a report that was kept.

    Raises:
        AlteredRecordError: these bytes are none, or of a form that is not known here.
    """
    try:
        head, _, body = zlib.decompressobj().decompress(kept, MOST_BYTES).partition(b"\n")
        form, sizes, *texts = json.loads(head.decode("utf-8", "surrogatepass"))
        if form != FORM or len(texts) != len(_TEXTS) or len(sizes) != len(_NUMBERS):
            raise AlteredRecordError(what=f"{_WHAT}, of form {form}")
        columns = Columns(**dict(zip(_TEXTS, texts, strict=True)))
        for name, size in zip(_NUMBERS, sizes, strict=True):
            setattr(columns, name, _numbers_of(body[:size]))
            body = body[size:]
    except (zlib.error, ValueError, TypeError) as err:
        raise AlteredRecordError(what=_WHAT) from err
    return columns


def _bytes_of(numbers: list[int]) -> bytes:
    """Return numbers as four bytes each, the lowest first."""
    made = array("i", numbers)
    if sys.byteorder == "big":
        made.byteswap()
    return made.tobytes()


def _numbers_of(data: bytes) -> list[int]:
    made = array("i")
    made.frombytes(data)
    if sys.byteorder == "big":
        made.byteswap()
    return made.tolist()
