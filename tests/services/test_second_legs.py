from __future__ import annotations

import pytest

from exchange_node.domain.alert import Acknowledgement, Contact
from exchange_node.services.stations.outgoing import reversed_for
from exchange_node.services.stations.vocabulary import exchange_in
from exchange_node.store import inbox
from exchange_node.store.database import reading, transaction
from exchange_node.store.incoming import Incoming, State
from exchange_node.wco.alert_codec import encode_acknowledgement
from exchange_node.wco.building import Metadata
from tests.services.test_alerting import sent_alert
from tests.world import Pair


def acknowledge(pair: Pair, ref: str) -> Incoming:
    """Acknowledge an alert of Uzbekistan's as the answer to some message; return what it kept."""
    alert_id = sent_alert(pair, purpose="RISK_ANALYSIS")
    with reading(pair.kz.engine) as conn:
        alert, *_ = inbox.search(conn, limit=9)
    seen = Acknowledgement(
        reference="1",
        alert_id=alert_id,
        alert_version=1,
        issuer="customs.kz",
        issued_at=pair.clock(),
        seen_at=pair.clock(),
        contact=Contact(office="KZ550302"),
        remark="",
    )
    document = encode_acknowledgement(
        seen,
        metadata=Metadata(country="KZ", agency="Customs", type_name="InterGov"),
        registry=pair.kz.alerting.library.registry,
    )
    packing = pair.kz.alerting.packing
    prepared = packing.prepare(
        packing.versions.written(document, "customs.uz", pair.clock().date()),
        reversed_for(exchange_in(alert), "RA-020"),
        at=pair.clock(),
        conversation_id=alert_id,
        ref_to_message_id=ref.format(alert=alert.message_id),
    )
    with transaction(pair.kz.engine) as conn:
        packing.queue(conn, prepared)
    pair.run()
    with reading(pair.uz.engine) as conn:
        return inbox.get(conn, "customs.kz", prepared.message_id)


def test_an_answer_to_what_was_sent_is_filed(pair: Pair) -> None:
    assert acknowledge(pair, "{alert}").state is State.FILED


@pytest.mark.parametrize("ref", ["none@customs.uz", "{own}"])
def test_an_answer_to_what_was_never_sent_is_rejected(pair: Pair, ref: str) -> None:
    if ref == "{own}":  # the business answer that Uzbekistan sent earlier is no alert
        pair.submit()
        pair.run()
        with reading(pair.kz.engine) as conn:
            ref = inbox.search(conn, limit=9)[0].message_id

    kept = acknowledge(pair, ref)

    assert kept.state is State.REFUSED
    assert kept.verdict["why"] == "CAREC-F004"
