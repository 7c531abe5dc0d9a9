from __future__ import annotations

import socket

import pytest

from exchange_node.config.settings import Listener
from exchange_node.domain.errors import InvalidSettingError
from exchange_node.web.server import bind


def test_an_answer_does_not_wait_for_its_head_to_be_confirmed() -> None:
    with bind(Listener(host="127.0.0.1", port=0), "as4") as listening:
        with socket.create_connection(listening.getsockname()):
            connection, _ = listening.accept()

        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_that_is_taken_is_named_once() -> None:
    with bind(Listener(host="127.0.0.1", port=0), "as4") as listening:
        port = listening.getsockname()[1]

        with pytest.raises(InvalidSettingError) as caught:
            bind(Listener(host="127.0.0.1", port=port), "as4")

    assert str(caught.value) == f"as4, 127.0.0.1 port {port}: Address already in use"
