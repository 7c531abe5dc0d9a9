"""The passphrase of the node's keys: from the environment, or from a file the settings name."""

from __future__ import annotations

import os
from pathlib import Path

from exchange_node.config.settings.reading import Settings
from exchange_node.domain.errors import PassphraseError

PASSPHRASE_VARIABLE = "EXCHANGE_NODE_PASSPHRASE"  # noqa: S105 - the name of a variable


def read_passphrase(settings: Settings) -> str:
    """Return the keys' passphrase, from the environment or else from the file the settings name.

    Raises:
        PassphraseError: neither gives one.
    """
    return given_passphrase(settings.passphrase_file)


def given_passphrase(file: Path | None) -> str:
    """Return the passphrase in the environment, or else in a file.

    Raises:
        PassphraseError: neither gives one.
    """
    given = os.environ.get(PASSPHRASE_VARIABLE, "")
    if given:
        return given
    if file is None:
        raise PassphraseError(which="of this node", why="no passphrase was given")
    try:
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as err:
        raise PassphraseError(
            which="of this node", why=f"{file.name} cannot be read: {err}"
        ) from None
    if not text:
        raise PassphraseError(which="of this node", why=f"{file.name} is empty")
    return text


def environment_with(passphrase: str) -> dict[str, str]:
    """Return this process's environment with a passphrase in it, for a node that it starts."""
    return {**os.environ, PASSPHRASE_VARIABLE: passphrase, "PYTHONUNBUFFERED": "1"}
