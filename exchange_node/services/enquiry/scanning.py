"""A paper that goes along with the goods → whether it tells of what is held.

Either its number and digest are asked for, or its whole code: that is verified as a border post
does without a line (docs/post.md), and then looked up by its number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from sqlalchemy import Connection

from exchange_node.domain.access import Actor
from exchange_node.domain.agreement import Administration
from exchange_node.domain.errors import UnusableQueryError
from exchange_node.domain.identifiers import PartyId, folded
from exchange_node.security.carried import Outcome, Verified, read_code, verify_code
from exchange_node.services.enquiry.desk import Desk
from exchange_node.services.enquiry.manifests import AT_THE_BORDER, secret_alerts
from exchange_node.services.stations.deciding.alike import told_numbers
from exchange_node.services.stations.looking import views
from exchange_node.services.stations.looking.gate import (
    manifest_looked_at,
    require_purpose,
    require_role,
    sifted,
)
from exchange_node.services.stations.looking.views import View
from exchange_node.store.database import reading
from exchange_node.store.records.held import HeldManifest, Kind

MOST_VERSIONS = 50
"""Documents on one movement that a paper is held against (our choice)."""

TOLERANCE = timedelta(hours=1)
"""How far the clock of whoever made a code may be from ours (our choice, as at a post)."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_ACTION = "look.scan"

Certificates = Mapping[str, Sequence[x509.Certificate]]
"""By party id, the seal certificates of its administration."""


class Paper(StrEnum):
    """What a paper's digest says to what is held on its movement."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    OTHER = "other"
    UNKNOWN = "unknown"
    NOT_NAMED = "not-named"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What somebody asks of a paper: number and digest, folded; an empty digest is not compared."""

    actor: Actor
    number: str
    digest: str
    purpose: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanning:
    """Takes the whole code of a paper.

    Attributes:
        trusted: by party id, the seal certificates by which codes are verified.
    """

    own: Administration
    desk: Desk
    trusted: Callable[[], Certificates]

    def code(self, actor: Actor, code: str, *, purpose: str = "") -> View:
        """Return whether the code of a paper is genuine, and what is held of its movement.

        A code that proves nothing is looked up all the same, by the number that it claims, as by an
        officer who types it; its digest is compared with nothing then.

        Raises:
            RoleError: the actor is at no border post.
            NotPermittedError: the actor does not work for the purpose.
            UnreadableCodeError: it is no code, or a part of one.
        """
        now = _required(self.desk, actor, purpose)
        read = read_code(code)
        number = folded(read.movement)
        trusted = {**self._told(number), **self.trusted()}
        verified = verify_code(read, trusted, at=now, tolerance=TOLERANCE)
        is_genuine = verified.outcome is Outcome.GENUINE and read.test == self.own.test
        # A paper names administrations; an office's own node was told of its one's document.
        holder = str(PartyId.of_country(self.own.party.country))
        asked = _Asked(
            actor=actor,
            number=number,
            digest=read.documents.get(holder, "") if is_genuine else "",
            purpose=purpose,
            said=f"movement {number}, code of {read.issuer}, {verified.outcome.value}",
        )
        paper, view = _looked_up(self.desk, asked, now)
        told = _told(verified) | {
            "fits_this_node": read.test == self.own.test,
            "relied_upon": is_genuine and paper is Paper.CURRENT,
        }
        return view | {"code": told}

    def _told(self, number: str) -> Certificates:
        """Return whose papers an office's own node believes beside those whose card it holds."""
        if self.desk.board is None:
            return {}
        with reading(self.desk.engine) as conn:
            return self.desk.board.trusted(conn, number)


def scanned(desk: Desk, actor: Actor, *, mrn: str, digest: str, purpose: str) -> View:
    """Return whether a paper tells of what is held; see `Enquiry.scanned`.

    Raises:
        RoleError, NotPermittedError, UnusableQueryError: as `Enquiry.scanned`.
    """
    now = _required(desk, actor, purpose)
    number, wanted = folded(mrn), digest.strip().lower()
    if not number:
        raise UnusableQueryError(what="mrn", why="name one")
    if not _DIGEST.fullmatch(wanted):
        raise UnusableQueryError(what="digest", why="want 64 hexadecimal digits")
    said = f"movement {number}, digest {wanted}"
    asked = _Asked(actor=actor, number=number, digest=wanted, purpose=purpose, said=said)
    return _looked_up(desk, asked, now)[1]


def _required(desk: Desk, actor: Actor, purpose: str) -> datetime:
    now = desk.clock()
    require_role(desk.engine, actor, now, *AT_THE_BORDER, action=_ACTION, kind="manifest")
    require_purpose(desk.engine, actor, now, purpose, action=_ACTION, kind="manifest")
    return now


def _looked_up(desk: Desk, asked: _Asked, now: datetime) -> tuple[Paper, View]:
    actor, purpose = asked.actor, asked.purpose
    with reading(desk.engine) as conn:

        def page(last: HeldManifest | None) -> Sequence[HeldManifest]:
            return desk.find(
                conn,
                {Kind.MOVEMENT: asked.number},
                earlier=True,
                after=last.number if last else 0,
                limit=MOST_VERSIONS,
            )

        found = sifted(
            conn, actor, now, page, manifest_looked_at, limit=MOST_VERSIONS, purpose=purpose
        )
        paper = _compared(desk, conn, found.shown, asked.digest)
        shown = [one for one in found.shown if one.superseded_by is None]
        kept_back = secret_alerts(conn, actor, shown, now)
        numbers = told_numbers(conn, actor, shown, now)
        age = desk.age(conn) | desk.missing(conn)
    said = {"purpose": purpose} if purpose else {}
    desk.listed(actor, _ACTION, shown, asked=asked.said, paper=paper.value, **found.facts, **said)
    return paper, {
        "paper": paper.value,
        "arrivals": [views.arrival(one, kept_back, numbers) for one in shown],
        "not_covered": found.not_covered,
        **age,
    }


def _compared(desk: Desk, conn: Connection, held: Collection[HeldManifest], digest: str) -> Paper:
    if not held:
        return Paper.UNKNOWN
    if not digest:
        return Paper.NOT_NAMED
    fitting = [one for one in held if desk.digest_of(conn, one) == digest]
    if not fitting:
        return Paper.OTHER
    is_current = any(one.superseded_by is None for one in fitting)
    return Paper.CURRENT if is_current else Paper.SUPERSEDED


def _told(verified: Verified) -> View:
    code = verified.code
    return {
        "outcome": verified.outcome.value,
        "movement": code.movement,
        "issuer": code.issuer,
        "signer": verified.signer_name,
        "made_at": code.made_at.isoformat(),
        "valid_until": code.valid_until.isoformat(),
        "test": code.test,
    }
