from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_node.domain.alert import RiskAlert
from exchange_node.services.alert_lists.reading import read_list
from exchange_node.services.alert_lists.writing import as_csv, as_json, plain_of
from exchange_node.services.stations.alert_draft import alert_from

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=9)
CODES = st.text("ABC123=+-@'", min_size=1, max_size=2)
MOMENTS = st.datetimes(
    datetime(2026, 3, 3), datetime(2026, 12, 31), timezones=st.just(UTC)  # noqa: DTZ001 - given one
)  # fmt: skip
SUBJECTS = st.fixed_dictionaries(
    {"means_id": WORDS},
    optional={
        "party_name": WORDS,
        "person_name": WORDS,
        "origin": CODES,
        "commodity_prefix": st.from_regex(r"[0-9]{2,10}", fullmatch=True),
        "offices": st.lists(WORDS, min_size=1, max_size=3),
        "route": st.lists(WORDS, min_size=1, max_size=3),
    },
)
DRAFTS = st.fixed_dictionaries(
    {
        "valid_until": MOMENTS,
        "marking": st.sampled_from(["AMBER", "AMBER+STRICT", "CLEAR"]),
        "permitted_action": st.sampled_from(["covert", "open"]),
        "urgency": st.sampled_from(["flash", "routine"]),
        "category": CODES,
        "severity": st.integers(1, 4),
        "summary": WORDS,
        "contact_office": WORDS,
        "subjects": st.lists(SUBJECTS, min_size=1, max_size=3),
    },
    optional={
        "valid_from": MOMENTS,
        "review_on": st.dates().map(str),
        "unverified": st.booleans(),
        "feedback_requested": st.booleans(),
        "feedback_due_on": st.dates().map(str),
        "feedback_scope": st.sampled_from(["per-hit", "in-total"]),
        "questions": st.lists(WORDS, min_size=1, max_size=2),
        "concealments": st.lists(CODES, min_size=1, max_size=2),
        "seen_until": st.dates().map(str),
        "seen_places": st.lists(st.sampled_from(["KZALA", "UZTAS"]), min_size=1, max_size=2),
        "language": st.sampled_from(["ru", "en"]),
        "fraud_type": CODES,
        "text": WORDS,
        "modus_operandi": WORDS,
        "communications": st.lists(
            st.fixed_dictionaries({"type": CODES, "number": WORDS}), min_size=1, max_size=2
        ),
        "measures": st.lists(
            st.fixed_dictionaries(
                {"type_code": CODES, "mandatory": st.booleans()},
                optional={"sampling": st.integers(1, 100)},
            ),
            min_size=1,
            max_size=2,
        ),
        "indicators": st.lists(
            st.fixed_dictionaries(
                {"code": CODES}, optional={"weight": st.integers(0, 100), "description": WORDS}
            ),
            min_size=1,
            max_size=2,
        ),
        "documents": st.lists(
            st.fixed_dictionaries({"type_code": CODES, "reference": WORDS}), min_size=1, max_size=2
        ),
    },
)


def alert(plain: dict[str, object], number: int = 1) -> RiskAlert:
    return alert_from(plain, issuer="customs.kz", alert_id=f"KZ-{number}", at=AT)


@pytest.mark.parametrize("write", [as_csv, as_json])
@given(st.lists(DRAFTS, min_size=1, max_size=3))
def test_laws_of_lists_what_is_exported_is_imported_again(
    write: object, drafts: list[dict[str, object]]
) -> None:
    whole = [alert(one, number) for number, one in enumerate(drafts)]

    entries = read_list(write(map(plain_of, whole)))  # type: ignore[operator] # either of the two

    assert [one.reference for one in entries] == [one.alert_id for one in whole]
    assert all(not one.faults for one in entries)
    read = [alert(one.plain, number) for number, one in enumerate(entries)]
    assert [replace(one, issued_at=AT) for one in read] == whole
