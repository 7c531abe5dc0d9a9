from __future__ import annotations

from datetime import UTC, datetime

from exchange_node.services.alert_lists.misp import event_of
from exchange_node.services.stations.alert_draft import alert_from

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
# MISP, describeTypes.json (as PyMISP 2.5.34.4 has it), category_type_mappings: what we write of it.
ALLOWED = {
    ("Internal reference", "text"),
    ("Other", "datetime"),
    ("Other", "comment"),
    ("Other", "text"),
    ("Person", "full-name"),
    ("Person", "date-of-birth"),
    ("Person", "nationality"),
    ("Person", "identity-card-number"),
}


def test_each_attribute_has_a_category_in_which_misp_takes_its_type() -> None:
    alert = alert_from(
        {
            "valid_from": AT,
            "valid_until": datetime(2026, 12, 31, tzinfo=UTC),
            "marking": "AMBER",
            "permitted_action": "open",
            "urgency": "routine",
            "category": "TRD",
            "severity": 2,
            "summary": "Goods may leave the corridor.",
            "contact_office": "KZ550302",
            "text": "Look under the floor.",
            "modus_operandi": "By night.",
            "measures": [{"type_code": "1", "mandatory": True, "sampling": 5}],
            "subjects": [
                {
                    "means_id": "01A777BC",
                    "person_name": "Aliya Serikova",
                    "person_born": "1980-02-29",
                    "person_nationality": "KZ",
                    "person_document": "N1234567",
                    "person_issuer": "KZ",
                }
            ],
        },
        issuer="customs.kz",
        alert_id="KZ-1",
        at=AT,
    )

    event = event_of(alert, names=True)["Event"]

    attributes = [*event["Attribute"], *event["Object"][0]["Attribute"]]
    assert {(one["category"], one["type"]) for one in attributes} == ALLOWED
    assert "measure that the issuer recommends for 5 % of what fits" in {
        one["comment"] for one in attributes
    }
    assert len({one["uuid"] for one in attributes}) == len(attributes)
