"""Where something is hidden or stays behind, a pointer means the same occurrence on both sides."""

from __future__ import annotations

from exchange_node.domain.orders.order import (
    ORDERED,
    Correction,
    Ground,
    Kind,
    RecordName,
    RecordOrder,
)
from exchange_node.domain.releasing.release import BY_NODE
from exchange_node.domain.retention import Kept
from exchange_node.policy.gates import permit_about
from exchange_node.services.stations.agreements import held_agreements
from exchange_node.store import payloads
from exchange_node.store.database import reading, transaction
from exchange_node.store.records import manifests
from exchange_node.wco.document import Document, read
from exchange_node.wco.orders import encode_order
from tests.exchange.ordering import corrected, permitting_orders, records_of
from tests.exchange.test_hiding import send_whole
from tests.world import LIAISON, NATIONAL, OPERATOR, Pair

ADDRESS = "Declaration/Consignment[1]/Consignee/Address"
CITY = '"Declaration/Consignment/Consignee/Address/CityName",'
FIRST, SECOND = (f"{ADDRESS}/ext:OriginalText[{number}]" for number in (1, 2))
"""The city in its own script, and the street; without the city, the street is the first."""


def without_the_city(text: str) -> str:
    assert CITY in text
    return permitting_orders(text.replace(CITY, ""))


def hiding_the_city(text: str) -> str:
    return without_the_city(text).replace("\nmode = ", '\nunexpected = "hide"\nmode = ')


def read_in_uzbekistan(pair: Pair) -> dict[str, str]:
    """Return what an officer there may read, by pointer."""
    holding = pair.uz.enquiry.holding
    with reading(pair.uz.engine) as conn:
        (held,) = manifests.current(conn, limit=2)
        document = holding.document_of(conn, Kept.MANIFEST, held)
    return {one.pointer: one.value for one in document.leaves()}


def own_document(pair: Pair) -> Document:
    with reading(pair.kz.engine) as conn:
        (held,) = manifests.current(conn, limit=2)
        return read(payloads.fetch(conn, held.document_id, pair.kz.enquiry.vault))


def order_by_hand(pair: Pair, message_id: str, value: Correction) -> None:
    """Let Kazakhstan order a correction of what a message took to Uzbekistan."""
    ordering, now = pair.kz.ordering, pair.clock()
    corresponding = ordering.writing.corresponding
    with reading(pair.uz.engine) as conn:
        (held,) = manifests.current(conn, limit=2)
    order = RecordOrder(
        order_id="customs.kz-by-hand",
        party="customs.kz",
        kind=Kind.CORRECTION,
        ground=Ground.ERROR,
        at=now.replace(microsecond=0),
        records=(RecordName(kind=Kept.MANIFEST, subject=held.movement, message_id=message_id),),
        corrections=(value,),
    )
    with transaction(pair.kz.engine) as conn:
        verdict, purpose = permit_about(
            held_agreements(conn), None, sender="customs.kz", recipient="customs.uz",
            code=ORDERED, test=True, on=now.date(),
        )  # fmt: skip
        prepared = corresponding.prepare(
            encode_order(
                order,
                metadata=corresponding.metadata,
                registry=ordering.writing.library.registry,
            ),
            verdict, recipient="customs.uz", code=ORDERED, purpose=purpose,
            conversation_id=order.order_id, at=now, made=BY_NODE,
        )  # fmt: skip
        corresponding.packing.queue(conn, prepared)
    pair.run(rounds=12)


def test_a_correction_behind_a_hidden_occurrence_changes_the_one_that_its_sender_means(
    pair: Pair,
) -> None:
    submission = pair.submit()
    message_id = str(pair.kz.enquiry.submission(NATIONAL, submission)["message_id"])
    pair.kz.operating.cancel(OPERATOR, message_id, why="it goes another way")
    whole = own_document(pair)
    street = values_of(whole)[SECOND]
    pair.clock.forward(days=1)
    pair.agree_anew(hiding_the_city)
    sent = send_whole(pair, whole)
    assert read_in_uzbekistan(pair)[FIRST] == street, "the city is hidden"

    order_by_hand(
        pair, sent, Correction(record=1, pointer=SECOND, old=street, new="улица Новая, 1")
    )

    (record,) = records_of(pair, "customs.kz-by-hand", "uz")
    assert (record["outcome"], record["ground"]) == ("done", "")
    seen = read_in_uzbekistan(pair)
    assert (seen[FIRST], SECOND in seen) == ("улица Новая, 1", False)


def test_a_value_is_corrected_back_behind_an_occurrence_that_stayed_at_home(pair: Pair) -> None:
    pair.agree_anew(without_the_city)
    pair.submit()
    pair.run()
    street = values_of(own_document(pair))[SECOND]
    with reading(pair.kz.engine) as conn:
        (held,) = manifests.current(conn, limit=2)

    order = ""
    for value in ("улица Новая, 1", street):
        order = corrected(pair, held.movement, {SECOND: value})
        pair.run(rounds=12)

        assert [one["outcome"] for one in records_of(pair, order)] == ["done"]
        assert read_in_uzbekistan(pair)[FIRST] == value
    (shown,) = pair.kz.ordering.show(LIAISON, order)["orders"]
    assert [(one["pointer"], one["new"]) for one in shown["values"]] == [(FIRST, street)]


def values_of(document: Document) -> dict[str, str]:
    return {one.pointer: one.value for one in document.leaves()}
