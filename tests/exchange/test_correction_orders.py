from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, select

from exchange_node.domain.errors import InvalidDocumentError, UnusableQueryError
from exchange_node.domain.orders.order import Ground, Kind, Which
from exchange_node.domain.retention import Kept
from exchange_node.services.matching import Matching
from exchange_node.services.stations.matching import searching
from exchange_node.services.stations.matching.searching import Portion, Searching
from exchange_node.store.database import reading
from exchange_node.store.tables import manifest_key, payload
from tests.exchange.ordering import arrived, corrected, permitting_orders, records_of
from tests.exchange.test_amendment import amended
from tests.exchange.test_crossing import draft_of
from tests.world import LIAISON, POST, Pair, replaced

BORDER = "Declaration/BorderTransportMeans/ID"
DEPARTURE = "Declaration/Consignment[1]/DepartureTransportMeans[1]/ID"
MEANS = "InterGov/ext:RiskAlert/ext:Subject[1]/ext:TransportMeansID"
POSTCODE = "Declaration/Consignment[1]/Consignor/Address/PostcodeID"


@pytest.fixture(autouse=True)
def _permitted(pair: Pair) -> None:
    pair.agree_anew(permitting_orders)


def plated(plate: str) -> dict[str, str]:
    return {BORDER: plate, DEPARTURE: plate}


def seen(pair: Pair, number: int) -> dict[str, Any]:
    return pair.uz.enquiry.manifest(POST, number)


def alerted(pair: Pair, plate: str) -> str:
    """Let Uzbekistan hold an alert of its own on a plate; return its id."""
    drafted = pair.uz.alerting.draft(LIAISON, draft_of(pair, plate))
    alert_id = str(drafted["alert_id"])
    pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")
    pair.run()
    return alert_id


def test_a_corrected_value_is_shown_and_found_and_the_sealed_bytes_stay(pair: Pair) -> None:
    movement, number = arrived(pair)
    was = seen(pair, number)["means"]

    order = corrected(pair, movement, plated("999ZZZ99"))
    pair.run(rounds=12)

    (record,) = records_of(pair, order)
    assert record["outcome"] == "done"
    now = seen(pair, number)
    assert now["means"] == "999ZZZ99"
    assert [(one["old"], one["new"]) for one in now["corrections"]] == [(was, "999ZZZ99")] * 2
    assert pair.uz.enquiry.prearrival(POST, plate="999ZZZ99")["arrivals"][0]["number"] == number
    assert pair.uz.enquiry.prearrival(POST, plate=was)["arrivals"] == []
    with reading(pair.uz.engine) as conn:
        digest = conn.execute(
            select(payload.c.digest).where(payload.c.payload_id.like("manifest/received/%"))
        ).scalar_one()
    assert digest == record["digest"]


def test_a_corrected_plate_is_matched_anew(pair: Pair) -> None:
    movement, number = arrived(pair)
    was = seen(pair, number)["means"]
    wanted, unwanted = alerted(pair, "999ZZZ99"), alerted(pair, was)
    assert len(pair.uz.enquiry.alert(LIAISON, unwanted)["hits"]) == 1

    corrected(pair, movement, plated("999ZZZ99"))
    pair.run(rounds=12)

    (hit,) = pair.uz.enquiry.alert(LIAISON, wanted)["hits"]
    assert hit["number"] == number
    assert pair.uz.enquiry.alert(LIAISON, unwanted)["hits"] == []
    assert seen(pair, number)["channel"]


def test_a_plate_that_is_corrected_between_reading_and_keeping_is_read_once_more(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    movement, number = arrived(pair)
    was = seen(pair, number)["means"]
    monkeypatch.setattr(searching, "MOST_AT_ONCE", 0)
    look = Searching.look
    portions: list[Portion | None] = []

    def corrected_meanwhile(
        of: Searching, conn: Connection, alert: int, at: datetime
    ) -> Portion | None:
        portion = look(of, conn, alert, at)
        if conn.engine is pair.uz.engine and not portions:
            portions.append(portion)
            corrected(pair, movement, plated("999ZZZ99"))
            with monkeypatch.context() as nobody_is_quicker:
                nobody_is_quicker.setattr(Matching, "run", lambda _: 0)
                pair.run(rounds=12)
        return portion

    monkeypatch.setattr(Searching, "look", corrected_meanwhile)
    unwanted = alerted(pair, was)

    (portion,) = portions
    assert portion is not None
    assert list(portion.fitting) == [number]
    assert seen(pair, number)["means"] == "999ZZZ99"
    shown = pair.uz.enquiry.alert(LIAISON, unwanted)
    assert shown["hits"] == []
    assert (shown["search"]["stage"], shown["search"]["fitting"]) == ("done", 0)


def test_an_alert_fits_what_was_corrected_only_where_no_later_text_holds(pair: Pair) -> None:
    movement, first = arrived(pair)
    pair.submit(facts=amended())
    pair.run()
    (arrival,) = pair.uz.enquiry.prearrival(POST)["arrivals"]
    wanted = alerted(pair, "999ZZZ99")

    order = corrected(pair, movement, plated("999ZZZ99"))
    pair.run(rounds=12)

    assert [one["outcome"] for one in records_of(pair, order)] == ["done"] * 2
    assert seen(pair, first)["means"] == "999ZZZ99"
    (hit,) = pair.uz.enquiry.alert(LIAISON, wanted)["hits"]
    assert hit["number"] == arrival["number"] != first


def test_a_value_is_corrected_twice_and_back(pair: Pair) -> None:
    movement, number = arrived(pair)
    was = seen(pair, number)["means"]

    for plate in ("999ZZZ99", "888YYY88", was):
        order = corrected(pair, movement, plated(plate))
        pair.run(rounds=12)
        assert [one["outcome"] for one in records_of(pair, order)] == ["done"]

    assert seen(pair, number)["means"] == was
    assert len(seen(pair, number)["corrections"]) == 6


def test_a_value_that_the_grant_withholds_is_not_told_by_a_correction(pair: Pair) -> None:
    pair.agree_anew(
        lambda text: replaced(permitting_orders(text), "version = 2", "version = 3").replace(
            '  "Declaration/Consignment/Consignor/Address/PostcodeID",\n', ""
        )
    )
    movement, _ = arrived(pair)

    with pytest.raises(UnusableQueryError, match="no partner was given"):
        corrected(pair, movement, {POSTCODE: "100000"})


@pytest.mark.parametrize(
    "pointer", ["Declaration/ID", "Declaration/NoSuch", "Declaration/TypeCode"]
)
def test_what_cannot_be_corrected_is_said_before_anything_is_sent(pair: Pair, pointer: str) -> None:
    movement, _ = arrived(pair)

    with pytest.raises(InvalidDocumentError, match="Declaration"):
        corrected(pair, movement, {pointer: "another"})


@pytest.mark.parametrize("values", [{}, plated("")])
def test_a_correction_says_what_is_right(pair: Pair, values: dict[str, str]) -> None:
    movement, _ = arrived(pair)

    with pytest.raises(UnusableQueryError):
        corrected(pair, movement, values)


def test_an_alert_is_corrected_and_matched_anew(pair: Pair) -> None:
    movement, number = arrived(pair)
    plate = seen(pair, number)["means"]
    drafted = pair.kz.alerting.draft(LIAISON, draft_of(pair, "000AAA00"))
    alert_id = str(drafted["alert_id"])
    pair.kz.alerting.send(LIAISON, alert_id, to=["customs.uz"], purpose="RISK_ANALYSIS")
    pair.run()
    assert pair.uz.enquiry.alert(LIAISON, alert_id)["hits"] == []

    done = pair.kz.ordering.order(
        LIAISON,
        Kind.CORRECTION,
        Which(kind=Kept.ALERT, subject=alert_id),
        ground=Ground.ERROR,
        values={MEANS: plate},
    )
    pair.run(rounds=12)

    assert [one["outcome"] for one in records_of(pair, str(done["order_id"]))] == ["done"]
    shown = pair.uz.enquiry.alert(LIAISON, alert_id)
    assert [one["movement"] for one in shown["hits"]] == [movement]
    assert shown["alert"]["subjects"][0]["means_id"] == plate


def test_the_values_of_a_correction_go_with_the_record(pair: Pair) -> None:
    movement, _ = arrived(pair)
    corrected(pair, movement, plated("999ZZZ99"))
    pair.run(rounds=12)

    pair.later(days=1095)
    pair.run(rounds=12)

    with reading(pair.uz.engine) as conn:
        held = conn.execute(
            select(payload.c.payload_id).where(
                payload.c.payload_id.like("order/%"), payload.c.disposed_at.is_(None)
            )
        ).all()
        keys = conn.execute(select(manifest_key.c.value)).all()
    assert (held, keys) == ([], [])


def test_what_an_alert_that_is_over_had_hit_stays_without_its_values(pair: Pair) -> None:
    movement, number = arrived(pair)
    plate = seen(pair, number)["means"]
    alert_id = alerted(pair, plate)
    pair.uz.alerting.withdrawing.withdraw(LIAISON, alert_id, why="It was wrong.")
    pair.run()

    corrected(pair, movement, plated("999ZZZ99"))
    pair.run(rounds=12)

    (hit,) = pair.uz.enquiry.alert(LIAISON, alert_id)["hits"]
    assert hit["is_withdrawn"]
    assert plate not in str(hit["matches"])
