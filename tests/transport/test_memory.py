from __future__ import annotations

import pytest

from exchange_node.domain.errors import PartnerUnreachableError
from exchange_node.domain.transmission.content import Content, whole
from exchange_node.transport.line import Answer
from exchange_node.transport.memory import Exchange


def world() -> tuple[Exchange, list[tuple[str, bytes]]]:
    heard: list[tuple[str, bytes]] = []
    exchange = Exchange()

    def door(caller: str, content_type: str, body: Content) -> Answer:
        heard.append((caller, whole(body)))
        return Answer(status=200, content_type=content_type, body=whole(body)[::-1])

    exchange.doors["customs.uz"] = door
    return exchange, heard


def test_bytes_reach_the_door_with_the_caller_s_name() -> None:
    exchange, heard = world()

    answer = exchange.line_of("customs.kz").post("customs.uz", "text/plain", b"abc")

    assert answer.body == b"cba"
    assert heard == [("customs.kz", b"abc")]


def test_a_cut_line_reaches_nobody() -> None:
    exchange, heard = world()
    exchange.cut.add("customs.uz")

    with pytest.raises(PartnerUnreachableError):
        exchange.line_of("customs.kz").post("customs.uz", "text/plain", b"abc")

    assert heard == []


def test_a_lost_answer_leaves_the_request_delivered() -> None:
    exchange, heard = world()
    exchange.lose_answers = True

    with pytest.raises(PartnerUnreachableError):
        exchange.line_of("customs.kz").post("customs.uz", "text/plain", b"abc")

    assert len(heard) == 1


def test_an_answer_without_end_is_none() -> None:
    exchange, _ = world()

    with pytest.raises(PartnerUnreachableError, match="exceeds 2 bytes"):
        exchange.line_of("customs.kz").post("customs.uz", "text/plain", b"abc", most_bytes=2)
