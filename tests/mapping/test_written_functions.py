from __future__ import annotations

from collections.abc import Callable

import pytest

from exchange_node.mapping import Mapped

Draw = Callable[..., Mapped]
LINES = "[groups.declaration.lines]\n"


@pytest.mark.parametrize(
    "said",
    [
        '"); raise SystemExit(1) #',
        "'''\nraise SystemExit(1)\n'''",
        "{c0}",
        "\\n    return True",
        "%s",
    ],
)
def test_what_a_profile_says_is_a_value_and_never_code(draw: Draw, said: str) -> None:
    escaped = said.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    lines = LINES + f'a = {{ from = "A", prefix = "{escaped}", to = "FunctionalReferenceID" }}'

    mapped = draw(lines, "<D><A>1</A></D>")

    (trace,) = mapped.report.trace
    assert trace.value.split() == f"{said}1".split()[: len(trace.value.split())]


def test_a_path_of_many_names_is_walked_as_one_of_few(draw: Draw) -> None:
    names = [f"n{number}" for number in range(30)]
    lines = LINES + f'a = {{ from = "{"/".join(names)}", to = "FunctionalReferenceID" }}'
    opened, closed = "".join(f"<{n}>" for n in names), "".join(f"</{n}>" for n in reversed(names))

    mapped = draw(lines, f"<D>{opened}deep{closed}</D>")

    assert mapped.document.value("Declaration/FunctionalReferenceID") == "deep"


def test_the_first_text_in_document_order_is_found_behind_empty_branches(draw: Draw) -> None:
    lines = LINES + 'a = { from = "A/B/C", to = "FunctionalReferenceID" }'

    mapped = draw(lines, "<D><A><B><C/></B><B/></A><A><B/><B><C/><C>found</C></B></A></D>")

    (trace,) = mapped.report.trace
    assert [row.source for row in trace.sources] == ["A[2]/B[2]/C[2]"]
