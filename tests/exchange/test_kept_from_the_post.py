from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from exchange_node.domain.access import Actor
from exchange_node.domain.errors import DecisionStandsError, UnknownRecordError
from exchange_node.node import ruling
from exchange_node.store import audit
from exchange_node.store.database import reading, transaction
from tests.exchange.test_decisions import draw_all
from tests.exchange.test_sightings import arrival, issued, received, sighted
from tests.exchange.test_withdrawn_alerts import crossing, shown, withdraw
from tests.world import LIAISON, POST, Pair

BESIDE = Actor(name="another at the post", roles=POST.roles)


def numbers(pair: Pair) -> tuple[int, list[int]]:
    """Return the number that the post is told, and all that the liaison desk is."""
    found = arrival(pair)
    kept = ruling(pair.uz).list(LIAISON, found["number"])["decisions"]
    return int(found["ruling"]), [one["decision"] for one in kept]


def override(pair: Pair, number: int, channel: str, *, actor: Actor = POST) -> dict[str, Any]:
    reason = "LOCAL_KNOWLEDGE"
    return ruling(pair.uz).overrule(actor, number, channel=channel, reason=reason)


def test_no_number_at_the_post_moves_because_of_what_is_watched(pair: Pair) -> None:
    plate = crossing(pair)
    at_rest, _ = numbers(pair)
    alert_id = issued(pair, subjects=[{"means_id": plate}])
    pair.run()

    watched, all_of_them = numbers(pair)
    anew = ruling(pair.uz).anew(POST, arrival(pair)["number"])
    withdraw(pair, alert_id)
    pair.run()
    over, after_it = numbers(pair)

    assert at_rest == watched == over
    assert (anew["decision"], anew["changed"]) == (at_rest, False)
    assert (len(all_of_them), len(after_it)) == (2, 3)
    issued(pair, permitted_action="documents", subjects=[{"means_id": plate}])
    pair.run()
    seen, _ = numbers(pair)
    assert seen > max(after_it)


def test_the_post_overrules_by_the_number_it_is_told_and_by_no_other(pair: Pair) -> None:
    plate = crossing(pair)
    issued(pair, subjects=[{"means_id": plate}])
    pair.run()
    told, (_, hidden) = numbers(pair)

    with pytest.raises(UnknownRecordError) as caught:
        override(pair, hidden, "orange")
    with pytest.raises(UnknownRecordError) as none:
        override(pair, 999, "orange")
    with pytest.raises(DecisionStandsError):
        override(pair, told, "orange", actor=LIAISON)  # who sees more sees another decision
    done = override(pair, told, "orange")

    assert str(caught.value).replace(str(hidden), "N") == str(none.value).replace("999", "N")
    assert (done["decision"], done["channel"]) == (told, "orange")
    assert arrival(pair)["ruling"] == told
    (act,) = ruling(pair.uz).show(LIAISON, hidden)["acts"]
    assert act["becomes"] == "orange"


def test_what_the_post_lowered_stays_lowered_when_something_is_watched(pair: Pair) -> None:
    draw_all(pair)
    plate = crossing(pair)
    told, _ = numbers(pair)
    override(pair, told, "green")
    alert_id = issued(pair, subjects=[{"means_id": plate}])
    pair.run()
    second = override(pair, told, "green", actor=BESIDE)
    before = arrival(pair)

    withdraw(pair, alert_id)
    pair.run()

    assert second["in_force"] is True
    assert (before["channel"], before["overruled"]) == ("green", "orange")
    assert arrival(pair) == before


def test_a_hit_on_what_the_officer_may_not_see_is_no_hit_for_a_sighting(pair: Pair) -> None:
    alert_id = received(pair, subjects=[{"commodity_prefix": "85"}])
    crossing(pair)
    (hit,) = shown(pair, "kz", alert_id)["hits"]
    with transaction(pair.kz.engine) as conn:
        conn.execute(text("UPDATE manifest SET handling = 'secret'"))

    refusals = []
    for one in (hit["hit"], hit["hit"].replace("-1", "-2", 1), "9-9-9"):
        with pytest.raises(UnknownRecordError) as caught:
            sighted(pair, alert_id, hit=one)
        refusals.append(str(caught.value).replace(one, "HIT"))
    sighted(pair, alert_id, movement=hit["movement"])

    assert len(set(refusals)) == 1
    with reading(pair.kz.engine) as conn:
        looks = [one for one in audit.search(conn, limit=50) if one.action == "look.hit"]
    assert {one.facts["refused"] for one in looks} == {"DENY-VIEW-SECRET", "UNKNOWN"}
    assert len(looks) == 3
    (told,) = shown(pair, "kz", alert_id)["feedback"]
    assert told["told"]["movement"] == hit["movement"]  # as the officer wrote it
