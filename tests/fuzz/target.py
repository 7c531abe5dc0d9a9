"""One parser that meets bytes from outside: how it is fed, and what may leave it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from exchange_node.domain.errors import NodeError

XML_WORDS = (
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"<?xml version='1.0' encoding='utf-16'?>",
    b"xmlns:", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?", b"?>", b"&#0;", b"&#xD800;", b"&lt;",
    b"wsu:Id=", b"env:mustUnderstand=", b"xml:lang=", b"/>", b"</", b"\xef\xbb\xbf", b"\xff\xfe",
)  # fmt: skip
MIME_WORDS = (
    b"\r\n", b"\r\n\r\n", b"--", b"boundary=", b'"', b"start=", b"Content-ID: <", b"%40", b"cid:",
    b"Content-Transfer-Encoding: base64", b"quoted-printable", b"multipart/related", b"; type=",
)  # fmt: skip
TOML_WORDS = (
    b"[[", b"]]", b'"""', b"'''", b" = ", b"\\u0000", b"0x", b"1979-05-27T07:32:00Z", b"inf",
    b"9" * 30, b"{ ", b"[" * 40, b"\\uD800",
)  # fmt: skip
TSV_WORDS = (
    b"\t", b"\n", b"\r", b"\t\t", b"2026-02-30", b"9999-12-31", b"0001-01-01", b"code\tname_en\n",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xc2\xa0", b"=", b'"', b"\xd0\x9a", b"\xe2\x80\xa8", b"\x00",
)  # fmt: skip
JSON_WORDS = (b"null", b"\\ud800", b"\\u0000", b"1e999", b"NaN", b"[" * 40, b"{", b'":', b"true")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A parser under fire.

    Attributes:
        name: what the command line calls it.
        feed: gives octets to the parser; whatever it raises outside `family` is a defect.
        seeds: whole, sound inputs made by our own makers, from which the fuzzer begins.
        family: the one family of errors that may leave.
        words: what is worth to be put in, beside single octets.
    """

    name: str
    feed: Callable[[bytes], object]
    seeds: Callable[[], Iterable[bytes]]
    family: type[NodeError] = NodeError
    words: tuple[bytes, ...] = ()

    def take(self, data: bytes) -> bool:
        """Feed one input; return whether the parser accepted it."""
        try:
            self.feed(data)
        except self.family:
            return False
        return True


def text_of(data: bytes) -> str:
    """Return octets as a text that a file or a body could hold."""
    return data.decode("utf-8", "replace")
