from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from exchange_node.domain.alert import Acknowledgement, Contact, RejectionReason, Stage
from exchange_node.store.alerting import words
from exchange_node.store.database import transaction
from exchange_node.store.records import alerts
from exchange_node.store.records.held import Direction

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine

    from exchange_node.store.payloads import Vault
    from tests.store.conftest import Makers

HOUR = timedelta(hours=1)
RECEIVED = Direction.RECEIVED


def test_an_acknowledgement_is_recorded_once(
    database: Engine, vault: Vault, make: Makers, now: datetime
) -> None:
    acknowledgement = Acknowledgement(
        reference="KZ-ACK-1",
        alert_id="UZ-2026-0001",
        alert_version=1,
        issuer="customs.kz",
        issued_at=now + HOUR,
        seen_at=now,
        contact=Contact(office="KZ000001", communications=(("TE", "+7 1"), ("EM", "a@b"))),
        remark="We are not in charge",
        stage=Stage.REJECTED,
        rejection=RejectionReason.NOT_COMPETENT,
    )
    with transaction(database) as conn:
        alert = alerts.file(conn, make.alert(), make.origin(), (), b"document", vault)
        for new in (True, False):
            assert new is words.say(
                conn,
                acknowledgement,
                alert=alert,
                direction=RECEIVED,
                message_id="m1",
                by="node",
                at=now,
            )

        assert [one.said for one in words.of_alert(conn, alert, direction=RECEIVED)] == [
            acknowledgement
        ]
        found = words.find(conn, "customs.kz", "KZ-ACK-1")
        assert found is not None
        assert found.said == acknowledgement
        assert words.find(conn, "customs.kz", "KZ-ACK-2") is None
        # Another issuer may give the same id.
        another = replace(alert, issuer="customs.tm")
        assert words.of_alert(conn, another, direction=RECEIVED) == []
        assert words.of_alert(conn, alert, direction=Direction.SENT) == []
