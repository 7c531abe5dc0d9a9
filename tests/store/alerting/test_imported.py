from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from exchange_node.store.alerting import imported
from exchange_node.store.alerting.imported import Imported
from exchange_node.store.database import reading, transaction

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine


def test_what_a_source_has_numbered_becomes_one_draft(database: Engine, now: datetime) -> None:
    one = Imported(
        source="national", reference="A1", digest="0" * 64, alert_id="KZ-1", imported_at=now,
        imported_by="officer",
    )  # fmt: skip
    with transaction(database) as conn:
        assert imported.add(conn, one)
        assert not imported.add(conn, replace(one, alert_id="KZ-2"))
        assert imported.add(conn, replace(one, source=""))
    with reading(database) as conn:
        assert imported.find(conn, "national", "A1") == one
        assert imported.find(conn, "national", "A2") is None
