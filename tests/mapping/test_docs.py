from __future__ import annotations

from pathlib import Path

import pytest

from exchange_node.mapping import Profiles
from exchange_node.mapping.profile import compiling, reading
from exchange_node.mapping.profile.recognition import checking

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")
KEYS = {
    *(*compiling.LINE_KEYS, *compiling.GROUP_KEYS, *reading.KEYS),
    *(*checking.LEVEL_KEYS, *checking.RECORD_KEYS),
    *(key for keys in checking.DETECT_KEYS.values() for key in keys),
    *(key for keys in checking.READ_KEYS.values() for key in keys),
}


@pytest.mark.parametrize("key", sorted(KEYS))
def test_every_key_of_the_language_stands_in_the_page(key: str) -> None:
    assert any(form in PAGE for form in (f"`{key}`", f"{key} =", f"[{key}", f".{key}]"))


def test_every_shipped_profile_stands_in_the_page(profiles: Profiles) -> None:
    assert [name for name in profiles.names if f"`{name}`" not in PAGE] == []
