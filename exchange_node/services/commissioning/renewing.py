"""New keys for a node that has some: for roll-over, or for a suite that it does not speak yet.

    new pair → the node starts again and knows it → partners take the new card → the overlap ends,
    the new key is used → the old files are taken away

What is there already is never written over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import Engine

from exchange_node.domain.agreement import Administration
from exchange_node.domain.errors import InvalidSettingError
from exchange_node.security.certificates import (
    Purpose,
    Subject,
    fingerprint,
    load_certificates,
    successions,
)
from exchange_node.security.keys import kind_of, public_key_of
from exchange_node.security.suites import SUITES
from exchange_node.services.commissioning.pairs import (
    LIFETIME,
    SUITES_WITH_KEYS,
    Making,
    kind_for,
    new_pair,
    write_private,
)
from exchange_node.store import audit
from exchange_node.store.database import transaction

_RSA_BITS = 3072


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewing:
    """Makes new pairs beside those that a node holds.

    Attributes:
        held: returns the certificates that the node holds for a purpose.
        passphrase: the one that the node's other keys open with.
    """

    own: Administration
    folder: Path
    held: Callable[[Purpose], Sequence[x509.Certificate]]
    passphrase: str = field(repr=False)
    engine: Engine
    clock: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]

    def new_pair(
        self,
        purpose: Purpose,
        *,
        actor: str,
        suite: str = "",
        valid_from: datetime | None = None,
        lifetime: timedelta = LIFETIME,
    ) -> list[Path]:
        """Write a new pair, valid from now or from a later day, and return what was written.

        Without a suite it is one of the kind that the node holds, if that is one kind.

        Raises:
            InvalidSettingError: the suite is unknown or has to be named, the day is past, or a
                file cannot be written.
        """
        now = self.clock()
        at = max(valid_from or now, now)
        if valid_from is not None and valid_from.date() < now.date():
            raise InvalidSettingError(
                where=f"valid from {valid_from:%Y-%m-%d}",
                why="the day is past: partners would have no time to take the certificate in",
            )
        named = suite or self._suite_held(purpose)
        making = Making(
            subject=self._subject(),
            passphrase=self.passphrase,
            files=self._authority(),
            at=at,
            now=now,
            lifetime=lifetime,
            rsa_bits=self._rsa_bits(purpose),
            random_bytes=self.random_bytes,
        )
        stem = self._stem(purpose, kind_for(purpose, named), at)
        files = new_pair(stem, purpose, named, making)
        # The certificate is written last: a key without one is no pair, and harms nobody.
        written = []
        for name, content in files.items():
            path = self.folder / name
            try:
                write_private(path, content, is_new=True)
            except OSError as err:
                raise InvalidSettingError(where=name, why=err.strerror or str(err)) from None
            written.append(path)
        made = load_certificates(files[f"{stem}.cert.pem"])[0]
        with transaction(self.engine) as conn:
            audit.write(
                conn,
                audit.AuditRecord(
                    at=now,
                    actor=actor,
                    action="key.made",
                    subject_kind="key",
                    subject_key=stem,
                    facts={
                        "fingerprint": fingerprint(made),
                        "valid_from": made.not_valid_before_utc.isoformat(),
                        "valid_until": made.not_valid_after_utc.isoformat(),
                    },
                ),
            )
        return written

    def _suite_held(self, purpose: Purpose) -> str:
        """Return the one suite that the certificates of a purpose are for."""
        if purpose in (Purpose.TLS, Purpose.SEAL):
            return SUITES_WITH_KEYS[0]
        found = {
            name
            for one in self.held(purpose)
            for name in suites_of(one, purpose)
            if name in SUITES_WITH_KEYS
        }
        if len(found) != 1:
            choice = ", ".join(sorted(found) or SUITES_WITH_KEYS)
            raise InvalidSettingError(where=f"a new {purpose} key", why=f"name its suite: {choice}")
        return found.pop()

    def _subject(self) -> Subject:
        party = self.own.party
        return Subject(
            party=str(party),
            country=party.country,
            administration=self.own.name[:64],  # X.520: an organisation has at most 64
            hosts=tuple(
                dict.fromkeys(host for one in self.held(Purpose.TLS) for host in _hosts_of(one))
            ),
        )

    def _rsa_bits(self, purpose: Purpose) -> int:
        """Return the size of the newest RSA key, so that a new one is not weaker by accident."""
        keys = map(public_key_of, self.held(purpose))
        sizes = [one.key_size for one in keys if isinstance(one, rsa.RSAPublicKey)]
        return sizes[-1] if sizes else _RSA_BITS

    def _authority(self) -> dict[str, bytes]:
        try:
            return {path.name: path.read_bytes() for path in self.folder.glob("authority.*.pem")}
        except OSError as err:
            raise InvalidSettingError(where="authority", why=err.strerror or str(err)) from None

    def _stem(self, purpose: Purpose, kind: str, at: datetime) -> str:
        """Return a file name that is free: by kind, and by day where there is one of the kind."""
        first = f"{purpose.value}-{kind}"
        dated = f"{first}-{at:%Y-%m-%d}"
        has_kind = any(_short_kind(one) == kind for one in self.held(purpose))
        names = [dated] if has_kind else [first, dated]
        names += [f"{dated}-{number}" for number in range(2, 100)]
        for name in names:
            if not any(self.folder.glob(f"{name}.*")):
                return name
        raise InvalidSettingError(where=dated, why="there are a hundred of that name")


def key_rows(
    held: Mapping[Purpose, Sequence[tuple[str, x509.Certificate]]],
    *,
    at: datetime,
    overlap: timedelta,
) -> list[dict[str, object]]:
    """Return every certificate with what it is used for now, as a table has it.

    `use` is `now`; `next`, with the moment in `used_from`; `beside` for one that neither signs nor
    is to be encrypted for, though its key still opens; or `ended`.
    """
    rows: list[dict[str, object]] = []
    for purpose, named in held.items():
        certificates = [one for _, one in named]
        now, coming = set(), {}
        for succession in successions(certificates, purpose, overlap):
            now.add(id(succession.at(at)))
            if following := succession.after(at):
                coming[id(following[0])] = following[1]
        for file, one in named:
            ended = at > one.not_valid_after_utc
            since = coming.get(id(one))
            use = "now" if id(one) in now else "next" if since else "beside"
            rows.append(
                {
                    "purpose": purpose.value,
                    "file": file,
                    "kind": kind_of(public_key_of(one)),
                    "suites": suites_of(one, purpose),
                    "valid_from": one.not_valid_before_utc.isoformat(),
                    "valid_until": one.not_valid_after_utc.isoformat(),
                    "use": "ended" if ended else use,
                    "used_from": since.isoformat() if since else "",
                    "fingerprint": fingerprint(one),
                }
            )
    return rows


def suites_of(certificate: x509.Certificate, purpose: Purpose) -> list[str]:
    """Return the names of the suites that the certificate serves; none for TLS and the seal."""
    match purpose:
        case Purpose.SIGNING:
            return [name for name, one in SUITES.items() if one.signs_with(certificate)]
        case Purpose.ENCRYPTION:
            return [name for name, one in SUITES.items() if one.encrypts_for(certificate)]
        case Purpose.TLS | Purpose.SEAL:  # pragma: no branch - the enumeration is closed
            return []


def _short_kind(certificate: x509.Certificate) -> str:
    return kind_of(public_key_of(certificate)).partition(" ")[0].lower()


def _hosts_of(certificate: x509.Certificate) -> list[str]:
    """Return what a TLS certificate may be reached as: its successor is reached as the same."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [
        *found.get_values_for_type(x509.DNSName),
        *map(str, found.get_values_for_type(x509.IPAddress)),
    ]
