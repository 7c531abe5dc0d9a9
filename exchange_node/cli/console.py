"""How the command line speaks: errors in one line with the way to mend them, findings as lines."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from exchange_node.domain.access import Actor, Role
from exchange_node.domain.errors import InvalidDocumentError, NodeError
from exchange_node.domain.finding import Finding

if TYPE_CHECKING:
    from exchange_node.config.wording import Wording
    from exchange_node.node import Node


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
        return Actor(name=f"cli:{getpass.getuser()}", roles=frozenset(Role))

    def findings(self, findings: Iterable[Finding]) -> None:
        """Print each finding: severity, rule, place, sentence; then how to mend it."""
        for one in findings:
            said = self.wording.finding(one)
            place = f" {one.pointer}" if one.pointer else ""
            click.echo(f"{one.severity.value}: [{one.code}]{place}: {said.sentence}")
            if said.mend:
                click.echo(f"    {said.mend}")


def print_json(value: object) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def fail(err: NodeError, *, language: str = "") -> NoReturn:
    """Say what went wrong and how to mend it, and exit with 1."""
    words = _wording(language)
    said = words.error(err)
    click.echo(f"exchange-node: {said.sentence} [{err.code}]", err=True)
    if said.mend:
        click.echo(f"    {said.mend}", err=True)
    if isinstance(err, InvalidDocumentError):
        for one in err.findings:
            finding = words.finding(one)
            click.echo(
                f"    {one.severity.value}: [{one.code}] {one.pointer}: {finding.sentence}",
                err=True,
            )
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


def _wording(language: str) -> Wording:
    """Return the sentences in a language; whoever only asks for `--help` does not wait for them."""
    from exchange_node.config.wording import wording

    return wording(language)
