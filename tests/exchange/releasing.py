"""Two nodes whose agreement asks for officers: who they are, and what they do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exchange_node import node as nodes
from exchange_node import safe_xml
from exchange_node.domain.access import Actor, Role
from exchange_node.store import inbox, payloads
from exchange_node.store.database import reading
from tests.world import OPERATOR, Pair, replaced

ONE = Actor(name="officer one", roles=frozenset({Role.RELEASER}))
TWO = Actor(name="officer two", roles=frozenset({Role.RELEASER}))
EVERYTHING = frozenset(Role)
Change = Callable[[str], str]


def asking_for(officers: str) -> Change:
    def change(text: str) -> str:
        mode = 'mode = "advance"'
        return replaced(text, mode, f'{mode}\napproval = "{officers}"')

    return change


def of_alerts(officers: str) -> Change:
    def change(text: str) -> str:
        mode = 'mode = "spontaneous"'
        assert mode in text
        return text.replace(mode, f'{mode}\napproval = "{officers}"')

    return change


def waiting(pair: Pair) -> list[dict[str, Any]]:
    return list(pair.kz.releasing.list(OPERATOR)["releases"])


def only(pair: Pair) -> dict[str, Any]:
    [line] = waiting(pair)
    return pair.kz.releasing.show(ONE, line["message_id"])


def approved(pair: Pair, *officers: Actor) -> None:
    shown = only(pair)
    for officer in officers:
        pair.kz.releasing.approve(officer, shown["message_id"], digest=shown["digest"])


def arrived(pair: Pair, message_id: str) -> bytes:
    with reading(pair.uz.engine) as conn:
        came = inbox.get(conn, "customs.kz", message_id)
        assert came.payload_id is not None
        return payloads.fetch(conn, came.payload_id, pair.uz.enquiry.vault)


def told(pair: Pair) -> list[str]:
    return [one.code for one in pair.told["kz"].told.values() if one.code.startswith("release.")]


def third_version(pair: Pair) -> None:
    """Put version 3 of the agreement into force at both nodes, from today on."""
    text = nodes.pair_agreement("KZ", "UZ", on=pair.clock().date())
    text = replaced(text, "version = 1", "version = 3")
    for node in (pair.kz, pair.uz):
        node.commissioning.add_agreement(text, actor="test")


def values_in(document: str) -> list[str]:
    """Return every text of a document's XML outside its seal, however it is written."""
    root = safe_xml.parse(document.encode(), safe_xml.DOCUMENT)
    seal = "{http://www.w3.org/2000/09/xmldsig#}Signature"
    return [
        text
        for part in root
        if part.tag != seal
        for text in (one.text or "" for one in part.iter())
        if text.strip()
    ]
