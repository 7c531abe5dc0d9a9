from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from exchange_node.store.database import open_database
from tests.world import Pair, tls_certificate_of


def test_a_refusal_that_cannot_be_recorded_asks_for_the_message_again(
    pair: Pair, tmp_path: Path
) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/no/such/folder/node.db")
    here = pair.uz.reception
    taking = replace(here.taking, replies=replace(here.taking.replies, engine=engine))
    reception = replace(here, taking=taking)

    answer = reception.receive(tls_certificate_of(tmp_path, "customs.kz"), "text/plain", b"junk")

    assert (answer.status, answer.body) == (503, b"store.failed\n")
