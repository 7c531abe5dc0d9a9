"""The line to the node: questions and answers over HTTP, which may break off anywhere."""

from __future__ import annotations

import ipaddress
import json
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from exchange_node.domain.errors import (
    InvalidSettingError,
    NodeOutOfReachError,
    RefusedByNodeError,
)

MOST_ANSWER_BYTES = 4_000_000
"""Bytes of one answer of the node (our choice); a page has some thousands."""


class Line(Protocol):
    """Whatever carries a question to the node and its answer back."""

    def ask(
        self, way: str, query: Mapping[str, str], body: Mapping[str, object] | None = None
    ) -> bytes:
        """Return the node's answer, whole; with a body the question is a POST.

        Raises:
            NodeOutOfReachError: there is no answer, or not the whole of one.
            RefusedByNodeError: the node refuses.
        """
        ...


class HttpLine:
    """A line over HTTP(S), with the token of the post."""

    def __init__(
        self, url: str, token: str, *, timeout_seconds: float, ca_file: Path | None = None
    ) -> None:
        """Take where the node's API is.

        Raises:
            InvalidSettingError: the token would go in clear over a network, or the file with the
                authority cannot be read.
        """
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(parts.hostname)):
            why = "want https, so that the token is not read on the way"
            raise InvalidSettingError(where="post.toml, post.url", why=why)
        try:
            context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
        except (OSError, ssl.SSLError) as err:
            raise InvalidSettingError(where="post.toml, post.ca_file", why=str(err)) from None
        self._url = url.rstrip("/")
        self._client = httpx.Client(
            timeout=timeout_seconds,
            verify=context,
            headers={"Authorization": f"Bearer {token}"},
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        """Give the connection back."""
        self._client.close()

    def ask(
        self, way: str, query: Mapping[str, str], body: Mapping[str, object] | None = None
    ) -> bytes:
        """Return the node's answer, whole; see `Line.ask`."""
        try:
            with self._client.stream(
                "GET" if body is None else "POST",
                f"{self._url}{way}",
                params=dict(query),
                json=body,
            ) as answer:
                octets = b""
                for part in answer.iter_bytes():
                    octets += part
                    if len(octets) > MOST_ANSWER_BYTES:
                        why = f"its answer has more than {MOST_ANSWER_BYTES} bytes"
                        raise NodeOutOfReachError(url=self._url, why=why)
        except (httpx.HTTPError, httpx.InvalidURL) as err:
            why = str(err) or type(err).__name__
            raise NodeOutOfReachError(url=self._url, why=why) from None
        if answer.status_code >= 500:
            raise NodeOutOfReachError(url=self._url, why=f"it answers {answer.status_code}")
        if answer.status_code != 200:
            raise _refusal(answer.status_code, octets)
        return octets


def _refusal(status: int, octets: bytes) -> RefusedByNodeError:
    try:
        plain = json.loads(octets)
    except (ValueError, RecursionError):
        plain = None
    said = plain if isinstance(plain, dict) else {}
    code, why = str(said.get("code", status)), str(said.get("detail", f"HTTP {status}"))
    return RefusedByNodeError(refusal=code[:80], why=why[:400])


def _is_here(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
