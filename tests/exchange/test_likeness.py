from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import delete, update

from exchange_node.domain.errors import RoleError, UnknownRecordError
from exchange_node.store import audit
from exchange_node.store.database import reading, transaction
from exchange_node.store.tables import known_name, known_sound
from tests.exchange.test_crossing import draft_of
from tests.world import LIAISON, POST, Pair


def alerted(pair: Pair, measures: Sequence[object] = (), **subject: str) -> str:
    plain = {**draft_of(pair, ""), "subjects": [subject], "measures": measures}
    alert_id = str(pair.uz.alerting.draft(LIAISON, plain)["alert_id"])
    pair.uz.alerting.send(LIAISON, alert_id, to=["customs.kz"], purpose="RISK_ANALYSIS")
    return alert_id


def crossed(pair: Pair) -> None:
    pair.submit()
    pair.run()


def hits_of(pair: Pair, alert_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pair.uz.enquiry.alert(LIAISON, alert_id)["hits"]
    return found


NAME = "ЧИНОР САВДО МЧЖ"
CONTAINER = "ABTU2045171"  # one letter off, and its check digit is right all the same


def channel_of(pair: Pair) -> tuple[str, str, bool]:
    (arrival,) = pair.uz.enquiry.prearrival(POST)["arrivals"]
    return arrival["channel"], arrival["rule"], arrival["to_confirm"]


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize(
    ("subject", "rule"),
    [({"party_name": NAME}, "CH-30"), ({"equipment_id": CONTAINER}, "CH-25")],
)
def test_a_likeness_is_found_whichever_came_first_and_is_for_a_person_to_confirm(
    pair: Pair, subject: dict[str, str], rule: str, *, is_first: bool
) -> None:
    if not is_first:
        crossed(pair)
    alert_id = alerted(pair, **subject)
    if is_first:
        crossed(pair)

    (hit,) = hits_of(pair, alert_id)

    assert hit["rule"] == rule
    assert channel_of(pair) == ("orange", rule, True)


@pytest.mark.parametrize("is_heard_again", [False, True])
def test_a_name_that_an_older_program_heard_is_found_until_it_is_heard_again_and_then(
    pair: Pair, *, is_heard_again: bool
) -> None:
    crossed(pair)
    with transaction(pair.uz.engine) as conn:
        conn.execute(update(known_name).values(hearing="0"))
        conn.execute(delete(known_sound))
    count = pair.uz.matching.hear() if is_heard_again else 0

    alert_id = alerted(pair, party_name=NAME)

    assert [one["rule"] for one in hits_of(pair, alert_id)] == ["CH-30"]
    assert bool(count) is is_heard_again
    assert bool(pair.uz.matching.hear()) is not is_heard_again
    assert pair.uz.matching.hear() == 0


def test_another_name_of_the_same_stock_hits_nothing(pair: Pair) -> None:
    alert_id = alerted(pair, party_name="ЧИНОР ҚУРИЛИШ МЧЖ")
    crossed(pair)

    assert hits_of(pair, alert_id) == []


def test_why_a_hit_is_one_is_told_field_by_field_with_what_the_alert_is_worth(pair: Pair) -> None:
    wanted = [{"type_code": "10", "sampling": 25}]
    alert_id = alerted(pair, measures=wanted, party_name=NAME)
    crossed(pair)
    (hit,) = hits_of(pair, alert_id)

    told = pair.uz.enquiry.why(LIAISON, hit["hit"])

    (name,) = told["matches"]
    assert (name["field"], name["alerted"]) == ("party_name", NAME)
    assert name["found"] == "OOO «Chinor Savdo»"
    assert (name["alerted_as"], name["found_as"]) == ("Cinor trade", "Hinor trade")
    assert 0.8 <= name["score"] <= 1
    assert name["pointer"].endswith("/Consignee/Name")
    alert = told["alert"]
    assert (alert["alert_id"], alert["severity"], alert["unverified"]) == (alert_id, 1, True)
    assert told["subject_confidence"] == ""
    assert alert["measures"] == [{"type_code": "10", "mandatory": False, "sampling": 25}]
    assert alert["is_in_force"]
    assert alert["valid_from"] < alert["valid_until"]
    assert (told["subject"], told["channel"], told["rule"]) == (1, "orange", "CH-30")
    with reading(pair.uz.engine) as conn:
        (look, *_) = [one for one in audit.search(conn, limit=9) if one.action == "look.hit"]
    assert look.subject_key == hit["hit"]


@pytest.mark.parametrize("hit_id", ["1-1-2", "1-2-1", "2-1-1", "1-1", "x", "0-1-1", "1-1-1; --"])
def test_a_hit_that_is_not_there_is_unknown(pair: Pair, hit_id: str) -> None:
    alerted(pair, party_name=NAME)
    crossed(pair)

    with pytest.raises(UnknownRecordError):
        pair.uz.enquiry.why(LIAISON, hit_id)


def test_why_is_for_liaison_officers_and_for_what_they_may_see(pair: Pair) -> None:
    alert_id = alerted(pair, party_name=NAME)
    crossed(pair)
    (hit,) = hits_of(pair, alert_id)

    with pytest.raises(RoleError):
        pair.uz.enquiry.why(POST, hit["hit"])
