from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from exchange_node.domain.errors import StoreError
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import quality, submissions
from exchange_node.store.records.held import Direction
from exchange_node.store.records.quality import Asked, Cell, Origin, Sum, What
from exchange_node.store.records.submissions import State, Submission

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

    from exchange_node.store.payloads import Vault

DAY = date(2026, 3, 2)
ORIGIN = Origin(
    day=DAY, direction=Direction.SENT, partner="customs.uz", office="KZ1", format="asycuda-sad"
)
ALL = {Cell(What.ALL): 1}
SUBMISSION = Submission(
    submission_id="s1",
    submitted_by="asycuda",
    partner="customs.uz",
    format="asycuda-sad",
    state=State.QUEUED,
    at=datetime(2026, 3, 2, tzinfo=UTC),
)


def counted(conn: Connection, asked: Asked | None = None, **by: str) -> dict[str, int]:
    found = quality.sums(conn, asked or Asked(direction=Direction.SENT), **by)
    return {one.group: one.documents for one in found if one.what is What.ALL}


def count(conn: Connection, origin: Origin, cells: dict[Cell, int] | None = None) -> None:
    quality.count(conn, origin, cells or ALL, keep_since=DAY - timedelta(days=30))


def test_documents_and_their_places_add_up(database: Engine) -> None:
    cells = {Cell(What.ALL): 1, Cell(What.MISSING, "Declaration/ID", "CAREC-R101"): 3}

    with transaction(database) as conn:
        count(conn, ORIGIN, cells)
        count(conn, ORIGIN, cells)
        count(conn, ORIGIN, ALL)
        found = quality.sums(conn, Asked(direction=Direction.SENT))

    assert found == [
        Sum("", "", What.ALL, "", 3, 3),
        Sum("", "Declaration/ID", What.MISSING, "CAREC-R101", 2, 6),
    ]


def test_what_is_undone_was_not_counted(database: Engine) -> None:
    def cut_off() -> None:
        with transaction(database) as conn:
            count(conn, ORIGIN)
            raise StoreError(detail="cut off")

    with pytest.raises(StoreError):
        cut_off()

    with reading(database) as conn:
        assert counted(conn) == {}


def test_sums_are_of_the_days_and_the_sources_that_are_asked_for(database: Engine) -> None:
    with transaction(database) as conn:
        count(conn, ORIGIN)
        count(conn, replace(ORIGIN, day=DAY + timedelta(days=1), office="KZ2"))
        count(conn, replace(ORIGIN, day=DAY + timedelta(days=2), partner="customs.kg"))
        count(conn, replace(ORIGIN, direction=Direction.RECEIVED))

        assert counted(conn) == {"": 3}
        assert counted(conn, by="office") == {"KZ1": 2, "KZ2": 1}
        assert counted(conn, by="partner") == {"customs.uz": 2, "customs.kg": 1}
        assert list(counted(conn, by="day")) == ["2026-03-02", "2026-03-03", "2026-03-04"]
        sent = Asked(direction=Direction.SENT)
        assert counted(conn, replace(sent, office="KZ2")) == {"": 1}
        assert counted(conn, replace(sent, partner="customs.kg"), by="office") == {"KZ1": 1}
        assert counted(conn, replace(sent, until=DAY)) == {"": 1}
        assert counted(conn, replace(sent, since=DAY + timedelta(days=1))) == {"": 2}
        assert quality.first_day(conn) == DAY


def test_offices_beyond_the_bound_of_a_day_are_one_row(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality, "MOST_OFFICES", 2)

    with transaction(database) as conn:
        for office in ("A1", "B1", "C1", "D1", "A1"):
            count(conn, replace(ORIGIN, office=office))
        count(conn, replace(ORIGIN, office="D1", day=DAY + timedelta(days=1)))

        assert counted(conn, by="office") == {"A1": 2, "B1": 1, quality.OTHERS: 2, "D1": 1}


def test_days_that_are_too_old_are_forgotten(database: Engine) -> None:
    with transaction(database) as conn:
        count(conn, ORIGIN)
        later = DAY + timedelta(days=31)
        quality.count(conn, replace(ORIGIN, day=later), ALL, keep_since=later - timedelta(days=30))

        assert quality.first_day(conn) == later


def test_nothing_is_lost_where_many_count_at_once(
    database: Engine, together: Callable[[int, Callable[[int], object]], list[object]]
) -> None:
    cells = {Cell(what, field): 1 for what in What for field in ("", "Declaration/ID")}

    def act(_which: int) -> None:
        for _ in range(5):
            with transaction(database) as conn:
                count(conn, ORIGIN, cells)

    together(4, act)

    with reading(database) as conn:
        found = quality.sums(conn, Asked(direction=Direction.SENT))
    assert {one.documents for one in found} == {20}
    assert len(found) == len(cells)


def test_tries_are_counted_from_the_first_until_one_is_accepted(
    database: Engine, vault: Vault, now: datetime
) -> None:
    def tried(name: str, state: State) -> int:
        one = replace(
            SUBMISSION, submission_id=name, message_id=name, state=state, number_digest="n"
        )
        one = replace(one, tries=quality.tries_before(conn, one) + 1)
        return submissions.add(conn, one, b"<xml/>", b"", vault).tries

    with transaction(database) as conn:
        assert tried("s1", State.REFUSED) == 1
        assert tried("s2", State.QUEUED) == 2
        submissions.advance(conn, "s2", State.REJECTED, at=now)
        assert tried("s3", State.QUEUED) == 3
        assert tried("s4", State.QUEUED) == 3  # the third is not decided yet
        submissions.advance(conn, "s4", State.ACCEPTED, at=now)
        assert tried("s5", State.QUEUED) == 1


def test_a_number_tells_a_declaration_and_without_one_its_reference_does(
    database: Engine, vault: Vault
) -> None:
    def tried(name: str, **named: str) -> int:
        one = replace(SUBMISSION, submission_id=name, state=State.REFUSED, **named)  # type: ignore[arg-type]
        one = replace(one, tries=quality.tries_before(conn, one) + 1)
        return submissions.add(conn, one, b"<xml/>", b"", vault).tries

    with transaction(database) as conn:
        assert tried("s1", reference_digest="r") == 1
        assert tried("s2", reference_digest="r", number_digest="n") == 2
        assert tried("s3", reference_digest="r", number_digest="other") == 2
        assert tried("s4", reference_digest="q", number_digest="n") == 3
        assert tried("s5", reference_digest="q", number_digest="n", partner="customs.kg") == 1
        assert tried("s6") == 1
        assert tried("s7") == 1
