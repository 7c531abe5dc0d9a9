from __future__ import annotations

from pathlib import Path

import pytest

from tools.corpus_table import Fate, expected, fate_in, fate_of, files

EXPECTED = list(expected())
KINDS = (
    "asycuda_sad", "china_manifest", "china_sw_dec", "eaeu_customs_ru", "edifact", "ncts_ctc",
)  # fmt: skip


@pytest.mark.corpus
@pytest.mark.parametrize("line", EXPECTED, ids=lambda line: line.file)
def test_a_real_file_fares_no_worse_than_it_did(corpus: Path, line: Fate) -> None:
    path = corpus / line.file
    if not path.is_file():
        # Whoever has another corpus has other files; those are asked for below.
        pytest.skip("the corpus at hand does not have it")

    found = fate_of(path, corpus)

    assert not found.is_worse_than(line), f"{line.row}\n{found.row}"


@pytest.mark.corpus
def test_every_other_file_is_answered_by_a_document_or_by_one_of_our_errors(corpus: Path) -> None:
    known = {line.file for line in EXPECTED}
    others = [path for path in files(corpus) if path.relative_to(corpus).as_posix() not in known]

    assert all(fate_of(path, corpus).outcome for path in others)


@pytest.mark.corpus
@pytest.mark.parametrize("kind", KINDS)
def test_every_file_of_a_known_kind_is_recognised(corpus: Path, kind: str) -> None:
    fates = [fate_of(path, corpus) for path in files(corpus / kind)]

    assert [one.row for one in fates if one.outcome == "mapping.unknown-format"] == []


@pytest.mark.parametrize(
    ("found", "is_worse"),
    [
        ("f\tp\tmapped\t90.0\tM001:2", False),
        ("f\tp\tmapped\t95.0\tM001:1", False),
        ("f\tp\tmapped\t89.0\tM001:2", True),
        ("f\tp\tmapped\t90.0\tM001:3", True),
        ("f\tp\tmapped\t90.0\tM001:2 M002:1", True),
        ("f\tq\tmapped\t90.0\tM001:2", True),
        ("f\t\tmapping.unknown-format\t\t", True),
    ],
)
def test_what_fares_worse_is_told_from_what_fares_better(found: str, *, is_worse: bool) -> None:
    line = "f\tp\tmapped\t90.0\tM001:2"

    assert fate_in(found).is_worse_than(fate_in(line)) is is_worse
    assert not fate_in(line).is_worse_than(fate_in("f\t\tmapping.unknown-format\t\t"))
    assert fate_in("f\t\tinput.malformed-xml\t\t").is_worse_than(
        fate_in("f\t\tmapping.unknown-format\t\t")
    )
