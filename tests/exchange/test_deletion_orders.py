from __future__ import annotations

import pytest
from sqlalchemy import func, insert, select, update

from exchange_node.domain.errors import (
    DisposedRecordError,
    RoleError,
    UnknownRecordError,
)
from exchange_node.domain.orders.order import Ground, Kind, Which
from exchange_node.domain.retention import Kept
from exchange_node.services.stations.orders import carrying_out
from exchange_node.store import audit
from exchange_node.store.database import reading, transaction
from exchange_node.store.tables import duty, manifest, outbox, payload
from tests.exchange.ordering import arrived, deleted, permitting_orders, records_of
from tests.exchange.test_crossing import draft_of
from tests.world import LIAISON, OPERATOR, POST, Pair

AGREEMENT = "urn:carec:maa:KZ-UZ:rehearsal"


@pytest.fixture(autouse=True)
def _permitted(pair: Pair) -> None:
    pair.agree_anew(permitting_orders)


def bytes_held(pair: Pair, like: str) -> int:
    with reading(pair.uz.engine) as conn:
        return conn.execute(
            select(func.count()).where(
                payload.c.payload_id.like(like), payload.c.disposed_at.is_(None)
            )
        ).scalar_one()


def notices(pair: Pair, node: str) -> list[str]:
    return [one.code for one in pair.told[node].told.values()]


def test_a_deletion_reaches_the_copy_and_a_certificate_comes_back(pair: Pair) -> None:
    movement, number = arrived(pair)

    order = deleted(pair, movement)
    pair.run(rounds=12)

    (record,) = records_of(pair, order)
    assert (record["outcome"], record["ground"]) == ("done", "")
    with pytest.raises(DisposedRecordError):
        pair.uz.enquiry.manifest(POST, number)
    assert bytes_held(pair, "manifest/received/%") == 0
    (certificate,) = pair.uz.keeping.disposals(OPERATOR)["disposals"]
    assert certificate["document_digest"] == record["digest"]
    assert certificate["clause"].endswith(f"ordered: {order}")
    (whole,) = pair.kz.ordering.show(LIAISON, order)["orders"]
    assert (whole["why"], whole["overdue"]) == ("request 7 of a driver", False)
    assert whole["settled_at"] is not None


def test_both_desks_are_told(pair: Pair) -> None:
    movement, _ = arrived(pair)

    deleted(pair, movement)
    pair.run(rounds=12)

    assert "order.received" in notices(pair, "uz")
    assert "order.certified" in notices(pair, "kz")


def test_both_sides_have_it_in_their_audit(pair: Pair) -> None:
    movement, _ = arrived(pair)

    order = deleted(pair, movement)
    pair.run(rounds=12)

    with reading(pair.uz.engine) as conn:
        (line,) = [one for one in audit.search(conn, limit=99) if one.action == "order.deletion"]
    with reading(pair.kz.engine) as conn:
        (sent,) = [one for one in audit.search(conn, limit=99) if one.action == "order.sent"]
    assert (line.facts["order"], line.facts["outcome"]) == (order, "done")
    assert sent.actor == LIAISON.name


def test_every_version_of_a_movement_goes(pair: Pair) -> None:
    movement, _ = arrived(pair)
    arrived_again = pair.submit()
    pair.run()
    assert pair.state_of(arrived_again) == "accepted"

    order = deleted(pair, movement)
    pair.run(rounds=12)

    assert [one["outcome"] for one in records_of(pair, order)] == ["done", "done"]
    assert bytes_held(pair, "manifest/received/%") == 0


def test_what_was_deleted_before_is_gone_already(pair: Pair) -> None:
    movement, _ = arrived(pair)
    first = deleted(pair, movement)
    pair.run(rounds=12)

    second = deleted(pair, movement)
    pair.run(rounds=12)

    (one,), (two,) = records_of(pair, first), records_of(pair, second)
    assert (two["outcome"], two["digest"]) == ("gone", one["digest"])
    assert len(pair.uz.keeping.disposals(OPERATOR)["disposals"]) == 1


def test_a_legal_hold_delays_it_and_the_certificate_says_so(pair: Pair) -> None:
    movement, number = arrived(pair)
    held = pair.uz.keeping.place(LIAISON, Kept.MANIFEST, movement, why="court order 4/26")

    order = deleted(pair, movement)
    pair.run(rounds=12)

    (record,) = records_of(pair, order)
    assert (record["outcome"], record["ground"]) == ("held", "LEGAL_HOLD")
    assert pair.uz.enquiry.manifest(POST, number)["movement"] == movement

    pair.uz.keeping.lift(LIAISON, held["number"], why="case closed")
    pair.clock.forward(hours=1)
    pair.run(rounds=12)

    (record,) = records_of(pair, order)
    assert record["outcome"] == "done"
    assert bytes_held(pair, "manifest/received/%") == 0


def test_while_a_hold_stands_one_certificate_is_enough(pair: Pair) -> None:
    movement, _ = arrived(pair)
    pair.uz.keeping.place(LIAISON, Kept.MANIFEST, movement, why="court order 4/26")
    deleted(pair, movement)
    pair.run(rounds=12)

    for _ in range(3):
        pair.clock.forward(hours=1)
        pair.run(rounds=12)

    with reading(pair.uz.engine) as conn:
        went = conn.execute(select(outbox.c.code)).scalars().all()
    assert went.count("MA-042") == 1


def test_an_alert_is_deleted_by_its_issuer(pair: Pair) -> None:
    drafted = pair.kz.alerting.draft(LIAISON, draft_of(pair, "123ABC02"))
    alert_id = str(drafted["alert_id"])
    pair.kz.alerting.send(LIAISON, alert_id, to=["customs.uz"], purpose="RISK_ANALYSIS")
    pair.run()

    done = pair.kz.ordering.order(
        LIAISON, Kind.DELETION, Which(kind=Kept.ALERT, subject=alert_id), ground=Ground.UNLAWFUL
    )
    pair.run(rounds=12)

    (record,) = records_of(pair, str(done["order_id"]))
    assert (record["outcome"], record["version"]) == ("done", 1)
    with pytest.raises(DisposedRecordError):
        pair.uz.enquiry.alert(LIAISON, alert_id)


def test_to_another_than_the_supplier_a_record_is_unknown_and_the_desk_is_told(pair: Pair) -> None:
    movement, number = arrived(pair)
    # The copy came from somebody else, as far as the receiver knows.
    with transaction(pair.uz.engine) as conn:
        conn.execute(update(manifest).values(partner="customs.tj"))

    order = deleted(pair, movement)
    pair.run(rounds=12)

    (record,) = records_of(pair, order)
    assert (record["outcome"], record["ground"]) == ("unknown", "NOT_HELD")
    assert pair.uz.enquiry.manifest(POST, number)["movement"] == movement
    assert "order.not-theirs" in notices(pair, "uz")


def test_what_somebody_else_sent_by_the_same_name_keeps_no_order_from_its_own(pair: Pair) -> None:
    movement, number = arrived(pair)
    with transaction(pair.uz.engine) as conn:
        row = conn.execute(select(manifest).where(manifest.c.number == number)).one()._asdict()
        del row["number"]
        conn.execute(insert(manifest).values(row | {"partner": "customs.tj"}))

    order = deleted(pair, movement)
    pair.run(rounds=12)

    (record,) = records_of(pair, order)
    assert (record["outcome"], record["ground"]) == ("done", "")
    assert "order.not-theirs" not in notices(pair, "uz")


def test_what_the_receiver_does_not_hold_is_unknown(pair: Pair) -> None:
    movement, _ = arrived(pair)
    with transaction(pair.uz.engine) as conn:
        conn.execute(update(manifest).values(movement="KZ/national/other"))

    order = deleted(pair, movement)
    pair.run(rounds=12)

    (record,) = records_of(pair, order)
    assert (record["outcome"], record["ground"]) == ("unknown", "NOT_HELD")
    assert "order.not-theirs" not in notices(pair, "uz")


def test_an_order_that_is_interrupted_is_carried_out_once(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    movement, _ = arrived(pair)
    order = deleted(pair, movement)
    pair.kz.timetable()["sending customs.uz"]()
    pair.uz.timetable()["filing"]()

    class Died(BaseException):
        pass

    def dies(*_: object) -> None:
        raise Died

    with monkeypatch.context() as broken:
        broken.setattr(carrying_out.CarryingOut, "_audited", dies)
        with pytest.raises(Died):
            pair.uz.fulfilling.run()
    assert bytes_held(pair, "manifest/received/%") == 1
    pair.clock.forward(minutes=3)
    pair.run(rounds=12)

    (record,) = records_of(pair, order)
    assert record["outcome"] == "done"
    assert len(pair.uz.keeping.disposals(OPERATOR)["disposals"]) == 1
    with reading(pair.uz.engine) as conn:
        assert conn.execute(select(duty.c.kind).where(duty.c.kind == "order")).all() == []


def test_an_order_that_is_not_carried_out_is_overdue_on_both_sides(pair: Pair) -> None:
    movement, _ = arrived(pair)
    pair.uz.keeping.place(LIAISON, Kept.MANIFEST, movement, why="court order 4/26")
    order = deleted(pair, movement)
    pair.run(rounds=12)
    pair.clock.forward(days=9, hours=23)
    pair.run(rounds=12)
    assert pair.kz.ordering.list(OPERATOR, overdue=True) == {"orders": []}

    pair.clock.forward(hours=2)
    pair.run(rounds=12)
    pair.clock.forward(days=1)
    pair.run(rounds=12)

    for node in ("kz", "uz"):
        (one,) = getattr(pair, node).ordering.list(OPERATOR, overdue=True)["orders"]
        assert (one["order_id"], one["overdue"]) == (order, True)
        assert notices(pair, node).count("order.overdue") == 1


@pytest.mark.parametrize("how", ["suspended", "terminated", "expired"])
def test_an_order_is_carried_out_though_the_agreement_does_not_stand_any_more(
    pair: Pair, how: str
) -> None:
    movement, _ = arrived(pair)
    for node in (pair.kz, pair.uz):
        if how == "suspended":
            node.agreeing.suspend(OPERATOR, AGREEMENT, 2, why="x")
        elif how == "terminated":
            node.agreeing.terminate(OPERATOR, AGREEMENT, 2, why="x")
    pair.clock.forward(days=60 if how == "expired" else 0)

    order = deleted(pair, movement)
    pair.run(rounds=12)

    assert [one["outcome"] for one in records_of(pair, order)] == ["done"]


def test_who_is_no_liaison_officer_orders_nothing(pair: Pair) -> None:
    movement, _ = arrived(pair)

    with pytest.raises(RoleError):
        pair.kz.ordering.order(
            POST, Kind.DELETION, Which(kind=Kept.MANIFEST, subject=movement), ground=Ground.ERROR
        )


def test_what_was_never_sent_cannot_be_ordered(pair: Pair) -> None:
    with pytest.raises(UnknownRecordError):
        deleted(pair, "KZ/national/never")
