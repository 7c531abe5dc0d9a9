from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from exchange_node.store.database import transaction
from exchange_node.store.records import alerts, recipients
from exchange_node.store.records.recipients import RecipientState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine

    from exchange_node.store.payloads import Vault
    from tests.store.conftest import Makers

HOUR = timedelta(hours=1)


@pytest.fixture(name="alert")
def _alert(database: Engine, make: Makers, vault: Vault) -> int:
    with transaction(database) as conn:
        return alerts.file(conn, make.alert(), make.origin(), [], b"document", vault).number


def test_a_partner_is_sent_an_alert_once(database: Engine, alert: int, now: datetime) -> None:
    with transaction(database) as conn:
        assert recipients.add(conn, alert, "customs.uz", "m1", now)
        assert not recipients.add(conn, alert, "customs.uz", "m2", now)
        assert recipients.add(conn, alert, "customs.kg", "m3", now)

        matrix = recipients.of_alert(conn, alert)
    assert [(one.partner, one.message_id) for one in matrix] == [
        ("customs.kg", "m3"),
        ("customs.uz", "m1"),
    ]
    assert {one.state for one in matrix} == {RecipientState.QUEUED}


@pytest.mark.parametrize(
    "order",
    list(
        permutations(
            [RecipientState.DELIVERED, RecipientState.ACCEPTED, RecipientState.ACKNOWLEDGED]
        )
    ),
)
def test_the_state_follows_from_the_moments_in_any_order(
    database: Engine, alert: int, now: datetime, order: tuple[RecipientState, ...]
) -> None:
    ranked = list(RecipientState)
    with transaction(database) as conn:
        recipients.add(conn, alert, "customs.uz", "m1", now)
        for number, state in enumerate(order, start=1):
            assert recipients.mark(conn, "m1", state, now)

            (held,) = recipients.of_alert(conn, alert)
            assert held.state is max(order[:number], key=ranked.index)


def test_a_moment_is_recorded_once(
    database: Engine, alert: int, now: datetime, make: Makers
) -> None:
    with transaction(database) as conn:
        recipients.add(conn, alert, "customs.uz", "m1", now)
        assert recipients.mark(conn, "m1", RecipientState.REJECTED, now, (make.finding(),))
        assert not recipients.mark(conn, "m1", RecipientState.REJECTED, now + HOUR)
        assert not recipients.mark(conn, "m1", RecipientState.QUEUED, now + HOUR)
        recipients.mark(conn, "m1", RecipientState.DELIVERED, now + HOUR)

        held = recipients.by_message(conn, "m1")
    assert held is not None
    assert (held.state, held.rejected_at) == (RecipientState.REJECTED, now)
    assert (held.queued_at, held.delivered_at) == (now, now + HOUR)
    assert held.findings == (make.finding(),)


def test_a_message_that_took_no_alert_marks_nothing(database: Engine, now: datetime) -> None:
    with transaction(database) as conn:
        assert not recipients.mark(conn, "m9", RecipientState.DELIVERED, now)
        assert recipients.by_message(conn, "m9") is None
