from __future__ import annotations

from pathlib import Path

from exchange_node.node import Node
from exchange_node.store.database import reading
from exchange_node.store.records import quality
from exchange_node.store.records.held import Direction
from exchange_node.store.records.quality import NO_OFFICE, Asked, What
from tests.world import FACTS, LIAISON, OFFICES, Pair

OFFICE = "KZ550101"
NUMBER = "Declaration/ID"
DECLARATION_OFFICE = "Declaration/DeclarationOfficeID"


def counted(
    node: Node, direction: Direction = Direction.SENT, field: str = "", rule: str = ""
) -> dict[What, int]:
    asked = Asked(direction=direction, partner="", since=None, until=None)
    with reading(node.engine) as conn:
        found = quality.sums(conn, asked)
    return {one.what: one.documents for one in found if (one.field, one.rule) == (field, rule)}


def does_not_know(pair: Pair, folder: Path, name: str, office: str) -> None:
    """Let a node have a list of offices in which one is missing."""
    text = OFFICES.read_text("utf-8")
    lines = [line for line in text.splitlines(keepends=True) if office not in line]
    (folder / name / "codelists").mkdir(exist_ok=True)
    (folder / name / "codelists" / "customs_offices.tsv").write_text("".join(lines), "utf-8")
    pair.restart(name)


def test_a_declaration_that_was_mended_is_accepted_at_the_second_try(pair: Pair) -> None:
    pair.submit(facts="")
    pair.submit()
    pair.run()

    figures = counted(pair.kz)
    assert figures[What.ALL] == 2
    assert figures[What.REFUSED] == figures[What.MISSING] == 1
    assert figures[What.ACCEPTED] == 1
    assert figures[What.FIRST] == figures[What.FIRST_REFUSED] == 1
    assert What.FIRST_ACCEPTED not in figures
    assert counted(pair.kz, field=NUMBER)[What.REFUSED] == 1
    assert counted(pair.kz, field=NUMBER, rule="CAREC-M001") == {What.MISSING: 1}
    assert counted(pair.uz, Direction.RECEIVED)[What.ACCEPTED] == 1


def test_what_the_partner_refuses_is_counted_apart_with_its_rule(
    tmp_path: Path, pair: Pair
) -> None:
    does_not_know(pair, tmp_path, "uz", OFFICE)

    pair.submit()
    pair.run()

    figures = counted(pair.kz)
    assert figures[What.REJECTED] == figures[What.FIRST_REJECTED] == figures[What.FIRST] == 1
    assert What.REFUSED not in figures
    assert What.WRONG not in figures
    of_rule = counted(pair.kz, field=DECLARATION_OFFICE, rule="CAREC-R113")
    assert of_rule == {What.REJECTED: 1}
    at_partner = counted(pair.uz, Direction.RECEIVED)
    assert at_partner[What.REFUSED] == at_partner[What.WRONG] == at_partner[What.ALL] == 1
    assert counted(pair.uz, Direction.RECEIVED, DECLARATION_OFFICE)[What.REFUSED] == 1


def test_the_same_declaration_after_the_partner_refused_it_is_no_first_try(
    tmp_path: Path, pair: Pair
) -> None:
    does_not_know(pair, tmp_path, "uz", OFFICE)
    pair.submit()
    pair.run()
    (tmp_path / "uz" / "codelists" / "customs_offices.tsv").unlink()
    pair.restart("uz")

    pair.submit()
    pair.run()

    figures = counted(pair.kz)
    assert figures[What.ALL] == 2
    assert figures[What.REJECTED] == figures[What.ACCEPTED] == figures[What.FIRST] == 1
    assert What.FIRST_ACCEPTED not in figures


def test_a_correction_of_what_was_accepted_is_a_first_try(pair: Pair) -> None:
    for _ in range(2):
        pair.submit()
        pair.run()

    assert counted(pair.kz)[What.FIRST_ACCEPTED] == 2


def test_a_submission_under_a_used_key_is_not_counted_again(pair: Pair) -> None:
    for _ in range(2):
        pair.submit(idempotency_key="1", facts="")

    assert counted(pair.kz)[What.ALL] == 1


def test_what_waits_for_its_answer_is_counted_where_it_was_handed_in(pair: Pair) -> None:
    pair.submit()
    day = pair.clock().date()
    assert What.ACCEPTED not in counted(pair.kz)
    pair.clock.forward(days=1)
    pair.run()

    with reading(pair.kz.engine) as conn:
        found = quality.sums(conn, Asked(direction=Direction.SENT, until=day), by="office")
    assert {one.what for one in found if not one.field} >= {What.ALL, What.ACCEPTED}
    assert {one.group for one in found} == {OFFICE}


def test_alerts_of_a_partner_are_counted_where_they_come(pair: Pair) -> None:
    draft = {
        "valid_until": pair.clock().replace(year=2027).isoformat(),
        "marking": "AMBER",
        "permitted_action": "documents",
        "urgency": "flash",
        "category": "TRD",
        "severity": 1,
        "summary": "Goods in transit may leave the corridor.",
        "contact_office": "UZ270101",
        "subjects": [{"means_id": "123ABC02"}],
    }
    alert = str(pair.uz.alerting.draft(LIAISON, draft)["alert_id"])
    pair.uz.alerting.send(LIAISON, alert, to=["customs.kz"], purpose="RISK_ANALYSIS")
    pair.run()

    with reading(pair.kz.engine) as conn:
        found = quality.sums(conn, Asked(direction=Direction.RECEIVED, format="RA-010"))
        (office,) = {
            one.group
            for one in quality.sums(conn, Asked(direction=Direction.RECEIVED), by="office")
        }
    assert {one.what for one in found} == {What.ALL, What.ACCEPTED}
    assert office == NO_OFFICE
    assert counted(pair.uz) == {}


def test_a_profile_and_facts_that_stand_in_are_told_with_their_fields(pair: Pair) -> None:
    pair.submit(facts=FACTS.read_text("utf-8"))

    figures = counted(pair.kz)
    assert figures[What.FILLED] == figures[What.CUT] == 1
    assert counted(pair.kz, field=NUMBER)[What.FILLED] == 1
    assert counted(pair.kz, field="Declaration/Consignment/Consignor/Name")[What.CUT] == 1
