from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.errors import InputError, MalformedXmlError, UnsafeXmlError
from exchange_node.safe_xml import XmlLimits, parse, salvage

BILLION_LAUGHS = b"""<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]><a>&d;</a>"""
EXTERNAL_ENTITY = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'
DEFAULT_ATTRIBUTE = b'<!DOCTYPE a [<!ATTLIST a role CDATA "officer">]><a/>'


def test_plain_xml_is_read_without_comments_and_instructions() -> None:
    root = parse(b"<?x y?><a><!-- c --><b>1</b></a>")

    assert [child.tag for child in root] == ["b"]


@pytest.mark.parametrize(
    "attack", [BILLION_LAUGHS, EXTERNAL_ENTITY, DEFAULT_ATTRIBUTE, b"<!DOCTYPE a><a/>"]
)
def test_a_doctype_is_refused_whatever_it_does(attack: bytes) -> None:
    with pytest.raises(UnsafeXmlError):
        parse(attack)


@pytest.mark.parametrize(
    ("limits", "document"),
    [
        (XmlLimits(max_bytes=10), b"<a>12345678</a>"),
        (XmlLimits(max_depth=3), b"<a><b><c><d/></c></b></a>"),
        (XmlLimits(max_elements=3), b"<a><b/><b/><b/></a>"),
        (XmlLimits(max_attributes=1), b'<a x="1" y="2"/>'),
        (XmlLimits(max_attributes=3), b"<a b='' c='' d='' e=''/>"),
        (XmlLimits(max_attributes=1), b"<a b='>' c='>'/>"),
        (
            XmlLimits(max_name=40),
            b"<a xmlns:p='urn:of:some:length'><p:some-name-that-is-long/></a>",
        ),
        (XmlLimits(max_name=20), b'<a xmlns="urn:very:long:namespace:indeed"/>'),
        (XmlLimits(max_namespaces=1), b'<a xmlns="u:a" xmlns:b="u:b"/>'),
        (XmlLimits(max_namespaces=1), b'<a xmlns="u:a"><b xmlns:b="u:b"/></a>'),
        (XmlLimits(max_namespaces=1), '<a xmlns="u:a" xmlns:b="u:b"/>'.encode("utf-16")),
    ],
)
def test_a_bound_that_is_exceeded_is_named(limits: XmlLimits, document: bytes) -> None:
    with pytest.raises(UnsafeXmlError):
        parse(document, limits)


def why_refused(data: bytes, limits: XmlLimits) -> str:
    try:
        parse(data, limits)
    except UnsafeXmlError as err:
        return str(err.facts["why"])
    return ""


NAME = st.sampled_from([*"abcdef", "a-name-of-twenty-two-", "p:a", "p:some-name-that-is-long"])
SAID = st.sampled_from(["", "", "1", ">", "> >", "/>", "a long value > with a bracket", "&lt;"])
TAG = st.tuples(
    NAME,
    st.dictionaries(NAME, st.tuples(SAID, st.sampled_from("'\"")), max_size=8),
    st.sampled_from(["", "text", "a text of more characters than any tag has, > and ' and \""]),
)


@given(st.lists(TAG, min_size=1, max_size=5), st.integers(1, 80), st.integers(0, 12))
def test_laws_of_bounds_a_document_is_let_in_alike_however_it_is_encoded(
    tags: list[tuple[str, dict[str, tuple[str, str]], str]], name: int, attributes: int
) -> None:
    opened = "".join(
        f"<{tag}{''.join(f' {key}={sign}{said}{sign}' for key, (said, sign) in pairs.items())}>"
        f"{text}"
        for tag, pairs, text in tags
    )
    closed = "".join(f"</{tag}>" for tag, _, _ in reversed(tags))
    document = f'<r xmlns:p="urn:of:some:length">{opened}{closed}</r>'
    limits = XmlLimits(max_name=name, max_attributes=attributes, max_elements=5)

    in_ascii = why_refused(document.encode(), limits)

    # What is in no encoding of one byte is walked through as a tree.
    assert in_ascii == why_refused(document.encode("utf-16"), limits)


def test_what_keeps_every_bound_passes() -> None:
    limits = XmlLimits(max_bytes=30, max_depth=2, max_elements=3, max_attributes=1, max_name=1)

    assert len(parse(b'<a x="1"><b/><b/></a>', limits)) == 2


def test_namespaces_that_are_declared_side_by_side_do_not_add_up() -> None:
    limits = XmlLimits(max_namespaces=2)
    beside = b"""<b xmlns="u:b" c=' xmlns:d="e" >'> xmlns:f="g" xmlns:h="i" </b>"""

    assert len(parse(b'<a xmlns="u:a">' + beside * 9 + b"</a>", limits)) == 9


def test_depth_beyond_the_parser_s_own_is_told_by_our_own_bound() -> None:
    with pytest.raises(UnsafeXmlError) as caught:
        parse(b"<a>" * 5000 + b"</a>" * 5000, XmlLimits(max_depth=64))

    assert caught.value.facts["why"] == "elements nest deeper than 64 (line 1)"


def test_what_is_no_xml_is_told_with_its_place() -> None:
    with pytest.raises(MalformedXmlError) as caught:
        parse(b"<a>\n<b></a>")

    assert caught.value.facts["line"] == "2"


@pytest.mark.parametrize("nothing", [b"", b"  \n"])
def test_an_empty_document_is_told_as_such(nothing: bytes) -> None:
    with pytest.raises(MalformedXmlError, match="empty"):
        parse(nothing)


@given(st.binary(max_size=200))
def test_laws_of_junk_only_our_own_errors_leave(junk: bytes) -> None:
    try:
        parse(junk)
    except InputError:
        return


@given(st.binary(max_size=60))
def test_laws_of_junk_inside_an_element_only_our_own_errors_leave(junk: bytes) -> None:
    try:
        parse(b'<?xml version="1.0" encoding="utf-16"?><a>' + junk + b"</a>")
    except InputError:
        return


def test_what_breaks_off_is_read_as_far_as_it_goes() -> None:
    root = salvage(b"<a><b>1</b><!-- c --><c>2")

    assert root is not None
    assert [(one.tag, one.text) for one in root] == [("b", "1"), ("c", "2")]


@pytest.mark.parametrize(
    "attack",
    [
        b"<a><b>x&c;y</b></d>",
        b"<!DOCTYPE a><a><b>",
        BILLION_LAUGHS.removesuffix(b"</a>"),
        EXTERNAL_ENTITY.removesuffix(b"</a>"),
        b"<a>" * 100 + b"1",
    ],
)
def test_what_breaks_off_is_let_in_no_further_than_what_is_whole(attack: bytes) -> None:
    with pytest.raises(UnsafeXmlError):
        salvage(attack)


@given(st.lists(st.sampled_from(["<a>", "</b>", "&c;", "&#0;", "<!--", "1", " d='", "<?e "])))
def test_laws_of_salvage_elements_alone_are_left(pieces: list[str]) -> None:
    try:
        root = salvage(("<a>" + "".join(pieces)).encode())
    except InputError:
        return

    assert root is None or all(isinstance(one.tag, str) for one in root.iter())
