"""Commands that look at documents, formats and code lists; none of them sends anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

DOCUMENT_BYTES = 20_000_000
"""Of a declaration or a document that is looked at, as `limits.document_bytes` has it."""

_Command = TypeVar("_Command", bound=Callable[..., Any])


def mapping_options(command: _Command) -> _Command:
    """Give a command what a mapping is asked with: `format_name`, `facts_file` and `country`."""
    for option in (
        click.option(
            "--from",
            "country",
            default="",
            help="The sending country (ISO 3166); left out, the document tells.",
        ),
        click.option(
            "--facts",
            "facts_file",
            default="",
            help="TOML or JSON: what the declaration does not carry.",
        ),
        click.option(
            "--format",
            "format_name",
            default="",
            help="The national profile; left out, it is detected.",
        ),
    ):
        command = option(command)  # the last one that is given stands first
    return command
