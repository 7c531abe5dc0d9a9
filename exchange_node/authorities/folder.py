"""A folder of revocation lists → the newest one of an authority, for networks without a way out.

Somebody carries the lists in: files `*.crl`, `*.der` or `*.pem`, in DER or PEM, named as one likes.
A file is read again when it changes.
"""

from __future__ import annotations

import threading
from pathlib import Path

from cryptography import x509

from exchange_node.authorities.fetching import MAX_LIST_BYTES
from exchange_node.domain.errors import InvalidSettingError
from exchange_node.security.trusting.crl import RevocationList, open_crl
from exchange_node.security.trusting.status import Unknown

_SUFFIXES = frozenset({".crl", ".pem", ".der"})


class ListFolder:
    """The lists of a folder."""

    def __init__(self, folder: Path) -> None:
        """Take the folder.

        Raises:
            InvalidSettingError: it is no folder that can be read.
        """
        if not folder.is_dir():
            raise InvalidSettingError(where="trust.crl_folder", why=f"{folder} is no folder")
        self._folder = folder
        self._lock = threading.Lock()
        self._seen: dict[tuple[Path, int, int], bytes] = {}

    def lists_of(self, issuer: x509.Certificate) -> tuple[RevocationList, ...]:
        """Return the authority's own lists, the newest first; what is none is passed over."""
        opened = (open_crl(octets, issuer) for octets in self._texts())
        lists = [one for one in opened if not isinstance(one, Unknown)]
        return tuple(sorted(lists, key=lambda one: one.crl.last_update_utc, reverse=True))

    def _texts(self) -> tuple[bytes, ...]:
        with self._lock:
            seen: dict[tuple[Path, int, int], bytes] = {}
            for path in self._paths():
                if path.suffix.lower() not in _SUFFIXES:
                    continue
                try:
                    about = path.stat()
                    key = path, about.st_mtime_ns, about.st_size
                    if about.st_size <= MAX_LIST_BYTES:
                        seen[key] = self._seen.get(key) or path.read_bytes()
                except OSError:
                    continue  # it is being replaced; the next look finds it
            self._seen = seen
            return tuple(seen.values())

    def _paths(self) -> list[Path]:
        try:
            return sorted(self._folder.iterdir())
        except OSError:
            return []  # the disk is away for a moment; what is asked meanwhile is not known
