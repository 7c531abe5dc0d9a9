"""One example as its files say it: the declaration, what it is mapped with, what is expected."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from exchange_node.domain.errors import InvalidExampleError

DOCUMENT = ".wco.xml"
EXPECTED = ".expected.toml"
FACTS = ".facts.toml"
UNKNOWN = "XX"
"""The sending administration of an example that names none."""
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""When an example is submitted that does not say when."""
KEYS = ("sender", "at", "detected", "error", "coverage", "findings", "lost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One example.

    Attributes:
        profile: the name of the profile it belongs to.
        name: of its file, without the ending.
        document: the WCO document that is expected, empty where there is none yet.
        expected: what else is expected, as TOML; empty where nothing is yet.
    """

    profile: str
    name: str
    declaration: bytes
    facts: str = ""
    document: bytes = b""
    expected: str = ""

    @property
    def title(self) -> str:
        """How it is called in messages."""
        return f"{self.profile}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What is said of an example, beside its document.

    Attributes:
        sender: country of the administration that submits it.
        at: when it is submitted.
        detected: the profile that recognises it, empty where none does.
        error: code of the error that refuses it whole.
        coverage: share of its values that are mapped or left out on purpose, 0 to 1.
        findings: severity, rule and place of each finding of mapping and checking, in order.
        lost: what became of each value that is neither mapped nor left out on purpose, and where.
    """

    sender: str = UNKNOWN
    at: datetime = AT
    detected: str = ""
    error: str = ""
    coverage: float = 0.0
    findings: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    def as_toml(self) -> str:
        """Return the text of an `.expected.toml`."""
        lines = [
            "# Written by `exchange-node profile test --update`; sender and at are yours to set.",
            f"sender = {_quoted(self.sender)}",
            f"at = {self.at.isoformat()}",
            f"detected = {_quoted(self.detected)}",
        ]
        if self.error:
            lines.append(f"error = {_quoted(self.error)}")
        else:
            lines.append(f"coverage = {self.coverage}")
            lines += _listed("findings", self.findings)
            lines += _listed("lost", self.lost)
        return "\n".join(lines) + "\n"


def _listed(name: str, rows: Iterable[str]) -> list[str]:
    told = [f"    {_quoted(one)}," for one in rows]
    return [f"{name} = [", *told, "]"] if told else [f"{name} = []"]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def expectation(case: Case) -> Expectation:
    """Read what is expected of an example; where nothing was written yet, what it is mapped with.

    Raises:
        InvalidExampleError: its text is no TOML, or a key is wrong.
    """
    raw = _toml(case)
    for key in raw:
        if key not in KEYS:
            raise InvalidExampleError(example=case.title, why=f"{key!r} is no key")
    at = raw.get("at", AT)
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise InvalidExampleError(example=case.title, why="at must be a moment with its offset")
    coverage = raw.get("coverage", 0.0)
    if isinstance(coverage, bool) or not isinstance(coverage, int | float):
        raise InvalidExampleError(example=case.title, why="coverage must be a number")
    return Expectation(
        sender=_text(case, raw, "sender", UNKNOWN),
        at=at,
        detected=_text(case, raw, "detected", ""),
        error=_text(case, raw, "error", ""),
        coverage=float(coverage),
        findings=_texts(case, raw, "findings"),
        lost=_texts(case, raw, "lost"),
    )


def _toml(case: Case) -> Mapping[str, object]:
    try:
        return tomllib.loads(case.expected)
    except ValueError as err:  # tomllib's own, and the one of an integer without end
        raise InvalidExampleError(example=case.title, why=str(err)) from None
    except RecursionError:
        raise InvalidExampleError(example=case.title, why="it nests too deep") from None


def _text(case: Case, raw: Mapping[str, object], key: str, otherwise: str) -> str:
    value = raw.get(key, otherwise)
    if not isinstance(value, str):
        raise InvalidExampleError(example=case.title, why=f"{key} must be a text")
    return value


def _texts(case: Case, raw: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = raw.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise InvalidExampleError(example=case.title, why=f"{key} must be a list of texts")
    return tuple(value)
