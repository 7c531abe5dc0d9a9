"""The environment and a file → the passphrase of a node's keys, and the PIN of key modules."""

from __future__ import annotations

import os
from pathlib import Path

from exchange_node.config.settings.reading import Settings
from exchange_node.domain.errors import PassphraseError

PIN_VARIABLE = "EXCHANGE_NODE_PIN"
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


def read_pin(passphrase: str) -> str:
    """Return the PIN of key modules: out of the environment, else it is the keys' passphrase."""
    return os.environ.get(PIN_VARIABLE, "") or passphrase


def environment_with(passphrase: str) -> dict[str, str]:
    """Return this process's environment with a passphrase in it, for a node that it starts."""
    return {**os.environ, PASSPHRASE_VARIABLE: passphrase, "PYTHONUNBUFFERED": "1"}
