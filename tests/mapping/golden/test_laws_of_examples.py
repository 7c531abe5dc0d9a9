from __future__ import annotations

import contextlib
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange_node.config import shipped
from exchange_node.domain.errors import InputError
from exchange_node.domain.identifiers import PartyId
from exchange_node.mapping import Facts, Mapped, detect, map_declaration
from exchange_node.mapping.golden.case import AT
from exchange_node.wco.rules import validate

HOME = shipped.shipped("config", "national") / "examples"
PROFILES = shipped.national_profiles()
LIBRARY = shipped.library()
BESIDE = (".wco.xml", ".expected.toml", ".facts.toml")
EXAMPLES = sorted(
    path for path in HOME.rglob("*") if path.is_file() and not path.name.endswith(BESIDE)
)
DAMAGES = st.lists(
    st.tuples(
        st.sampled_from(["cut", "nul", "byte", "twice", "blank", "comma", "encoding"]),
        st.floats(0, 1),
        st.integers(0, 255),
    ),
    min_size=1,
    max_size=4,
)


@cache
def example(path: Path) -> bytes:
    return path.read_bytes()


def damaged(data: bytes, damages: list[tuple[str, float, int]]) -> bytes:
    for kind, where, byte in damages:
        at = int(where * len(data))
        if kind == "cut":
            data = data[:at]
        elif kind == "nul":
            data = data[:at] + b"\0" + data[at:]
        elif kind == "byte":
            data = data[:at] + bytes([byte]) + data[at + 1 :]
        elif kind == "twice":
            data = data[:at] + data[at : at + byte] * 2 + data[at + byte :]
        elif kind == "blank":
            data = data[:at] + b" " * byte + data[at:]
        elif kind == "comma":
            data = data[:at] + data[at:].replace(b".", b",")
        else:
            data = data.replace(b"UTF-8", b"UTF-16" if byte % 2 else b"windows-1251", 1)
    return data


def answered(data: bytes) -> Mapped | None:
    with contextlib.suppress(InputError):
        profile = detect(data, PROFILES)
        return map_declaration(
            data, profile, Facts(), LIBRARY, sender=PartyId.of_country("KZ"),
            agency="Customs", at=AT, reference="R-1",
        )  # fmt: skip
    return None


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
@given(damages=DAMAGES)
@settings(max_examples=15)
def test_laws_of_damaged_examples(path: Path, damages: list[tuple[str, float, int]]) -> None:
    mapped = answered(damaged(example(path), damages))

    if mapped is not None:
        report = mapped.report
        every = (report.mapped, report.refused, report.dropped, report.passed_over, report.unmapped)
        assert set(report.leaves) <= {row.source for rows in every for row in rows}
        assert 0 <= report.coverage <= 1
        validate(mapped.document, LIBRARY, AT.date())
