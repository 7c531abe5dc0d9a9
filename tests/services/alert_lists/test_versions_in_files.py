from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from exchange_node.services.alert_lists import Form, exporting
from tests.exchange.test_corrected_alerts import OTHER, plain
from tests.exchange.test_withdrawn_alerts import PLATE, alerted, withdraw
from tests.world import LIAISON, Pair

RED: dict[str, object] = {
    "digest": "a" * 64,
    "media_type": "image/png",
    "size_bytes": 5,
    "description": "passport of a driver",
    "marking": "RED",
}


def listed(pair: Pair, *ids: str) -> list[dict[str, Any]]:
    made = pair.uz.listing.run(LIAISON, Form.JSON, ids)
    return list(json.loads(made.content)["alerts"])


def drafted(pair: Pair, **changes: object) -> str:
    return str(pair.uz.alerting.draft(LIAISON, plain(pair) | changes)["alert_id"])


def corrected(pair: Pair) -> str:
    """Return an alert in force with a correction that is not sent."""
    alert_id = alerted(pair)
    pair.uz.alerting.correcting.correct(LIAISON, alert_id, plain(pair), why="Read wrong.")
    return alert_id


@pytest.mark.parametrize("form", [Form.CSV, Form.JSON])
def test_of_an_alert_with_a_drafted_correction_a_list_has_what_is_in_force(
    pair: Pair, form: Form
) -> None:
    alert_id = corrected(pair)

    made = pair.uz.listing.run(LIAISON, form)
    again = pair.uz.importing.run(LIAISON, made.content, source="back", dry_run=True)

    assert (made.count, made.left, again["counted"]) == (1, [], {"good": 1})
    assert PLATE in made.content.decode()
    assert OTHER not in made.content.decode()
    (named,) = listed(pair, alert_id)
    assert named["subjects"] == [{"means_id": PLATE}]
    pair.uz.alerting.send(LIAISON, alert_id)
    (now,) = listed(pair)
    assert now["subjects"] == [{"means_id": OTHER}]


def test_events_have_one_identifier_each(pair: Pair) -> None:
    corrected(pair)
    drafted(pair)

    made = pair.uz.listing.run(LIAISON, Form.MISP)

    ids = [one["Event"]["uuid"] for one in json.loads(made.content)["response"]]
    assert len(ids) == len(set(ids)) == 2


@pytest.mark.parametrize("form", list(Form))
def test_what_was_withdrawn_is_told_and_stands_in_no_file(pair: Pair, form: Form) -> None:
    alert_id = alerted(pair)
    pair.run()
    withdraw(pair, alert_id)
    pair.run()

    for node in (pair.uz, pair.kz) if form is Form.MISP else (pair.uz,):
        made = node.listing.run(LIAISON, form, [alert_id])
        assert (made.count, [one.code for one in made.left]) == (0, ["LIST-17"])
        assert "withdrawn" in made.left[0].text


def test_more_alerts_than_a_file_holds_are_told_and_what_has_ended_takes_no_place(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST_ALERTS", 2)
    old, first, second = drafted(pair), drafted(pair), drafted(pair)
    for _ in range(2):
        ended = alerted(pair)
        withdraw(pair, ended)

    made = pair.uz.listing.run(LIAISON, Form.JSON)

    assert [one["source_reference"] for one in json.loads(made.content)["alerts"]] == [
        first,
        second,
    ]
    assert [one.code for one in made.left] == ["LIST-16"]
    assert [one["source_reference"] for one in listed(pair, old)] == [old]
    pair.clock.forward(hours=24 * 31)
    assert pair.uz.listing.run(LIAISON, Form.JSON).left == []


def test_of_an_alert_the_files_marked_red_are_left_out_and_told(pair: Pair) -> None:
    green = RED | {"digest": "b" * 64, "description": "photograph", "marking": "GREEN"}
    alert_id = drafted(pair, attachments=[RED, green])

    for form in (Form.CSV, Form.JSON):
        made = pair.uz.listing.run(LIAISON, form)
        text = made.content.decode()
        assert "photograph" in text
        assert "passport" not in text
        assert "a" * 64 not in text
        assert [(one.code, one.value) for one in made.left] == [("LIST-18", alert_id)]
    assert pair.uz.listing.run(LIAISON, Form.MISP).left == []


def test_an_export_leaves_the_end_of_an_alert_to_the_clock(pair: Pair) -> None:
    drafted(pair, valid_until=(pair.clock() + timedelta(hours=1)).isoformat())
    assert len(listed(pair)) == 1

    pair.clock.forward(hours=1)

    assert listed(pair) == []
