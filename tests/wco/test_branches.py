from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from hypothesis import given
from hypothesis import strategies as st

from exchange_node.wco.branches import Branch, tree_of
from exchange_node.wco.document import Document, read
from exchange_node.wco.notation import DEC, EXT, MD, path_of, steps
from tests.wco.conftest import MakeManifest

NAMES = ("Consignment", "ID", "ext:Driver", "ext:Name", "Seal")
INNER: st.SearchStrategy[object] = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["", "A1", "20260301"]),
        st.lists(st.tuples(st.sampled_from(NAMES), INNER), min_size=1, max_size=4),
    )
)


def written(inside: object) -> str:
    if isinstance(inside, str):
        return inside
    assert isinstance(inside, list)
    return "".join(f"<{name}>{written(below)}</{name}>" for name, below in inside)


def document_of(inside: str) -> Document:
    body = f'<Declaration xmlns="{DEC}" xmlns:ext="{EXT}">{inside}</Declaration>'
    return read(f'<MetaData xmlns="{MD}">{body}</MetaData>'.encode())


def told(document: Document) -> Counter[tuple[tuple[tuple[str, int], ...], str, str]]:
    """Return the values of a document: the classes above, the name, what is written."""
    found = []
    for leaf in document.leaves():
        above, _, _ = leaf.pointer.rpartition("/")
        name = path_of(leaf.pointer).rpartition("/")[2]
        found.append(((steps(above) or ())[1:], name, leaf.value))
    return Counter(found)


def walked(
    branch: Branch, above: tuple[tuple[str, int], ...] = ()
) -> Iterator[tuple[tuple[tuple[str, int], ...], str, str]]:
    for name, values in branch.values.items():
        yield from ((above, name, value) for value in values)
    for at, below in branch.branches.items():
        yield from walked(below, (*above, at))


def same(document: Document) -> bool:
    found: Iterable[tuple[tuple[tuple[str, int], ...], str, str]] = walked(tree_of(document))
    return Counter(found) == told(document)


def test_the_branches_of_a_manifest_say_what_its_leaves_say(manifest: MakeManifest) -> None:
    document = manifest()
    assert len(document.leaves()) > 20
    assert same(document)
    moment = tree_of(document).first("IssueDateTime")
    assert moment == document.value("Declaration/IssueDateTime")


@given(st.lists(st.tuples(st.sampled_from(NAMES), INNER), max_size=4))
def test_branches_are_what_leaves_are_in_any_document(inside: list[object]) -> None:
    assert same(document_of(written(inside)))
