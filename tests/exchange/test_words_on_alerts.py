from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text, update

from exchange_node.domain.retention import Kept
from exchange_node.services.retention.words import WORDS_KEPT
from exchange_node.store.database import reading, transaction
from exchange_node.store.tables import acknowledgement, alert_feedback
from tests.exchange.test_withdrawn_alerts import alerted, shown, withdraw
from tests.exchange.test_words_kept import rounds
from tests.world import LIAISON, OPERATOR, Pair

DAYS = 365
FACTS = "The driver Serikov said so."
REMARK = "Call Ivanov"


@pytest.fixture(name="told")
def _told(pair: Pair) -> str:
    """Return an alert of Uzbekistan of which Kazakhstan has told, in words."""
    return told(pair)


def told(pair: Pair) -> str:
    alert_id = alerted(pair)
    pair.run()
    pair.kz.alerting.acknowledge(LIAISON, alert_id, office="KZ550302", remark=REMARK)
    said = {"result": "HIT", "contact_office": "KZ550302", "measures": ["30"], "last": True}
    said |= {"controlled_at": pair.clock().isoformat(), "new_facts": FACTS}
    pair.kz.alerting.reporting.report(LIAISON, alert_id, said)
    pair.run()
    return alert_id


def words_of(pair: Pair, node: str, alert_id: str) -> list[str]:
    """Return what the desk of a node still reads of what was told."""
    one = shown(pair, node, alert_id)
    given = [each["told"]["new_facts"] for each in one["feedback"] if each.get("told")]
    return [*given, *(each["remark"] for each in one["acknowledgements"] if each["remark"])]


def certificates(pair: Pair, node: str) -> dict[str, dict[str, Any]]:
    found = getattr(pair, node).keeping.disposals(OPERATOR)["disposals"]
    return {one["kind"]: one for one in found}


@pytest.mark.parametrize("node", ["uz", "kz"])
def test_words_on_an_alert_go_with_the_retention_of_their_grant(
    pair: Pair, told: str, node: str
) -> None:
    pair.later(days=DAYS, hours=-2)
    rounds(pair)
    assert words_of(pair, node, told) == [FACTS, REMARK]

    pair.later(hours=2)
    rounds(pair)

    assert words_of(pair, node, told) == []
    (given,) = shown(pair, node, told)["feedback"]
    assert (given["result"], given["is_last"], given["disposed_at"] is None) == ("HIT", True, False)
    found = certificates(pair, node)
    assert {"feedback", "acknowledgement"} <= set(found)
    for one in (found["feedback"], found["acknowledgement"]):
        assert one["subject"] == f"customs.uz/{told}"
        assert one["partner"] == ("customs.kz" if node == "uz" else "customs.uz")
        assert one["grant"]
    with reading(getattr(pair, node).engine) as conn:
        kept = conn.execute(text("SELECT remark, communications FROM acknowledgement")).all()
        assert REMARK not in str(kept)
    rounds(pair)
    assert len(certificates(pair, node)) == len(found)


def test_what_a_partner_told_of_a_withdrawn_alert_goes_as_well(pair: Pair, told: str) -> None:
    withdraw(pair, told)
    pair.run()
    assert words_of(pair, "uz", told) == [FACTS, REMARK]
    assert words_of(pair, "kz", told) == []  # went with the alert

    pair.later(days=DAYS)
    rounds(pair)

    assert words_of(pair, "uz", told) == []


@pytest.mark.parametrize("kind", [Kept.FEEDBACK, Kept.ACKNOWLEDGEMENT, Kept.ALERT])
def test_a_legal_hold_keeps_what_was_told_of_an_alert(pair: Pair, kind: Kept) -> None:
    days = "max_days = 365\n"
    pair.agree_anew(lambda text: text.replace(days, f"{days}legal_hold = true\n"))
    alert_id = told(pair)
    node = "kz" if kind is Kept.ALERT else "uz"
    keeping = getattr(pair, node).keeping
    hold = keeping.place(LIAISON, kind, f"customs.uz/{alert_id}", why="court 7")["number"]
    pair.later(days=DAYS)
    rounds(pair)
    left = {Kept.FEEDBACK: [FACTS], Kept.ACKNOWLEDGEMENT: [REMARK]}.get(kind, [FACTS, REMARK])
    assert words_of(pair, node, alert_id) == left

    keeping.lift(LIAISON, hold, why="over")
    rounds(pair)

    gone = Kept.FEEDBACK if kind is Kept.ALERT else kind
    assert gone.value in certificates(pair, node)


def test_what_an_older_program_wrote_gets_its_end_from_its_message(pair: Pair, told: str) -> None:
    forget_ends(pair)

    pair.later(days=DAYS)
    rounds(pair)

    for node in ("uz", "kz"):
        found = certificates(pair, node)
        assert found["feedback"]["subject"] == f"customs.uz/{told}"
        assert found["acknowledgement"]["partner"] in ("customs.kz", "customs.uz")
        assert FACTS not in str(shown(pair, "uz", told))


def test_where_the_message_is_not_known_the_grant_of_the_alert_counts(
    pair: Pair, told: str
) -> None:
    forget_ends(pair)
    with transaction(pair.uz.engine) as conn:
        for table in (alert_feedback, acknowledgement):
            conn.execute(update(table).values(message_id="nobody@knows"))

    pair.later(days=DAYS)
    rounds(pair)

    assert WORDS_KEPT.days > DAYS  # and not what counts where nothing is known
    assert words_of(pair, "uz", told) == []
    assert certificates(pair, "uz")["feedback"]["grant"]


def forget_ends(pair: Pair) -> None:
    """Leave what was told as a program wrote it that knew of no end."""
    blank = {"partner": "", "subject": "", "agreement_id": "", "agreement_version": 0}
    for node in (pair.uz, pair.kz):
        with transaction(node.engine) as conn:
            for table in (alert_feedback, acknowledgement):
                conn.execute(update(table).values(**blank, grant_id="", delete_after=None))
