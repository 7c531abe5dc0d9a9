from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exchange_node.domain.errors import NotPermittedError, UnknownRecordError, UnusableQueryError
from exchange_node.domain.orders.breach import BREACHED, BreachNotice, Misuse
from exchange_node.domain.orders.order import Which
from exchange_node.domain.releasing.release import BY_NODE
from exchange_node.domain.retention import Kept
from exchange_node.node import Happened
from exchange_node.policy.gates import permit_about
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.store.database import transaction
from exchange_node.wco.orders import encode_breach
from tests.exchange.ordering import arrived, permitting_orders
from tests.world import LIAISON, OPERATOR, Pair

SAID = {
    "what was used": "a manifest",
    "by whom": "a clerk",
    "what was done to stop it": "his right was taken away",
}


def happened(pair: Pair, **changes: Any) -> Happened:  # noqa: ANN401 - as `Happened` has them
    made = Happened(
        misuse=Misuse.DISCLOSURE,
        discovered_at=pair.clock() - timedelta(hours=3),
        occurred_at=pair.clock() - timedelta(days=1),
        what="the manifest was shown to a carrier",
        measures="the carrier has deleted it",
        said=SAID,
    )
    return replace(made, **changes)


def test_the_supplier_is_told_and_sees_what_it_may_do(pair: Pair) -> None:
    pair.agree_anew(permitting_orders)
    movement, _ = arrived(pair)

    told = pair.uz.telling_breach.tell(
        LIAISON,
        "customs.kz",
        happened(pair),
        records=[Which(kind=Kept.MANIFEST, subject=movement)],
    )
    pair.run()

    (line,) = pair.kz.telling_breach.list(OPERATOR, direction="received")["breaches"]
    assert (line["breach_id"], line["overdue"]) == (told["breach_id"], False)
    seen = pair.kz.telling_breach.show(LIAISON, told["breach_id"])
    assert (seen["what"], seen["said"]) == ("the manifest was shown to a carrier", SAID)
    assert movement in seen["records"][0]
    assert "agreement suspend urn:carec:maa:KZ-UZ:rehearsal --version 2" in seen["suggested"]
    assert "breach.received" in [one.code for one in pair.told["kz"].told.values()]
    assert pair.uz.telling_breach.show(LIAISON, told["breach_id"])["told_at"] is not None


def test_a_notice_goes_though_the_agreement_is_suspended(pair: Pair) -> None:
    pair.agree_anew(permitting_orders)
    for node in (pair.kz, pair.uz):
        node.agreeing.suspend(OPERATOR, "urn:carec:maa:KZ-UZ:rehearsal", 2, why="talks")

    pair.uz.telling_breach.tell(LIAISON, "customs.kz", happened(pair))
    pair.run()

    assert len(pair.kz.telling_breach.list(LIAISON)["breaches"]) == 1


def test_a_notice_that_is_told_too_late_says_so_on_both_sides(pair: Pair) -> None:
    pair.agree_anew(permitting_orders)

    late = happened(pair, discovered_at=pair.clock() - timedelta(hours=25), occurred_at=None)
    pair.uz.telling_breach.tell(LIAISON, "customs.kz", late)
    pair.run()

    for node in (pair.kz, pair.uz):
        (one,) = node.telling_breach.list(LIAISON)["breaches"]
        assert one["overdue"] is True


def test_a_notice_that_has_not_arrived_becomes_overdue(pair: Pair) -> None:
    pair.agree_anew(permitting_orders)
    pair.uz.telling_breach.tell(LIAISON, "customs.kz", happened(pair))

    pair.clock.forward(hours=22)

    (one,) = pair.uz.telling_breach.list(LIAISON)["breaches"]
    assert (one["told_at"], one["overdue"]) == (None, True)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"said": {}}, "asks for: what was used"),
        ({"what": " "}, "characters"),
        ({"measures": ""}, "characters"),
    ],
)
def test_a_notice_says_what_the_agreement_asks_for(
    pair: Pair, changes: dict[str, Any], why: str
) -> None:
    pair.agree_anew(permitting_orders)

    with pytest.raises(UnusableQueryError, match=why):
        pair.uz.telling_breach.tell(LIAISON, "customs.kz", happened(pair, **changes))


def test_what_lies_ahead_was_not_found_out(pair: Pair) -> None:
    pair.agree_anew(permitting_orders)
    ahead = happened(pair, discovered_at=pair.clock() + timedelta(hours=1))

    with pytest.raises(UnusableQueryError, match="ahead"):
        pair.uz.telling_breach.tell(LIAISON, "customs.kz", ahead)


def test_a_record_that_the_partner_did_not_give_is_not_named(pair: Pair) -> None:
    pair.agree_anew(permitting_orders)

    with pytest.raises(UnknownRecordError):
        pair.uz.telling_breach.tell(
            LIAISON,
            "customs.kz",
            happened(pair),
            records=[Which(kind=Kept.MANIFEST, subject="KZ/national/never")],
        )


def test_without_a_grant_no_notice_goes(pair: Pair) -> None:
    with pytest.raises(NotPermittedError, match="no grant for MA-040"):
        pair.uz.telling_breach.tell(LIAISON, "customs.kz", happened(pair))


def test_a_notice_from_the_end_of_the_calendar_is_taken_without_a_due_moment(pair: Pair) -> None:
    pair.agree_anew(permitting_orders)
    uz, now = pair.uz.telling_breach, pair.clock()
    notice = BreachNotice(
        breach_id="customs.uz-9999",
        party="customs.uz",
        misuse=Misuse.LOSS,
        at=now.replace(microsecond=0),
        discovered_at=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
        what="a disk",
        measures="found again",
    )
    with transaction(uz.engine) as conn:
        verdict, purpose = permit_about(
            held_agreements(conn), None, sender="customs.uz", recipient="customs.kz",
            code=BREACHED, test=True, on=now.date(),
        )  # fmt: skip
        metadata = uz.corresponding.metadata
        prepared = uz.corresponding.prepare(
            encode_breach(notice, metadata=metadata, registry=uz.library.registry),
            verdict, recipient="customs.kz", code=BREACHED, purpose=purpose,
            conversation_id="end", at=now, made=BY_NODE,
        )  # fmt: skip
        uz.corresponding.packing.queue(conn, prepared)
    pair.run()

    (line,) = pair.kz.telling_breach.list(LIAISON)["breaches"]
    assert (line["breach_id"], line["due_at"]) == ("customs.uz-9999", None)
