"""A goods declaration at a node: no message carries one, so it is refused and kept."""

from __future__ import annotations

from exchange_node.config.shipped import shipped
from tests.world import NATIONAL, Pair

EXAMPLE = shipped("config", "national") / "examples" / "wco-goods" / "export-by-road.xml"


def test_a_goods_declaration_is_not_sent_and_the_reason_is_recorded(pair: Pair) -> None:
    taken = pair.kz.dispatch.submit(NATIONAL, EXAMPLE.read_bytes(), partner="customs.uz")

    assert pair.state_of(taken.submission_id) == "refused"
    assert [one.code for one in taken.findings if one.is_error] == ["CAREC-R015"]
