"""Leaving word for a person: a duty that the telling walk hands to the channels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from exchange_node.channels.channel import Notice
from exchange_node.domain.errors import (
    AuthenticationError,
    NodeError,
    RevokedCertificateError,
    UnknownRevocationError,
)
from exchange_node.store import duties

TELL = "tell"
"""The kind of duty that is a notice to be handed over."""


def leave_notice(conn: Connection, code: str, key: str, at: datetime, **facts: str) -> None:
    """Leave a notice, in the transaction of what it is about."""
    plain = {"code": code, "key": key, "at": at.isoformat(), "facts": facts}
    duties.leave(conn, TELL, json.dumps(plain, sort_keys=True, ensure_ascii=False), at)


def leave_identity_notice(conn: Connection, err: NodeError, partner: str, now: datetime) -> bool:
    """Leave a notice of an error that is about who somebody is; return whether this is one.

    One a day for each caller and kind of error: the audit has every single one.
    """
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    key = f"{partner or 'unknown'}.{day.date().isoformat()}"
    certificate = err.facts.get("certificate", "")
    match err:
        case RevokedCertificateError():
            leave_notice(conn, "trust.revoked", key, day, partner=partner, certificate=certificate)
        case UnknownRevocationError():
            leave_notice(conn, "trust.unknown", key, day, partner=partner, certificate=certificate)
        case AuthenticationError():
            leave_notice(conn, "message.failed-authentication", key, day, partner=partner)
        case _:
            return False
    return True


def notice_of(ref: str) -> Notice:
    """Return the notice that `leave_notice` wrote."""
    plain = json.loads(ref)
    facts: Mapping[str, str] = plain["facts"]
    return Notice(
        notice_id=f"{plain['code']}.{plain['key']}",
        code=plain["code"],
        at=datetime.fromisoformat(plain["at"]),
        facts=facts,
    )
