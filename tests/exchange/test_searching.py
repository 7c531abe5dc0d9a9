from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from benchmarks.alerts.documents import manifest_document
from exchange_node import node as nodes
from exchange_node.domain.manifest import TransitManifest
from exchange_node.policy.text.reading import read_agreement
from exchange_node.rehearsal.traffic import Traffic, offices_in
from exchange_node.services.matching import TOLD_AFTER
from exchange_node.services.stations.agreements import exchange_under
from exchange_node.services.stations.matching import searching
from exchange_node.services.stations.matching.searching import MATCHING, Portion, Searching
from exchange_node.store import audit, duties
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import alerts, hits, manifests
from exchange_node.store.records.held import Direction
from exchange_node.store.tables import payload_chunk
from tests.exchange.test_withdrawn_alerts import alerted, withdraw
from tests.world import LIAISON, OFFICES, Pair

GOODS = "войлок"
BEGIN = datetime(2026, 3, 2, tzinfo=UTC)


class MachineDiedError(Exception):
    pass


@pytest.fixture(name="small", autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two manifests be opened with the alert, and two at a time after it."""
    monkeypatch.setattr(searching, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(searching, "MOST_IN_A_PORTION", 2)


def views(count: int, first: int = 1) -> list[TransitManifest]:
    """Manifests of the same goods, each of another movement."""
    listed = offices_in(OFFICES.read_text(encoding="utf-8"))
    traffic = Traffic(seed=1, sender="KZ", recipient="UZ", offices=listed, begin=BEGIN)
    return [goods_in(one.manifest) for one in traffic.movements(count, first=first)]


def goods_in(view: TransitManifest) -> TransitManifest:
    consignment, *others = view.consignments
    item, *rest = consignment.items
    items = (replace(item, description=f"{GOODS} {item.description}"), *rest)
    return replace(view, consignments=(replace(consignment, items=items), *others))


def file(pair: Pair, some: Sequence[TransitManifest]) -> list[int]:
    """File manifests in Uzbekistan as they come from Kazakhstan; return their numbers."""
    agreement = read_agreement(
        nodes.pair_agreement("KZ", "UZ", on=pair.clock().date()), "agreement"
    )
    grant = next(one for one in agreement.grants if one.sender == "customs.kz")
    exchange = exchange_under(
        agreement,
        grant,
        own=pair.kz.settings.administration,
        recipient="customs.uz",
        code="TM-010",
        purpose="TRANSIT_CONTROL",
    )
    numbers = []
    for one in some:
        with transaction(pair.uz.engine) as conn:
            held = pair.uz.enquiry.holding.file_manifest(
                conn,
                one,
                manifest_document(one),
                direction=Direction.RECEIVED,
                exchange=exchange,
                grant=grant,
                message_id=f"{one.functional_reference}@kz",
                at=pair.clock(),
            )
        numbers.append(held.number)
    return numbers


def fitted(pair: Pair, alert_id: str) -> list[int]:
    with reading(pair.uz.engine) as conn:
        held = alerts.by_id(conn, alert_id)
        return [one.manifest for one in hits.of_alert(conn, held.number)]


def search(pair: Pair, alert_id: str) -> dict[str, Any]:
    found: dict[str, Any] = pair.uz.enquiry.alert(LIAISON, alert_id)["search"]
    return found


def how_far(pair: Pair, alert_id: str) -> tuple[str, int, int | None, int]:
    one = search(pair, alert_id)
    return one["stage"], one["looked_at"], one["candidates"], one["fitting"]


def waiting(pair: Pair) -> int:
    with reading(pair.uz.engine) as conn:
        return len(duties.waiting(conn, MATCHING))


def audited(pair: Pair, *actions: str) -> list[tuple[str, str, dict[str, str]]]:
    with reading(pair.uz.engine) as conn:
        lines = audit.search(conn, limit=99)
    found = [(one.action, one.subject_key, dict(one.facts)) for one in reversed(lines)]
    return [one for one in found if one[0] in actions]


def test_nobody_is_opened_who_bears_the_name_in_another_role_alone(pair: Pair) -> None:
    some = views(3)
    consignee = next(one for one in some[0].consignments[0].parties if one.role == "Consignee")
    others = [
        replace(
            view,
            consignments=tuple(
                replace(one, parties=(replace(consignee, role="Consignor", id=""),))
                for one in view.consignments
            ),
        )
        for view in some[1:]
    ]
    first, *_ = file(pair, [some[0], *others])

    alert_id = alerted(pair, party_name=consignee.name, party_role="27A")
    anyhow = alerted(pair, party_name=consignee.name)
    pair.run()

    assert fitted(pair, alert_id) == [first]
    assert how_far(pair, alert_id) == ("done", 1, 1, 1)
    assert how_far(pair, anyhow) == ("done", 3, 3, 3)


def test_the_newest_are_looked_at_with_the_alert_and_the_others_portion_by_portion(
    pair: Pair,
) -> None:
    numbers = file(pair, views(5))

    alert_id = alerted(pair, description=GOODS)

    assert fitted(pair, alert_id) == numbers[-2:]
    assert how_far(pair, alert_id) == ("going-on", 2, None, 2)
    assert pair.uz.matching.run() == 1
    assert fitted(pair, alert_id) == numbers[1:]
    assert how_far(pair, alert_id) == ("going-on", 4, 5, 4)
    pair.run()
    assert fitted(pair, alert_id) == numbers
    assert how_far(pair, alert_id) == ("done", 5, 5, 5)
    assert waiting(pair) == 0
    (begun, ended) = audited(pair, "alert.matching", "alert.matched")
    assert [begun[2]["looked"], ended[2]["looked"], ended[2]["fitting"]] == ["2", "5", "5"]
    (told,) = [one for one in pair.told["uz"].told.values() if one.code == "alert.matched"]
    assert (told.facts["fitting"], told.facts["alert"]) == ("5", alert_id)


def test_what_fits_in_all_within_the_bound_leaves_nothing_to_be_done(pair: Pair) -> None:
    numbers = file(pair, views(2))

    alert_id = alerted(pair, description=GOODS)

    assert fitted(pair, alert_id) == numbers
    assert how_far(pair, alert_id) == ("done", 2, 2, 2)
    assert waiting(pair) == 0
    assert audited(pair, "alert.matching") == []


def test_a_machine_that_dies_between_opening_and_keeping_loses_nothing(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = file(pair, views(5))
    alert_id = alerted(pair, description=GOODS)
    pair.uz.matching.run()

    def dies(*_: object) -> bool:
        raise MachineDiedError

    with monkeypatch.context() as patched:
        patched.setattr(Searching, "settle", dies)
        patched.setattr("exchange_node.services.matching.one_by_one", without_a_net)
        with pytest.raises(MachineDiedError):
            pair.uz.matching.run()
    pair.restart("uz")
    assert pair.uz.matching.run() == 0, "its lease holds"
    pair.clock.forward(minutes=5)
    pair.run()

    assert fitted(pair, alert_id) == numbers
    assert how_far(pair, alert_id) == ("done", 5, 5, 5)


def without_a_net(
    claimed: Sequence[duties.Duty], do: Callable[[duties.Duty], None], _: object
) -> int:
    """Do as a process does that is killed: nobody puts anything off."""
    for one in claimed:
        do(one)
    return len(claimed)


def test_a_portion_that_another_machine_was_quicker_with_counts_once(pair: Pair) -> None:
    numbers = file(pair, views(5))
    alert_id = alerted(pair, description=GOODS)
    holding = pair.uz.enquiry.holding.searching
    with reading(pair.uz.engine) as conn:
        held = alerts.by_id(conn, alert_id)
        first = holding.look(conn, held.number, pair.clock())
        second = holding.look(conn, held.number, pair.clock())
    assert isinstance(first, Portion)
    assert first == second

    for one in (first, second):
        with transaction(pair.uz.engine) as conn:
            assert holding.settle(conn, one, pair.clock())

    assert fitted(pair, alert_id) == numbers[1:]
    assert how_far(pair, alert_id) == ("going-on", 4, 5, 4)


def test_what_comes_meanwhile_is_hit_once_and_not_looked_for(pair: Pair) -> None:
    file(pair, views(4))
    alert_id = alerted(pair, description=GOODS)
    (late,) = file(pair, views(1, first=5))
    assert late in fitted(pair, alert_id)

    pair.run()

    assert len(fitted(pair, alert_id)) == 5
    assert how_far(pair, alert_id) == ("done", 4, 4, 4)


def test_an_alert_that_is_withdrawn_is_looked_for_no_more(pair: Pair) -> None:
    numbers = file(pair, views(5))
    alert_id = alerted(pair, description=GOODS)

    withdraw(pair, alert_id)
    pair.run()

    with reading(pair.uz.engine) as conn:
        first = alerts.get(conn, "customs.uz", alert_id, 1)
        assert [one.manifest for one in hits.of_alert(conn, first.number)] == numbers[-2:]
    assert waiting(pair) == 0
    (ended,) = audited(pair, "alert.matched")
    assert (ended[2]["stage"], ended[2]["looked"]) == ("ended", "2")


def test_an_alert_that_ends_between_opening_and_keeping_hits_nothing_more(pair: Pair) -> None:
    numbers = file(pair, views(5))
    alert_id = alerted(pair, description=GOODS)
    holding = pair.uz.enquiry.holding.searching
    with reading(pair.uz.engine) as conn:
        portion = holding.look(conn, alerts.by_id(conn, alert_id).number, pair.clock())
    assert portion is not None
    pair.clock.forward(days=31)

    with transaction(pair.uz.engine) as conn:
        assert not holding.settle(conn, portion, pair.clock())

    assert fitted(pair, alert_id) == numbers[-2:]
    assert how_far(pair, alert_id)[0] == "ended"


def test_one_that_cannot_be_read_holds_up_none_of_the_others_and_is_told(pair: Pair) -> None:
    numbers = file(pair, views(5))
    for number in (numbers[-1], numbers[1]):  # one with the alert, one of a portion
        alter(pair, number)

    alert_id = alerted(pair, description=GOODS)
    pair.run()

    assert fitted(pair, alert_id) == [numbers[0], *numbers[2:4]]
    assert (search(pair, alert_id)["stage"], search(pair, alert_id)["unread"]) == ("done", 2)
    told = audited(pair, "alert.unmatched")
    assert [one[1] for one in told] == [str(numbers[-1]), str(numbers[1])]
    assert {one[2]["alert"] for one in told} == {alert_id}


def alter(pair: Pair, number: int) -> None:
    """Change the bytes that are kept of a manifest."""
    with transaction(pair.uz.engine) as conn:
        of = manifests.get(conn, number).document_id
        conn.execute(
            update(payload_chunk).where(payload_chunk.c.payload_id == of).values(locked=b"x" * 99)
        )


def test_an_alert_that_is_read_anew_is_looked_for_anew(pair: Pair) -> None:
    numbers = file(pair, views(5))
    alert_id = alerted(pair, description=GOODS)
    holding = pair.uz.enquiry.holding
    with reading(pair.uz.engine) as conn:
        held = alerts.by_id(conn, alert_id)
        portion = holding.searching.look(conn, held.number, pair.clock())
    assert portion is not None

    with transaction(pair.uz.engine) as conn:
        holding.renew_alert(conn, held, pair.clock())
    with transaction(pair.uz.engine) as conn:  # of the alert as it was
        assert holding.searching.settle(conn, portion, pair.clock())

    assert how_far(pair, alert_id) == ("going-on", 2, None, 2)
    pair.run()
    assert fitted(pair, alert_id) == numbers
    assert how_far(pair, alert_id) == ("done", 5, 5, 5)


def test_many_that_fit_are_decided_on_a_few_at_a_time(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_FITTING", 1)
    numbers = file(pair, views(4))

    alert_id = alerted(pair, description=GOODS)

    assert fitted(pair, alert_id) == numbers[-1:]
    pair.uz.matching.run()
    assert fitted(pair, alert_id) == numbers[-2:]
    pair.run()
    assert fitted(pair, alert_id) == numbers


def test_portions_of_several_alerts_come_in_turn(pair: Pair) -> None:
    file(pair, views(6))
    first = alerted(pair, description=GOODS)
    second = alerted(pair, description=GOODS)
    pair.clock.forward(seconds=1)

    pair.uz.matching.run()
    pair.uz.matching.run()

    assert [how_far(pair, one)[1] for one in (first, second)] == [4, 4]


def test_a_portion_that_fails_is_tried_on_and_on_and_told_in_the_end(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = file(pair, views(4))
    alert_id = alerted(pair, description=GOODS)

    def fails(*_: object) -> None:
        raise MachineDiedError

    with monkeypatch.context() as patched:
        patched.setattr(Searching, "look", fails)
        for _ in range(TOLD_AFTER + 1):
            pair.uz.matching.run()
            pair.clock.forward(hours=1)
    pair.run()

    assert fitted(pair, alert_id) == numbers
    (told,) = [one for one in pair.told["uz"].told.values() if one.code == "alert.matching-fails"]
    assert "MachineDied" not in told.facts["number"]


def test_hits_are_those_of_looking_at_everything_at_once(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = views(9)
    file(pair, some)
    item, party = some[0].consignments[0].items[0], some[3].consignments[0].parties[0]
    wanted: list[dict[str, Any]] = [
        {"description": item.description},
        {"party_name": party.name, "offices": list(some[3].offices[:1])},
        {"commodity_prefix": item.commodity_code[:4], "offices": list(some[0].offices[:1])},
        {"means_id": some[5].all_means[0].id},
    ]
    portions = [alerted(pair, **one) for one in wanted]
    pair.run(rounds=20)
    monkeypatch.setattr(searching, "MOST_AT_ONCE", 99)
    at_once = [alerted(pair, **one) for one in wanted]

    assert [fitted(pair, one) for one in portions] == [fitted(pair, one) for one in at_once]
    assert all(fitted(pair, one) for one in portions)
