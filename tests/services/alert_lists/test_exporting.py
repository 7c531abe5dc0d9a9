from __future__ import annotations

import json
from typing import Any

import pytest

from exchange_node.domain.errors import RoleError
from exchange_node.services.alert_lists import Form
from exchange_node.store import audit
from exchange_node.store.database import reading
from exchange_node.store.onward import exports
from exchange_node.store.records import alerts
from tests.exchange.test_withdrawn_alerts import alerted
from tests.services.alert_lists.test_importing import as_csv, row, run
from tests.world import LIAISON, POST, Pair

PLATE = "01A777BC"


def drafted(pair: Pair, reference: str = "A1", **changes: str) -> str:
    done = run(pair, as_csv(row(reference, **changes)))
    return str(done["alerts"][0]["alert_id"])


def events(pair: Pair, *ids: str, issuer: str = "") -> list[dict[str, Any]]:
    made = pair.kz.listing.run(LIAISON, Form.MISP, ids, issuer=issuer)
    return [one["Event"] for one in json.loads(made.content)["response"]]


def looks(pair: Pair) -> list[tuple[str, str, bool]]:
    with reading(pair.kz.engine) as conn:
        lines = [one for one in audit.search(conn, limit=99) if one.action == "look.export"]
    return [(one.subject_kind, one.subject_key, "refused" in one.facts) for one in lines]


@pytest.mark.parametrize("form", [Form.CSV, Form.JSON])
def test_a_list_of_ours_is_read_back_as_the_same_drafts(pair: Pair, form: Form) -> None:
    first = drafted(pair, "A1", text="=1+1")
    second = drafted(pair, "A2", **{"subjects.offices.1": "KZ550302"})

    made = pair.kz.listing.run(LIAISON, form)
    again = run(pair, made.content, source="copy")

    assert (made.count, made.left) == (2, [])
    assert [one["source_reference"] for one in again["alerts"]] == [first, second]
    assert [one["outcome"] for one in again["alerts"]] == ["kept", "kept"]
    with reading(pair.kz.engine) as conn:
        for one in again["alerts"]:
            copy, whole = (
                pair.kz.alerting.holding.alert_of(conn, alerts.by_id(conn, alert_id))
                for alert_id in (one["alert_id"], one["source_reference"])
            )
            assert (copy.subjects, copy.text) == (whole.subjects, whole.text)
    assert {("alert", first, False), ("alert", second, False)} <= set(looks(pair))


def test_an_event_says_what_the_alert_does_and_how_it_is_to_be_handled(pair: Pair) -> None:
    alert_id = drafted(pair, confidence="B2")

    (event,) = events(pair, alert_id)
    (again,) = events(pair, alert_id)

    assert event == again
    assert event["info"] == "Goods in transit may leave the corridor."
    assert (event["threat_level_id"], event["distribution"], event["published"]) == (
        "2",
        "0",
        False,
    )
    tags = {one["name"] for one in event["Tag"]}
    assert {
        "tlp:amber",
        'admiralty-scale:source-reliability="b"',
        'admiralty-scale:information-credibility="2"',
        'customs-alert:permitted-action="documents"',
    } <= tags
    (subject,) = event["Object"]
    assert [(one["object_relation"], one["value"]) for one in subject["Attribute"]] == [
        ("means_id", PLATE)
    ]
    assert not any(one["to_ids"] for one in (*event["Attribute"], *subject["Attribute"]))


def test_of_what_is_covert_no_name_and_no_text_goes_into_an_event(pair: Pair) -> None:
    alert_id = drafted(
        pair, permitted_action="covert", text=f"Truck {PLATE}", modus_operandi="By night.",
        **{"subjects.origin": "CN"},
    )  # fmt: skip

    (event,) = events(pair, alert_id)

    assert PLATE not in json.dumps(event)
    assert "By night" not in json.dumps(event)
    assert [one["value"] for one in event["Object"][0]["Attribute"]] == ["CN"]


@pytest.mark.parametrize("form", list(Form))
def test_what_is_red_stands_in_no_file_and_the_refusal_is_written_down(
    pair: Pair, form: Form
) -> None:
    red, amber = drafted(pair, "A1", marking="RED"), drafted(pair, "A2")

    made = pair.kz.listing.run(LIAISON, form, [red, amber])

    assert made.count == 1
    assert red not in made.content.decode()
    assert [(one.value, one.code) for one in made.left] == [(red, "LIST-12")]
    assert ("alert", red, True) in looks(pair)


def test_a_partners_alert_is_asked_of_the_export_gate_and_registered(pair: Pair) -> None:
    alert_id = alerted(pair)
    pair.run()

    (event,) = events(pair, alert_id)

    assert event["Orgc"]["name"] == "customs.uz"
    with reading(pair.kz.engine) as conn:
        (registered,) = exports.search(conn, partner="customs.uz", subject="", limit=9)
    assert (registered.recipient, registered.use) == ("customs.kz", "work")
    made = pair.kz.listing.run(LIAISON, Form.MISP, [alert_id], purpose="STATISTICS")
    assert made.count == 0
    assert [one.code for one in made.left] == ["LIST-15"]
    assert "purpose" in made.left[0].text


@pytest.mark.parametrize("form", [Form.CSV, Form.JSON])
def test_a_partners_alert_is_in_no_list_that_would_make_it_ours(pair: Pair, form: Form) -> None:
    alert_id = alerted(pair)
    pair.run()

    made = pair.kz.listing.run(LIAISON, form, [alert_id, "nothing"])

    assert [one.code for one in made.left] == ["LIST-13", "LIST-11"]
    assert PLATE not in made.content.decode()


def test_liaison_officers_alone_export(pair: Pair) -> None:
    with pytest.raises(RoleError):
        pair.kz.listing.run(POST, Form.MISP)
