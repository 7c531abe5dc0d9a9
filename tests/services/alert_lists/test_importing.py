from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import event, func, select

from exchange_node.domain.errors import InvalidListError, NotPermittedError, RoleError
from exchange_node.store import audit
from exchange_node.store.database import reading
from exchange_node.store.records import alerts
from exchange_node.store.tables import alert as table
from tests.world import LIAISON, POST, Pair

VALID = {
    "valid_until": "2026-04-01T00:00:00+05:00",
    "marking": "AMBER",
    "permitted_action": "documents",
    "urgency": "routine",
    "category": "TRD",
    "severity": "2",
    "summary": "Goods in transit may leave the corridor.",
    "contact_office": "KZ550302",
}


def row(reference: str = "A1", **changes: str) -> dict[str, str]:
    return {"source_reference": reference, **VALID, "subjects.means_id": "01A777BC", **changes}


def as_csv(*rows: Mapping[str, str]) -> bytes:
    names = list(dict.fromkeys(name for one in rows for name in one))
    lines = [names, *([one.get(name, "") for name in names] for one in rows)]
    return "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines).encode()


def run(pair: Pair, content: bytes, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - what `run` takes
    return pair.kz.importing.run(LIAISON, content, **more)


def held(pair: Pair) -> int:
    with reading(pair.kz.engine) as conn:
        return int(conn.execute(select(func.count()).select_from(table)).scalar_one())


def outcomes(done: Mapping[str, Any]) -> list[str]:
    return [one["outcome"] for one in done["alerts"]]


def found(done: Mapping[str, Any]) -> list[tuple[int, str, str]]:
    return [
        (said["line"], said["field"], said["code"])
        for one in done["alerts"]
        for said in one["findings"]
    ]


def test_what_is_imported_is_a_draft_as_any_other(pair: Pair) -> None:
    done = run(pair, as_csv(row("A1"), row("A1", **{"subjects.means_id": "02B"}), row("A2")))

    assert outcomes(done) == ["kept", "kept"]
    first = done["alerts"][0]["alert_id"]
    with reading(pair.kz.engine) as conn:
        draft = alerts.by_id(conn, first)
        document = pair.kz.alerting.holding.alert_of(conn, draft)
    assert (draft.state.value, draft.stored_by) == ("drafted", LIAISON.name)
    assert [one.means_id for one in document.subjects] == ["01A777BC", "02B"]
    shown = pair.kz.previewing.preview(LIAISON, first, to=["customs.uz"], purpose="RISK_ANALYSIS")
    partner: Any = shown["partners"]
    assert partner["customs.uz"]["permitted"]
    sent = pair.kz.alerting.send(LIAISON, first, to=["customs.uz"], purpose="RISK_ANALYSIS")
    assert sent["messages"]
    second = done["alerts"][1]["alert_id"]
    with pytest.raises(NotPermittedError):
        pair.kz.alerting.send(LIAISON, second, to=["customs.uz"], purpose="RECOVERY")


def test_a_trial_says_what_the_import_does_and_keeps_nothing(pair: Pair) -> None:
    content = as_csv(row("A1"), row("A2"))

    tried = run(pair, content, dry_run=True)
    assert (outcomes(tried), held(pair), tried["kept"]) == (["good", "good"], 0, False)
    again = run(pair, content, dry_run=True)
    assert again == tried
    assert outcomes(run(pair, content)) == ["kept", "kept"]


def test_a_second_import_makes_no_doubles(pair: Pair) -> None:
    content = as_csv(row("A1"), row("A2"))
    first = run(pair, content)

    again = run(pair, content + b"\n")

    assert outcomes(again) == ["known", "known"]
    ids = [one["alert_id"] for one in first["alerts"]]
    assert [one["alert_id"] for one in again["alerts"]] == ids
    assert held(pair) == 2
    assert outcomes(run(pair, content, source="another system")) == ["kept", "kept"]


def test_the_same_number_with_another_text_is_refused(pair: Pair) -> None:
    run(pair, as_csv(row("A1")))

    done = run(pair, as_csv(row("A1", severity="1")))

    assert found(done) == [(2, "source_reference", "LIST-07")]
    assert held(pair) == 1


def test_unless_all_are_good_nothing_is_kept_but_what_is_asked_for(pair: Pair) -> None:
    content = as_csv(row("A1"), row("A2", severity="9"), row("A3"))

    assert outcomes(run(pair, content)) == ["left", "wrong", "left"]
    assert held(pair) == 0
    assert outcomes(run(pair, content, keep_good=True)) == ["kept", "wrong", "kept"]
    assert held(pair) == 2
    mended = as_csv(row("A1"), row("A2", severity="1"), row("A3"))
    assert outcomes(run(pair, mended)) == ["known", "kept", "known"]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"review_on": "2026-01-01"}, "review_on", "CAREC-R522"),
        ({"seen_until": "2036-01-01"}, "seen_until", "CAREC-R526"),
        (
            {"feedback_requested": "true", "feedback_due_on": "2026-01-01"},
            "feedback_due_on",
            "CAREC-R524",
        ),
        ({"valid_until": "2026-01-01T00:00:00+05:00"}, "valid_until", "CAREC-R502"),
        ({"valid_until": "2028-01-01T00:00:00+05:00"}, "valid_until", "CAREC-R503"),
        ({"valid_until": ""}, "valid_until", "LIST-02"),
        ({"valid_until": "1798675200"}, "valid_until", "LIST-02"),
        ({"valid_until": "2026-04-01T00:00:00"}, "valid_until", "LIST-02"),
        ({"severity": "gravest"}, "severity", "LIST-02"),
        ({"marking": "PURPLE"}, "marking", "LIST-02"),
        ({"summary": ""}, "summary", "LIST-02"),
        ({"subjects.means_id": "  "}, "subjects.means_id", "CAREC-R508"),
        (
            {"subjects.means_id": "", "subjects.party_name": "X"},
            "subjects.party_name",
            "CAREC-R508",
        ),
        (
            {"subjects.means_id": "", "subjects.equipment_id": "CSQU3054384"},
            "subjects.equipment_id",
            "CAREC-R509",
        ),
        ({"subjects.description": "(a+)+$" * 600}, "subjects.description", "LIST-02"),
        ({"subjects.description": "(a+)+$" * 700}, "subjects.description", "LIST-03"),
        ({"permitted_action": "tell-trader"}, "permitted_action", "CAREC-R510"),
        ({"category": "???"}, "category", "CAREC-R112"),
        ({"summary": "bell \x07"}, "summary", "CAREC-R006"),
        ({"summary": "Truck 01A777BC"}, "summary", "CAREC-R513"),
        ({"measures.1.type_code": "77"}, "measures", "CAREC-R511"),
    ],
)
def test_what_no_draft_may_be_is_refused_with_its_place_and_how_to_mend_it(
    pair: Pair, changes: dict[str, str], field: str | None, code: str
) -> None:
    done = run(pair, as_csv(row("A0"), row("A1", **changes)))

    (wrong,) = [one for one in done["alerts"] if one["outcome"] == "wrong"]
    assert wrong["source_reference"] == "A1"
    said = next(one for one in wrong["findings"] if one["code"].startswith(code))
    assert said["line"] == 3
    assert field is None or said["field"] == field
    assert said["text"]
    assert said["mend_text"]
    assert held(pair) == 0


def test_goods_text_of_a_megabyte_and_ten_thousand_subjects_are_refused(pair: Pair) -> None:
    with pytest.raises(InvalidListError, match="line 2"):
        run(pair, as_csv(row("A1", **{"subjects.description": "(a|a)*b" * 150_000})))
    many: dict[str, object] = {"source_reference": "A1", **VALID, "severity": 2}
    many["subjects"] = [{"means_id": f"{one:05d}A"} for one in range(10_000)]

    done = run(pair, json.dumps([many]).encode())

    assert found(done) == [(1, "subjects", "LIST-02")]
    assert held(pair) == 0


def test_a_cell_that_looks_like_a_formula_is_text(pair: Pair) -> None:
    text = "=HYPERLINK(1)"
    done = run(pair, as_csv(row("A1", text=text), row("A2", text="'" + text)))

    with reading(pair.kz.engine) as conn:
        texts = [
            pair.kz.alerting.holding.alert_of(conn, alerts.by_id(conn, one["alert_id"])).text
            for one in done["alerts"]
        ]
    assert texts == [text, text]


def test_who_is_no_liaison_officer_imports_nothing_and_each_import_is_in_the_audit(
    pair: Pair,
) -> None:
    with pytest.raises(RoleError):
        pair.kz.importing.run(POST, as_csv(row()))
    with pytest.raises(InvalidListError, match="source"):
        run(pair, as_csv(row()), source="x" * 51)
    run(pair, as_csv(row()), source="national", dry_run=True)
    run(pair, as_csv(row()), source="national")

    with reading(pair.kz.engine) as conn:
        lines = [one for one in audit.search(conn, limit=99) if one.subject_kind == "alert-list"]
        (drafted,) = [one for one in audit.search(conn, limit=99) if one.action == "alert.drafted"]
    assert [(one.action, one.subject_key) for one in lines] == [
        ("alert.imported", "national"),
        ("alert.import-tried", "national"),
    ]
    assert drafted.facts == {"source": "national", "source_reference": "A1"}


def test_an_alert_that_has_run_out_since_its_import_is_known_all_the_same(pair: Pair) -> None:
    content = as_csv(row("A1"))
    run(pair, content)
    pair.clock.forward(days=60)

    assert outcomes(run(pair, content)) == ["known"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"summary": "\ud800 x"},
        {"source_reference": "\ud800"},
        {"source_reference": "a\x00b"},
        {"text": "a\x00b"},
        {"\udfff": "x"},
        {"communications": [{"type": "TE", "number": "\x00"}]},
    ],
)
def test_what_is_no_text_is_refused_before_it_is_kept(pair: Pair, wrong: dict[str, object]) -> None:
    content = json.dumps({"alerts": [{**VALID, "source_reference": "A1", **wrong}]}).encode()

    with pytest.raises(InvalidListError, match="half of a surrogate pair"):
        run(pair, content)

    assert held(pair) == 0


@pytest.mark.parametrize("source", ["a\x00b", "\ud800"])
def test_a_source_that_is_no_text_is_refused(pair: Pair, source: str) -> None:
    with pytest.raises(InvalidListError, match="the name of the source"):
        run(pair, as_csv(row()), source=source)


def test_one_list_imported_twice_at_once_makes_no_doubles(pair: Pair) -> None:
    content = as_csv(row("A1"), row("A2"))
    ready = threading.Barrier(2)
    recognised: list[str] = []

    def wait(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM imported_alert" in statement:
            recognised.append(statement)
            with suppress(threading.BrokenBarrierError):
                # Both have looked and neither has kept anything; one that waits for the other at
                # the gate has not looked, and nobody waits for it.
                ready.wait(0 if pair.kz.engine.dialect.name == "sqlite" else 1)

    event.listen(pair.kz.engine, "after_cursor_execute", wait)
    with ThreadPoolExecutor(2) as pool:
        done = [one.result() for one in [pool.submit(run, pair, content) for _ in range(2)]]
    event.remove(pair.kz.engine, "after_cursor_execute", wait)

    assert sorted(outcomes(one) for one in done) == [["kept", "kept"], ["known", "known"]]
    assert len(recognised) >= 4
    assert held(pair) == 2
