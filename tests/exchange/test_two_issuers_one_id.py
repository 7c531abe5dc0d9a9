from __future__ import annotations

import pytest
from sqlalchemy import update

from exchange_node.domain.agreement import Handling
from exchange_node.domain.errors import InvalidAlertError, UnknownRecordError, UnusableQueryError
from exchange_node.services.alert_lists import Form
from exchange_node.store.database import transaction
from exchange_node.store.tables import acknowledgement, alert
from tests.exchange.test_alert_feedback import DESK
from tests.exchange.test_withdrawn_alerts import alerted
from tests.world import LIAISON, Pair

REMARK = "about the first one"


@pytest.fixture
def twice(pair: Pair) -> str:
    """Return an id that two issuers gave; what was said is on the alert of customs.uz."""
    first, second = alerted(pair), alerted(pair)
    pair.run()
    pair.kz.alerting.acknowledge(LIAISON, first, office=DESK, remark=REMARK)
    with transaction(pair.kz.engine) as conn:
        conn.execute(
            update(alert)
            .where(alert.c.alert_id == second)
            .values(issuer="customs.tm", partner="customs.tm", alert_id=first)
        )
    return first


def keep_close(pair: Pair, issuer: str) -> None:
    with transaction(pair.kz.engine) as conn:
        conn.execute(update(alert).where(alert.c.issuer == issuer).values(handling=Handling.SECRET))


def test_who_may_know_of_both_is_asked_which_is_meant(pair: Pair, twice: str) -> None:
    with pytest.raises(UnusableQueryError, match=r"customs\.tm, customs\.uz: name one"):
        pair.kz.enquiry.alert(LIAISON, twice)

    assert pair.kz.enquiry.alert(LIAISON, twice, issuer="customs.tm")["issuer"] == "customs.tm"


def test_who_may_know_of_one_alone_is_shown_that_and_not_told_of_the_other(
    pair: Pair, twice: str
) -> None:
    keep_close(pair, "customs.uz")

    assert pair.kz.enquiry.alert(LIAISON, twice)["issuer"] == "customs.tm"
    made = pair.kz.listing.run(LIAISON, Form.MISP, [twice])
    assert (made.count, made.left) == (1, [])
    with pytest.raises(InvalidAlertError, match="it names none"):  # and nothing asks which is meant
        pair.kz.attaching.hand_in(LIAISON, twice, b"")


def test_who_may_know_of_neither_is_told_that_there_is_none(pair: Pair, twice: str) -> None:
    keep_close(pair, "customs.uz")
    keep_close(pair, "customs.tm")

    with pytest.raises(UnknownRecordError):
        pair.kz.enquiry.alert(LIAISON, twice)
    with pytest.raises(UnknownRecordError):
        pair.kz.alerting.acknowledge(LIAISON, twice, office=DESK)


def test_what_was_said_of_one_is_not_shown_or_counted_with_the_other(
    pair: Pair, twice: str
) -> None:
    other = pair.kz.enquiry.alert(LIAISON, twice, issuer="customs.tm")
    whose = pair.kz.enquiry.alert(LIAISON, twice, issuer="customs.uz")

    assert other["acknowledgements"] == []
    assert [one["remark"] for one in whose["acknowledgements"]] == [REMARK]
    with transaction(pair.kz.engine) as conn:  # as an older program wrote it
        conn.execute(update(acknowledgement).values(partner="", subject=""))
    assert pair.kz.enquiry.alert(LIAISON, twice, issuer="customs.uz")["acknowledgements"] != []
