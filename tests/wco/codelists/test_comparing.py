from __future__ import annotations

from exchange_node.wco.codelists import COLUMNS, Code, compare, read_list

HEAD = "\t".join(COLUMNS)


def codes(*lines: str) -> tuple[Code, ...]:
    return read_list("\n".join((HEAD, *lines)))[0]


def test_what_became_of_each_code_is_told_by_code() -> None:
    old = codes("A\ta", "B\tb", "C\tc", "D\td")
    assert compare(old, old) == ()

    old = codes("A\ta\t\t\t\t", "B\tb\t\t\t\t", "C\tc\t\t2026-01-01\t\t")
    new = codes("D\td\t2026-01-01\t\t\t", "B\tbe\t\t2026-02-01\t\t", "A\ta\t\t\t\t")

    assert [(one.kind.value, one.code, one.before, one.after) for one in compare(old, new)] == [
        ("changed", "B", "b", "be"),
        ("validity changed", "B", "..", "..2026-02-01"),
        ("removed", "C", "c (..2026-01-01)", ""),
        ("added", "D", "", "d (2026-01-01..)"),
    ]


def test_the_order_of_lines_and_their_source_are_no_difference() -> None:
    old = codes("A\ta\t\t2025-12-31\tus\t", "A\ta\t2026-01-01\t\tus\t", "B\tb\t\t\tus\t")
    new = codes("B\tb\t\t\tthem\t", "A\ta\t2026-01-01\t\tus\t", "A\ta\t\t2025-12-31\tus\t")

    assert compare(old, new) == ()
