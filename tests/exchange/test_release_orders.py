from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange_node.domain.errors import UnknownRecordError
from tests.exchange.ordering import arrived, corrected, deleted, permitting_orders, records_of
from tests.exchange.releasing import ONE, approved, asking_for, of_alerts, only
from tests.world import POST, Pair, pair_of_nodes

PLATE = {
    "Declaration/BorderTransportMeans/ID": "999ZZZ99",
    "Declaration/Consignment[1]/DepartureTransportMeans[1]/ID": "999ZZZ99",
}


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with pair_of_nodes(tmp_path) as made:
        yield made


def kept_back(pair: Pair) -> None:
    pair.kz.releasing.refuse(ONE, only(pair)["message_id"], why="not so")


def test_what_officers_kept_back_is_no_copy_and_hinders_no_order(pair: Pair) -> None:
    pair.agree_anew(lambda text: permitting_orders(asking_for("one")(text)))
    pair.submit()
    approved(pair, ONE)
    pair.run()
    pair.submit()
    movement = only(pair)["conversation"]
    kept_back(pair)

    order = deleted(pair, movement)
    pair.run(rounds=12)

    assert [one["outcome"] for one in records_of(pair, order)] == ["done"]


def test_of_what_waits_for_officers_nothing_is_ordered(pair: Pair) -> None:
    pair.agree_anew(lambda text: permitting_orders(asking_for("one")(text)))
    pair.submit()
    movement = only(pair)["conversation"]

    with pytest.raises(UnknownRecordError, match="manifest that was sent"):
        deleted(pair, movement)


def test_a_correction_that_officers_kept_back_can_be_ordered_anew(pair: Pair) -> None:
    pair.agree_anew(lambda text: of_alerts("one")(permitting_orders(text)))
    movement, number = arrived(pair)
    corrected(pair, movement, PLATE)
    kept_back(pair)

    corrected(pair, movement, PLATE)
    approved(pair, ONE)
    pair.run(rounds=12)

    assert pair.uz.enquiry.manifest(POST, number)["means"] == "999ZZZ99"
