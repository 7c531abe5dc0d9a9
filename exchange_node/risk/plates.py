"""A vehicle field → the plates in it, and whether two plates are one.

A plate of China begins with the sign of a province (GA 36-2018, annex A); carriers, systems without
Chinese fonts and officers write its name in Latin letters instead: `新A12345`, `XIN A12345`,
`Xin A·12345`. Several signs have one Latin name (`津` and `晋` are both `JIN`), so that a sign is
never compared with another sign by it. Tractor and trailer are plates of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from exchange_node.domain.identifiers import folded

# National forms write tractor and trailer into one field: 01A123BC/01AB1234.
_BETWEEN_PLATES = re.compile(r"[/\\;,|]")
_SHORTEST_PLATE = 4

PROVINCES: Mapping[str, str] = MappingProxyType(
    {
        "京": "JING", "津": "JIN", "沪": "HU", "渝": "YU", "冀": "JI", "豫": "YU", "云": "YUN",
        "辽": "LIAO", "黑": "HEI", "湘": "XIANG", "皖": "WAN", "鲁": "LU", "新": "XIN",
        "苏": "SU", "浙": "ZHE", "赣": "GAN", "鄂": "E", "桂": "GUI", "甘": "GAN", "晋": "JIN",
        "蒙": "MENG", "陕": "SHAN", "吉": "JI", "闽": "MIN", "贵": "GUI", "粤": "YUE",
        "青": "QING", "藏": "ZANG", "川": "CHUAN", "宁": "NING", "琼": "QIONG",
    }
)  # fmt: skip
"""The signs of the 31 provinces, and their names in Latin letters (pinyin without tones)."""

_LATIN = str.maketrans({**PROVINCES, "挂": "GUA"})  # and that of a trailer, which ends its plate
_CHINA = "CN"


class Plate(NamedTuple):
    """One plate: as it is written, folded, and with the signs of China by their Latin names."""

    written: str
    latin: str

    @property
    def is_signed(self) -> bool:
        """Whether it has a sign of China."""
        return self.written != self.latin


def plates_in(text: str) -> tuple[Plate, ...]:
    """Return what a vehicle field is compared as: the whole of it, then each plate within it.

    A field of blanks has none.
    """
    whole = folded(text)
    parts = (folded(one) for one in _BETWEEN_PLATES.split(text))
    forms = dict.fromkeys((whole, *(one for one in parts if len(one) >= _SHORTEST_PLATE)))
    return tuple(Plate(one, one.translate(_LATIN)) for one in forms if one)


def plate_forms(text: str) -> tuple[str, ...]:
    """Return the forms by which a vehicle field is found; never an empty text."""
    plates = plates_in(text)
    return tuple(dict.fromkeys((*(one.written for one in plates), *(one.latin for one in plates))))


def fits(alerted: Plate, found: Plate, alerted_country: str, stated_country: str) -> bool:
    """Whether two plates are one.

    A plate with a sign is of China: one without is the same only where nothing says that it is of
    another country. Countries are ISO 3166 alpha-2, empty where unknown.
    """
    if alerted.latin != found.latin:
        return False
    if alerted.is_signed and found.is_signed:
        return alerted.written == found.written
    if alerted.is_signed:
        return stated_country in ("", _CHINA)
    return not found.is_signed or alerted_country in ("", _CHINA)
