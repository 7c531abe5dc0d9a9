"""The node of a folder while it serves: alone in its folder, and nobody's leases in its way."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from exchange_node.config.settings import read_settings
from exchange_node.domain.errors import FolderInUseError, InvalidSettingError
from exchange_node.node.building import Node, build
from exchange_node.store.database import transaction
from exchange_node.store.leases import end_leases

log = structlog.get_logger()

LOCK = Path("var", "serve.lock")


@contextmanager
def serving(folder: Path, *, passphrase: str = "") -> Iterator[Node]:
    """Build the node of a folder for the one process that serves it.

    On SQLite this process is then the only one that leases rows, so whatever lease it finds is
    that of a process that was killed, and is ended. PostgreSQL may serve other machines too: there
    a lease ends by time.

    Raises:
        FolderInUseError: another process serves this folder.
        ConfigurationError, StoreError: as `build`.
    """
    settings = read_settings(folder)
    with _alone(settings.folder), opened(folder, passphrase=passphrase) as node:
        if node.engine.dialect.name == "sqlite":
            with transaction(node.engine) as conn:
                ended = end_leases(conn)
            if ended:
                log.info("leases-ended", count=ended)
        yield node


def is_served(folder: Path) -> bool:
    """Whether a process serves the node of a folder now."""
    try:
        with (folder / LOCK).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock. The system lets it go when this process ends, however it ends."""
    path = folder / LOCK
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        file = path.open("a+", encoding="ascii")
    except OSError as err:
        raise InvalidSettingError(where=str(path), why=err.strerror or "unusable") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise FolderInUseError(folder=folder, process=file.read(20) or "unknown") from None
        except OSError as err:
            raise InvalidSettingError(where=str(path), why=err.strerror or "unusable") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextmanager
def opened(folder: Path, *, passphrase: str = "") -> Iterator[Node]:
    """Build the node of a folder for a while."""
    node = build(folder, passphrase=passphrase)
    try:
        yield node
    finally:
        node.close()
