"""How the command line speaks: errors in one line with the way to mend them, findings as lines."""

from __future__ import annotations

import json
import os
import pwd
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import (
    InvalidDocumentError,
    InvalidScriptError,
    NodeError,
    UnwritableOutputError,
)
from exchange_node.domain.finding import Finding

if TYPE_CHECKING:
    from exchange_node.config.wording import Said, Wording
    from exchange_node.domain.message import AttachedFile
    from exchange_node.domain.transmission.content import Content, Spool
    from exchange_node.node import Node


LIMIT = click.IntRange(1, 200)
"""How many lines a list may have."""

PURPOSE = click.option(
    "--purpose", default="", help="What you look for; left out, every purpose of yours counts."
)
"""What somebody looks at records for."""


@dataclass
class Console:
    """What every command is handed: the node's folder and the reader's language."""

    folder: Path
    language: str

    @cached_property
    def wording(self) -> Wording:
        """The sentences in the reader's language."""
        return _wording(self.language)

    @contextmanager
    def node(self) -> Iterator[Node]:
        """Open the node of the folder for one command."""
        from exchange_node.node import build

        node = build(self.folder)
        try:
            yield node
        finally:
            node.close()

    @property
    def actor(self) -> Actor:
        """Whoever may open the node's folder and keys is its operator, under the system's name."""
        return Actor(name=f"cli:{account()}", roles=frozenset(Role))

    def findings(
        self,
        findings: Iterable[Finding],
        *,
        err: bool = False,
        wco_pointer: Callable[[str], str] = str,
    ) -> None:
        """Print each finding: severity, rule, place, sentence; WCO ids and value; how to mend it.

        `wco_pointer` turns a place into WCO ids; without it only the place itself is said.
        """
        _say_findings(self.wording, findings, indent="", err=err, wco_pointer=wco_pointer)

    def as_json(self, findings: Iterable[Finding]) -> list[dict[str, object]]:
        """Return findings as JSON has them, with their sentences filled in."""
        return [one.as_dict() | _filled(self.wording.finding(one)) for one in findings]


def account() -> str:
    """Return the name of the account that runs this, or its number where it has none.

    The system is asked and not the environment, which each caller sets as it likes: whoever made a
    message would let it go under another name.
    """
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def print_json(value: object) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_table(rows: list[dict[str, str]]) -> None:
    """Print rows under their keys, each column as wide as its widest value."""
    widths = {key: max(len(key), *(len(row[key]) for row in rows)) for key in rows[0]}
    click.echo("  ".join(key.ljust(width) for key, width in widths.items()).rstrip())
    for row in rows:
        click.echo("  ".join(row[key].ljust(width) for key, width in widths.items()).rstrip())


def fail(err: NodeError, *, language: str = "") -> NoReturn:
    """Say what went wrong and how to mend it, and exit with 1."""
    words = _wording(language)
    said = words.error(err)
    click.echo(f"exchange-node: {said.sentence} [{err.code}]", err=True)
    if said.mend:
        click.echo(f"    {said.mend}", err=True)
    if isinstance(err, InvalidDocumentError | InvalidScriptError):
        _say_findings(words, err.findings, indent="    ", err=True)
    sys.exit(1)


def read_input(path: str, limit: int) -> bytes:
    """Return a file's bytes; `-` is standard input.

    Raises:
        UnreadableInputError: it is missing, a folder, unreadable, or larger than the limit.
    """
    from exchange_node.config.intake import read_bounded

    if path == "-":
        return read_bounded(sys.stdin.buffer, "standard input", limit)
    from exchange_node.config.intake import read_file

    return read_file(Path(path), limit)


def read_attachment(path: Path, spool: Spool, limit: int) -> AttachedFile:
    """Return a file that is to go with a declaration; its type is told by its name.

    Raises:
        UnreadableInputError: it is missing, a folder, unreadable, or larger than the limit.
        StoreFullError: there is no room to lay it aside.
    """
    import mimetypes

    from exchange_node.config.intake import copy_file
    from exchange_node.domain.message import AttachedFile

    content = copy_file(path, spool, limit)
    mime_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return AttachedFile(name=path.name, mime_type=mime_type, content=content)


def write_output(path: Path, content: Content, *, mode: int = 0o666) -> None:
    """Write a file that the caller named; a new one is made with a mode, less the umask.

    Raises:
        UnwritableOutputError: it cannot be written there.
    """
    from exchange_node.domain.transmission.content import chunks_of

    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            for chunk in chunks_of(content):
                file.write(chunk)
    except OSError as err:
        raise UnwritableOutputError(what=path, why=err.strerror or str(err)) from None


def make_folder(path: Path) -> None:
    """Make a folder that the caller named, unless it is there.

    Raises:
        UnwritableOutputError: it cannot be made there.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise UnwritableOutputError(what=path, why=err.strerror or str(err)) from None


def _say_findings(
    words: Wording,
    findings: Iterable[Finding],
    *,
    indent: str,
    err: bool,
    wco_pointer: Callable[[str], str] = str,
) -> None:
    for one in findings:
        said = words.finding(one)
        # A sentence that begins with its place is not told the place twice.
        is_placed = not one.pointer or said.sentence.startswith(one.pointer)
        place = "" if is_placed else f"{one.pointer}: "
        click.echo(f"{indent}{one.severity.value}: [{one.code}] {place}{said.sentence}", err=err)
        ids = wco_pointer(one.pointer)
        if ids != one.pointer:
            click.echo(f"{indent}    WCO {ids}: {one.value!r}", err=err)
        if said.mend:
            click.echo(f"{indent}    {said.mend}", err=err)


def _filled(said: Said) -> dict[str, object]:
    return {"text": said.sentence, "mend_text": said.mend}


def _wording(language: str) -> Wording:
    """Return the sentences in a language; whoever only asks for `--help` does not wait for them."""
    from exchange_node.config.wording import wording

    return wording(language)
