from __future__ import annotations

from exchange_node.domain.access import Role
from tests.web.conftest import Api
from tests.web.test_api import draft
from tests.world import Pair

PATTERN = "(a+)+$|" * 150_000
BAD: dict[str, tuple[dict[str, object], str]] = {
    "never ends": ({"valid_until": None}, "valid_until"),
    "ends in 3026": ({"valid_until": "3026-01-01T00:00:00+00:00"}, "CAREC-R503"),
    "validity in the past": ({"valid_until": "2020-01-01T00:00:00+00:00"}, "CAREC-R502"),
    "wrong check digit": ({"subjects": [{"equipment_id": "MSKU1234560"}]}, "CAREC-R509"),
    "plate of spaces": ({"subjects": [{"means_id": "      "}]}, "CAREC-R508"),
    "name of one letter": ({"subjects": [{"party_name": "Я"}]}, "CAREC-R508"),
    "10 000 subjects": ({"subjects": [{"means_id": "841ABC02"}] * 10_000}, "99"),
    "no selective criterion": ({"subjects": [{"routing": ["KZ"]}]}, "CAREC-R507"),
    "handling contradicts itself": (
        {"marking": "RED", "permitted_action": "tell-trader"},
        "CAREC-R510",
    ),
    "goods text of a megabyte": (
        {"subjects": [{"means_id": "841ABC02", "description": PATTERN}]},
        "description",
    ),
    "goods text of signs": ({"subjects": [{"description": "(.*)+$"}]}, "CAREC-R508"),
    "an attachment without its hash": (
        {"attachments": [{"digest": "f00", "media_type": "image/jpeg", "size_bytes": 3}]},
        "CAREC-R520",
    ),
}


def test_bad_input_gets_one_clear_answer_and_drafts_nothing(uz: Api, pair: Pair) -> None:
    headers = uz.headers(Role.LIAISON)

    for name, (changes, said) in BAD.items():
        refused = uz.client.post("/api/v1/alerts", json=draft(pair, **changes), headers=headers)

        assert refused.status_code == 422, name
        assert said in refused.json()["detail"], name
        assert refused.json()["mend"], name
        assert len(refused.text) < 1_000, name
        assert PATTERN[:100] not in refused.text, name
    assert uz.client.get("/api/v1/alerts", headers=headers).json()["alerts"] == []
